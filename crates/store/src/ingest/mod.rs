//! What storing an event of an SDK needs, and nobody else: who owns a client key, which issue owns a hash, counting an
//! event, the rows beside it, what was dropped, and what time does to issues.
//!
//! An event of a known issue costs five statements. Locks are taken in one order in every transaction (releases,
//! environments, platforms, issue, hashes), so that writers of PostgreSQL never wait for each other in a circle; and no
//! lock that all events of a project need is held while a commit waits for the disk.

pub mod aging;
pub mod beside;
pub mod issue;
pub mod key;
pub mod outcome;
pub mod transition;
pub mod user_report;
