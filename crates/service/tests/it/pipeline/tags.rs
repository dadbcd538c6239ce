use serde_json::{Value, json};

use super::{event, notes, tag};

#[test]
fn tags_come_as_an_object_or_as_pairs() {
    for sent in [
        json!({"b": "1", "a": 2, "gone": null, "flag": true}),
        json!([["b", "1"], ["a", 2], ["gone", null], ["flag", true], ["b", "second"]]),
        json!([{"key": "b", "value": "1"}, ["a", 2], ["flag", true], 17, []]),
    ] {
        let event = event(json!({"tags": sent}));
        assert_eq!(event.data["tags"], json!([["b", "1"], ["a", "2"], ["flag", "true"], ["level", "error"]]));
    }
}

#[test]
fn long_values_are_cut_and_long_keys_dropped() {
    let event =
        event(json!({"tags": {"a": "x".repeat(201), "k".repeat(201): "v", "two words": "a\nb", "l": [1]}}));
    assert_eq!(tag(&event, "a"), Some(format!("{}...", "x".repeat(197)).as_str()));
    assert_eq!(tag(&event, "two-words"), Some("a b"));
    assert_eq!(event.tags.len(), 3);
    assert_eq!(notes(&event), ["value_too_long tags", "invalid_data tags", "invalid_data tags"]);
}

#[test]
fn at_most_two_hundred_tags_are_kept() {
    let sent: Value = (0..300).map(|number| json!([format!("t{number}"), "v"])).collect();
    assert_eq!(event(json!({"tags": sent})).tags.len(), 201);
}

#[test]
fn tags_are_derived_from_the_whole_event() {
    let event = event(json!({
        "level": "fatal", "logger": "app.log", "environment": "prod", "release": "1.0", "dist": "7",
        "server_name": "web-1", "transaction": "/pay", "user": {"email": "a@b.c"},
        "request": {"url": "https://shop.test/pay?x=1"},
        "exception": {"type": "E", "value": "v", "mechanism": {"type": "onerror", "handled": false}},
        "contexts": {
            "os": {"name": "Debian", "version": "12.11\n"}, "browser": {"name": "Firefox", "version": 120},
            "runtime": {"name": "CPython"}, "device": {"model": "Pixel 8", "family": "Pixel"}, "app": {"name": "x"},
        },
    }));
    let expected = [
        ("level", "fatal"),
        ("logger", "app.log"),
        ("environment", "prod"),
        ("server_name", "web-1"),
        ("transaction", "/pay"),
        ("url", "https://shop.test/pay"),
        ("handled", "no"),
        ("mechanism", "onerror"),
        ("os", "Debian 12.11"),
        ("os.name", "Debian"),
        ("browser", "Firefox 120"),
        ("browser.name", "Firefox"),
        ("runtime", "CPython"),
        ("runtime.name", "CPython"),
        ("device", "Pixel 8"),
        ("device.family", "Pixel"),
        ("release", "1.0"),
        ("dist", "7"),
        ("user", "email:a@b.c"),
    ];
    let found: Vec<(&str, &str)> =
        event.tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(found, expected);
    assert!(event.is_unhandled);
}

#[test]
fn the_events_attributes_win_over_tags_of_their_name() {
    let event = event(json!({
        "tags": {"level": "info", "release": "fake", "user": "fake", "server_name": "mine", "logger": "fake"},
        "server_name": "web-1",
    }));
    assert_eq!(event.data["tags"], json!([["level", "error"], ["server_name", "mine"]]));
}

#[test]
fn an_environment_tag_serves_when_the_attribute_is_absent() {
    let tagged = event(json!({"tags": {"environment": "prod"}}));
    assert_eq!((tagged.environment.as_deref(), tag(&tagged, "environment")), (Some("prod"), Some("prod")));
    let both = event(json!({"tags": {"environment": "prod"}, "environment": "qa"}));
    assert_eq!((both.environment.as_deref(), tag(&both, "environment")), (Some("qa"), Some("qa")));
}

#[test]
fn an_exception_is_unhandled_only_when_its_mechanism_says_so() {
    for (mechanism, unhandled, tagged) in [
        (json!({"type": "a", "handled": false}), true, Some("no")),
        (json!({"type": "a", "handled": true}), false, Some("yes")),
        (json!({"type": "a"}), false, None),
        (Value::Null, false, None),
    ] {
        let event = event(json!({"exception": {"type": "E", "mechanism": mechanism}}));
        assert_eq!((event.is_unhandled, tag(&event, "handled")), (unhandled, tagged), "{mechanism}");
    }
}
