use std::{io::Write, process};

use mortise_wire::js_json::{js_number, signed_body, to_string};
use proptest::{prelude::*, strategy::ValueTree};
use serde_json::{Map, Value, json};

#[test]
fn numbers_are_written_as_javascript_prints_them() {
    for (float, text) in [
        (10.0, "10"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (1e21, "1e+21"),
        (1e20, "100000000000000000000"),
        (1.5e300, "1.5e+300"),
        (1e-6, "0.000001"),
        (1e-7, "1e-7"),
        (-1.25e-9, "-1.25e-9"),
        (123456.789, "123456.789"),
        (f64::NAN, "null"),
        (f64::INFINITY, "null"),
    ] {
        assert_eq!(js_number(float), text);
    }
}

#[test]
fn integers_that_javascript_cannot_hold_become_texts() {
    assert_eq!(
        to_string(&json!([9007199254740991_i64, 9007199254740992_i64, i64::MIN, u64::MAX])),
        r#"[9007199254740991,"9007199254740992","-9223372036854775808","18446744073709551615"]"#
    );
    assert_eq!(
        to_string(&json!([-766941199295028100.0, 1e21, 1e15])),
        r#"["-766941199295028100",1e+21,1000000000000000]"#
    );
}

#[test]
fn keys_like_array_indices_come_first_and_ascend() {
    assert_eq!(
        to_string(&json!({"b": 1, "10": 2, "2": 3, "01": 4, "a": 5, "4294967295": 6, "4294967294": 7})),
        r#"{"2":3,"10":2,"4294967294":7,"b":1,"01":4,"a":5,"4294967295":6}"#
    );
}

#[test]
fn text_is_escaped_no_more_than_needed() {
    assert_eq!(to_string(&json!("é/\u{7f}\u{2028}\u{1}\n\"\\")), "\"é/\u{7f}\u{2028}\\u0001\\n\\\"\\\\\"");
}

#[test]
fn an_empty_object_is_sent_as_an_empty_body() {
    assert_eq!(signed_body(&json!({})), "");
    assert_eq!(signed_body(&json!([])), "[]");
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-1e9..1e9_f64).prop_map(|float| Value::from(float.round())),
        any::<String>().prop_map(Value::from),
    ];
    let key = prop_oneof!["[0-9]{1,11}", "[a-z0-9_]{0,5}", any::<String>()];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..6)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #[test]
    fn writing_what_was_written_changes_nothing(value in any_value()) {
        let once = to_string(&value);
        let again = mortise_wire::json_in::parse_strict(once.as_bytes()).unwrap();
        prop_assert_eq!(to_string(&again), once);
    }
}

#[test]
fn node_writes_the_same_bytes_again() {
    if process::Command::new("node").arg("--version").output().is_err() {
        eprintln!("skipped: node is not on the PATH");
        return;
    }
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategy = any_value();
    let lines: Vec<String> =
        (0..500).map(|_| to_string(&strategy.new_tree(&mut runner).unwrap().current())).collect();
    let script = "require('fs').readFileSync(0,'utf8').split('\\n').forEach(l=>console.log(JSON.stringify(JSON.parse(l))))";
    let mut node = process::Command::new("node")
        .args(["-e", script])
        .stdin(process::Stdio::piped())
        .stdout(process::Stdio::piped())
        .spawn()
        .unwrap();
    node.stdin.take().unwrap().write_all(lines.join("\n").as_bytes()).unwrap();
    let output = String::from_utf8(node.wait_with_output().unwrap().stdout).unwrap();
    let echoed: Vec<&str> = output.trim_end_matches('\n').split('\n').collect();
    assert_eq!(echoed.len(), lines.len());
    for (ours, theirs) in lines.iter().zip(echoed) {
        assert_eq!(ours, theirs);
    }
}
