use serde_json::{Value, json};

use super::{event, notes};

#[test]
fn exceptions_come_single_listed_or_wrapped() {
    let one = json!({"type": "E", "value": "v"});
    for sent in
        [one.clone(), json!([one]), json!({"values": [one]}), json!({"values": one}), json!([null, one])]
    {
        let event = event(json!({"exception": sent}));
        assert_eq!(event.data["exception"], json!({"values": [one]}), "{sent}");
        assert_eq!(event.event_type, "error");
    }
    for sent in [json!([]), json!({"values": []}), json!("boom"), json!([{}]), json!({"values": null})] {
        let event = event(json!({"exception": sent}));
        assert_eq!((event.data.get("exception"), event.event_type), (None, "default"), "{sent}");
    }
}

#[test]
fn fields_of_an_exception_are_made_to_fit() {
    let event = event(json!({"exception": {
        "type": 7, "value": {"a": 1}, "thread_id": 3, "module": "", "colour": "red",
        "mechanism": {"handled": "false", "data": {}, "meta": {"errno": 1}, "colour": 1},
    }}));
    let expected = json!({"values": [{
        "type": "7", "value": "{\"a\":1}", "thread_id": 3,
        "mechanism": {"handled": false, "meta": {"errno": 1}, "type": "generic"},
    }]});
    assert_eq!(event.data["exception"], expected);
}

#[test]
fn a_value_with_a_type_in_front_is_split() {
    let split = event(json!({"exception": {"value": "KeyError: name"}}));
    assert_eq!(split.data["exception"]["values"][0], json!({"value": "name", "type": "KeyError"}));
    let whole = event(json!({"exception": {"value": "no such file: name"}}));
    assert_eq!(whole.data["exception"]["values"][0], json!({"value": "no such file: name"}));
}

#[test]
fn a_lone_exception_gets_the_events_frames() {
    let frames = json!({"frames": [{"function": "f"}]});
    let raw = json!({"exception": {"type": "E"}, "stacktrace": frames});
    let data = event(raw).data;
    assert_eq!(data["exception"]["values"][0]["stacktrace"]["frames"][0]["function"], "f");
    assert_eq!(data.get("stacktrace"), None);
    let two = event(json!({"exception": [{"type": "E"}, {"type": "F"}], "stacktrace": frames})).data;
    assert_eq!(two["stacktrace"]["frames"][0]["function"], "f");
}

#[test]
fn a_frame_with_one_path_gets_both() {
    let paths = |filename: &str| {
        let frame = json!({"filename": filename, "function": "f"});
        let event = event(json!({"exception": {"type": "E", "stacktrace": [frame]}}));
        let frame = event.data["exception"]["values"][0]["stacktrace"]["frames"][0].clone();
        assert_eq!(event.metadata["filename"], frame["filename"], "{filename}");
        [frame["abs_path"].clone(), frame["filename"].clone()]
    };
    for (filename, name) in [
        ("https://x.test/static/app.js?v=1", "/static/app.js"),
        ("file:///srv/app.js", "/srv/app.js"),
        ("https://x.test/", "https://x.test/"),
        ("webpack:///./src/app.js", "webpack:///./src/app.js"),
        ("app/views.py", "app/views.py"),
        ("<anonymous>", "<anonymous>"),
        ("node:internal/main", "node:internal/main"),
        ("C:\\app\\Main.cs", "C:\\app\\Main.cs"),
    ] {
        assert_eq!(paths(filename), [filename, name]);
    }
}

#[test]
fn frames_get_a_file_name_and_whose_code_they_are() {
    let event = event(json!({"stacktrace": [
        {"abs_path": "/srv/app/views.py", "lineno": "12", "colno": -1, "function": "?", "pre_context": ["a", null, 3]},
        {"abs_path": "C:\\app\\Main.cs", "in_app": "false", "context_line": ""},
        17,
        {"nothing": "known"},
    ]}));
    let expected = json!([
        {"abs_path": "/srv/app/views.py", "lineno": 12, "pre_context": ["a", "", "3"], "filename": "views.py", "in_app": true},
        {"abs_path": "C:\\app\\Main.cs", "in_app": false, "context_line": "", "filename": "Main.cs"},
    ]);
    assert_eq!(event.data["stacktrace"]["frames"], expected);
}

#[test]
fn library_code_is_recognised_when_the_sender_does_not_say() {
    for (frame, in_app) in [
        (json!({"abs_path": "/venv/lib/python3.11/site-packages/django/x.py"}), false),
        (json!({"abs_path": "/usr/lib/python3/dist-packages/yaml.py"}), false),
        (json!({"abs_path": "/usr/local/lib/python3.11/json/decoder.py"}), false),
        (json!({"filename": "<frozen runpy>"}), false),
        (json!({"filename": "node:internal/timers"}), false),
        (json!({"filename": "./node_modules/react/index.js"}), false),
        (json!({"filename": "webpack/bootstrap"}), false),
        (json!({"filename": "webpack:///./src/app.js"}), true),
        (json!({"package": "/usr/lib/libc.so.6", "function": "abort"}), false),
        (json!({"abs_path": "C:\\Windows\\System32\\ntdll.dll"}), false),
        (json!({"module": "java.util.HashMap", "platform": "java"}), false),
        (json!({"module": "com.acme.Shop", "platform": "java"}), true),
        (json!({"filename": "app/views.py"}), true),
        (json!({"abs_path": "/srv/my-node_modules-tool/a.js"}), true),
        (json!({"filename": "node:fs", "in_app": true}), true),
    ] {
        let event = event(json!({"stacktrace": {"frames": [frame]}}));
        assert_eq!(event.data["stacktrace"]["frames"][0]["in_app"], in_app, "{frame}");
    }
}

#[test]
fn the_middle_of_a_deep_stack_is_left_out() {
    let frames: Vec<Value> = (0..300).map(|line| json!({"lineno": line, "function": "f"})).collect();
    let event = event(json!({"stacktrace": {"frames": frames}}));
    let trace = &event.data["stacktrace"];
    assert_eq!(trace["frames"].as_array().unwrap().len(), 250);
    assert_eq!(
        (&trace["frames"][124]["lineno"], &trace["frames"][125]["lineno"]),
        (&json!(124), &json!(175))
    );
    assert_eq!(trace["frames_omitted"], json!([125, 175]));
    assert_eq!(notes(&event), ["value_too_long stacktrace.frames"]);
}

#[test]
fn threads_and_breadcrumbs_are_lists_under_values() {
    let event = event(json!({
        "threads": [{"id": 1, "name": "main", "crashed": true, "stacktrace": {"frames": []}, "x": 1}, 3],
        "breadcrumbs": [
            {"message": "a", "timestamp": "2024-08-12T14:55:09Z", "level": "warn"}, {"category": 1, "timestamp": "?"}, {}, 5,
        ],
    }));
    assert_eq!(event.data["threads"], json!({"values": [{"id": 1, "name": "main", "crashed": true}]}));
    let expected = json!({"values": [
        {"message": "a", "timestamp": 1_723_474_509, "level": "warning", "type": "default"},
        {"category": "1", "type": "default", "level": "info"},
    ]});
    assert_eq!(event.data["breadcrumbs"], expected);
}

#[test]
fn the_newest_breadcrumbs_are_kept() {
    let sent: Vec<Value> = (0..150).map(|number| json!({"message": number})).collect();
    let event = event(json!({"breadcrumbs": sent}));
    let kept = event.data["breadcrumbs"]["values"].as_array().unwrap();
    assert_eq!((kept.len(), &kept[0]["message"]), (100, &json!("50")));
}

#[test]
fn old_senders_name_parts_by_their_class() {
    let data = event(json!({
        "sentry.interfaces.Exception": {"type": "E"}, "sentry.interfaces.Http": {"url": "http://x.test/"},
        "sentry.interfaces.User": {"id": 1}, "sentry.interfaces.Csp": {"effective_directive": "img-src"},
    }));
    assert_eq!(notes(&data), [""; 0]);
    for key in ["exception", "request", "user", "csp"] {
        assert!(data.data[key].is_object(), "{key}");
    }
}
