//! Services that reach telephones: `pushover`, `twilio`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use mortise_crypto::ExposeSecret as _;
use mortise_egress::Request;

use super::{Notice, cut, post_form, secret};
use crate::{
    Ctx, Result,
    plugins::{Options, check::split_phones},
};

const PUSHOVER_URL: &str = "https://api.pushover.net/1/messages.json";
const TWILIO_URL: &str = "https://api.twilio.com/2010-04-01/Accounts/";
/// Bytes of a text message.
const SMS_BYTES_MAX: usize = 160;
/// Characters of the title that begins a message.
const HEADLINE_CHARACTERS_MAX: usize = 256;
/// Characters of a message that Pushover takes.
const MESSAGE_CHARACTERS_MAX: usize = 1024;
/// Characters of a title that Pushover takes.
const TITLE_CHARACTERS_MAX: usize = 250;

/// The numbers of a text.
pub(super) fn numbers(text: &str) -> Vec<String> {
    split_phones(text).into_iter().map(str::to_owned).collect()
}

pub(super) fn pushover(ctx: &Ctx, options: &Options, notice: &Notice<'_>) -> Result<Request> {
    let user = secret(ctx, "pushover", options, "userkey")?;
    let token = secret(ctx, "pushover", options, "apikey")?;
    let or = |field: &str, default: &str| match options.text("pushover", field) {
        text if text.is_empty() => default.to_owned(),
        text => text,
    };
    let title = format!("{}: {}", notice.project.name, notice.issue.title);
    let mut message = cut(&notice.issue.title, HEADLINE_CHARACTERS_MAX);
    let tags: Vec<String> = notice.tags().iter().map(|(key, value)| format!("{key}={value}")).collect();
    if !tags.is_empty() {
        message.push_str(&format!("\n\nTags: {}", tags.join(", ")));
    }
    let (user, token) = (user.expose_secret(), token.expose_secret());
    let request = post_form(
        PUSHOVER_URL,
        &[
            ("user", user),
            ("token", token),
            ("message", &cut(&message, MESSAGE_CHARACTERS_MAX)),
            ("title", &cut(&title, TITLE_CHARACTERS_MAX)),
            ("url", &notice.link(ctx, "pushover_plugin")),
            ("url_title", "Issue Details"),
            ("priority", &or("priority", "0")),
            ("retry", &or("retry", "30")),
            ("expire", &or("expire", "90")),
        ],
    );
    Ok(request.hide(user).hide(token))
}

pub(super) fn twilio(ctx: &Ctx, options: &Options, number: &str, notice: &Notice<'_>) -> Result<Request> {
    let account = options.text("twilio", "account_sid");
    let token = secret(ctx, "twilio", options, "auth_token")?;
    let title = notice.issue.title.lines().next().unwrap_or_default();
    let mut text = format!("Sentry [{}] {}: {title}", notice.project.name, notice.issue.level.to_uppercase());
    text.truncate(text.floor_char_boundary(SMS_BYTES_MAX));
    let account_segment: String = url::form_urlencoded::byte_serialize(account.as_bytes()).collect();
    let url = format!("{TWILIO_URL}{account_segment}/Messages.json");
    let credentials = STANDARD.encode(format!("{account}:{}", token.expose_secret()));
    let pairs = [("From", options.text("twilio", "sms_from")), ("Body", text), ("To", number.to_owned())];
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Ok(post_form(&url, &pairs).header("Authorization", format!("Basic {credentials}")))
}
