//! The catalog of integrations over the API: an organization with twenty of them, one with two thousand, the catalog itself,
//! and the configurations of legacy plugins; and the directory as a browser gets it, in an organization that makes hundreds of
//! apps. The number of statements must be the same for few rows and for many.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::http::Connection;
use super::requests::{Measured, get, of_bare};
use super::server::{self, Place, Server};
use super::{Database, Load};
use crate::postgres::Cluster;
use crate::process;

const OWNER: &str = "owner@bench.test";
const PASSWORD: &str = "bench-bench";
/// How many integrations the two organizations have.
const FEW: usize = 20;
const MANY: usize = 2000;
/// How many apps are in the directory of the second; with providers and plugins it has more than 500 entries.
const APPS: usize = 480;
/// Providers whose integrations an organization can have many of.
const PROVIDERS: [&str; 5] = ["vsts", "github", "slack", "jira", "pagerduty"];

/// Measures, prints a table per database and writes `target/bench/catalog.json`.
pub(super) fn run(load: &Load) -> Result<()> {
    load.run("catalog", |binary, bare, database| measure(load, binary, bare, database))
}

fn measure(load: &Load, binary: &Path, bare: &Path, database: Database) -> Result<Measured> {
    let cluster = database.cluster()?;
    let folder = tempfile::Builder::new().prefix("mortise-bench-").tempdir()?;
    let place = Place { binary, folder: folder.path(), database_url: cluster.as_ref().map(Cluster::url) };
    let made = server::seed(&place, &world())?;
    let token = made["tokens"]["owner"].as_str().context("`mortise seed` printed no token")?;
    process::run(&mut Command::new("sync"))?;
    let (server, _) = Server::start(&place)?;
    let headers = format!("Authorization: Bearer {token}\r\n");
    let pace = load.pace();
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
    let session = sign_in(&server)?;
    for (name, path) in [
        ("directory page, 500 entries", "many/integrations/"),
        ("directory search, 500", "many/integrations/?search=board+17&category=&state="),
        ("directory page, 30 entries", "few/integrations/"),
    ] {
        costs.push((name, get(pace, &server, &session, &[format!("/settings/{path}")])?));
    }
    server.stop()?;
    let bare = of_bare(pace, bare, &place, &["/board".to_owned()])?;
    Ok(Measured::new(place.database_name(), load.connections, costs, bare))
}

/// Signs the owner in as a browser does; the header that pages are then asked for with.
fn sign_in(server: &Server) -> Result<String> {
    let mut connection = Connection::open(server.address())?;
    let form = connection.get("/auth/login/", "")?;
    let cookies = form.cookies.join("; ");
    let page = String::from_utf8(form.body)?;
    let token =
        page.split_once("name=\"csrfmiddlewaretoken\" value=\"").and_then(|(_, rest)| rest.split_once('"'));
    let (token, _) = token.context("the sign-in page has no token")?;
    let form = format!("csrfmiddlewaretoken={token}&username={OWNER}&password={PASSWORD}");
    let headers = format!("Cookie: {cookies}\r\nContent-Type: application/x-www-form-urlencoded\r\n");
    let answer = connection.post("/auth/login/", &headers, form.as_bytes())?;
    anyhow::ensure!(answer.status == 303, "signing in was answered {}", answer.status);
    Ok(format!("Cookie: {}\r\n", answer.cookies.join("; ")))
}

fn world() -> Value {
    let organization = |slug: &str, integrations: usize, apps: Value| {
        let integrations: Vec<_> = (0..integrations).map(|number| integration(slug, number)).collect();
        json!({
            "slug": slug, "name": slug, "owner": OWNER, "integrations": integrations, "apps": apps,
            "projects": [{ "slug": format!("{slug}-web"), "name": "Web", "platform": "python" }],
        })
    };
    let app = |number: usize| {
        let name = if number == 0 { "Board".to_owned() } else { format!("Board {number}") };
        let (key, kind) = (format!("board-{number}"), if number == 0 { "published" } else { "internal" });
        let overview =
            "Shows **issues** as cards on a board, and moves a card when its issue is resolved. ".repeat(3);
        json!({
            "key": key, "name": name, "kind": kind, "webhook_url": "https://board.test/", "overview": overview,
        })
    };
    let apps = (1..=APPS).map(app).collect();
    json!({
        "users": [{ "email": OWNER, "name": "Olive Owner", "password": PASSWORD }],
        "organizations": [organization("few", FEW, json!([app(0)])), organization("many", MANY, apps)],
        "tokens": [{ "key": "owner", "user": OWNER, "scopes": "all" }],
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
