use mortise_wire::json_in::{JSON_DEPTH_MAX, JsonError, parse_lenient, parse_strict};
use proptest::prelude::*;
use serde_json::{Value, json};

#[test]
fn malformed_bodies_are_refused_in_the_words_of_python() {
    for (body, text) in [
        ("", "Expecting value: line 1 column 1 (char 0)"),
        ("{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("{\"a\":1,}", "Expecting property name enclosed in double quotes: line 1 column 8 (char 7)"),
        ("{\"a\" 1}", "Expecting ':' delimiter: line 1 column 6 (char 5)"),
        ("{\"a\": 1 \"b\"}", "Expecting ',' delimiter: line 1 column 9 (char 8)"),
        ("[1 2]", "Expecting ',' delimiter: line 1 column 4 (char 3)"),
        ("[1,]", "Expecting value: line 1 column 4 (char 3)"),
        ("[\"é\n", "Invalid control character at: line 1 column 4 (char 3)"),
        ("{\n \"a\": \"b", "Unterminated string starting at: line 2 column 7 (char 8)"),
        ("\"\\x\"", "Invalid \\escape: line 1 column 2 (char 1)"),
        ("\"\\u12g4\"", "Invalid \\uXXXX escape: line 1 column 3 (char 2)"),
        ("1 2", "Extra data: line 1 column 3 (char 2)"),
        ("01", "Extra data: line 1 column 2 (char 1)"),
        ("1.", "Extra data: line 1 column 2 (char 1)"),
        ("-", "Expecting value: line 1 column 1 (char 0)"),
        ("nul", "Expecting value: line 1 column 1 (char 0)"),
        ("[NaN]", "Out of range float values are not JSON compliant: 'NaN'"),
    ] {
        assert_eq!(parse_strict(body.as_bytes()).unwrap_err().to_string(), text, "{body}");
    }
    let error = parse_strict(b"\"a\xff\"").unwrap_err();
    assert_eq!(error.to_string(), "'utf-8' codec can't decode byte 0xff in position 2: invalid start byte");
}

#[test]
fn the_lenient_reader_mends_what_sdks_send() {
    for (body, value) in [
        (&b"[NaN, Infinity, -Infinity, 1e999, -1e999]"[..], json!([null, null, null, null, null])),
        (b"\"a\xffb\"", json!("a\u{fffd}b")),
        (br#""\ud800x\udc00""#, json!("\u{fffd}x\u{fffd}")),
        (br#""\ud83d\ude00""#, json!("😀")),
        (b"\"a\\u0000b\0c\nd\"", json!("abc\nd")),
        (br#"{"a":1,"b":2,"a":3}"#, json!({"a": 3, "b": 2})),
        (b"\xef\xbb\xbf{}", json!({})),
        (b"123456789012345678901234567890", json!(1.2345678901234568e29)),
        (b"18446744073709551615", json!(u64::MAX)),
    ] {
        assert_eq!(parse_lenient(body).unwrap(), value, "{}", String::from_utf8_lossy(body));
    }
    assert!(parse_lenient(b"{").is_err());
}

#[test]
fn deep_nesting_is_refused_and_not_followed() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse_strict(nested(JSON_DEPTH_MAX).as_bytes()).is_ok());
    assert_eq!(parse_lenient(nested(JSON_DEPTH_MAX + 2).as_bytes()), Err(JsonError::TooDeep));
    assert_eq!(parse_strict("[".repeat(1_000_000).as_bytes()), Err(JsonError::TooDeep));
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..80), text in r#"[\[\]{}",:\\u0-9eE.+\-ntfa-d ]{0,60}"#) {
        let _ = (parse_strict(&bytes), parse_lenient(&bytes));
        let ours = parse_strict(text.as_bytes());
        if let Ok(theirs) = serde_json::from_str::<Value>(&text) {
            // serde_json reads long floats only nearly right.
            let exact = !text.contains(['.', 'e', 'E']);
            prop_assert!(ours.is_ok() && (!exact || ours == Ok(theirs)));
        }
    }
}
