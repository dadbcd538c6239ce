use serde_json::{Value, json};

use super::event;

fn error(exception: &Value) -> (String, Value) {
    let event = event(json!({"exception": exception}));
    (event.title.clone(), Value::Object(event.metadata))
}

#[test]
fn an_errors_title_is_its_type_and_the_first_line_of_its_value() {
    let long = "x".repeat(101);
    for (exception, title) in [
        (json!({"type": "ValueError", "value": "bad id\nmore"}), "ValueError: bad id".to_owned()),
        (json!({"type": "ValueError"}), "ValueError".to_owned()),
        (json!({"value": "no type here"}), "<unknown>".to_owned()),
        (json!({"type": "E", "value": long}), format!("E: {}...", "x".repeat(97))),
        (
            json!({"type": "SIGSEGV", "value": "v", "mechanism": {"type": "signal", "synthetic": true},
                   "stacktrace": {"frames": [{"function": "crash"}]}}),
            "crash".to_owned(),
        ),
        (json!([{"type": "Cause"}, {"type": "Thrown", "value": "last"}]), "Thrown: last".to_owned()),
    ] {
        assert_eq!(error(&exception).0, title, "{exception}");
    }
}

#[test]
fn an_errors_metadata_names_the_crash_frame() {
    let (_, metadata) =
        error(&json!({"type": "E".repeat(200), "value": "v".repeat(2000), "stacktrace": {"frames": [
            {"filename": "app/views.py", "function": "load", "in_app": true},
            {"filename": "json/decoder.py", "function": "decode", "in_app": false},
        ]}}));
    assert_eq!(metadata["type"].as_str().unwrap().len(), 128);
    assert_eq!(metadata["value"].as_str().unwrap().len(), 1024);
    assert_eq!((&metadata["filename"], &metadata["function"]), (&json!("app/views.py"), &json!("load")));
    let keys: Vec<&String> = metadata.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["value", "type", "filename", "function", "display_title_with_tree_label"]);
    assert_eq!(metadata["display_title_with_tree_label"], false);
}

#[test]
fn the_last_frame_serves_when_none_is_the_applications() {
    let event = event(json!({"exception": {"type": "E", "stacktrace": [
        {"filename": "a.py", "in_app": false}, {"filename": "b.py", "in_app": false},
    ]}}));
    assert_eq!(event.location.as_deref(), Some("b.py"));
    assert_eq!(event.data["location"], "b.py");
}

#[test]
fn a_messages_title_is_its_first_line() {
    for (raw, title) in [
        (json!({"message": "\n hello \nworld"}), "hello"),
        (json!({}), "<unlabeled event>"),
        (json!({"message": "  "}), "<unlabeled event>"),
        (json!({"logentry": {"message": "low: %s", "params": ["tea"]}}), "low: tea"),
    ] {
        let event = event(raw);
        assert_eq!(event.title, title);
        assert_eq!(Value::Object(event.metadata), json!({"title": title}));
        assert_eq!((event.event_type, event.location), ("default", None));
    }
    assert_eq!(event(json!({"message": "x".repeat(101)})).title.len(), 100);
}

#[test]
fn a_browser_report_has_its_own_type_and_title() {
    let event =
        event(json!({"csp": {"effective_directive": "script-src", "blocked_uri": "https://evil.test/x.js"}}));
    assert_eq!(
        (event.event_type, event.title.as_str()),
        ("csp", "Blocked 'script' from 'https://evil.test/x.js'")
    );
}

#[test]
fn the_culprit_is_given_or_found_in_this_order() {
    let frames = |platform: &str, frame: Value| {
        json!({"platform": platform, "exception": {"type": "E", "stacktrace": {"frames": [
            frame, {"module": "lib", "function": "g", "in_app": false},
        ]}}})
    };
    let full = json!({"module": "app.views", "filename": "app/views.py", "function": "load", "in_app": true});
    let no_module = json!({"filename": "app/views.py", "function": "load", "in_app": true});
    for (raw, culprit) in [
        (json!({"culprit": "mine", "transaction": "/pay"}), "mine"),
        (json!({"transaction": "/pay"}), "/pay"),
        (frames("python", full.clone()), "app.views in load"),
        (frames("python", no_module.clone()), "app/views.py in load"),
        (frames("python", json!({"module": "m", "in_app": true})), "m in ?"),
        (frames("javascript", no_module.clone()), "load(app/views.py)"),
        (frames("node", no_module), "load(app/views.py)"),
        (frames("native", full), "load"),
        (frames("python", json!({"function": "f", "in_app": true})), "lib in g"),
        (json!({"request": {"url": "http://x.test/a?b=1"}}), "http://x.test/a"),
        (json!({"message": "hello"}), ""),
    ] {
        let event = event(raw.clone());
        assert_eq!(event.culprit, culprit, "{raw}");
        assert_eq!(event.data["culprit"], culprit);
    }
    assert_eq!(event(json!({"transaction": "x".repeat(300)})).culprit.len(), 200);
}
