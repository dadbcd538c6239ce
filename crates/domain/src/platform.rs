//! Platforms: what an event was sent from, and what a project says it is made with. An event names a language or a
//! runtime (`python`); a project may name a framework too (`python-django`).

/// What events may carry; anything else is stored as [`OTHER`].
#[rustfmt::skip]
const EVENT_PLATFORMS: &[&str] = &[
    "as3", "c", "cfml", "cocoa", "csharp", "dart", "elixir", "go", "groovy", "haskell", "java", "javascript",
    "kotlin", "lua", "native", "node", "objc", "other", "perl", "php", "powershell", "python", "ruby", "rust",
    "swift",
];

/// What a project may name besides the platforms of events.
#[rustfmt::skip]
const PROJECT_PLATFORMS: &[&str] = &[
    "android", "apple", "apple-ios", "apple-macos", "bun", "capacitor", "cordova", "dart-flutter", "deno",
    "dotnet", "dotnet-aspnet", "dotnet-aspnetcore", "dotnet-awslambda", "dotnet-gcpfunctions", "dotnet-maui",
    "dotnet-uwp", "dotnet-winforms", "dotnet-wpf", "dotnet-xamarin", "electron", "flutter", "go-echo",
    "go-fasthttp", "go-fiber", "go-gin", "go-http", "go-iris", "go-martini", "go-negroni", "godot", "ionic",
    "java-android", "java-appengine", "java-log4j", "java-log4j2", "java-logback", "java-logging",
    "java-spring", "java-spring-boot", "javascript-angular", "javascript-angularjs", "javascript-astro",
    "javascript-backbone", "javascript-browser", "javascript-capacitor", "javascript-cordova",
    "javascript-electron", "javascript-ember", "javascript-gatsby", "javascript-nextjs", "javascript-nuxt",
    "javascript-react", "javascript-react-router", "javascript-remix", "javascript-solid",
    "javascript-solidstart", "javascript-svelte", "javascript-sveltekit", "javascript-tanstackstart-react",
    "javascript-vue", "minidump", "native-breakpad", "native-crashpad", "native-minidump", "native-qt",
    "nintendo-switch", "node-awslambda", "node-azurefunctions", "node-cloudflare-pages",
    "node-cloudflare-workers", "node-connect", "node-express", "node-fastify", "node-gcpfunctions", "node-hapi",
    "node-hono", "node-koa", "node-nestjs", "node-nodeawslambda", "node-nodegcpfunctions", "php-laravel",
    "php-monolog", "php-symfony", "php-symfony2", "playstation", "python-aiohttp", "python-asgi",
    "python-awslambda", "python-azurefunctions", "python-bottle", "python-celery", "python-chalice",
    "python-django", "python-falcon", "python-fastapi", "python-flask", "python-gcpfunctions", "python-litestar",
    "python-pylons", "python-pymongo", "python-pyramid", "python-pythonawslambda",
    "python-pythonazurefunctions", "python-pythongcpfunctions", "python-pythonserverless", "python-quart",
    "python-rq", "python-sanic", "python-serverless", "python-starlette", "python-tornado", "python-tryton",
    "python-wsgi", "react-native", "ruby-rack", "ruby-rails", "unity", "unreal", "xbox",
];

/// The platform of events that name none, or one that is not known.
pub const OTHER: &str = "other";

/// The platform under which an event is stored.
pub fn normalize_event_platform(platform: &str) -> &'static str {
    EVENT_PLATFORMS.iter().copied().find(|known| *known == platform).unwrap_or(OTHER)
}

/// Whether a project may name this platform.
pub fn is_project_platform(platform: &str) -> bool {
    project_platforms().any(|known| known == platform)
}

/// Everything that a project may name, for choosing.
pub fn project_platforms() -> impl Iterator<Item = &'static str> {
    EVENT_PLATFORMS.iter().chain(PROJECT_PLATFORMS).copied()
}
