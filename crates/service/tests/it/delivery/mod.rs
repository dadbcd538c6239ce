//! From an event to the receiver.

mod engine;
mod recovery;
mod schedule;
mod support;
mod webhook;
