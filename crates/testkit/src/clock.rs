//! A clock that stands still until it is moved.

use std::sync::atomic::{AtomicI64, Ordering};

use mortise_domain::{Clock, Time};

/// Starts at the machine's time, so that tokens of the real world look fresh, and moves only by [`ManualClock::advance`].
#[derive(Debug)]
pub struct ManualClock {
    micros: AtomicI64,
}

impl ManualClock {
    /// A clock at `time`.
    pub fn at(time: Time) -> Self {
        Self { micros: AtomicI64::new(time.as_microsecond()) }
    }

    /// Moves on.
    pub fn advance(&self, seconds: i64) {
        self.micros.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Time {
        // Each reading is a microsecond later, so rows written one after another sort.
        Time::from_microsecond(self.micros.fetch_add(1, Ordering::SeqCst)).unwrap_or(Time::MAX)
    }
}
