//! Apps and their tokens over the API: how many requests a second, how long each takes, and what it costs the server.
//! Beside them runs a bare handler, the web framework with one indexed read of the same database, and each figure is
//! also told as a share of what that one reaches.

mod world;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use self::world::{Installed, World};
use super::http::Connection;
use super::receiver::Receiver;
use super::requests::{self, Cost, Measured, Work, expect, get, of_bare};
use super::server::{Place, Server};
use super::{Database, Load};
use crate::postgres::Cluster;
use crate::process;

const LIST_APPS: &str = "/api/0/sentry-apps/";
const LIST_INSTALLATIONS: &str = "/api/0/organizations/bench/sentry-app-installations/";

/// How long the program gets to deliver what seeding left to deliver.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(120);

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    load: Load,
    /// How many codes are exchanged, each once
    #[arg(long, default_value_t = 2000)]
    codes: usize,
}

/// Measures, prints a table per database and writes `target/bench/apps.json`.
pub(super) fn run(args: &Args) -> Result<()> {
    args.load.run("apps", |binary, bare, database| measure(args, binary, bare, database))
}

fn measure(args: &Args, binary: &Path, bare: &Path, database: Database) -> Result<Measured> {
    let cluster = database.cluster()?;
    let folder = tempfile::Builder::new().prefix("mortise-bench-").tempdir()?;
    let place = Place { binary, folder: folder.path(), database_url: cluster.as_ref().map(Cluster::url) };
    let receiver = Receiver::start()?;
    let mut world = World::seed(&place, args.codes, receiver.port())?;
    process::run(&mut Command::new("sync"))?;
    let (server, _) = Server::start(&place)?;
    wait_until_idle(&server)?;
    let pace = args.load.pace();
    let mut costs = Vec::new();
    costs.push(("exchange a code", exchange(args, &server, &mut world.installations, "authorization_code")?));
    costs.push(("refresh a token", exchange(args, &server, &mut world.installations, "refresh_token")?));
    let headers = format!("Authorization: Bearer {}\r\n", world.token);
    let read = |path: &str| get(pace, &server, &headers, &[path.to_owned()]);
    costs.push(("list 20 apps", read(LIST_APPS)?));
    costs.push(("list 20 installations", read(LIST_INSTALLATIONS)?));
    let apps: Vec<_> = world.slugs.iter().map(|slug| format!("{LIST_APPS}{slug}/")).collect();
    costs.push(("get an app", get(pace, &server, &headers, &apps)?));
    server.stop()?;
    let slugs: Vec<_> = world.slugs.iter().map(|slug| format!("/{slug}")).collect();
    let bare = of_bare(pace, bare, &place, &slugs)?;
    Ok(Measured::new(place.database_name(), args.load.connections, costs, bare))
}

/// The apps are told first where they are installed.
fn wait_until_idle(server: &Server) -> Result<()> {
    let started = Instant::now();
    loop {
        process::fail_if_interrupted()?;
        let ready = Connection::open(server.address())?.get("/readyz", "")?;
        let ready: Value = serde_json::from_slice(&expect(ready, 200)?)?;
        if ready["events"]["waiting"] == 0 && ready["deliveries"]["waiting"] == 0 {
            return Ok(());
        }
        if started.elapsed() > DRAIN_TIMEOUT {
            bail!("webhooks are still waiting: {ready}");
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Exchanges what the installations hold for tokens: each code once, refresh tokens again and again. No two connections
/// share an installation.
fn exchange(
    args: &Args,
    server: &Server,
    installations: &mut [Installed],
    grant_type: &'static str,
) -> Result<Cost> {
    let is_code = grant_type == "authorization_code";
    let share = installations.len().div_ceil(args.load.connections);
    let time = Duration::from_secs(if is_code { 3600 } else { args.load.seconds });
    let workers = installations.chunks_mut(share).map(|own| exchanger(own, grant_type, is_code)).collect();
    requests::run(server, workers, time)
}

fn exchanger<'a>(own: &'a mut [Installed], grant_type: &'static str, is_once: bool) -> Work<'a> {
    let mut turn = 0;
    Box::new(move |connection: &mut Connection| {
        if is_once && turn == own.len() {
            return Ok(false);
        }
        let place = turn % own.len();
        turn += 1;
        exchange_one(connection, &mut own[place], grant_type).map(|()| true)
    })
}

fn exchange_one(connection: &mut Connection, of: &mut Installed, grant_type: &str) -> Result<()> {
    let key = if grant_type == "authorization_code" { "code" } else { "refresh_token" };
    let body = json!({
        "grant_type": grant_type, "client_id": of.client_id, "client_secret": of.client_secret, key: of.grant,
    });
    let path = format!("/api/0/sentry-app-installations/{}/authorizations/", of.uuid);
    let headers = "Content-Type: application/json\r\n";
    let answer = expect(connection.post(&path, headers, body.to_string().as_bytes())?, 201)?;
    let answer: Value = serde_json::from_slice(&answer)?;
    of.grant = answer["refreshToken"].as_str().context("no refresh token")?.to_owned();
    Ok(())
}
