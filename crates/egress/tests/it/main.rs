//! The guard as a table, and calls to real listeners that misbehave.

mod faults;
mod guard;
mod peer;
mod record;
mod resolve;
mod tls;
