//! Published clients against the running binary.

use std::process::Command;

use serde_json::Value;

use crate::support::{
    Server,
    clients::{NODE_VARIABLE, PYTHON_VARIABLE, named, script, start},
    world::Made,
};

/// Runs a client that prints the id of the event that it sends.
#[track_caller]
fn sent(command: &mut Command) -> String {
    let output = command.output().expect("the client runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let printed = String::from_utf8(output.stdout).expect("text");
    printed.lines().last().expect("an id").trim().to_owned()
}

/// The event as the API shows it.
#[track_caller]
fn event(server: &Server, made: &Made, id: &str) -> Value {
    let found = made.api(server, &format!("/api/0/projects/acme/web/events/{id}/"));
    assert_eq!(found.status, 200, "{}", found.body);
    found.json()
}

fn tag<'e>(event: &'e Value, key: &str) -> &'e Value {
    let tags = event["tags"].as_array().expect("tags");
    tags.iter().find(|tag| tag["key"] == key).map_or(&Value::Null, |tag| &tag["value"])
}

#[test]
fn the_python_sdk_sends_an_exception() {
    let Some(python) = named(PYTHON_VARIABLE) else { return };
    let (_place, server, made) = start();
    let dsn = made.text("/organizations/acme/projects/web/dsn");
    let id = sent(Command::new(python).arg(script("raise.py")).arg(dsn));
    let event = event(&server, &made, &id);
    assert_eq!(event["title"], "ZeroDivisionError: division by zero");
    assert_eq!((tag(&event, "environment"), tag(&event, "release")), (&"test".into(), &"shop@1.0".into()));
}

#[test]
fn the_node_sdk_sends_an_exception() {
    let Some(folder) = named(NODE_VARIABLE) else { return };
    let (_place, server, made) = start();
    let dsn = made.text("/organizations/acme/projects/web/dsn");
    let id = sent(Command::new("node").arg(script("throw.cjs")).arg(folder).arg(dsn));
    let event = event(&server, &made, &id);
    assert_eq!(event["title"], "TypeError: paper jam");
    assert_eq!((tag(&event, "environment"), tag(&event, "release")), (&"test".into(), &"shop@1.0".into()));
}

#[test]
fn the_command_line_signs_in_lists_and_sends() {
    let Some(folder) = named(NODE_VARIABLE) else { return };
    let (_place, server, made) = start();
    let cli = |arguments: &[&str]| {
        let mut command = Command::new(folder.join("node_modules/.bin/sentry-cli"));
        command.env("SENTRY_URL", format!("http://{}", server.address));
        command.env("SENTRY_AUTH_TOKEN", made.text("/tokens/owner"));
        command.env("SENTRY_DSN", made.text("/organizations/acme/projects/web/dsn"));
        let output = command.args(arguments).output().expect("the command line runs");
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        assert!(output.status.success(), "{arguments:?}: {text}");
        text
    };
    let info = cli(&["info"]);
    assert!(info.contains("owner@acme.test") && info.contains("event:admin"), "{info}");
    let projects = cli(&["projects", "list", "--org", "acme"]);
    assert!(projects.contains("web"), "{projects}");
    let sent = cli(&["send-event", "--message", "from the command line", "--release", "shop@2.0"]);
    let id = sent.split_whitespace().last().expect("an id").replace('-', "");
    assert_eq!(event(&server, &made, &id)["title"], "from the command line");
}
