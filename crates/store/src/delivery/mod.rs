//! Deliveries: one hand-over of one event to one subscriber, tried until it is done or given up.
//!
//! ```text
//! event --take_events, insert--> pending --claim--> leased --record--> delivered | failed | skipped
//!                                   ^                  |
//!                                   '-- record (retry) or the end of the lease
//! ```
//!
//! * **Lease.** [`claim()`] marks a delivery with the node's name and moves its `due_at` to the end of the lease, so a
//!   lease that nobody answers for is simply due again; there is nothing to sweep. The call happens outside of any
//!   transaction. [`record()`] is guarded by the lease and the number of attempts: who comes too late changes nothing.
//! * **Order.** Kept per subject within a subscriber: a delivery waits while an earlier one of the same subject is
//!   under way or due soon. One whose next try is further away (see [`Claim::hold_until`]) no longer holds the others.
//! * **One dispatcher.** Events are turned into deliveries by one node at a time, in order of id.

mod claim;
mod dispatch;
mod log;
mod names;
mod rate;
mod record;

pub use claim::{Claim, Claimed, claim, due_subscribers, release, release_all};
pub use dispatch::{Event, NewDelivery, insert, take_events};
pub use log::{
    Attempt, AttemptSummary, Delivery, EventFacts, LogFilter, attempts_of, by_id, event_facts, last_attempts,
    list, replay, replay_failed,
};
pub use names::{Named, names};
pub use rate::beyond_rate;
pub use record::{NewAttempt, Recorded, record};
