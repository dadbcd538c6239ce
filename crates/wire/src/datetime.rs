//! Times on the wire: ISO 8601 in UTC with a final `Z` and six fraction digits, or none when the microseconds are zero.
//! Inside outgoing webhooks all six digits are always there ([`WireTime::with_six_digits`]).
//!
//! Input is read leniently: `Z`, an offset or neither (then UTC), `T` or a space, any number of fraction digits.

use jiff::{civil, fmt::temporal::DateTimePrinter, tz::TimeZone};
use mortise_domain::{Time, clock::cut_to_micros};
use serde::{Serialize, Serializer};
use serde_json::Value;

/// What an API answers for a date-time it cannot read.
pub const WRONG_FORMAT: &str = "Datetime has wrong format. Use one of these formats instead: \
    YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].";

/// Digits of a fraction that are looked at; the rest is finer than any clock and cut off.
const FRACTION_DIGITS_MAX: usize = 9;

const WHOLE_SECONDS: DateTimePrinter = DateTimePrinter::new().precision(Some(0));
const SIX_DIGITS: DateTimePrinter = DateTimePrinter::new().precision(Some(6));

/// A time as HTTP headers write it: `Sun, 06 Nov 1994 08:49:37 GMT`.
pub fn http_date(time: Time) -> String {
    time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// A time as clients see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WireTime {
    time: Time,
    always_six_digits: bool,
}

impl WireTime {
    /// The time as API answers write it.
    pub fn new(time: Time) -> Self {
        Self { time: cut_to_micros(time), always_six_digits: false }
    }

    /// The same time as webhook bodies write it.
    #[must_use]
    pub fn with_six_digits(self) -> Self {
        Self { always_six_digits: true, ..self }
    }

    fn text(self) -> String {
        let is_whole = self.time.subsec_nanosecond() == 0 && !self.always_six_digits;
        if is_whole { WHOLE_SECONDS } else { SIX_DIGITS }.timestamp_to_string(&self.time)
    }

    /// The time itself, in whole microseconds.
    pub fn time(self) -> Time {
        self.time
    }
}

impl From<Time> for WireTime {
    fn from(time: Time) -> Self {
        Self::new(time)
    }
}

impl std::fmt::Display for WireTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text())
    }
}

impl Serialize for WireTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl utoipa::PartialSchema for WireTime {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::DateTime)))
            .build()
            .into()
    }
}

impl utoipa::ToSchema for WireTime {}

/// Reads a date-time text; `None` when it is none.
pub fn parse(text: &str) -> Option<Time> {
    let text = cut_fraction(text.trim());
    let time = match text.parse::<Time>() {
        Ok(time) => time,
        // Only a text without zone is read as UTC; a broken zone is an error and not ignored.
        Err(_) if has_zone(&text) => return None,
        Err(_) => text.parse::<civil::DateTime>().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp(),
    };
    Some(cut_to_micros(time))
}

/// Reads what SDKs send: a date-time text, or epoch seconds as a number or as text.
pub fn parse_or_epoch(value: &Value) -> Option<Time> {
    match value {
        Value::Number(number) => from_epoch_seconds(number.as_f64()?),
        Value::String(text) => match text.trim().parse::<f64>() {
            Ok(seconds) => from_epoch_seconds(seconds),
            Err(_) => parse(text),
        },
        _ => None,
    }
}

/// The time at `seconds` after the epoch, rounded to a microsecond; `None` outside the calendar.
pub fn from_epoch_seconds(seconds: f64) -> Option<Time> {
    let micros = (seconds * 1e6).round();
    // The cast saturates, and what is outside the calendar is refused.
    micros.is_finite().then(|| Time::from_microsecond(micros as i64).ok()).flatten()
}

/// Epoch seconds with a fraction, as raw events carry them.
pub fn to_epoch_seconds(time: Time) -> f64 {
    time.as_microsecond() as f64 / 1e6
}

/// Whether a `Z` or an offset stands behind the time of day.
fn has_zone(text: &str) -> bool {
    text.ends_with(['Z', 'z', ']'])
        || text.get(10..).is_some_and(|time| time.contains('+') || time.contains('-'))
}

fn cut_fraction(text: &str) -> String {
    let Some(dot) = text.find('.') else { return text.to_owned() };
    let (head, tail) = text.split_at(dot + 1);
    let digits = tail.bytes().take_while(u8::is_ascii_digit).count();
    format!("{head}{}{}", &tail[..digits.min(FRACTION_DIGITS_MAX)], &tail[digits..])
}
