use serde_json::{Value, json};

use super::event;

#[test]
fn placeholders_are_filled_in() {
    for (entry, expected) in [
        (json!({"message": "low: %s, %d left", "params": ["tea", 3]}), "low: tea, 3 left"),
        (
            json!({"message": "%(who)s at %(where)s", "params": {"who": "ann", "where": "home"}}),
            "ann at home",
        ),
        (json!({"message": "%.2f%% of %5d", "params": [12.345, 7]}), "12.35% of 7"),
        (json!({"message": "low: {}, {} left", "params": ["tea", 3]}), "low: tea, 3 left"),
        (json!({"message": "{1} {0} {{x}}", "params": ["a", "b"]}), "b a {x}"),
        (json!({"message": "{name:>10}", "params": {"name": "ann"}}), "ann"),
        (json!({"message": "%s and %s", "params": ["one"]}), "%s and %s"),
        (json!({"message": "at 100%", "params": ["one"]}), "at 100%"),
        (json!({"message": "open {", "params": ["one"]}), "open {"),
        (json!({"message": "%s", "params": []}), "%s"),
        (json!({"message": "%s %s", "params": [null, {"a": 1}]}), r#"null {"a":1}"#),
        (json!({"message": "t %s", "params": ["x"], "formatted": "given"}), "given"),
    ] {
        let event = event(json!({"logentry": entry}));
        assert_eq!(event.message, expected);
        assert_eq!(event.data["logentry"]["formatted"], expected);
        assert_eq!(event.data["message"], expected);
    }
}

#[test]
fn messages_come_in_several_places() {
    for raw in [
        json!({"message": "hello"}),
        json!({"message": {"message": "hello"}}),
        json!({"message": {"formatted": "hello"}}),
        json!({"logentry": "hello", "message": "other"}),
        json!({"sentry.interfaces.Message": {"message": "hello"}}),
    ] {
        assert_eq!(event(raw.clone()).data["logentry"], json!({"formatted": "hello"}), "{raw}");
    }
    let none = event(json!({"message": ["hello"]}));
    assert_eq!((none.data.get("logentry"), &none.data["message"]), (None, &Value::from("")));
}

#[test]
fn long_messages_are_cut() {
    let event = event(json!({"logentry": {"message": "%s".repeat(7), "params": vec!["x".repeat(2000); 7]}}));
    assert_eq!(event.message.chars().count(), 8192);
    assert!(event.message.ends_with("..."));
}
