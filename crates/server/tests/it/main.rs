//! The real binary, as an operator runs it.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a helper that gives up fails its test")]

mod backup;
mod browser;
mod check;
mod clients;
mod config;
mod first_start;
mod keys;
mod kill;
mod mail;
mod manifests;
mod newer_clients;
mod operators;
mod release_client;
mod rpc;
mod seed;
mod serve;
mod support;
