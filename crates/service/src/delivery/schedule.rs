//! When a failed delivery is tried again, and when it is given up. Pure.
//!
//! The delays grow from seconds to a day, about two days in all: long enough for a receiver's bad night, short enough
//! that what arrives still means something. Each is spread by a fifth either way, so that receivers that failed
//! together are not asked together. A receiver may ask for more time with `Retry-After`, up to an hour.

use std::time::Duration;

use mortise_domain::{Ids, Time};

const MINUTE_S: u64 = 60;
const HOUR_S: u64 = 60 * MINUTE_S;

/// Delay after the first failed attempt, the second, ..., seconds. One attempt more is made than there are delays.
pub const DELAYS_S: [u64; 10] = [
    5,
    30,
    2 * MINUTE_S,
    10 * MINUTE_S,
    30 * MINUTE_S,
    HOUR_S,
    3 * HOUR_S,
    6 * HOUR_S,
    12 * HOUR_S,
    24 * HOUR_S,
];

/// The longest wish of a receiver that is granted, seconds.
pub const RETRY_AFTER_MAX_S: u64 = HOUR_S;

/// Delays are spread by this part either way, percent.
const JITTER_PERCENT: u64 = 20;

/// How long to wait after `failures` failed attempts (from 1), or `None` to give up. `jitter` is any random number.
pub fn delay(failures: u32, retry_after: Option<Duration>, jitter: u64) -> Option<Duration> {
    let index = usize::try_from(failures).ok()?.checked_sub(1)?;
    let base_ms = DELAYS_S.get(index)? * 1000;
    let spread_ms = base_ms * JITTER_PERCENT / 100;
    let spread = Duration::from_millis(base_ms - spread_ms + jitter % (2 * spread_ms + 1));
    let wish = retry_after.unwrap_or_default().min(Duration::from_secs(RETRY_AFTER_MAX_S));
    Some(spread.max(wish))
}

/// Randomness for [`delay`].
pub(super) fn jitter(ids: &dyn Ids) -> u64 {
    let mut bytes = [0; 8];
    ids.fill(&mut bytes);
    u64::from_le_bytes(bytes)
}

/// `delay` after `now`, or the end of time.
pub(super) fn after(now: Time, delay: Duration) -> Time {
    now.checked_add(delay).unwrap_or(Time::MAX)
}
