//! Plugins of the second generation: automatic tags, releases, recordings.

use super::{COMMON, FieldChoices, FieldDefault, PluginKind, PluginManifest, field};

const TAGGER: PluginManifest = PluginManifest { version: 2, is_on_by_default: true, links: &[], ..COMMON };

pub(super) const BROWSERS: PluginManifest =
    PluginManifest { slug: "browsers", name: "Auto Tag: Browsers", ..TAGGER };
pub(super) const DEVICE: PluginManifest =
    PluginManifest { slug: "device", name: "Auto Tag: Device", ..TAGGER };
pub(super) const INTERFACE_TYPES: PluginManifest = PluginManifest {
    slug: "interface_types",
    name: "Auto Tag: Interface Types",
    description: Some(
        "\nTags events with the names of their parts, such as `exception` or `request`. This server does not add that tag.\n",
    ),
    is_on_by_default: false,
    ..TAGGER
};
pub(super) const OS: PluginManifest =
    PluginManifest { slug: "os", name: "Auto Tag: Operating Systems", ..TAGGER };
pub(super) const URLS: PluginManifest = PluginManifest { slug: "urls", name: "Auto Tag: URLs", ..TAGGER };

pub(super) const HEROKU: PluginManifest = PluginManifest {
    slug: "heroku",
    name: "Heroku",
    kind: PluginKind::ReleaseTracking,
    version: 2,
    description: Some("Learns of releases from Heroku."),
    described: &[("deployment", "Learn of releases from Heroku.")],
    fields: &[
        field("webhook_secret", "Webhook Secret", "secret")
            .optional()
            .help("The secret that Heroku's command line shows when the webhook is added."),
        field("repository", "Repository", "select")
            .choices(FieldChoices::Repositories)
            .help("The repository that this project is deployed from."),
        field("environment", "Deploy Environment", "text")
            .optional()
            .default(FieldDefault::Text("production"))
            .help("What the environment is called that Heroku deploys to."),
    ],
    required_field: Some("repository"),
    ..COMMON
};

pub(super) const SESSIONSTACK: PluginManifest = PluginManifest {
    slug: "sessionstack",
    name: "SessionStack",
    version: 2,
    description: Some("Links events to recordings. This server only keeps the settings."),
    described: &[("session-replay", "Watch beside an issue what a user did before it.")],
    fields: &[
        field("account_email", "Account Email", "text")
            .default(FieldDefault::Stored)
            .placeholder("e.g. \"user@example.com\""),
        field("api_token", "API Token", "text")
            .default(FieldDefault::Stored)
            .help("A token that SessionStack made."),
        field("website_id", "Website ID", "number")
            .default(FieldDefault::Stored)
            .help("The website in SessionStack."),
        field("api_url", "SessionStack API URL", "text")
            .optional()
            .default(FieldDefault::Stored)
            .help("Where SessionStack's API is; \"https://api.sessionstack.com/\" where it is empty."),
        field("player_url", "SessionStack Player URL", "text").optional().default(FieldDefault::Stored).help(
            "Where SessionStack's player is; \"http://app.sessionstack.com/player/\" where it is empty.",
        ),
    ],
    required_field: Some("account_email"),
    contexts: &["sessionstack"],
    ..COMMON
};

const PROCESSOR: PluginManifest = PluginManifest { can_disable: false, ..TAGGER };

pub(super) const JAVA: PluginManifest =
    PluginManifest { slug: "javaplugin", name: "JavaPlugin", ..PROCESSOR };
pub(super) const JAVASCRIPT: PluginManifest =
    PluginManifest { slug: "javascriptplugin", name: "JavascriptPlugin", ..PROCESSOR };
