//! The catalog of integrations over the API: an organization with twenty of them, one with two thousand, the catalog itself,
//! and the configurations of legacy plugins. The number of statements must be the same for few rows and for many.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::requests::{Measured, Pace, bare_handler, get, of_bare};
use super::server::{self, Place, Server};
use super::{Database, program, report};
use crate::postgres::Cluster;
use crate::process;

/// How many integrations the two organizations have.
const FEW: usize = 20;
const MANY: usize = 2000;
/// Providers whose integrations an organization can have many of.
const PROVIDERS: [&str; 5] = ["vsts", "github", "slack", "jira", "pagerduty"];

#[derive(clap::Args)]
pub(crate) struct Args {
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

/// Measures, prints a table per database and writes `target/bench/catalog.json`.
pub(super) fn run(args: &Args) -> Result<()> {
    let binary = program(args.binary.as_deref())?;
    let bare = bare_handler(args.bare.as_deref())?;
    let each = args.database.each().iter();
    let measured: Vec<_> =
        each.map(|database| measure(args, &binary, &bare, *database)).collect::<Result<_>>()?;
    measured.iter().for_each(Measured::print);
    report::write("catalog", &measured)
}

fn measure(args: &Args, binary: &Path, bare: &Path, database: Database) -> Result<Measured> {
    let cluster = database.cluster()?;
    let folder = tempfile::Builder::new().prefix("mortise-bench-").tempdir()?;
    let place = Place { binary, folder: folder.path(), database_url: cluster.as_ref().map(Cluster::url) };
    let made = server::seed(&place, &world())?;
    let token = made["tokens"]["owner"].as_str().context("`mortise seed` printed no token")?;
    process::run(&mut Command::new("sync"))?;
    let (server, _) = Server::start(&place)?;
    let headers = format!("Authorization: Bearer {token}\r\n");
    let pace = Pace { connections: args.connections, time: Duration::from_secs(args.seconds) };
    let mut costs = Vec::new();
    for (name, path) in [
        ("20 integrations", "organizations/few/integrations/?per_page=20"),
        ("20 of 2000 integrations", "organizations/many/integrations/?per_page=20"),
        ("100 of 2000 integrations", "organizations/many/integrations/"),
        ("catalog of providers", "organizations/few/config/integrations/"),
        ("plugin configurations", "organizations/few/plugins/configs/"),
    ] {
        costs.push((name, get(pace, &server, &headers, &[format!("/api/0/{path}")])?));
    }
    server.stop()?;
    let bare = of_bare(pace, bare, &place, &["/board".to_owned()])?;
    Ok(Measured::new(place.database_name(), args.connections, costs, bare))
}

fn world() -> Value {
    let owner = "owner@bench.test";
    let organization = |slug: &str, integrations: usize, apps: Value| {
        let integrations: Vec<_> = (0..integrations).map(|number| integration(slug, number)).collect();
        json!({
            "slug": slug, "name": slug, "owner": owner, "integrations": integrations, "apps": apps,
            "projects": [{ "slug": format!("{slug}-web"), "name": "Web", "platform": "python" }],
        })
    };
    let app = json!([{ "key": "board", "name": "Board", "kind": "published", "webhook_url": "https://board.test/" }]);
    json!({
        "users": [{ "email": owner, "name": "Olive Owner", "password": "bench-bench" }],
        "organizations": [organization("few", FEW, app), organization("many", MANY, json!([]))],
        "tokens": [{ "key": "owner", "user": owner, "scopes": "all" }],
    })
}

fn integration(org: &str, number: usize) -> Value {
    json!({
        "key": format!("{org}-{number}"), "provider": PROVIDERS[number % PROVIDERS.len()],
        "name": format!("account {number:04}"), "external_id": format!("{org}-{number}"),
        "metadata": {
            "domain_name": format!("https://{number}.example.com/"), "scopes": ["read", "write"],
            "access_token": "0123456789abcdef0123456789abcdef",
        },
        "config": { "sync_comments": true },
    })
}
