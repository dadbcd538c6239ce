//! The project's own tasks: everything that a checkout needs beyond plain cargo, in Rust, so that a machine with Rust
//! needs nothing else to build, test and measure Mortise. `.ci/run` is a list of these commands.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool speaks to its terminal")]

mod arrows;
mod bench;
mod clients;
mod generate;
mod postgres;
mod process;
mod sizes;
mod test;
mod tools;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Tasks of the Mortise repository.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Runs every test, on SQLite and PostgreSQL, with real clients and a real browser
    Test(test::Args),
    /// Checks that crates depend on each other only along the arrows of the architecture
    Arrows,
    /// Prints how long files and functions are and how much of the public code is documented; fails past the limits
    Sizes,
    /// Rewrites the committed files that the program itself produces
    Generate(generate::Args),
    /// Checks licences, banned crates and sources of all dependencies with cargo-deny, which it installs when missing
    Deny,
    /// Measures the running program
    #[command(subcommand)]
    Bench(bench::Bench),
}

fn main() -> ExitCode {
    match run(Cli::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> anyhow::Result<()> {
    process::catch_signals()?;
    match task {
        Task::Test(args) => test::run(&args),
        Task::Arrows => arrows::check(),
        Task::Sizes => sizes::check(),
        Task::Generate(args) => generate::run(&args),
        Task::Deny => tools::deny(),
        Task::Bench(bench) => bench::run(&bench),
    }
}
