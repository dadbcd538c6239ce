//! Checks what is sent for the settings of a plugin: field by field, then as a whole. The texts are the original's; a
//! field has one at most, and the one of its type takes the place of the one for being left out.

use futures_util::future::join_all;
use mortise_providers::{PluginField, PluginManifest};
use mortise_wire::python;
use serde_json::{Map, Value};

use super::{json, options::Options};
use crate::Ctx;

/// Bytes of one value as JSON, at most.
pub const VALUE_BYTES_MAX: usize = 16 * 1024;
/// Addresses that one project posts events to, at most.
pub const URLS_MAX: usize = 20;
/// Telephones that one project sends messages to, at most.
const PHONES_MAX: usize = 10;
/// The least seconds between repetitions of an emergency.
const RETRY_S_MIN: f64 = 30.0;
/// The priority of an emergency.
const EMERGENCY: &str = "2";

const MISSING: &str = "This field is required.";
const REQUIRED: &str = "Field is required";
const NO_URL: &str = "Not a valid URL.";
/// The key of what is wrong with the settings as a whole.
const WHOLE: &str = "__all__";

/// What becomes of a field.
#[derive(Debug, Clone)]
pub(super) enum Checked {
    /// It stays as it is.
    Kept,
    /// It is forgotten.
    Empty,
    /// It is stored.
    Plain(Value),
    /// It is stored sealed.
    Secret(String),
}

type Settings = Vec<(&'static PluginField, Checked)>;
type Errors = Vec<(String, String)>;

/// The settings that a body makes.
pub(super) async fn settings(
    ctx: &Ctx,
    manifest: &'static PluginManifest,
    options: &Options,
    body: &Map<String, Value>,
) -> Result<Settings, Errors> {
    if json::needs_identity(manifest) {
        return Err(vec![(WHOLE.to_owned(), json::identity_missing(manifest))]);
    }
    let checks = manifest.fields.iter().map(async |field| {
        let value = body.get(field.name).unwrap_or(&Value::Null);
        let is_required = json::is_required(manifest, field, options);
        (field, check(ctx, manifest, field, is_required, value).await)
    });
    let (mut settings, mut errors) = (Vec::new(), Vec::new());
    for (field, checked) in join_all(checks).await {
        match checked {
            Ok(checked) => settings.push((field, checked)),
            Err(text) => errors.push((field.name.to_owned(), text)),
        }
    }
    if errors.is_empty()
        && let Some(text) = whole(manifest, &settings)
    {
        errors.push((WHOLE.to_owned(), text));
    }
    if errors.is_empty() { Ok(settings) } else { Err(errors) }
}

async fn check(
    ctx: &Ctx,
    manifest: &PluginManifest,
    field: &PluginField,
    is_required: bool,
    value: &Value,
) -> Result<Checked, String> {
    if value.to_string().len() > VALUE_BYTES_MAX {
        return Err(format!("A value can have at most {VALUE_BYTES_MAX} bytes."));
    }
    let value = match value {
        Value::String(text) => Value::from(text.trim()),
        other => other.clone(),
    };
    let is_blank = value.is_null() || value == "";
    if is_blank && is_required {
        return Err(REQUIRED.to_owned());
    }
    if field.is_secret() {
        return match is_blank {
            true => Ok(Checked::Kept),
            false => Ok(Checked::Secret(python::text(&value))),
        };
    }
    if value.is_null() {
        return Ok(Checked::Empty);
    }
    if is_required && !python::is_truthy(&value) {
        return Err(MISSING.to_owned());
    }
    let value = match (manifest.slug, field.name) {
        (_, _) if field.kind == "url" => Value::from(urls(ctx, &value, 1).await?),
        ("webhooks", "urls") => Value::from(urls(ctx, &value, URLS_MAX).await?),
        ("twilio", "sms_from") => Value::from(phone(&python::text(&value))?),
        ("twilio", "sms_to") => Value::from(phones(&python::text(&value))?),
        _ => value,
    };
    Ok(Checked::Plain(value))
}

/// Addresses, one in each line, every one of which may be called.
async fn urls(ctx: &Ctx, value: &Value, max: usize) -> Result<String, String> {
    let refused = || NO_URL.to_owned();
    let text = value.as_str().ok_or_else(refused)?;
    let lines: Vec<&str> = match max {
        1 => vec![text],
        _ => text.lines().map(str::trim).filter(|line| !line.is_empty()).collect(),
    };
    if lines.len() > max {
        return Err(format!("There can be at most {max} URLs."));
    }
    let is_http = |line: &&str| line.starts_with("http://") || line.starts_with("https://");
    if !lines.iter().all(is_http) {
        return Err(refused());
    }
    let checked = join_all(lines.iter().map(|line| ctx.egress.check(line))).await;
    if checked.iter().any(Result::is_err) {
        return Err(refused());
    }
    Ok(lines.join("\n"))
}

/// The numbers of a text with commas or blanks between, each once, sorted.
fn phones(text: &str) -> Result<String, String> {
    let mut given = split_phones(text);
    given.sort_unstable();
    given.dedup();
    if given.len() > PHONES_MAX {
        return Err(format!("Max of {PHONES_MAX} phone numbers, {} were given.", given.len()));
    }
    let mut numbers: Vec<String> = given.into_iter().map(phone).collect::<Result<_, _>>()?;
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers.join(","))
}

/// The parts of a text with commas or blanks between.
pub(super) fn split_phones(text: &str) -> Vec<&str> {
    text.split(|it: char| it == ',' || it.is_whitespace()).filter(|part| !part.is_empty()).collect()
}

/// A telephone number in the form of E.164. Without a country it is one of North America.
fn phone(text: &str) -> Result<String, String> {
    let refused = || format!("{text} is not a valid phone number.");
    let is_filler = |it: char| matches!(it, ' ' | '-' | '(' | ')' | '.');
    let compact: String = text.chars().filter(|it| !is_filler(*it)).collect();
    let (digits, has_country) = compact.strip_prefix('+').map_or((&*compact, false), |rest| (rest, true));
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(refused());
    }
    match (has_country, digits.len()) {
        (true, 8..=15) if !digits.starts_with('0') => Ok(format!("+{digits}")),
        (false, 10) if !digits.starts_with(['0', '1']) => Ok(format!("+1{digits}")),
        (false, 11) if digits.starts_with('1') => Ok(format!("+{digits}")),
        _ => Err(refused()),
    }
}

/// What is wrong with settings whose fields are all right.
fn whole(manifest: &PluginManifest, settings: &Settings) -> Option<String> {
    if manifest.slug != "pushover" {
        return None;
    }
    let text_of = |name: &str| {
        settings.iter().find_map(|(field, checked)| match checked {
            Checked::Plain(value) if field.name == name => Some(python::text(value)),
            _ => None,
        })
    };
    let retry = text_of("retry");
    let is_short =
        retry.as_deref().is_none_or(|it| it.parse::<f64>().is_ok_and(|it| it < RETRY_S_MIN) || it.is_empty());
    let is_emergency = text_of("priority").as_deref() == Some(EMERGENCY);
    (is_emergency && is_short)
        .then(|| format!("Retry must be 30 or higher. It is {}.", retry.as_deref().unwrap_or("None")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_kept_with_their_country_once_and_sorted() {
        assert_eq!(phones("330-509-3095, (330) 509 3095").unwrap_err(), "(330) is not a valid phone number.");
        assert_eq!(phones("330-509-3095\n+49301234567,3305093095").unwrap(), "+13305093095,+49301234567");
        assert_eq!(phone("12").unwrap_err(), "12 is not a valid phone number.");
        assert_eq!(phone("+0123456789").unwrap_err(), "+0123456789 is not a valid phone number.");
        let many = (0..11).map(|n| format!("33050930{n:02}")).collect::<Vec<_>>().join(" ");
        assert_eq!(phones(&many).unwrap_err(), "Max of 10 phone numbers, 11 were given.");
    }
}
