//! The strictest published clients against the running binary: the newer command line, and the server that gives models
//! their tools. Both check every answer against the shapes that are published for the API. They need a newer Node.js than
//! most systems have, so that comes along as a package.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::{Value, json};

use crate::support::{
    Place, Server,
    clients::{NODE_VARIABLE, named, start},
    world::Made,
};

/// The Node.js that the clients run on.
fn node(folder: &Path) -> PathBuf {
    let machine = if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" };
    folder.join(format!("node_modules/node-linux-{machine}/bin/node"))
}

/// A client's program on its Node.js, with nothing of the environment and a home of its own.
fn program(folder: &Path, place: &Place, script: &str) -> Command {
    let home = place.path("home");
    std::fs::create_dir_all(&home).expect("a folder");
    let mut command = Command::new(node(folder));
    command.arg(folder.join("node_modules").join(script)).env_clear().env("HOME", &home).current_dir(&home);
    command
}

/// The newer command line, signed in as the owner.
struct Cli<'a> {
    folder: &'a Path,
    place: &'a Place,
    server: &'a Server,
    token: &'a str,
}

impl Cli<'_> {
    /// What a command prints as JSON.
    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Value {
        let mut command = program(self.folder, self.place, "sentry/dist/bin.cjs");
        command
            .env("SENTRY_HOST", format!("http://{}", self.server.address))
            .env("SENTRY_AUTH_TOKEN", self.token)
            .env("SENTRY_FORCE_ENV_TOKEN", "1")
            .env("SENTRY_CLI_NO_TELEMETRY", "1");
        let output = command.args(arguments).arg("--json").output().expect("the command line runs");
        let (stdout, stderr) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{arguments:?}: {stdout}{stderr}");
        serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error} in {stdout}"))
    }
}

/// The rows of a list, which come alone or in an object.
fn rows(printed: &Value) -> &Vec<Value> {
    printed.get("data").unwrap_or(printed).as_array().unwrap_or_else(|| panic!("no list: {printed}"))
}

#[test]
fn the_newer_command_line_looks_around_and_handles_an_issue() {
    let Some(folder) = named(NODE_VARIABLE) else { return };
    let (place, server, made) = start();
    let token = made.text("/tokens/owner");
    let cli = Cli { folder: &folder, place: &place, server: &server, token };

    assert_eq!(cli.json(&["auth", "whoami"])["email"], "owner@acme.test");
    assert_eq!(rows(&cli.json(&["org", "list"]))[0]["slug"], "acme");
    assert_eq!(rows(&cli.json(&["project", "list", "acme/"]))[0]["slug"], "web");
    assert_eq!(rows(&cli.json(&["team", "list", "acme/"]))[0]["slug"], "core");
    assert_eq!(rows(&cli.json(&["repo", "list", "acme/"]))[0]["provider"]["id"], "integrations:vsts");
    assert_eq!(rows(&cli.json(&["integration", "list", "acme/"]))[0]["name"], "acme-ado");
    assert_eq!(rows(&cli.json(&["issue", "list", "acme/web"]))[0]["shortId"], "WEB-1");
    cli.json(&["release", "create", "acme/shop@1.0", "--project", "web"]);
    assert_eq!(rows(&cli.json(&["release", "list", "acme/"]))[0]["version"], "shop@1.0");

    assert_eq!(cli.json(&["issue", "view", "WEB-1"])["title"], "Boom one");
    cli.json(&["issue", "resolve", "WEB-1"]);
    let found = made.api(&server, "/api/0/organizations/acme/issues/WEB-1/").json();
    assert_eq!(found["status"], "resolved");
}

/// The server of tools, spoken to over its standard input and output.
struct Tools {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    last: u64,
}

impl Tools {
    fn start(folder: &Path, place: &Place, server: &Server, made: &Made) -> Self {
        let mut command = program(folder, place, "@sentry/mcp-server/dist/index.js");
        command.args(["--host", &server.address.to_string(), "--insecure-http", "--sentry-dsn="]);
        command.args(["--access-token", made.text("/tokens/owner")]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the server of tools runs");
        let input = child.stdin.take().expect("a pipe");
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut tools = Self { child, input, output, last: 0 };
        let client = json!({ "name": "mortise-test", "version": "1" });
        tools.ask(
            "initialize",
            &json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client }),
        );
        tools.say(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        tools
    }

    fn say(&mut self, message: &Value) {
        writeln!(self.input, "{message}").expect("it listens");
    }

    #[track_caller]
    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.last += 1;
        let id = self.last;
        self.say(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).expect("text") > 0, "it ended");
            let message: Value = serde_json::from_str(&line).expect("JSON");
            if message["id"] == id {
                return message["result"].clone();
            }
        }
    }

    /// What a tool says; it must have worked. Most tools are run through one that runs any.
    #[track_caller]
    fn call(&mut self, tool: &str, arguments: &Value) -> String {
        let run = json!({ "name": tool, "arguments": arguments });
        let result = self.ask("tools/call", &json!({ "name": "execute_sentry_tool", "arguments": run }));
        let parts = result["content"].as_array().map_or(&[][..], Vec::as_slice);
        let text: Vec<&str> = parts.iter().filter_map(|part| part["text"].as_str()).collect();
        let text = text.join("\n");
        assert_ne!(result["isError"], true, "{tool}: {text}");
        assert!(!text.is_empty(), "{tool}: {result}");
        text
    }
}

impl Drop for Tools {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[test]
fn the_tools_of_models_work() {
    let Some(folder) = named(NODE_VARIABLE) else { return };
    let (place, server, made) = start();
    let mut tools = Tools::start(&folder, &place, &server, &made);
    let acme = || json!({ "organizationSlug": "acme" });
    let with = |more: Value| {
        let mut arguments = acme();
        arguments.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        arguments
    };

    let me: Value = serde_json::from_str(&tools.call("whoami", &json!({}))).expect("JSON");
    assert_eq!(me["user"]["email"], "owner@acme.test");
    for (tool, arguments, told) in [
        ("find_organizations", json!({}), "acme"),
        ("find_teams", acme(), "core"),
        ("find_projects", acme(), "web"),
        (
            "find_dsns",
            with(json!({ "projectSlug": "web" })),
            made.text("/organizations/acme/projects/web/dsn"),
        ),
        ("search_issues", with(json!({ "query": "is:unresolved" })), "WEB-1"),
        ("get_sentry_resource", with(json!({ "resourceType": "issue", "resourceId": "WEB-1" })), "Boom one"),
        ("search_issue_events", with(json!({ "issueId": "WEB-1", "query": "" })), "WEB-1"),
        ("get_issue_activity", with(json!({ "issueId": "WEB-1" })), "WEB-1"),
        ("get_event_stacktrace", with(json!({ "issueId": "WEB-1" })), "WEB-1"),
        ("get_issue_user_reports", with(json!({ "issueId": "WEB-1" })), "WEB-1"),
        ("find_alert_rules", with(json!({ "kind": "metric" })), "metricRules"),
        ("find_releases", acme(), "releases"),
        ("create_team", with(json!({ "name": "tools" })), "tools"),
        (
            "create_project",
            with(json!({ "teamSlug": "tools", "name": "bench", "platform": "node" })),
            "bench",
        ),
        ("update_project", with(json!({ "projectSlug": "bench", "name": "Work bench" })), "Work bench"),
        ("add_team_to_project", with(json!({ "projectSlug": "bench", "teamSlug": "core" })), "core"),
        ("remove_team_from_project", with(json!({ "projectSlug": "bench", "teamSlug": "core" })), "tools"),
        ("create_dsn", with(json!({ "projectSlug": "bench", "name": "Second" })), "Second"),
        ("add_issue_note", with(json!({ "issueId": "WEB-1", "text": "looked at it" })), "looked at it"),
    ] {
        let text = tools.call(tool, &arguments);
        assert!(text.contains(told), "{tool}: {text}");
    }

    let muted = json!({
        "issueId": "WEB-1", "assignedTo": format!("user:{}", me["user"]["id"].as_str().unwrap()), "status": "ignored",
        "ignoreMode": "forDuration", "ignoreDurationMinutes": 30, "reason": "later",
    });
    tools.call("update_issue", &with(muted));
    let found = made.api(&server, "/api/0/organizations/acme/issues/WEB-1/").json();
    assert_eq!(found["substatus"], "archived_until_condition_met");
    assert_eq!(found["assignedTo"]["id"], me["user"]["id"]);
    assert_eq!(found["activity"][0]["data"]["text"], "later");
    tools.call("update_issue", &with(json!({ "issueId": "WEB-1", "status": "resolved" })));
    let found = made.api(&server, "/api/0/organizations/acme/issues/WEB-1/").json();
    assert_eq!(found["status"], "resolved");
}
