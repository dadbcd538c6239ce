use mortise_domain::Level;
use mortise_service::pipeline::{Intake, Scrubber, normalize, parse_event_id};
use serde_json::{Value, json};

use super::{FALLBACK_ID, event, intake, notes};

#[test]
fn timestamps_are_read_in_every_form_and_implausible_ones_become_the_arrival() {
    let received = json!(1_723_474_510);
    let cases = [
        (json!("2024-08-12T14:55:09.123456Z"), json!(1_723_474_509.123_456), ""),
        (json!("2024-08-12T14:55:09"), json!(1_723_474_509), ""),
        (json!("2024-08-12T16:55:09.5+02:00"), json!(1_723_474_509.5), ""),
        (json!("2024-08-12T14:55:09.123456789Z"), json!(1_723_474_509.123_456), ""),
        (json!(1_723_474_509.25), json!(1_723_474_509.25), ""),
        (json!(1_723_474_509), json!(1_723_474_509), ""),
        (json!("1723474509.5"), json!(1_723_474_509.5), ""),
        (Value::Null, received.clone(), ""),
        (json!(1_723_474_570), json!(1_723_474_570), ""),
        (json!(1_723_474_571), received.clone(), "future_timestamp timestamp"),
        (json!(1_723_474_510 - 30 * 86_400), json!(1_723_474_510 - 30 * 86_400), ""),
        (json!(1_723_474_509 - 30 * 86_400), received.clone(), "past_timestamp timestamp"),
        (json!("yesterday"), received.clone(), "invalid_data timestamp"),
        (json!(1e300), received.clone(), "invalid_data timestamp"),
        (json!({"a": 1}), received.clone(), "invalid_data timestamp"),
    ];
    for (sent, expected, note) in cases {
        let event = event(json!({"timestamp": sent}));
        assert_eq!(event.data["timestamp"], expected, "{sent}");
        assert_eq!(notes(&event).join(","), note, "{sent}");
        assert_eq!(event.data["received"], received);
    }
}

#[test]
fn the_datetime_always_has_six_digits_of_fraction() {
    assert_eq!(
        event(json!({"timestamp": "2024-08-12T14:55:09Z"})).data["datetime"],
        "2024-08-12T14:55:09.000000Z"
    );
    assert_eq!(event(json!({"timestamp": 1_723_474_509.5})).data["datetime"], "2024-08-12T14:55:09.500000Z");
}

#[test]
fn the_envelopes_event_id_wins_and_invalid_ids_are_replaced() {
    let id = "9ec79c33ec9942ab8353589fcb2e04dc";
    for (sent, expected) in [
        (json!(id), id),
        (json!("9EC79C33-EC99-42AB-8353-589FCB2E04DC"), id),
        (json!("xyz"), FALLBACK_ID),
        (json!("00000000000000000000000000000000"), FALLBACK_ID),
        (json!(17), FALLBACK_ID),
        (Value::Null, FALLBACK_ID),
    ] {
        assert_eq!(event(json!({"event_id": sent})).event_id, expected, "{sent}");
    }
    let scrubber = Scrubber::off();
    let intake = Intake { envelope_event_id: Some(id), ..intake(&scrubber) };
    let event = normalize(json!({"event_id": "11111111111111111111111111111111"}), &intake);
    assert_eq!((event.event_id.as_str(), &event.data["event_id"]), (id, &json!(id)));
    assert_eq!(parse_event_id("nope"), None);
}

#[test]
fn levels_are_words_numbers_or_the_default() {
    for (sent, expected) in [
        (json!("fatal"), Level::Fatal),
        (json!("error"), Level::Error),
        (json!("warning"), Level::Warning),
        (json!("info"), Level::Info),
        (json!("debug"), Level::Debug),
        (json!("sample"), Level::Sample),
        (json!("WARN"), Level::Warning),
        (json!("critical"), Level::Fatal),
        (json!("log"), Level::Info),
        (json!(30), Level::Warning),
        (Value::Null, Level::Error),
        (json!("loud"), Level::Error),
        (json!([1]), Level::Error),
    ] {
        let event = event(json!({"level": sent}));
        assert_eq!(event.level, expected, "{sent}");
        assert_eq!(event.data["level"], expected.as_str());
    }
    assert_eq!(notes(&event(json!({"level": "loud"}))), ["invalid_data level"]);
}

#[test]
fn unknown_platforms_become_other() {
    for (sent, expected) in [("python", "python"), ("javascript", "javascript"), ("abacus", "other")] {
        assert_eq!(event(json!({"platform": sent})).platform, expected);
    }
    assert_eq!(event(json!({})).data["platform"], "other");
}

#[test]
fn releases_are_trimmed_and_validated() {
    let long = "x".repeat(250);
    let too_long = "x".repeat(251);
    for (sent, expected) in [
        (" shop@1.2 ", Some("shop@1.2")),
        (long.as_str(), Some(long.as_str())),
        (too_long.as_str(), None),
        ("a/b", None),
        ("a\\b", None),
        ("a\nb", None),
        (".", None),
        ("..", None),
        ("Latest", None),
    ] {
        let event = event(json!({"release": sent}));
        assert_eq!(event.release.as_deref(), expected, "{sent}");
        assert_eq!(event.data["release"], json!(expected));
        assert_eq!(notes(&event).is_empty(), expected.is_some());
    }
    assert_eq!(event(json!({"release": "  "})).release, None);
}

#[test]
fn a_dist_needs_a_release() {
    assert_eq!(event(json!({"dist": "42"})).dist, None);
    assert_eq!(event(json!({"dist": 42, "release": "1"})).dist.as_deref(), Some("42"));
    assert_eq!(event(json!({"dist": "x".repeat(65), "release": "1"})).dist, None);
}

#[test]
fn a_missing_environment_stays_unnamed() {
    assert_eq!(event(json!({})).environment, None);
    assert_eq!(event(json!({})).data["environment"], Value::Null);
    assert_eq!(event(json!({"environment": "prod"})).environment.as_deref(), Some("prod"));
    assert_eq!(event(json!({"environment": "a/b"})).environment, None);
    assert_eq!(event(json!({"environment": "x".repeat(65)})).environment, None);
}

#[test]
fn loggers_are_cut_and_default_to_nothing() {
    assert_eq!(event(json!({})).data["logger"], "");
    let event = event(json!({"logger": "é".repeat(65)}));
    assert_eq!(event.logger, format!("{}...", "é".repeat(61)));
    assert_eq!(notes(&event), ["value_too_long logger"]);
}

#[test]
fn fingerprints_are_lists_of_text_with_a_default() {
    for (sent, expected) in [
        (Value::Null, json!(["{{ default }}"])),
        (json!([]), json!(["{{ default }}"])),
        (json!(["a", 1, true, null]), json!(["a", "1", "true"])),
        (json!("one"), json!(["one"])),
        (json!({"a": 1}), json!(["{{ default }}"])),
    ] {
        assert_eq!(event(json!({"fingerprint": sent})).data["fingerprint"], expected, "{sent}");
    }
}

#[test]
fn facts_of_the_request_win_over_the_event() {
    let data = event(json!({"project": 99, "key_id": "99", "version": "3", "type": "transaction"})).data;
    assert_eq!((&data["project"], &data["key_id"]), (&json!(7), &json!("3")));
    assert_eq!((&data["version"], &data["type"]), (&json!("7"), &json!("default")));
}

#[test]
fn unknown_keys_are_dropped_with_a_note() {
    let event = event(json!({"wheels": 4}));
    assert_eq!(event.data.get("wheels"), None);
    assert_eq!(event.data["errors"], json!([{"type": "invalid_attribute", "name": "wheels", "value": 4}]));
}

#[test]
fn identifying_keys_come_first_and_the_rest_by_name() {
    let data = event(json!({"user": {"id": 1}, "extra": {"a": 1}, "message": "hi"})).data;
    let keys: Vec<&str> = data.as_object().unwrap().keys().map(String::as_str).collect();
    let first = ["event_id", "project", "release", "dist", "platform", "message", "datetime", "tags"];
    assert_eq!(keys[..8], first);
    assert!(keys[8..].is_sorted(), "{keys:?}");
}

#[test]
fn the_client_stands_in_for_a_missing_sdk() {
    let scrubber = Scrubber::off();
    let mut intake = intake(&scrubber);
    intake.client.sdk = Some("sentry.python/2.1.0");
    assert_eq!(
        normalize(json!({}), &intake).data["sdk"],
        json!({"name": "sentry.python", "version": "2.1.0"})
    );
    let named = normalize(json!({"sdk": {"name": "raven", "version": 3}}), &intake);
    assert_eq!(named.data["sdk"], json!({"name": "raven", "version": "3"}));
}

#[test]
fn modules_are_versions_by_name() {
    let expected = json!({"a": "1", "b": null});
    assert_eq!(event(json!({"modules": {"a": 1, "b": null}})).data["modules"], expected);
    assert_eq!(event(json!({"modules": [["a", "1"], ["b", null]]})).data["modules"], expected);
}
