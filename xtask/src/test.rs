//! `cargo xtask test`: the whole suite on a machine that has Rust and nothing else. What is missing is installed where we
//! may (root on Debian), named where we may not. In CI nothing is skipped; elsewhere the last line says what was.
//!
//! The tests learn what they may use from the environment:
//!
//! | variable | is |
//! |---|---|
//! | `MORTISE_TEST_DATABASE_URL` | a private PostgreSQL server where tests may create and drop databases |
//! | `MORTISE_TEST_NODE` | a folder with `node_modules` holding the JavaScript clients and `playwright-core` |
//! | `MORTISE_TEST_PYTHON` | the interpreter of a virtual environment with the Python clients |
//! | `MORTISE_TEST_CHROMIUM` | the browser |
//! | `MORTISE_TEST_RPC_SCHEMA` | Sentry's published `rpc_method_schema.json`, which `docs/rpc.md` is then held against; never set by this task, since the file may not be copied |
//! | `MORTISE_TEST_REFRESHES` | how many tokens are refreshed over a network that loses messages; 200 without it |
//!
//! A test whose variable is absent passes without doing anything, so that `cargo nextest run` works on its own.

use std::ffi::OsString;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::postgres::{Cluster, Durability};
use crate::tools::{self, Need};
use crate::{clients, process, workspace};

const DATABASE_URL: &str = "MORTISE_TEST_DATABASE_URL";
const NODE_FOLDER: &str = "MORTISE_TEST_NODE";
const PYTHON_PROGRAM: &str = "MORTISE_TEST_PYTHON";
const CHROMIUM_PROGRAM: &str = "MORTISE_TEST_CHROMIUM";

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Tests this crate only, by its folder's name (`store`) or its own; may be repeated
    #[arg(long, value_name = "CRATE")]
    only: Vec<String>,
    /// Leaves PostgreSQL out
    #[arg(long)]
    no_postgres: bool,
    /// Leaves published clients out, and the browser with them
    #[arg(long)]
    no_clients: bool,
    /// Leaves browser journeys out
    #[arg(long)]
    no_browser: bool,
    /// Leaves the examples in the documentation out
    #[arg(long)]
    no_doc: bool,
    /// Goes to cargo-nextest: names of tests, `-E` filters and other options
    #[arg(last = true)]
    nextest: Vec<OsString>,
}

/// What the tests get, and what they go without.
struct Surroundings {
    environment: Vec<(&'static str, OsString)>,
    skipped: Vec<String>,
    cluster: Option<Cluster>,
}

/// Prepares, runs everything even after a failure, clears up, and says how it went in one line.
pub(crate) fn run(args: &Args) -> Result<()> {
    let started = Instant::now();
    tools::ensure_nextest()?;
    let surroundings = prepare(args)?;
    let mut failed = Vec::new();
    if let Err(error) = run_nextest(args, &surroundings) {
        failed.push(error);
    }
    process::fail_if_interrupted()?;
    if !args.no_doc
        && args.nextest.is_empty()
        && let Err(error) = run_doctests(args)
    {
        failed.push(error);
    }
    process::fail_if_interrupted()?;
    let skipped = &surroundings.skipped;
    let skipped = if skipped.is_empty() { "nothing skipped".to_owned() } else { skipped.join("; ") };
    let seconds = started.elapsed().as_secs();
    if failed.is_empty() {
        println!("test: everything passed in {seconds} s; {skipped}");
        return Ok(());
    }
    let failures: Vec<String> = failed.iter().map(|error| format!("{error:#}")).collect();
    bail!("test: failed after {seconds} s; {skipped}\n  {}", failures.join("\n  "));
}

fn prepare(args: &Args) -> Result<Surroundings> {
    let mut surroundings = Surroundings { environment: Vec::new(), skipped: Vec::new(), cluster: None };
    let missing = tools::ensure(&wanted(args, &mut surroundings.skipped))?;
    let wants = |need: &Need| !missing.iter().any(|missing| missing.name == need.name);
    surroundings
        .skipped
        .extend(missing.iter().map(|need| format!("skipped {}: no {}", need.used_by, need.name)));
    if !args.no_postgres && wants(&tools::POSTGRES) {
        let cluster = Cluster::start(Durability::None)?;
        surroundings.environment.push((DATABASE_URL, cluster.url().into()));
        surroundings.cluster = Some(cluster);
    }
    if !uses_clients(args) {
        return Ok(surroundings);
    }
    let folder = workspace::target().join("clients");
    if wants(&tools::NODE) {
        surroundings.offer("JavaScript clients", NODE_FOLDER, clients::install_node(&folder))?;
        if let Some(browser) = tools::chromium().filter(|_| !args.no_browser && wants(&tools::CHROMIUM)) {
            surroundings.environment.push((CHROMIUM_PROGRAM, browser.into()));
        }
    }
    if wants(&tools::PYTHON) {
        let python = clients::install_python(&folder).map(|folder| folder.join("bin/python"));
        surroundings.offer("Python clients", PYTHON_PROGRAM, python)?;
    }
    Ok(surroundings)
}

/// What this run needs from the machine; what it was told to leave out is noted as skipped.
fn wanted(args: &Args, skipped: &mut Vec<String>) -> Vec<&'static Need> {
    let mut needs = Vec::new();
    if args.no_postgres {
        skipped.push("skipped tests on PostgreSQL: --no-postgres".to_owned());
    } else {
        needs.push(&tools::POSTGRES);
    }
    if !uses_clients(args) {
        let reason = if args.no_clients { "--no-clients" } else { "--only" };
        skipped.push(format!("skipped published clients and browser journeys: {reason}"));
        return needs;
    }
    needs.extend([&tools::NODE, &tools::PYTHON]);
    if args.no_browser {
        skipped.push("skipped browser journeys: --no-browser".to_owned());
    } else {
        needs.push(&tools::CHROMIUM);
    }
    needs
}

/// Only tests that run the whole program use published clients and a browser.
fn uses_clients(args: &Args) -> bool {
    let whole = |name: &String| matches!(name.trim_start_matches("mortise-"), "server" | "web");
    !args.no_clients && (args.only.is_empty() || args.only.iter().any(whole))
}

impl Surroundings {
    /// Tells the tests about something that was installed, or notes that it was not: an error in CI.
    fn offer(
        &mut self,
        what: &str,
        variable: &'static str,
        installed: Result<std::path::PathBuf>,
    ) -> Result<()> {
        match installed {
            Ok(path) => self.environment.push((variable, path.into())),
            Err(error) => {
                process::fail_if_interrupted()?;
                if process::in_ci() {
                    return Err(error.context(format!("cannot install {what}")));
                }
                self.skipped.push(format!("skipped tests with {what}: {error:#}"));
            }
        }
        Ok(())
    }
}

fn run_nextest(args: &Args, surroundings: &Surroundings) -> Result<()> {
    let mut command = workspace::cargo();
    command.args(["nextest", "run"]).args(selection(args)).args(&args.nextest);
    for variable in [DATABASE_URL, NODE_FOLDER, PYTHON_PROGRAM, CHROMIUM_PROGRAM] {
        command.env_remove(variable);
    }
    process::run(command.envs(surroundings.environment.iter().map(|(name, value)| (name, value))))
}

fn run_doctests(args: &Args) -> Result<()> {
    process::run(workspace::cargo().args(["test", "--quiet", "--doc"]).args(selection(args)))
}

fn selection(args: &Args) -> Vec<String> {
    if args.only.is_empty() {
        return vec!["--workspace".to_owned()];
    }
    let known = |name: &str| workspace::root().join("crates").join(name).is_dir();
    let package = |name: &String| match name.as_str() {
        short if known(short) && short != "ado-double" => format!("--package=mortise-{short}"),
        name => format!("--package={name}"),
    };
    args.only.iter().map(package).collect()
}
