//! Short ids such as `WEB-1A`: the project's slug in capitals, a dash, the issue's number within the project in
//! base 32. The alphabet is [Crockford's](https://www.crockford.com/base32.html), which leaves out letters that
//! are mistaken for digits; reading forgives those mistakes.

use std::{fmt, str::FromStr};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Writes a number in base 32, without padding.
pub fn encode(number: u64) -> String {
    let mut digits = Vec::new();
    let mut rest = number;
    loop {
        digits.push(ALPHABET[(rest % 32) as usize]);
        rest /= 32;
        if rest == 0 {
            break;
        }
    }
    digits.iter().rev().copied().map(char::from).collect()
}

/// Reads base 32 in either case, with `O` for `0` and `I` or `L` for `1`. `None` for anything else, and for
/// numbers that no row id can have (above `i64::MAX`).
pub fn decode(text: &str) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    let number = text.bytes().try_fold(0_u64, |number, byte| {
        let folded = match byte.to_ascii_uppercase() {
            b'O' => b'0',
            b'I' | b'L' => b'1',
            other => other,
        };
        let digit = ALPHABET.iter().position(|letter| *letter == folded)?;
        number.checked_mul(32)?.checked_add(digit as u64)
    })?;
    i64::try_from(number).ok().map(|_| number)
}

/// A short id, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ShortId {
    /// Slug of the project, lower case. It is empty when a person typed only `-1A`.
    pub project_slug: String,
    /// The issue's number within its project; the first issue is 1.
    pub number: u64,
}

/// A text that is no short id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a short id")]
pub struct NotAShortId;

impl ShortId {
    /// The short id of an issue.
    pub fn new(project_slug: &str, number: u64) -> Self {
        Self { project_slug: project_slug.to_ascii_lowercase(), number }
    }
}

impl FromStr for ShortId {
    type Err = NotAShortId;

    /// Reads `WEB-1A`, `web_1a`, `web 1a` and `issue:WEB-1A`. The number is what follows the last separator.
    fn from_str(text: &str) -> Result<Self, NotAShortId> {
        let text = strip_issue_prefix(text);
        let end = text.rfind(|c: char| !c.is_ascii_alphanumeric()).ok_or(NotAShortId)?;
        let separator = text[end..].chars().next().ok_or(NotAShortId)?;
        if !(separator == '-' || separator == '_' || separator.is_whitespace()) {
            return Err(NotAShortId);
        }
        let number = decode(&text[end + separator.len_utf8()..]).ok_or(NotAShortId)?;
        Ok(Self::new(&text[..end], number))
    }
}

/// Drops `issue:`, also with its last letter repeated, as search boxes accept it.
fn strip_issue_prefix(text: &str) -> &str {
    let Some((head, rest)) = text.split_once(':') else { return text };
    let head = head.to_ascii_lowercase();
    match head.strip_prefix("issue") {
        Some(tail) if tail.bytes().all(|byte| byte == b'e') => rest,
        _ => text,
    }
}

impl fmt::Display for ShortId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.project_slug.to_ascii_uppercase(), encode(self.number))
    }
}
