//! Tests of the service, by module.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that meets None or an error has failed")]

mod code_owners;
mod code_paths;
mod code_patterns;
mod delivery;
mod integrations;
mod issues;
mod pipeline;
mod references;
