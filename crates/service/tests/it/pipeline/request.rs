use serde_json::{Value, json};

use super::{event, notes};

fn request(sent: &Value) -> Value {
    event(json!({"request": sent})).data["request"].clone()
}

#[test]
fn the_query_and_the_fragment_leave_the_url() {
    let found = request(&json!({"url": "https://shop.test/a?x=1&y=a%20b&x=2#top", "method": "get"}));
    let expected = json!({
        "url": "https://shop.test/a", "method": "GET", "query_string": [["x", "1"], ["y", "a b"], ["x", "2"]],
        "fragment": "top",
    });
    assert_eq!(found, expected);
}

#[test]
fn queries_come_as_text_lists_and_objects() {
    for sent in [json!("?a=1&b=2"), json!([["a", "1"], ["b", 2]]), json!({"a": ["1"], "b": 2})] {
        let found = request(&json!({"query_string": sent}));
        assert_eq!(found, json!({"query_string": [["a", "1"], ["b", "2"]]}), "{sent}");
    }
}

#[test]
fn headers_are_pairs_in_their_usual_spelling_by_name() {
    for headers in [
        json!({"x-b": "2", "ACCEPT": ["a", "b"], "cookie": "s=1; t=2"}),
        json!([["X-B", "2"], ["accept", "a,b"], ["Cookie", "s=1; t=2"]]),
    ] {
        let found = request(&json!({"headers": headers}));
        let expected =
            json!({"headers": [["Accept", "a,b"], ["X-B", "2"]], "cookies": [["s", "1"], ["t", "2"]]});
        assert_eq!(found, expected);
    }
}

#[test]
fn cookies_of_their_own_win_over_the_header() {
    let found = request(&json!({"headers": {"Cookie": "s=1"}, "cookies": {"u": "9"}}));
    assert_eq!(found, json!({"cookies": [["u", "9"]]}));
}

#[test]
fn bodies_that_are_json_or_forms_are_read() {
    let form = json!([["content-type", "application/x-www-form-urlencoded; charset=utf-8"]]);
    for (sent, headers, data, inferred) in [
        (
            json!("{\"a\": 1, \"password\": \"x\"}"),
            json!([]),
            json!({"a": 1, "password": "[Filtered]"}),
            "application/json",
        ),
        (
            json!("a=1&a=2&token=x"),
            form,
            json!({"a": ["1", "2"], "token": "[Filtered]"}),
            "application/x-www-form-urlencoded",
        ),
        (json!("a=1&b=2"), json!([]), json!({"a": "1", "b": "2"}), "application/x-www-form-urlencoded"),
        (json!("plain words = not a form"), json!([]), json!("plain words = not a form"), ""),
        (json!("{broken"), json!([]), json!("{broken"), ""),
        (json!({"a": 1}), json!([]), json!({"a": 1}), ""),
    ] {
        let found = request(&json!({"data": sent, "headers": headers}));
        assert_eq!(found["data"], data);
        assert_eq!(found["inferred_content_type"].as_str().unwrap_or_default(), inferred, "{sent}");
    }
}

#[test]
fn a_request_that_is_no_object_is_dropped() {
    let event = event(json!({"request": "GET /"}));
    assert_eq!(event.data.get("request"), None);
    assert_eq!(notes(&event), ["invalid_data request"]);
}
