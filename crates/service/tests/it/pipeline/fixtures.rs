//! Events as real SDKs send them.

use mortise_domain::Level;
use serde_json::{Value, json};

use super::{event, hashes, notes, tag};

fn fixture(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn python_error() -> Value {
    fixture(include_str!("../../fixtures/python_error.json"))
}

fn node_error() -> Value {
    fixture(include_str!("../../fixtures/node_error.json"))
}

#[test]
fn a_python_error_is_understood_whole() {
    let event = event(python_error());
    assert_eq!(event.title, "LookupError: no row for id 17");
    assert_eq!(event.culprit, "app.views in load");
    assert_eq!(event.location.as_deref(), Some("app/views.py"));
    assert_eq!((event.event_type, event.level, event.platform), ("error", Level::Error, "python"));
    assert_eq!(event.user_tag.as_deref(), Some("id:42"));
    assert!(!event.is_unhandled);
    // The sender's clock is years ahead of the arrival here; nothing else is wrong with the event.
    assert_eq!(notes(&event), ["future_timestamp timestamp"]);
    let expected = [
        ("tenant", "acme"),
        ("attempt", "3"),
        ("level", "error"),
        ("environment", "production"),
        ("server_name", "web-1"),
        ("handled", "yes"),
        ("mechanism", "generic"),
        ("runtime", "CPython 3.11.7"),
        ("runtime.name", "CPython"),
        ("release", "shop@1.4.2"),
        ("user", "id:42"),
    ];
    let tags: Vec<(&str, &str)> =
        event.tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(tags, expected);
    let in_app: Vec<bool> = event.data["exception"]["values"][0]["stacktrace"]["frames"]
        .as_array()
        .unwrap()
        .iter()
        .map(|frame| frame["in_app"].as_bool().unwrap())
        .collect();
    assert_eq!(in_app, [true, true, false, false, false]);
}

#[test]
fn a_python_error_groups_by_its_stack_not_its_values() {
    let mut other = python_error();
    for exception in other["exception"]["values"].as_array_mut().unwrap() {
        exception["value"] = json!("something else entirely");
    }
    let base = hashes(python_error());
    assert_eq!(base.len(), 2);
    assert_eq!(base, hashes(other));
}

#[test]
fn a_python_log_message_keeps_its_template() {
    let event = event(fixture(include_str!("../../fixtures/python_log.json")));
    assert_eq!(
        (event.title.as_str(), event.logger.as_str()),
        ("stock empty for teapot: 0 left", "shop.stock")
    );
    assert_eq!(event.event_type, "default");
    assert_eq!(event.data["logentry"]["message"], "stock empty for %s: %d left");
    assert_eq!(event.data["logentry"]["params"], json!(["teapot", 0]));
}

#[test]
fn a_node_error_with_a_cause_shows_what_was_thrown() {
    let event = event(node_error());
    assert_eq!(event.title, "Error: start failed after 3 tries");
    assert_eq!(event.culprit, "start(index)");
    assert_eq!(event.location.as_deref(), Some("/srv/web/app/index.mjs"));
    assert_eq!(tag(&event, "os"), Some("Debian 12.11"));
    assert_eq!(event.data["user"], json!({"id": "42", "ip_address": "203.0.113.9"}));
    assert_eq!(notes(&event), ["future_timestamp timestamp"]);
    assert_eq!(hashes(node_error()).len(), 2);
}

#[test]
fn a_node_crash_is_unhandled() {
    let event = event(fixture(include_str!("../../fixtures/node_unhandled.json")));
    assert!(event.is_unhandled);
    assert_eq!((event.level, tag(&event, "handled")), (Level::Fatal, Some("no")));
}
