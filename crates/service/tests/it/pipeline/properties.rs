//! Whatever JSON arrives becomes a well-formed event.

use proptest::{collection::vec, prelude::*};
use serde_json::{Map, Value};

use super::{event, processed};

/// Every key the pipeline looks at.
const KEYS: [&str; 62] = [
    "event_id",
    "timestamp",
    "level",
    "platform",
    "logger",
    "release",
    "dist",
    "environment",
    "user",
    "id",
    "email",
    "ip_address",
    "data",
    "tags",
    "key",
    "value",
    "exception",
    "values",
    "type",
    "mechanism",
    "handled",
    "synthetic",
    "stacktrace",
    "frames",
    "filename",
    "abs_path",
    "module",
    "function",
    "lineno",
    "in_app",
    "vars",
    "context_line",
    "pre_context",
    "threads",
    "crashed",
    "message",
    "logentry",
    "formatted",
    "params",
    "breadcrumbs",
    "request",
    "url",
    "query_string",
    "headers",
    "cookies",
    "env",
    "contexts",
    "os",
    "browser",
    "name",
    "version",
    "extra",
    "fingerprint",
    "modules",
    "sdk",
    "settings",
    "template",
    "csp",
    "checksum",
    "culprit",
    "transaction",
    "errors",
];

const WORDS: [&str; 20] = [
    "error",
    "7",
    "a=1&b=2",
    "{{ default }}",
    "{{ tags.x }}",
    "{{auto}}",
    "http://a.test/?q=1#f",
    "",
    "\n",
    "é\u{0}ß",
    "2024-08-12T14:55:09Z",
    "%s %(a)s %.9f",
    "{} {0} {x",
    "javascript",
    "<lambda>",
    "f<a>",
    "KeyError: x",
    "::1",
    "python",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) Version/1 Mobile Safari/1",
];

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        proptest::sample::select(&WORDS[..]).prop_map(Value::from),
    ]
}

fn object(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    let key = prop_oneof![9 => proptest::sample::select(&KEYS[..]).prop_map(str::to_owned), 1 => ".{0,8}"];
    vec((key, inner), 0..12).prop_map(|entries| Value::Object(entries.into_iter().collect::<Map<_, _>>()))
}

fn tree() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(6, 120, 12, |inner| {
        prop_oneof![vec(inner.clone(), 0..6).prop_map(Value::Array), object(inner)]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_json_becomes_an_event_with_all_mandatory_keys(raw in prop_oneof![1 => tree(), 4 => object(tree())]) {
        let processed = processed(raw);
        let data = processed.event.data.as_object().unwrap();
        for key in [
            "event_id", "project", "release", "dist", "platform", "message", "datetime", "tags", "culprit", "environment",
            "errors", "fingerprint", "hashes", "key_id", "level", "location", "logger", "metadata", "received",
            "time_spent", "timestamp", "title", "type", "version",
        ] {
            prop_assert!(data.contains_key(key), "{key}");
        }
        prop_assert!(!processed.event.title.is_empty());
        prop_assert!(!processed.hashes.is_empty());
        for hash in &processed.hashes {
            prop_assert!(hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
        }
        let mut keys: Vec<&String> = processed.event.tags.iter().map(|(key, _)| key).collect();
        keys.sort();
        keys.dedup();
        prop_assert_eq!(keys.len(), processed.event.tags.len());
    }

    #[test]
    fn normalizing_again_changes_nothing_that_is_shown(raw in object(tree())) {
        let once = event(raw);
        let twice = event(once.data.clone());
        prop_assert_eq!(&once.title, &twice.title);
        prop_assert_eq!(&once.tags, &twice.tags);
        prop_assert_eq!(&once.culprit, &twice.culprit);
        prop_assert_eq!(&once.metadata, &twice.metadata);
    }
}
