//! Time is a parameter: code asks the [`Clock`] of its context, so tests step time instead of sleeping.

/// A point in time. The database and the wire keep microseconds.
pub type Time = jiff::Timestamp;

/// The source of "now".
pub trait Clock: Send + Sync + 'static {
    /// The current time, cut to whole microseconds so that what is stored equals what was used.
    fn now(&self) -> Time;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> Time {
        cut_to_micros(Time::now())
    }
}

/// Drops what is finer than a microsecond.
pub fn cut_to_micros(time: Time) -> Time {
    Time::from_microsecond(time.as_microsecond()).unwrap_or(time)
}
