//! The rules for texts, URLs and mail addresses.

use serde_json::{Value, json};
use url::{Host, Url};

use super::{Field, Problem, Rule};
use crate::{errors::field, python};

/// A text; numbers count as their digits.
#[derive(Debug, Clone, Copy, Default)]
pub struct StringRule {
    max: Option<usize>,
    min: Option<usize>,
    blank: bool,
    raw: bool,
}

impl StringRule {
    /// A text of at most so many characters, for the items of a list.
    pub fn max(max: usize) -> Self {
        Self { max: Some(max), ..Self::default() }
    }
}

macro_rules! text_options {
    ($rule:ty, $($path:tt)+) => {
        impl Field<'_, $rule> {
            /// The largest number of characters.
            pub fn max(mut self, max: usize) -> Self {
                self.$($path)+.max = Some(max);
                self
            }

            /// The smallest number of characters.
            pub fn min(mut self, min: usize) -> Self {
                self.$($path)+.min = Some(min);
                self
            }

            /// An empty text is fine.
            pub fn allow_blank(mut self) -> Self {
                self.$($path)+.blank = true;
                self
            }

            /// White space at the ends is kept.
            pub fn untrimmed(mut self) -> Self {
                self.$($path)+.raw = true;
                self
            }
        }
    };
}

text_options!(StringRule, rule);
text_options!(UrlRule, rule.text);
text_options!(EmailRule, rule.text);
text_options!(super::ListRule<StringRule>, rule.item);

impl StringRule {
    /// The text, and everything that is wrong with it. An error where there is nothing more to say: it is no text, which
    /// `no_text` tells, or blank.
    fn examine(&self, value: &Value, no_text: &str) -> Result<(String, Vec<String>), Problem> {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) => python::text(value),
            _ => return Err(no_text.into()),
        };
        let text = if self.raw { text } else { text.trim().to_owned() };
        if text.is_empty() {
            return if self.blank { Ok((text, Vec::new())) } else { Err(field::BLANK.into()) };
        }
        let characters = text.chars().count();
        let mut problems = Vec::new();
        if let Some(max) = self.max.filter(|max| characters > *max) {
            problems.push(field::max_length(max));
        }
        if let Some(min) = self.min.filter(|min| characters < *min) {
            problems.push(field::min_length(min));
        }
        if text.contains('\0') {
            problems.push(field::NUL_CHARACTER.to_owned());
        }
        Ok((text, problems))
    }

    /// The same, for a text of a form that `fits` knows; `refusal` tells of any other.
    fn read_formed(&self, value: &Value, fits: fn(&str) -> bool, refusal: &str) -> Result<String, Problem> {
        let (text, mut problems) = self.examine(value, refusal)?;
        if !text.is_empty() && !fits(&text) {
            problems.push(refusal.to_owned());
        }
        judged(text, &problems)
    }
}

fn judged(text: String, problems: &[String]) -> Result<String, Problem> {
    if problems.is_empty() { Ok(text) } else { Err(Problem(json!(problems))) }
}

impl Rule for StringRule {
    type Out = String;

    fn read(&self, value: &Value) -> Result<String, Problem> {
        let (text, problems) = self.examine(value, field::STRING)?;
        judged(text, &problems)
    }
}

/// An absolute URL.
#[derive(Debug, Clone, Copy, Default)]
pub struct UrlRule {
    text: StringRule,
}

impl Rule for UrlRule {
    type Out = String;

    fn read(&self, value: &Value) -> Result<String, Problem> {
        self.text.read_formed(value, is_url, field::URL)
    }
}

/// Longest URL that is accepted.
const URL_CHARACTERS_MAX: usize = 2_048;

/// Whether a text is a URL with scheme http(s) or ftp(s) and a host that is an address, `localhost`, or a name with a
/// top level of at least two letters.
pub fn is_url(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let scheme = ["http://", "https://", "ftp://", "ftps://"].iter().any(|scheme| lower.starts_with(scheme));
    if !scheme
        || text.len() > URL_CHARACTERS_MAX
        || text.contains(|c: char| c.is_whitespace() || c.is_control())
    {
        return false;
    }
    let Some(host) = written_host(text) else { return false };
    // The parser knows `ftp` and not its encrypted kin.
    let known =
        lower.strip_prefix("ftps").map_or_else(|| text.to_owned(), |_| text.replacen(&text[..4], "ftp", 1));
    let Ok(url) = Url::parse(&known) else { return false };
    match url.host() {
        Some(Host::Domain(name)) => is_host_name(name),
        // Other spellings of an address (`127.1`, `0x7f.1`) are none.
        Some(Host::Ipv4(address)) => host == address.to_string(),
        Some(Host::Ipv6(_)) => true,
        None => false,
    }
}

/// The host of a URL as it is written, without credentials and port. `None` where a parser would have to be lenient:
/// the host is missing or escaped, the port is no number.
fn written_host(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let (user, host) =
        authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
    if user.is_some_and(|user| user.is_empty() || user.starts_with(':')) {
        return None;
    }
    // The colons of an IPv6 address stand in brackets.
    let port_at = host.rfind(':').filter(|at| !host[*at..].contains(']'));
    let (host, port) = port_at.map_or((host, None), |at| (&host[..at], Some(&host[at + 1..])));
    let is_port =
        |port: &str| (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    (!host.is_empty() && !host.contains(['%', '\\']) && port.is_none_or(is_port)).then_some(host)
}

fn is_host_name(name: &str) -> bool {
    if name == "localhost" {
        return true;
    }
    let name = name.strip_suffix('.').unwrap_or(name);
    let Some((rest, top)) = name.rsplit_once('.') else { return false };
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let top_level = top.starts_with("xn--")
        || (top.len() >= 2 && top.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-'));
    name.len() <= 253 && top_level && is_label(top) && rest.split('.').all(is_label)
}

/// A mail address.
#[derive(Debug, Clone, Copy, Default)]
pub struct EmailRule {
    text: StringRule,
}

impl Rule for EmailRule {
    type Out = String;

    fn read(&self, value: &Value) -> Result<String, Problem> {
        self.text.read_formed(value, is_email, field::EMAIL)
    }
}

/// Whether a text looks like a mail address: an unquoted local part and a host name.
pub fn is_email(text: &str) -> bool {
    let Some((local, host)) = text.rsplit_once('@') else { return false };
    let is_atom = |atom: &str| {
        !atom.is_empty()
            && atom.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{}|~-".contains(&byte))
    };
    text.len() <= 320 && local.split('.').all(is_atom) && is_host_name(&host.to_ascii_lowercase())
}
