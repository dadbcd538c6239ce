//! From an event to the receiver.

mod code_mail;
mod engine;
mod mail;
mod recovery;
mod schedule;
mod support;
mod webhook;
