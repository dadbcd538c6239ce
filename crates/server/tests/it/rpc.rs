//! The internal RPC against a caller that shares nothing with the server: it signs by itself, sends and reads what
//! `docs/rpc.md` says, and calls every method that is listed there.

use std::{fs, path::Path, process::Command};

use serde_json::json;

use crate::support::{
    Place,
    clients::{PYTHON_VARIABLE, named, script},
    world::{Made, world},
};

const SECRET: &str = "a-long-value-that-is-hard-to-guess";

#[test]
fn every_method_takes_and_gives_what_the_documentation_says() {
    let Some(python) = named(PYTHON_VARIABLE) else { return };
    let place = Place::new();
    let configuration = format!("[rpc]\nshared_secrets = [\"another secret of this host\", \"{SECRET}\"]\n");
    fs::write(place.path("mortise.toml"), configuration).expect("a file");
    let mut world = world("http://127.0.0.1:9/webhook");
    let settings = json!({"type": "alert-rule-settings", "uri": "/settings", "required_fields": [
        {"type": "text", "name": "where", "label": "Where"}]});
    world["organizations"][0]["apps"][0]["schema"] = json!({"elements": [
        {"type": "alert-rule-action", "title": "Note it", "settings": settings}]});
    let integrations = world["organizations"][0]["integrations"].as_array_mut().expect("integrations");
    integrations.push(json!({"key": "github", "provider": "github", "name": "GitHub"}));
    integrations.push(json!({"key": "gitlab", "provider": "gitlab", "name": "GitLab",
        "identity": {"data": {"access_token": "x"}}}));
    integrations.push(json!({"key": "teams", "provider": "msteams", "name": "Teams"}));
    let made = Made::of(&place, &world);
    let server = place.serve();
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rpc.md");
    let mut client = Command::new(python);
    client.arg(script("rpc/run.py")).arg(format!("http://{}", server.address)).arg(SECRET);
    let output = client.arg(document).arg(made.0.to_string()).output().expect("the client runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
}

#[test]
fn a_short_secret_is_refused_and_none_is_ever_shown() {
    let place = Place::new();
    let run = |secrets: &str, command: &str| {
        place
            .command(&[command])
            .env("MORTISE_RPC_SHARED_SECRETS", secrets)
            .output()
            .expect("the binary runs")
    };
    let output = run("short one", "config");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && errors.contains("rpc.shared_secrets"), "{errors}");
    assert!(errors.contains("fewer than 16 bytes") && !errors.contains("short one"), "{errors}");
    let output = run(&format!("{SECRET}, another secret of this host,"), "config");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("rpc.shared_secrets"), "{text}");
    assert!(!text.contains(SECRET), "{text}");
}
