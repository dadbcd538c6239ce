//! `mortise`: the composition root. It reads options, puts a context together, and starts what the other crates bring;
//! it holds no rules of its own.
//!
//! | module | is |
//! |---|---|
//! | [`cli`] | the commands, and which exit code their failure has |
//! | [`config`] | options: flags, variables, file, defaults |
//! | [`context`] | from options to the context that use cases run in |
//! | [`keys`] | the sealing keys on disk |
//! | [`serve`] | the server: listener, health, metrics, workers, shutdown |
//! | [`command`] | everything else an operator does |
//! | [`telemetry`] | log lines and metrics |

mod cli;
mod command;
mod config;
mod context;
mod keys;
mod output;
mod serve;
mod telemetry;

use std::process::ExitCode;

/// A quarter of a request was allocating (docs/adr/0007).
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    match cli::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => output::failure(&error),
    }
}
