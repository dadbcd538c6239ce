//! The cookies of a session.

use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use cookie::time::Duration;
use mortise_domain::Time;
use mortise_service::{
    Ctx, ExposeSecret,
    sessions::{CSRF_COOKIE, SESSION_COOKIE, SUPERUSER_COOKIE, Started, SuperuserCookie},
};

/// The cookies of a session that has just begun.
pub(crate) fn begin(ctx: &Ctx, jar: CookieJar, started: &Started) -> CookieJar {
    let session = cookie(ctx, SESSION_COOKIE, started.cookie.expose_secret(), true, started.expires_at);
    let csrf = cookie(ctx, CSRF_COOKIE, started.csrf_token.expose_secret(), false, started.expires_at);
    jar.add(session).add(csrf)
}

/// The cookie that elevates the session.
pub(crate) fn elevate(ctx: &Ctx, jar: CookieJar, elevated: &SuperuserCookie) -> CookieJar {
    jar.add(cookie(ctx, SUPERUSER_COOKIE, elevated.value.expose_secret(), true, elevated.until))
}

/// Takes the cookies of an ended session back.
pub(crate) fn end(jar: CookieJar) -> CookieJar {
    let gone = |name: &'static str| Cookie::build(name).path("/");
    jar.remove(gone(SESSION_COOKIE)).remove(gone(CSRF_COOKIE)).remove(gone(SUPERUSER_COOKIE))
}

fn cookie(ctx: &Ctx, name: &'static str, value: &str, http_only: bool, until: Time) -> Cookie<'static> {
    let seconds = until.duration_since(ctx.now()).as_secs();
    Cookie::build((name, value.to_owned()))
        .path("/")
        .http_only(http_only)
        .same_site(SameSite::Lax)
        .secure(ctx.settings.public_url.is_https())
        .max_age(Duration::seconds(seconds))
        .build()
}
