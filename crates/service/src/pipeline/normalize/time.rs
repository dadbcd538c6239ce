//! Times in events, which are text or seconds since 1970. An event whose clock is far off gets the time of its arrival.

use mortise_domain::Time;
use mortise_wire::datetime::{parse_or_epoch, to_epoch_seconds};
use serde_json::{Number, Value};

use super::Context;
use crate::pipeline::limits::{EVENT_AGE_SECONDS_MAX, EVENT_FUTURE_SECONDS_MAX};

const MICROS_PER_SECOND: i64 = 1_000_000;

/// When the event happened: what it says, if that is plausible, else when it arrived. Implausible times are noted.
pub(super) fn of_event(sent: Option<Value>, context: &mut Context<'_>) -> Time {
    let received = context.intake.received;
    let Some(sent) = sent else { return received };
    let Some(time) = parse_or_epoch(&sent) else {
        context.notes.invalid("timestamp", Some(&sent));
        return received;
    };
    let ahead_micros = time.as_microsecond() - received.as_microsecond();
    if ahead_micros > EVENT_FUTURE_SECONDS_MAX * MICROS_PER_SECOND {
        context.notes.add("future_timestamp", "timestamp", Some(&sent));
        return received;
    }
    if ahead_micros < -EVENT_AGE_SECONDS_MAX * MICROS_PER_SECOND {
        context.notes.add("past_timestamp", "timestamp", Some(&sent));
        return received;
    }
    time
}

/// Seconds since 1970 with microseconds; a whole number when there is no fraction, as JavaScript would print it.
pub(super) fn epoch(time: Time) -> Value {
    let micros = time.as_microsecond();
    if micros % MICROS_PER_SECOND == 0 {
        return (micros / MICROS_PER_SECOND).into();
    }
    Number::from_f64(to_epoch_seconds(time)).map_or(Value::Null, Value::Number)
}
