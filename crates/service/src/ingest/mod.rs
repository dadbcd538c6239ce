//! Taking in what SDKs send, from a split body to stored events.
//!
//! ```text
//! items --parse, normalise, group, pack (no lock held)--> Prepared --one short transaction--> issue, event, outbox
//! ```
//! * [`admit()`] finds out for which project a request is, and whether its key may send; [`accept_envelope`] and
//!   [`accept_event`] take what was sent. The answer waits for the commit: what was accepted survives a power cut.
//! * [`store_event`] stores one event in one transaction ([`store_event_in`] joins one that is open), before which a new
//!   issue gets its number on PostgreSQL. An event of a known issue costs five statements; what most events find already there is remembered in [`Memory`].
//! * [`run_ongoing`], [`run_wakeups`] and [`run_resolve_by_age`] are periodic jobs.
//!
//! What is remembered are hints that expire by themselves. Whatever refers to a row that is gone meanwhile is tried once
//! more without them.

mod accept;
mod admit;
mod aging;
mod memory;
mod outcomes;
mod prepare;
mod store;
mod transition;

pub use accept::{Accepted, accept_envelope, accept_event, count_dropped};
pub use admit::{Credentials, Rejection, Sender, admit};
pub use aging::{run_ongoing, run_resolve_by_age, run_wakeups};
pub use memory::{BodyLease, Memory};
pub use outcomes::flush_outcomes;
pub use prepare::Prepared;
pub use store::{StoredEvent, store_event, store_event_in};
pub use transition::Reopened;
