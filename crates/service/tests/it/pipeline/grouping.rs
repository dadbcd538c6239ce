use serde_json::{Value, json};

use super::{hashes, processed};

const NOTHING: &str = "d41d8cd98f00b204e9800998ecf8427e";
const HELLO: &str = "5d41402abc4b2a76b9719d911017c592";
const AB: &str = "187ef4436122d1cc2f40dc2b92f0eba0";

/// An error with one frame of the application and one of a library.
fn error(value: &str, function: &str) -> Value {
    json!({"platform": "python", "exception": {"type": "ValueError", "value": value, "stacktrace": {"frames": [
        {"module": "app.views", "function": function, "lineno": 7, "in_app": true, "context_line": "x()"},
        {"module": "json", "function": "loads", "in_app": false},
    ]}}})
}

fn with(mut event: Value, key: &str, value: Value) -> Value {
    event[key] = value;
    event
}

#[test]
fn a_checksum_is_the_hash_or_is_hashed() {
    assert_eq!(hashes(with(error("v", "f"), "checksum", json!(AB))), [AB]);
    assert_eq!(hashes(json!({"checksum": "hello", "fingerprint": ["a"]})), [HELLO]);
    assert_ne!(hashes(json!({"checksum": AB.to_uppercase()})), [AB.to_uppercase()]);
}

#[test]
fn a_custom_fingerprint_is_hashed_as_it_is() {
    assert_eq!(hashes(json!({"fingerprint": ["he", "llo"], "message": "x"})), [HELLO]);
    assert_eq!(hashes(with(error("v", "f"), "fingerprint", json!(["a", "b"]))), [AB]);
}

#[test]
fn variables_in_a_fingerprint_stand_for_values_of_the_event() {
    let base = json!({
        "transaction": "t", "level": "info", "logger": "l", "release": "r", "tags": {"x": "y"}, "environment": "e",
        "exception": {"type": "E", "value": "v", "stacktrace": {"frames": [
            {"function": "f", "module": "m", "abs_path": "/p", "package": "k"},
        ]}},
    });
    for (variable, value) in [
        ("{{ transaction }}", "t"),
        ("{{transaction}}", "t"),
        ("{{ message }}", "v"),
        ("{{ error.type }}", "E"),
        ("{{ type }}", "E"),
        ("{{ error.value }}", "v"),
        ("{{ level }}", "info"),
        ("{{ logger }}", "l"),
        ("{{ release }}", "r"),
        ("{{ environment }}", "e"),
        ("{{ stack.function }}", "f"),
        ("{{ stack.module }}", "m"),
        ("{{ stack.abs_path }}", "/p"),
        ("{{ stack.package }}", "k"),
        ("{{ tags.x }}", "y"),
        ("{{ tags.z }}", "<no-value-for-tag-z>"),
        ("{{ dist }}", "<no-dist>"),
    ] {
        let resolved = hashes(with(base.clone(), "fingerprint", json!([variable])));
        assert_eq!(resolved, hashes(json!({"fingerprint": [value]})), "{variable}");
    }
    let unknown = hashes(json!({"fingerprint": ["{{ nonsense }}"]}));
    assert_ne!(unknown, hashes(json!({"fingerprint": ["{{ other }}"]})));
}

#[test]
fn custom_parts_are_mixed_into_each_default_hash() {
    let plain = hashes(error("v", "f"));
    let mixed = hashes(with(error("v", "f"), "fingerprint", json!(["{{ default }}", "x"])));
    let other = hashes(with(error("v", "f"), "fingerprint", json!(["{{ default }}", "y"])));
    assert_eq!((plain.len(), mixed.len(), other.len()), (2, 2, 2));
    assert!(mixed.iter().all(|hash| !plain.contains(hash) && !other.contains(hash)));
    assert_eq!(hashes(with(error("v", "f"), "fingerprint", json!(["{{default}}"]))), plain);
    assert_eq!(hashes(json!({"message": "llo", "fingerprint": ["he", "{{ default }}"]})), [HELLO]);
}

#[test]
fn events_that_say_nothing_share_a_hash() {
    assert_eq!(hashes(json!({})), [NOTHING]);
    assert_eq!(hashes(json!({"extra": {"a": 1}})), [NOTHING]);
    assert_eq!(hashes(json!({"stacktrace": {"frames": [{"lineno": 3}]}})), [NOTHING]);
}

#[test]
fn the_value_does_not_separate_errors_with_the_same_stack() {
    assert_eq!(hashes(error("bad id 7", "load")), hashes(error("quite different", "load")));
    assert_ne!(hashes(error("bad id 7", "load")), hashes(error("bad id 7", "store")));
}

#[test]
fn library_frames_count_in_the_second_hash_only() {
    let (base, mut other) = (error("v", "f"), error("v", "f"));
    other["exception"]["stacktrace"]["frames"][1]["function"] = json!("load");
    let (base, other) = (hashes(base), hashes(other));
    assert_eq!(base[0], other[0]);
    assert_ne!(base[1], other[1]);
}

#[test]
fn without_frames_of_the_application_there_is_one_hash() {
    let raw = json!({"exception": {"type": "E", "value": "v", "stacktrace": [{"module": "json", "function": "f", "in_app": false}]}});
    assert_eq!(hashes(raw), hashes(json!({"checksum": "jsonfE"})));
}

#[test]
fn the_line_number_and_the_case_of_the_file_do_not_count() {
    let at = |line: u32, file: &str| {
        hashes(
            json!({"exception": {"type": "E", "stacktrace": [{"filename": file, "function": "f", "lineno": line}]}}),
        )
    };
    assert_eq!(at(1, "/a/Views.py"), at(9, "C:\\b\\views.py"));
    assert_eq!(at(1, "/a/views.py"), hashes(json!({"checksum": "views.pyfE"})));
}

#[test]
fn frames_contribute_module_or_file_then_function_then_source() {
    for (platform, frame, contributed) in [
        ("python", json!({"module": "m", "filename": "x.py", "function": "f", "context_line": "a()"}), "mf"),
        (
            "python",
            json!({"filename": "app/X.py", "function": "<module>", "context_line": "  a()  "}),
            "x.py<module>a()",
        ),
        ("python", json!({"module": "m", "function": "<lambda>", "context_line": "a()"}), "ma()"),
        ("python", json!({"module": "m", "context_line": "a()"}), "ma()"),
        ("native", json!({"module": "m", "context_line": "a()"}), "m"),
        ("javascript", json!({"filename": "https://x.test/main.9f3.js", "function": "render"}), "render"),
        (
            "javascript",
            json!({"filename": "<anonymous>", "function": "Object.<anonymous>", "context_line": "a()"}),
            "a()",
        ),
        ("java", json!({"module": "a.B", "function": "lambda$main$0", "context_line": "a()"}), "a.Ba()"),
        (
            "php",
            json!({"filename": "x.php", "function": "App\\{closure}", "context_line": "a()"}),
            "x.phpa()",
        ),
        ("native", json!({"function": "std::vector<int>"}), "std::vector"),
        ("native", json!({"function": "a<b<c>, d>"}), "a"),
        ("native", json!({"function": "operator>"}), "operator>"),
        ("native", json!({"function": "x>"}), "x>"),
        ("python", json!({"module": "m", "context_line": "y".repeat(121)}), "m"),
    ] {
        let found = hashes(json!({"platform": platform, "stacktrace": {"frames": [frame]}}));
        assert_eq!(found, hashes(json!({"checksum": contributed})), "{frame}");
    }
}

#[test]
fn recursion_counts_once() {
    let stack = |functions: &[&str]| {
        let frames: Vec<Value> =
            functions.iter().map(|name| json!({"module": "m", "function": name, "in_app": true})).collect();
        hashes(json!({"stacktrace": frames}))
    };
    assert_eq!(stack(&["a", "b", "b", "b", "c"]), stack(&["a", "b", "c"]));
    assert_ne!(stack(&["a", "b", "a"]), stack(&["a", "b"]));
}

#[test]
fn without_frames_the_value_counts_after_parameterisation() {
    let of = |value: &str| hashes(json!({"exception": {"type": "E", "value": value}}));
    assert_eq!(of("row 1 missing"), of("row 2 missing"));
    assert_ne!(of("row 1 missing"), of("row 1 broken"));
    assert_eq!(of("row 1"), hashes(json!({"checksum": "Erow <int>"})));
}

#[test]
fn the_type_of_a_synthetic_exception_does_not_count() {
    let of = |kind: &str, synthetic: bool| {
        hashes(json!({"exception": {"type": kind, "mechanism": {"type": "m", "synthetic": synthetic},
            "stacktrace": [{"function": "f", "module": "m"}]}}))
    };
    assert_eq!(of("SIGSEGV", true), of("SIGBUS", true));
    assert_ne!(of("SIGSEGV", false), of("SIGBUS", false));
}

#[test]
fn every_exception_of_a_chain_counts_in_order() {
    let chain = |types: &[&str]| {
        hashes(json!({"exception": types.iter().map(|name| json!({"type": name})).collect::<Vec<_>>()}))
    };
    assert_eq!(chain(&["A", "B"]), hashes(json!({"checksum": "AB"})));
    assert_ne!(chain(&["A", "B"]), chain(&["B", "A"]));
}

#[test]
fn one_crashed_or_current_thread_tells() {
    let thread = |name: &str, mark: &str| json!({mark: true, "stacktrace": {"frames": [{"module": "m", "function": name}]}});
    let of = |threads: Vec<Value>| hashes(json!({"threads": threads, "message": "hello"}));
    assert_eq!(of(vec![thread("a", "main"), thread("b", "crashed")]), hashes(json!({"checksum": "mb"})));
    assert_eq!(of(vec![thread("a", "current"), thread("b", "main")]), hashes(json!({"checksum": "ma"})));
    assert_eq!(of(vec![thread("a", "main")]), hashes(json!({"checksum": "ma"})));
    assert_eq!(of(vec![thread("a", "main"), thread("b", "main")]), [HELLO]);
}

#[test]
fn strategies_are_asked_in_order() {
    let mut raw = json!({
        "exception": {"type": "E"}, "threads": [{"stacktrace": [{"function": "t"}]}], "stacktrace": [{"function": "s"}],
        "template": {"filename": "x.html", "context_line": "{{ y }}"}, "message": "hello",
    });
    // The lone exception would take the event's frames.
    raw["exception"] = json!([{"type": "E"}, {"type": "F"}]);
    for (key, contributed) in [
        ("exception", "EF"),
        ("threads", "t"),
        ("stacktrace", "s"),
        ("template", "x.html{{ y }}"),
        ("message", "hello"),
    ] {
        assert_eq!(hashes(raw.clone()), hashes(json!({"checksum": contributed})), "{key}");
        raw.as_object_mut().unwrap().remove(key);
    }
}

#[test]
fn messages_that_differ_only_in_what_varies_are_one() {
    let of = |message: &str| hashes(json!({"message": message}));
    for (one, other) in [
        ("user 1 failed", "user 2 failed"),
        ("job 9ec79c33-ec99-42ab-8353-589fcb2e04dc", "job 11111111-ec99-42ab-8353-589fcb2e04dc"),
        ("from 10.0.0.1", "from 10.0.0.2"),
        ("mail a@b.com", "mail c@d.org"),
        ("since 2024-08-12", "since 2023-01-01T00:00:00Z"),
    ] {
        assert_eq!(of(one), of(other));
    }
    assert_ne!(of("user 1 failed"), of("user 1 passed"));
}

#[test]
fn only_the_first_two_lines_of_a_message_count() {
    let of = |message: &str| hashes(json!({"message": message}));
    assert_eq!(of("a\n\nb\nc"), of("a\nb\nd"));
    assert_ne!(of("a\nb"), of("a\nc"));
}

#[test]
fn a_messages_template_groups_whatever_was_filled_in() {
    let of = |name: &str| hashes(json!({"logentry": {"message": "no stock for %s", "params": [name]}}));
    assert_eq!(of("tea"), of("cups"));
}

#[test]
fn the_event_carries_its_hashes() {
    let processed = processed(error("v", "f"));
    assert_eq!(processed.event.data["hashes"], json!(processed.hashes));
}
