use mortise_wire::event::{Event, EventPlace, EventRow, HookEvent, SimpleEvent, raw_json};
use serde_json::{Map, Value, json};

use crate::samples::{at, keys, map, text};

fn raw() -> Map<String, Value> {
    map(json!({
        "type": "error", "platform": "python", "title": "ValueError: bad id", "location": "app/views.py",
        "culprit": "app.views in load", "message": "", "metadata": {"type": "ValueError", "value": "bad id"},
        "tags": [["sentry:release", "1.0"], ["level", "error"], ["user", "id:1"], ["environment", "prod"]],
        "user": {"id": 1, "plan": "free"}, "release": "1.0", "hashes": ["0f"], "sdk": {"name": "sentry.python", "version": "2.0", "client_ip": "10.0.0.1"},
        "exception": {"values": [{
            "type": "ValueError", "value": "bad id", "mechanism": {"type": "generic", "handled": true},
            "stacktrace": {"frames": [{
                "filename": "app/views.py", "abs_path": "/srv/app/views.py", "module": "app.views", "function": "load",
                "pre_context": ["def load(x):"], "context_line": "    raise ValueError()", "post_context": [],
                "lineno": 12, "in_app": true, "vars": {},
            }]},
        }]},
        "breadcrumbs": {"values": [{"timestamp": 1723474509.0, "message": "hi", "category": "log"}]},
        "request": {"url": "http://a.test/", "method": "GET", "query_string": [["a", "1"]], "headers": [["Host", "a.test"]]},
        "extra": {"extra key": "value"}, "modules": {"django": "5.0"}, "contexts": {"runtime": {"name": "CPython", "type": "runtime"}},
        "errors": [{"type": "invalid_data", "name": "tags"}], "received": 1723474510.5, "timestamp": 1723474509.0, "version": "7",
    }))
}

fn row(raw: &Map<String, Value>) -> EventRow<'_> {
    EventRow {
        event_id: "9ec79c33ec9942ab8353589fcb2e04dc",
        group_id: 100,
        project_id: 7,
        size: 2041,
        date_created: at("2024-08-12T14:55:09Z"),
        date_received: at("2024-08-12T14:55:10Z"),
        raw,
    }
}

#[test]
fn the_full_form_is_camel_case_with_every_key() {
    let raw = raw();
    let entries = concat!(
        r#"[{"type":"exception","data":{"values":[{"type":"ValueError","value":"bad id","mechanism":{"type":"generic","handled":true},"threadId":null,"module":null,"#,
        r#""stacktrace":{"frames":[{"filename":"app/views.py","absPath":"/srv/app/views.py","module":"app.views","package":null,"platform":null,"instructionAddr":null,"symbolAddr":null,"#,
        r#""function":"load","rawFunction":null,"symbol":null,"context":[[11,"def load(x):"],[12,"    raise ValueError()"]],"lineNo":12,"colNo":null,"inApp":true,"trust":null,"errors":null,"lock":null,"sourceLink":null,"vars":{}}],"#,
        r#""framesOmitted":null,"registers":null,"hasSystemFrames":false},"rawStacktrace":null}],"hasSystemFrames":false,"excOmitted":null}},"#,
        r#"{"type":"breadcrumbs","data":{"values":[{"type":"default","timestamp":"2024-08-12T14:55:09Z","level":"info","message":"hi","category":"log","data":null,"event_id":null}]}},"#,
        r#"{"type":"request","data":{"apiTarget":null,"method":"GET","url":"http://a.test/","query":[["a","1"]],"fragment":null,"data":null,"headers":[["Host","a.test"]],"cookies":[],"env":null,"inferredContentType":null}}]"#,
    );
    let expected = [
        r#"{"id":"9ec79c33ec9942ab8353589fcb2e04dc","groupID":"100","eventID":"9ec79c33ec9942ab8353589fcb2e04dc","projectID":"7","size":2041,"entries":"#,
        entries,
        r#","dist":null,"message":"","title":"ValueError: bad id","location":"app/views.py","user":{"id":"1","email":null,"username":null,"ip_address":null,"name":null,"data":{"plan":"free"}},"#,
        r#""contexts":{"runtime":{"name":"CPython","type":"runtime"}},"sdk":{"name":"sentry.python","version":"2.0"},"context":{"extra key":"value"},"packages":{"django":"5.0"},"type":"error","#,
        r#""metadata":{"type":"ValueError","value":"bad id"},"tags":[{"key":"environment","value":"prod"},{"key":"level","value":"error"},{"key":"release","value":"1.0"},{"key":"user","value":"id:1","query":"user.id:\"1\""}],"#,
        r#""platform":"python","dateReceived":"2024-08-12T14:55:10Z","errors":[{"type":"invalid_data","message":"Discarded invalid value","data":{"name":"tags"}}],"occurrence":null,"#,
        r#""_meta":{"entries":{},"message":null,"user":null,"contexts":null,"sdk":null,"context":null,"packages":null,"tags":{}},"crashFile":null,"culprit":"app.views in load","#,
        r#""dateCreated":"2024-08-12T14:55:09Z","fingerprints":["0f"],"groupingConfig":{"id":"newstyle:2023-01-11","enhancements":""}}"#,
    ]
    .concat();
    assert_eq!(text(&Event::new(row(&raw))), expected);
    let place = EventPlace {
        release: None,
        user_report: None,
        sdk_updates: vec![],
        resolved_with: vec![],
        next_event_id: None,
        previous_event_id: Some("0f".into()),
    };
    assert!(text(&Event::new(row(&raw)).at(place)).ends_with(
        r#","release":null,"userReport":null,"sdkUpdates":[],"resolvedWith":[],"nextEventID":null,"previousEventID":"0f"}"#
    ));
}

#[test]
fn the_list_form_is_short() {
    let raw = raw();
    assert_eq!(
        keys(&SimpleEvent::new(row(&raw))).join(", "),
        "id, event.type, groupID, eventID, projectID, message, title, location, culprit, user, tags, platform, \
         dateCreated, crashFile"
    );
}

#[test]
fn a_message_event_has_a_message_entry() {
    let raw = map(
        json!({"type": "default", "logentry": {"message": "hi %s", "formatted": "hi ann", "params": ["ann"]}}),
    );
    let event = Event::new(row(&raw));
    assert_eq!(event.message, "hi ann");
    assert_eq!(
        text(&event.entries),
        r#"[{"type":"message","data":{"formatted":"hi ann","message":"hi %s","params":["ann"]}}]"#
    );
    let raw = map(
        json!({"message": "plain", "threads": [{"id": 1, "crashed": true}], "stacktrace": {"frames": [{"in_app": true}, {"in_app": false}]}}),
    );
    let event = Event::new(row(&raw));
    assert_eq!(
        event.entries.iter().map(|entry| entry.kind).collect::<Vec<_>>(),
        ["message", "stacktrace", "threads"]
    );
    assert_eq!(event.entries[1].data["hasSystemFrames"], true);
    assert_eq!(event.entries[1].data["frames"][0]["context"], json!([]));
}

#[test]
fn an_event_of_any_shape_is_shown() {
    let raw = map(json!({
        "exception": [{"stacktrace": {"frames": [null, 5]}}, 3], "breadcrumbs": 7, "request": "x", "tags": {"a": 1},
        "user": [], "errors": [1, {}], "hashes": [1], "threads": {"values": {}}, "message": 5, "contexts": [],
    }));
    let event = Event::new(row(&raw));
    assert_eq!(event.entries.len(), 1);
    assert_eq!((event.tags.len(), event.user, event.errors.len()), (0, None, 0));
}

#[test]
fn the_raw_form_starts_with_facts_and_goes_on_by_alphabet() {
    let raw = raw();
    let expected = "event_id, project, release, dist, platform, message, datetime, time_spent, tags, breadcrumbs, \
        contexts, culprit, errors, exception, extra, hashes, location, metadata, modules, received, request, sdk, \
        timestamp, title, type, user, version";
    let json = raw_json(row(&raw));
    assert_eq!(keys(&json).join(", "), expected);
    assert_eq!(json["datetime"], "2024-08-12T14:55:09Z");
    let hook = HookEvent::new(row(&raw), "http://m.test", "acme", "web");
    assert_eq!(
        keys(&hook).join(", "),
        format!("{}, url, web_url, issue_url, issue_id", expected.replace(" time_spent,", ""))
    );
    let hook = serde_json::to_value(&hook).unwrap();
    assert_eq!(hook["datetime"], "2024-08-12T14:55:09.000000Z");
    assert_eq!(hook["tags"][0], json!(["release", "1.0"]));
    assert_eq!(hook["sdk"], json!({"name": "sentry.python", "version": "2.0"}));
    assert_eq!(hook["url"], "http://m.test/api/0/projects/acme/web/events/9ec79c33ec9942ab8353589fcb2e04dc/");
    assert_eq!(
        hook["web_url"],
        "http://m.test/organizations/acme/issues/100/events/9ec79c33ec9942ab8353589fcb2e04dc/"
    );
    assert_eq!(
        (&hook["issue_url"], &hook["issue_id"]),
        (&json!("http://m.test/api/0/issues/100/"), &json!("100"))
    );
}
