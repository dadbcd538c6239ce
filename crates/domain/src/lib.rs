//! What Mortise is about, with no I/O: typed ids, scopes, roles, statuses and their rules, the clock and the source
//! of randomness. Everything else depends on this crate; it depends on nothing of ours and never touches JSON.

pub mod clock;
pub mod id;
pub mod random;
pub mod scope;

pub use clock::{Clock, SystemClock, Time};
pub use id::*;
pub use random::{Ids, SystemIds};
pub use scope::{Scope, ScopeSet};
