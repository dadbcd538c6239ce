//! Numbers and times in filters: `>10`, `5k`, `-24h`, `>2024-01-31`.

use jiff::{SignedDuration, civil, tz::TimeZone};
use mortise_domain::Time;
use mortise_store::issue::search::Compare;
use mortise_wire::datetime;

use super::{SearchError, token::Sign};

/// Minutes before and after a point in time that still count as it.
const AROUND_MIN: (i64, i64) = (5, 6);

/// A condition on a number: all of these comparisons hold.
pub type Bounds = Vec<(Compare, i64)>;

fn compare(sign: Sign) -> Compare {
    match sign {
        Sign::Greater => Compare::Greater,
        Sign::AtLeast => Compare::AtLeast,
        Sign::Less => Compare::Less,
        Sign::AtMost => Compare::AtMost,
    }
}

/// Reads a count: digits and perhaps `k`, `m` or `b`.
pub fn number(sign: Option<Sign>, text: &str) -> Result<Bounds, SearchError> {
    let wrong = || {
        SearchError(format!(
            "Invalid number: {text}. Expected number then optional k, m, or b suffix (e.g. 500k)."
        ))
    };
    let lower = text.to_ascii_lowercase();
    let (digits, unit) = match lower.as_bytes().last() {
        Some(b'k') => (&lower[..lower.len() - 1], 1e3),
        Some(b'm') => (&lower[..lower.len() - 1], 1e6),
        Some(b'b') => (&lower[..lower.len() - 1], 1e9),
        _ => (lower.as_str(), 1.0),
    };
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    let value: f64 = digits.parse().ok().filter(|_| is_number).ok_or_else(wrong)?;
    // The cast saturates; no count is that large.
    let value = (value * unit) as i64;
    Ok(vec![(sign.map_or(Compare::Equal, compare), value)])
}

/// Reads a time, in microseconds: relative to `now` or absolute.
pub fn time(sign: Option<Sign>, text: &str, now: Time) -> Result<Bounds, SearchError> {
    if let Some((is_newer, ago)) = relative(text) {
        let at = now.checked_sub(ago).map_err(|_| wrong_time(text, now))?.as_microsecond();
        let implied = if is_newer { Compare::AtLeast } else { Compare::AtMost };
        return Ok(vec![(sign.map_or(implied, compare), at)]);
    }
    if let Some(date) = day(text) {
        let start = date.to_zoned(TimeZone::UTC).map_err(|_| wrong_time(text, now))?.timestamp();
        let end = start.checked_add(SignedDuration::from_hours(24)).map_err(|_| wrong_time(text, now))?;
        let (start, end) = (start.as_microsecond(), end.as_microsecond());
        return Ok(match sign {
            None => vec![(Compare::AtLeast, start), (Compare::Less, end)],
            Some(sign) => vec![(compare(sign), start)],
        });
    }
    let at = datetime::parse(text).ok_or_else(|| wrong_time(text, now))?;
    Ok(match sign {
        Some(sign) => vec![(compare(sign), at.as_microsecond())],
        None => {
            let minutes = |count: i64| count * 60_000_000;
            vec![
                (Compare::AtLeast, at.as_microsecond() - minutes(AROUND_MIN.0)),
                (Compare::Less, at.as_microsecond() + minutes(AROUND_MIN.1)),
            ]
        }
    })
}

/// A text that is nothing but a day.
fn day(text: &str) -> Option<civil::Date> {
    // The parser would also take a point in time and forget its time of day.
    if text.len() == "2026-01-31".len() { text.parse().ok() } else { None }
}

/// `-24h` is (newer than, 24 hours), `+3d` is (older than, 3 days).
fn relative(text: &str) -> Option<(bool, SignedDuration)> {
    let (is_newer, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+')?),
    };
    Some((is_newer, duration(rest)?))
}

/// Reads `30s`, `15m`, `24h`, `14d`, `2w`.
pub fn duration(text: &str) -> Option<SignedDuration> {
    let unit = text.chars().last()?;
    let seconds: i64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    let digits = &text[..text.len() - 1];
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let count: i64 = digits.parse().ok()?;
    Some(SignedDuration::from_secs(count.checked_mul(seconds)?))
}

fn wrong_time(text: &str, now: Time) -> SearchError {
    let example = now.strftime("%Y-%m-%dT%H:%M:%S");
    SearchError(format!(
        "Invalid date: {text}. Expected +/-duration (e.g. +1h) or ISO 8601-like (e.g. {example})."
    ))
}
