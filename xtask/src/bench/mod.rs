//! Load measurements of the release build, from outside: the program as its users run it. Everything runs on one machine,
//! so the load generator takes its share of the processors; figures compare versions and databases on the same machine.

mod apps;
mod catalog;
mod envelope;
mod http;
mod ingest;
mod load;
mod receiver;
mod report;
mod requests;
mod server;
mod world;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};

use self::requests::{Measured, Pace, bare_handler};
use crate::postgres::{Cluster, Durability};
use crate::{process, workspace};

#[derive(clap::Subcommand)]
pub(crate) enum Bench {
    /// Events in, webhooks out: rates, latency, processor time and memory
    Ingest(ingest::Args),
    /// Apps and their tokens over the API: rates, latency, processor time and statements per request
    Apps(apps::Args),
    /// The catalog and an organization's integrations over the API, few and many of them
    Catalog(Load),
}

/// Measures, prints one table and writes a file in `target/bench`.
pub(crate) fn run(bench: &Bench) -> Result<()> {
    match bench {
        Bench::Ingest(args) => ingest::run(args),
        Bench::Apps(args) => apps::run(args),
        Bench::Catalog(load) => catalog::run(load),
    }
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Database {
    Sqlite,
    Postgres,
    Both,
}

impl Database {
    fn each(self) -> &'static [Database] {
        match self {
            Database::Both => &[Database::Sqlite, Database::Postgres],
            Database::Sqlite => &[Database::Sqlite],
            Database::Postgres => &[Database::Postgres],
        }
    }

    /// A private server with full durability, for PostgreSQL.
    fn cluster(self) -> Result<Option<Cluster>> {
        match self {
            Database::Postgres => Cluster::start(Durability::Full).map(Some),
            Database::Sqlite | Database::Both => Ok(None),
        }
    }
}

/// What a measurement of the API is told.
#[derive(clap::Args)]
pub(crate) struct Load {
    /// The database to measure on; PostgreSQL is a private server with full durability
    #[arg(long, value_enum, default_value_t = Database::Sqlite)]
    database: Database,
    /// How long each kind of request is sent
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Keep-alive connections
    #[arg(long, default_value_t = 16)]
    connections: usize,
    /// Measures this program instead of building a release
    #[arg(long, value_name = "FILE", requires = "bare")]
    binary: Option<PathBuf>,
    /// Compares with this bare handler instead of building one
    #[arg(long, value_name = "FILE")]
    bare: Option<PathBuf>,
}

impl Load {
    fn pace(&self) -> Pace {
        Pace { connections: self.connections, time: Duration::from_secs(self.seconds) }
    }

    /// Measures on each database with the program and the bare handler, prints a table for each and writes
    /// `target/bench/{name}.json`.
    fn run(&self, name: &str, measure: impl Fn(&Path, &Path, Database) -> Result<Measured>) -> Result<()> {
        let binary = program(self.binary.as_deref())?;
        let bare = bare_handler(self.bare.as_deref())?;
        let each = self.database.each().iter();
        let measured: Vec<_> =
            each.map(|database| measure(&binary, &bare, *database)).collect::<Result<_>>()?;
        measured.iter().for_each(Measured::print);
        report::write(name, &measured)
    }
}

/// The program that is measured: the one that is named, or a new release build.
fn program(named: Option<&Path>) -> Result<PathBuf> {
    if let Some(binary) = named {
        return binary.canonicalize().with_context(|| binary.display().to_string());
    }
    process::run(workspace::cargo().args(["build", "--release", "--locked", "--package", "mortise-server"]))?;
    Ok(workspace::target().join("release/mortise"))
}

fn per_second(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}
