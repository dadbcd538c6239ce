//! The cookies of pages. Those of a session are the same as the API's; the others hold what is no secret: the colour
//! theme, the last organization, a message for the next page, and the token of forms before there is a session.

use axum::response::AppendHeaders;
use axum_extra::extract::CookieJar;
use http::{HeaderName, HeaderValue, header::SET_COOKIE};
use mortise_service::{
    Ctx, ExposeSecret,
    sessions::{CSRF_COOKIE, SESSION_COOKIE, SUPERUSER_COOKIE, Started, SuperuserCookie},
};
use percent_encoding::percent_decode_str;

use crate::{
    routes::encode,
    view::{Flash, Theme, Tone},
};

/// The colour theme.
const THEME_COOKIE: &str = "theme";
/// The slug of the organization that was visited last.
const ORG_COOKIE: &str = "org";
/// What the next page says.
const FLASH_COOKIE: &str = "flash";
/// How long choices are remembered, seconds.
const CHOICE_S: i64 = 365 * 24 * 3600;
/// How long a message waits for its page, seconds.
const FLASH_S: i64 = 60;
/// How long a sign-in form may lie open, seconds.
const VISITOR_CSRF_S: i64 = 24 * 3600;
/// Longest message, bytes; browsers drop cookies beyond 4096.
const FLASH_BYTES_MAX: usize = 600;
/// Characters of a CSRF token.
const CSRF_CHARS: usize = 64;

/// A header that sets a cookie.
pub type SetCookie = (HeaderName, HeaderValue);

/// The cookies of a session that has just begun.
pub fn begin(ctx: &Ctx, started: &Started) -> AppendHeaders<[SetCookie; 2]> {
    let seconds = started.expires_at.duration_since(ctx.now()).as_secs();
    AppendHeaders([
        set(ctx, SESSION_COOKIE, started.cookie.expose_secret(), seconds, true),
        set(ctx, CSRF_COOKIE, started.csrf_token.expose_secret(), seconds, false),
    ])
}

/// The cookie of a session that is a superuser's for a while.
pub fn elevate(ctx: &Ctx, elevated: &SuperuserCookie) -> AppendHeaders<[SetCookie; 1]> {
    let seconds = elevated.until.duration_since(ctx.now()).as_secs();
    AppendHeaders([set(ctx, SUPERUSER_COOKIE, elevated.value.expose_secret(), seconds, true)])
}

/// Takes that cookie back.
pub fn end_elevation(ctx: &Ctx) -> AppendHeaders<[SetCookie; 1]> {
    AppendHeaders([set(ctx, SUPERUSER_COOKIE, "", 0, true)])
}

/// Takes the cookies of an ended session back.
pub fn end(ctx: &Ctx) -> AppendHeaders<[SetCookie; 3]> {
    AppendHeaders([SESSION_COOKIE, CSRF_COOKIE, SUPERUSER_COOKIE].map(|name| set(ctx, name, "", 0, true)))
}

/// Remembers the theme.
pub fn theme(ctx: &Ctx, theme: Theme) -> AppendHeaders<[SetCookie; 1]> {
    AppendHeaders([set(ctx, THEME_COOKIE, theme.as_str(), CHOICE_S, true)])
}

/// Remembers the organization.
pub fn last_org(ctx: &Ctx, slug: &str) -> SetCookie {
    set(ctx, ORG_COOKIE, &encode(slug), CHOICE_S, true)
}

/// The token that forms carry before there is a session.
pub fn visitor_csrf(ctx: &Ctx, token: &str) -> SetCookie {
    set(ctx, CSRF_COOKIE, token, VISITOR_CSRF_S, false)
}

/// A message for the next page. It is no secret and does not need `Secure`.
pub fn flash(tone: Tone, text: &str) -> AppendHeaders<[SetCookie; 1]> {
    let text = &text[..text.floor_char_boundary(FLASH_BYTES_MAX)];
    let value = format!("{}.{}", tone.class(), encode(text));
    AppendHeaders([header(&format!(
        "{FLASH_COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={FLASH_S}"
    ))])
}

/// Takes a message back that was shown.
pub fn flash_shown() -> SetCookie {
    header(&format!("{FLASH_COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"))
}

/// The message that waits for this page.
pub fn read_flash(jar: &CookieJar) -> Option<Flash> {
    let (tone, text) = jar.get(FLASH_COOKIE)?.value().split_once('.')?;
    let tone = [Tone::Good, Tone::Warn, Tone::Bad, Tone::Neutral, Tone::Accent]
        .into_iter()
        .find(|t| t.class() == tone)?;
    Some(Flash { tone, text: decode(text) })
}

/// The chosen theme.
pub fn read_theme(jar: &CookieJar) -> Theme {
    jar.get(THEME_COOKIE).map_or(Theme::System, |cookie| Theme::parse(cookie.value()))
}

/// The organization that was visited last.
pub fn read_last_org(jar: &CookieJar) -> Option<String> {
    jar.get(ORG_COOKIE).map(|cookie| decode(cookie.value()))
}

/// The token of a visitor's forms, when the cookie holds something that looks like one of ours.
pub fn read_visitor_csrf(jar: &CookieJar) -> Option<String> {
    let value = jar.get(CSRF_COOKIE)?.value();
    let looks_right = value.len() == CSRF_CHARS && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    looks_right.then(|| value.to_owned())
}

/// A new token for a visitor's forms.
pub fn new_visitor_csrf(ctx: &Ctx) -> String {
    ctx.ids.hex(CSRF_CHARS / 2)
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn set(ctx: &Ctx, name: &str, value: &str, max_age_s: i64, http_only: bool) -> SetCookie {
    let http_only = if http_only { "; HttpOnly" } else { "" };
    let secure = if ctx.settings.public_url.is_https() { "; Secure" } else { "" };
    header(&format!("{name}={value}; Path=/; SameSite=Lax; Max-Age={max_age_s}{http_only}{secure}"))
}

/// Values are hex digits or percent-encoded, so the text is always a header value.
fn header(text: &str) -> SetCookie {
    (SET_COOKIE, HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("")))
}
