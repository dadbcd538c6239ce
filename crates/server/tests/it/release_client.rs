//! The published command line releases: with a token of the organization alone, which says where the server is.

use std::{path::Path, process::Command};

use serde_json::{Value, json};

use crate::support::{
    Place, Server,
    clients::{NODE_VARIABLE, named, start_with},
    http,
    world::{Made, world},
};

/// Where the checked out repository comes from.
const REMOTE: &str = "https://git.acme.test/acme/widgets";
const RELEASES: &str = "/api/0/organizations/acme/releases/";

/// The world with a repository that is named after the path of [`REMOTE`].
fn start() -> (Place, Server, Made) {
    let mut world = world("http://127.0.0.1:9/webhook");
    let repository = &mut world["organizations"][0]["repositories"][0];
    (repository["name"], repository["url"]) = (json!("acme/widgets"), json!(REMOTE));
    start_with(&world, &[])
}

/// A token of the organization.
fn org_token(server: &Server, made: &Made) -> String {
    let headers =
        format!("Authorization: Bearer {}\r\nContent-Type: application/json\r\n", made.text("/tokens/owner"));
    let path = "/api/0/organizations/acme/org-auth-tokens/";
    let answer =
        http::request(server.address, "POST", path, &headers, br#"{"name": "ci"}"#).expect("an answer");
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json()["token"].as_str().expect("a token").to_owned()
}

/// Runs git in a folder; what it prints.
#[track_caller]
fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.current_dir(folder).args(["-c", "user.name=Mo", "-c", "user.email=member@acme.test"]);
    let output = command.args(arguments).output().expect("git runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Commits a file with its name as text; the hash.
fn commit(folder: &Path, file: &str, text: &str) -> String {
    std::fs::write(folder.join(file), text).expect("the folder is there");
    git(folder, &["add", "."]);
    git(folder, &["commit", "-q", "-m", text]);
    git(folder, &["rev-parse", "HEAD"])
}

/// The command line in a folder of its own.
struct Client<'c> {
    program: &'c Path,
    folder: &'c Path,
    token: String,
}

impl Client<'_> {
    /// Runs it; whether it succeeded, and what it printed.
    fn run(&self, arguments: &[&str]) -> (bool, String) {
        let mut command = Command::new(self.program);
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", self.folder).env("SENTRY_AUTH_TOKEN", &self.token);
        let output = command.current_dir(self.folder).args(arguments).output().expect("the client runs");
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&text).into_owned())
    }

    #[track_caller]
    fn succeeds(&self, arguments: &[&str]) -> String {
        let (is_good, text) = self.run(arguments);
        assert!(is_good, "{arguments:?}: {text}");
        text
    }

    #[track_caller]
    fn fails(&self, arguments: &[&str]) -> String {
        let (is_good, text) = self.run(arguments);
        assert!(!is_good, "{arguments:?}: {text}");
        text
    }
}

#[track_caller]
fn api(server: &Server, made: &Made, path: &str) -> Value {
    let answer = made.api(server, path);
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.json()
}

#[test]
fn the_command_line_releases_with_a_token_of_the_organization_alone() {
    let Some(folder) = named(NODE_VARIABLE) else { return };
    let (place, server, made) = start();
    let program = folder.join("node_modules/.bin/sentry-cli");
    let checkout = place.path("checkout");
    std::fs::create_dir(&checkout).expect("a folder");
    git(&checkout, &["init", "-q"]);
    git(&checkout, &["remote", "add", "origin", REMOTE]);
    let client = Client { program: &program, folder: &checkout, token: org_token(&server, &made) };
    let release = |version: &str| api(&server, &made, &format!("{RELEASES}{version}/"));

    assert!(client.succeeds(&["repos", "list"]).contains("acme/widgets"));
    client.fails(&["projects", "list"]);
    client.fails(&["releases", "info", "shop@1.0"]);
    let new = ["releases", "new", "-p", "web", "shop@1.0"];
    client.succeeds(&new);
    client.succeeds(&[&new[..], &["--url", "https://ci.test/1"]].concat());
    let first = release("shop@1.0");
    assert_eq!((&first["url"], &first["projects"][0]["slug"]), (&json!("https://ci.test/1"), &json!("web")));
    assert!(first["userAgent"].as_str().is_some_and(|name| name.starts_with("sentry-cli/")), "{first}");
    for arguments in [&["releases", "list"][..], &["releases", "-p", "web", "list"]] {
        let listed = client.succeeds(arguments);
        assert!(listed.contains("shop@1.0"), "{listed}");
    }
    let info = client.succeeds(&["releases", "info", "-P", "-C", "shop@1.0"]);
    assert!(info.contains("web"), "{info}");

    // Where the repository is, said and found out.
    let begin = commit(&checkout, "a", "Begin");
    client.succeeds(&["releases", "set-commits", "shop@1.0", "--commit", &format!("acme/widgets@{begin}")]);
    let head = commit(&checkout, "b", "Fixes WEB-1");
    client.succeeds(&["releases", "set-commits", "shop@1.0", "--auto"]);
    assert_eq!(release("shop@1.0")["commitCount"], 0, "nobody answers at the provider");

    // What git knows of the repository.
    let local = client.succeeds(&["releases", "set-commits", "shop@1.0", "--local"]);
    let told = release("shop@1.0");
    assert_eq!((&told["commitCount"], &told["lastCommit"]["id"]), (&json!(2), &json!(head)), "{local}");
    // It names the repository after the remote.
    assert_eq!(told["lastCommit"]["repository"]["name"], "origin");
    let issue = api(&server, &made, "/api/0/organizations/acme/issues/WEB-1/");
    assert_eq!(
        (&issue["status"], &issue["statusDetails"]["inRelease"]),
        (&json!("resolved"), &json!("shop@1.0"))
    );
    client.succeeds(&["releases", "new", "-p", "web", "shop@1.1"]);
    let next = commit(&checkout, "c", "Go on");
    client.succeeds(&["releases", "set-commits", "shop@1.1", "--local"]);
    let commits = api(&server, &made, &format!("{RELEASES}shop@1.1/commits/"));
    let hashes: Vec<&Value> = commits.as_array().expect("a list").iter().map(|it| &it["id"]).collect();
    assert_eq!(hashes, [&json!(next)], "from where the release before ended");
    client.succeeds(&["releases", "set-commits", "shop@1.1", "--clear"]);
    assert_eq!(release("shop@1.1")["commitCount"], 0);

    client.succeeds(&["releases", "finalize", "shop@1.0"]);
    assert!(release("shop@1.0")["dateReleased"].is_string());
    client.succeeds(&["releases", "archive", "shop@1.0"]);
    assert_eq!(release("shop@1.0")["status"], "archived");
    client.succeeds(&["releases", "restore", "shop@1.0"]);
    assert_eq!(release("shop@1.0")["status"], "open");

    let deploy = ["deploys", "new", "-r", "shop@1.0", "-e", "production", "-n", "blue", "-t", "30"];
    client.succeeds(&deploy);
    assert!(client.succeeds(&["deploys", "list", "-r", "shop@1.0"]).contains("production"));
    let deployed = release("shop@1.0");
    assert_eq!((&deployed["deployCount"], &deployed["lastDeploy"]["name"]), (&json!(1), &json!("blue")));

    // Such a token removes nothing.
    let delete = ["releases", "-o", "acme", "delete", "shop@1.1"];
    client.fails(&delete);
    let token = made.text("/tokens/owner").to_owned();
    let owner = Client { token, ..client };
    let mut command = Command::new(owner.program);
    command.env("SENTRY_URL", format!("http://{}", server.address)).env("SENTRY_AUTH_TOKEN", &owner.token);
    let removed = command.args(delete).output().expect("the client runs");
    assert!(removed.status.success(), "{}", String::from_utf8_lossy(&removed.stderr));
    assert_eq!(made.api(&server, &format!("{RELEASES}shop@1.1/")).status, 404);
}
