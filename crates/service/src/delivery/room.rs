//! How many calls are under way, in all and for each subscriber, and how many more there may be.

use std::collections::{HashMap, HashSet};

use super::Options;

/// The shares of one node.
#[derive(Debug, Clone)]
pub(super) struct Room {
    options: Options,
    total: usize,
    by_subscriber: HashMap<String, usize>,
    /// Subscribers whose last attempt failed: they get a small share, so that many dead receivers together do not
    /// fill the node with waiting.
    failing: HashSet<String>,
}

impl Room {
    pub(super) fn new(options: Options) -> Self {
        Self { options, total: 0, by_subscriber: HashMap::new(), failing: HashSet::new() }
    }

    /// How many more calls the subscriber may have.
    pub(super) fn free(&self, subscriber: &str) -> usize {
        let failing = self.failing.contains(subscriber);
        let share = if failing { self.options.share_failing_max } else { self.options.share_max };
        share.saturating_sub(self.busy(subscriber)).min(self.options.calls_max.saturating_sub(self.total))
    }

    /// How many calls of the subscriber are under way.
    pub(super) fn busy(&self, subscriber: &str) -> usize {
        self.by_subscriber.get(subscriber).copied().unwrap_or(0)
    }

    /// Whether no call at all can be added.
    pub(super) fn is_full(&self) -> bool {
        self.total >= self.options.calls_max
    }

    /// Whether nothing is under way.
    pub(super) fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// Notes that calls begin.
    pub(super) fn take(&mut self, subscriber: &str, calls: usize) {
        if calls > 0 {
            self.total += calls;
            *self.by_subscriber.entry(subscriber.to_owned()).or_default() += calls;
        }
    }

    /// Notes that a call ended, well or not.
    pub(super) fn give_back(&mut self, subscriber: &str, went_well: bool) {
        self.total = self.total.saturating_sub(1);
        if let Some(busy) = self.by_subscriber.get_mut(subscriber) {
            *busy = busy.saturating_sub(1);
            if *busy == 0 {
                self.by_subscriber.remove(subscriber);
            }
        }
        if went_well {
            self.failing.remove(subscriber);
        } else {
            self.failing.insert(subscriber.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room() -> Room {
        Room::new(Options { calls_max: 10, share_max: 4, share_failing_max: 1, ..Options::default() })
    }

    #[test]
    fn a_subscriber_has_no_more_than_its_share() {
        let mut room = room();
        room.take("a", 3);
        assert_eq!((room.free("a"), room.free("b")), (1, 4));
    }

    #[test]
    fn the_total_bounds_every_share() {
        let mut room = room();
        for name in ["a", "b"] {
            room.take(name, 4);
        }
        assert_eq!(room.free("c"), 2);
        room.take("c", 2);
        assert!(room.is_full());
        assert_eq!(room.free("d"), 0);
    }

    #[test]
    fn a_failing_subscriber_has_a_small_share_until_it_answers_again() {
        let mut room = room();
        room.take("a", 2);
        room.give_back("a", false);
        assert_eq!(room.free("a"), 0);
        room.give_back("a", true);
        assert_eq!(room.free("a"), 4);
        assert!(room.is_empty());
    }
}
