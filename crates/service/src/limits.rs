//! Limits that a process keeps in memory: how often something may be tried, and how many costly things run at once.
//!
//! Counting per process is enough here: with several nodes behind a balancer the limits are looser by their number.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use mortise_domain::{OrgId, Time, UserId};
use tokio::sync::Semaphore;

use crate::apps::components::Calls;

/// Tries to sign in as one person per minute.
const LOGINS_MAX: u32 = 10;
/// The window of [`LOGINS_MAX`], seconds.
const LOGINS_WINDOW_S: i64 = 60;
/// Invitations by one person per day.
const INVITATIONS_BY_PERSON_MAX: u32 = 100;
/// Invitations to one organization per day.
const INVITATIONS_TO_ORGANIZATION_MAX: u32 = 100;
/// Invitations of one address to one organization per day.
const INVITATIONS_OF_ADDRESS_MAX: u32 = 10;
/// The window of invitations, seconds.
const INVITATIONS_WINDOW_S: i64 = 24 * 3600;
/// Passwords that are checked at once; each takes 19 MiB.
const PASSWORD_CHECKS_MAX: usize = 4;
/// Keys that a limit remembers at most. Beyond, windows that have passed are forgotten, then all.
const KEYS_MAX: usize = 20_000;

/// The limits of one process.
#[derive(Debug)]
pub struct Limits {
    /// Tries to sign in, by user name or address as it was given, in lower case.
    pub logins: RateLimit,
    /// Invitations.
    pub invitations: Invitations,
    /// Password checks that run at once.
    pub password_checks: Semaphore,
    /// Calls to apps that somebody waits for.
    pub app_calls: Calls,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            logins: RateLimit::new(LOGINS_MAX, LOGINS_WINDOW_S),
            invitations: Invitations::default(),
            password_checks: Semaphore::new(PASSWORD_CHECKS_MAX),
            app_calls: Calls::default(),
        }
    }
}

/// How often people may be invited.
#[derive(Debug)]
pub struct Invitations {
    by_person: RateLimit,
    to_organization: RateLimit,
    of_address: RateLimit,
}

impl Default for Invitations {
    fn default() -> Self {
        Self {
            by_person: RateLimit::new(INVITATIONS_BY_PERSON_MAX, INVITATIONS_WINDOW_S),
            to_organization: RateLimit::new(INVITATIONS_TO_ORGANIZATION_MAX, INVITATIONS_WINDOW_S),
            of_address: RateLimit::new(INVITATIONS_OF_ADDRESS_MAX, INVITATIONS_WINDOW_S),
        }
    }
}

impl Invitations {
    /// Counts an invitation of `address` to `org`; whether it is allowed. Without a person a key of the organization
    /// invites.
    pub fn allow(&self, org: OrgId, person: Option<UserId>, address: &str, now: Time) -> bool {
        let person = person.map_or_else(|| format!("key of {org}"), |person| person.to_string());
        let allowed = [
            self.by_person.allow(&person, now),
            self.to_organization.allow(&org.to_string(), now),
            self.of_address.allow(&format!("{org}:{}", address.to_lowercase()), now),
        ];
        !allowed.contains(&false)
    }
}

/// So many times per window, counted by key in windows that begin with the first try.
#[derive(Debug)]
pub struct RateLimit {
    max: u32,
    window_s: i64,
    counts: Mutex<HashMap<String, Count>>,
}

#[derive(Debug, Clone, Copy)]
struct Count {
    since: Time,
    tries: u32,
}

impl RateLimit {
    /// `max` tries per `window_s` seconds.
    pub fn new(max: u32, window_s: i64) -> Self {
        Self { max, window_s, counts: Mutex::default() }
    }

    /// Counts a try; whether it is allowed.
    pub fn allow(&self, key: &str, now: Time) -> bool {
        self.count(key, now).is_allowed()
    }

    /// Counts a try; how many there were in this window.
    pub fn count(&self, key: &str, now: Time) -> Usage {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = |count: &Count| now.duration_since(count.since).as_secs() >= self.window_s;
        if counts.len() >= KEYS_MAX && !counts.contains_key(key) {
            counts.retain(|_, count| !is_over(count));
            if counts.len() >= KEYS_MAX {
                counts.clear();
            }
        }
        let count = counts.entry(key.to_owned()).or_insert(Count { since: now, tries: 0 });
        if is_over(count) {
            *count = Count { since: now, tries: 0 };
        }
        count.tries = count.tries.saturating_add(1);
        let resets_at = crate::authenticate::after(count.since, self.window_s);
        Usage { tries: count.tries, max: self.max, window_s: self.window_s, resets_at }
    }
}

/// How much of a limit is used.
#[derive(Debug, Clone, Copy)]
pub struct Usage {
    /// Tries in this window, the one just counted included.
    pub tries: u32,
    /// Tries allowed per window.
    pub max: u32,
    /// The length of a window, seconds.
    pub window_s: i64,
    /// When the window ends.
    pub resets_at: Time,
}

impl Usage {
    /// Whether the counted try is within the limit.
    pub fn is_allowed(&self) -> bool {
        self.tries <= self.max
    }

    /// Tries left in this window.
    pub fn remaining(&self) -> u32 {
        self.max.saturating_sub(self.tries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Time {
        Time::from_second(seconds).expect("a time")
    }

    #[test]
    fn tries_beyond_the_limit_are_refused_until_the_window_has_passed() {
        let limit = RateLimit::new(2, 60);
        assert!(limit.allow("ann", at(0)) && limit.allow("ann", at(1)));
        assert!(!limit.allow("ann", at(59)));
        assert!(limit.allow("bob", at(59)));
        assert!(limit.allow("ann", at(60)));
    }

    #[test]
    fn the_number_of_remembered_keys_is_bounded() {
        let limit = RateLimit::new(1, 60);
        for n in 0..=KEYS_MAX {
            limit.allow(&n.to_string(), at(0));
        }
        assert!(limit.counts.lock().unwrap().len() <= KEYS_MAX);
    }
}
