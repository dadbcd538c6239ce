use mortise_wire::fields::{Body, Fields, is_email, is_url};
use serde_json::{Value, json};

fn form(pairs: &[(&str, &str)]) -> Body {
    Body::Form(pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect())
}

/// What `read` finds wrong with `field` being `value`.
fn errors(value: impl Into<Value>, read: impl Fn(&mut Fields)) -> Value {
    let mut fields = Fields::new(&Body::Json(json!({ "f": value.into() })));
    read(&mut fields);
    fields.finish().err().map_or(Value::Null, |errors| Value::from(errors)["f"].clone())
}

#[test]
fn endings_tell_absent_from_null() {
    let mut fields = Fields::new(&Body::Json(json!({ "null": null, "text": "x" })));
    assert_eq!(fields.string("absent").nullable(), None);
    assert_eq!(fields.string("null").nullable(), Some(None));
    assert_eq!(fields.string("text").nullable(), Some(Some("x".to_owned())));
    assert_eq!(fields.string("absent").or("d".to_owned()), "d");
    assert_eq!(fields.string("null").required_nullable(), None);
    assert!(fields.is_valid());
    fields.string("absent").required();
    fields.string("null").optional();
    assert_eq!(
        Value::from(fields.finish().unwrap_err()),
        json!({ "absent": ["This field is required."], "null": ["This field may not be null."] })
    );
}

#[test]
fn texts_are_trimmed_and_bounded() {
    let read = |fields: &mut Fields| drop(fields.string("f").max(3).required());
    assert_eq!(errors(json!(" abc "), read), json!(null));
    assert_eq!(errors(json!(12), read), json!(null));
    assert_eq!(errors(json!("äöüß"), read), json!(["Ensure this field has no more than 3 characters."]));
    assert_eq!(errors(json!("  "), read), json!(["This field may not be blank."]));
    assert_eq!(errors(json!("a\0b"), read), json!(["Null characters are not allowed."]));
    for value in [json!(true), json!([]), json!({})] {
        assert_eq!(errors(value, read), json!(["Not a valid string."]));
    }
    let blank = |fields: &mut Fields| assert_eq!(fields.string("f").allow_blank().required(), "");
    assert_eq!(errors(json!(" "), blank), json!(null));
}

#[test]
fn integers_may_be_texts_and_have_bounds() {
    let read = |fields: &mut Fields| {
        fields.int("f").min(5).max(43_200).required();
    };
    for value in [json!(30), json!("30"), json!(30.0), json!(" 30.00 ")] {
        assert_eq!(errors(value, read), json!(null));
    }
    for value in [json!("x"), json!(""), json!(30.5), json!(true), json!([1]), json!("1.5")] {
        assert_eq!(errors(value, read), json!(["A valid integer is required."]));
    }
    assert_eq!(errors(json!(4), read), json!(["Ensure this value is greater than or equal to 5."]));
    assert_eq!(errors(json!(u64::MAX), read), json!(["Ensure this value is less than or equal to 43200."]));
}

#[test]
fn booleans_have_many_spellings() {
    for (value, expected) in
        [(json!("on"), true), (json!("TRUE"), true), (json!(1), true), (json!("0"), false)]
    {
        let mut fields = Fields::new(&Body::Json(json!({ "f": value })));
        assert_eq!(fields.bool("f").required(), expected);
    }
    let read = |fields: &mut Fields| {
        fields.bool("f").required();
    };
    assert_eq!(errors(json!("maybe"), read), json!(["Must be a valid boolean."]));
    assert_eq!(errors(json!(2), read), json!(["Must be a valid boolean."]));
}

#[test]
fn choices_lists_objects_and_times_have_their_texts() {
    let choice = |fields: &mut Fields| drop(fields.choice("f", &["a", "b"]).required());
    assert_eq!(errors(json!("a"), choice), json!(null));
    assert_eq!(errors(json!("x"), choice), json!(["\"x\" is not a valid choice."]));
    assert_eq!(errors(json!(5), choice), json!(["\"5\" is not a valid choice."]));
    assert_eq!(errors(json!(["a", true]), choice), json!(["\"['a', True]\" is not a valid choice."]));
    let list = |fields: &mut Fields| drop(fields.strings("f").max(2).required());
    assert_eq!(errors(json!(["a", 1]), list), json!(null));
    assert_eq!(errors(json!("a"), list), json!(["Expected a list of items but got type \"str\"."]));
    assert_eq!(errors(json!({}), list), json!(["Expected a list of items but got type \"dict\"."]));
    assert_eq!(errors(json!(["a", "", "abc"]), list), json!(["This field may not be blank."]));
    assert_eq!(errors(json!([null]), list), json!(["This field may not be null."]));
    let object = |fields: &mut Fields| drop(fields.object("f").required());
    assert_eq!(errors(json!("x"), object), json!(["Invalid data. Expected a dictionary, but got str."]));
    let time = |fields: &mut Fields| {
        fields.time("f").optional();
    };
    assert_eq!(errors(json!("2024-08-12T14:55:09.123456789Z"), time), json!(null));
    assert!(errors(json!("soon"), time)[0].as_str().unwrap().starts_with("Datetime has wrong format."));
}

#[test]
fn urls_and_addresses_say_everything_that_is_wrong() {
    let url = |fields: &mut Fields| drop(fields.url("f").max(8).required());
    let email = |fields: &mut Fields| drop(fields.email("f").required());
    let (no_url, no_email) = ("Enter a valid URL.", "Enter a valid email address.");
    for value in [json!([]), json!({}), json!(true), json!(5), json!("x")] {
        assert_eq!(errors(value.clone(), url), json!([no_url]), "{value}");
        assert_eq!(errors(value.clone(), email), json!([no_email]), "{value}");
    }
    let long = "Ensure this field has no more than 8 characters.";
    assert_eq!(errors(json!("no address"), url), json!([long, no_url]));
    assert_eq!(errors(json!("https://a.example"), url), json!([long]));
    assert_eq!(errors(json!("a\0b"), email), json!(["Null characters are not allowed.", no_email]));
    assert_eq!(errors(json!(" "), url), json!(["This field may not be blank."]));
}

#[test]
fn nested_objects_report_under_their_name() {
    let mut fields = Fields::new(&Body::Json(json!({ "rateLimit": { "window": "x" } })));
    let limit = fields.object("rateLimit").optional().unwrap();
    let mut limit = Fields::of_map(limit);
    limit.int("window").required();
    limit.int("count").required();
    fields.nest("rateLimit", limit);
    assert_eq!(
        Value::from(fields.finish().unwrap_err()),
        json!({"rateLimit": {"window": ["A valid integer is required."], "count": ["This field is required."]}})
    );
}

#[test]
fn checks_of_the_caller_convert_or_refuse() {
    let double = |fields: &mut Fields| {
        let even = |n: i64| if n % 2 == 0 { Ok(n * 2) } else { Err("Odd.".to_owned()) };
        fields.int("f").and_then(even).required();
    };
    assert_eq!(errors(json!(3), double), json!(["Odd."]));
    assert_eq!(errors(json!(4), double), json!(null));
    assert_eq!(errors(json!("x"), double), json!(["A valid integer is required."]));
}

#[test]
fn a_body_that_is_no_object_gets_one_error() {
    let mut fields = Fields::new(&Body::Json(json!([1])));
    fields.string("name").required();
    assert_eq!(
        Value::from(fields.finish().unwrap_err()),
        json!({"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]})
    );
}

#[test]
fn forms_are_read_with_the_same_fields() {
    let body =
        form(&[("name", "a b"), ("n", "7"), ("list", "x"), ("many", "1"), ("many", "2"), ("name", "last")]);
    let mut fields = Fields::new(&body);
    assert_eq!(fields.string("name").required(), "last");
    assert_eq!(fields.int("n").required(), 7);
    assert_eq!(fields.strings("list").required(), ["x"]);
    assert_eq!(fields.strings("many").required(), ["1", "2"]);
    assert_eq!(fields.int("absent").optional(), None);
    assert!(fields.finish().is_ok());
    assert_eq!(Fields::new(&form(&[("n", "")])).int("n").nullable(), Some(None));
    let blank = form(&[("n", ""), ("s", ""), ("b", "")]);
    let mut fields = Fields::new(&blank);
    assert_eq!((fields.int("n").optional(), fields.string("s").optional()), (None, None));
    assert_eq!(fields.string("s").allow_blank().optional().as_deref(), Some(""));
    assert!(fields.bool("b").or(true));
    assert!(fields.is_valid());
    fields.int("n").required();
    fields.string("s").required();
    assert_eq!(
        Value::from(fields.finish().unwrap_err()),
        json!({ "n": ["A valid integer is required."], "s": ["This field may not be blank."] })
    );
}

#[test]
fn urls_and_addresses_are_checked_by_shape() {
    for url in [
        "https://acme.example/x?y=1",
        "http://localhost:8000",
        "http://127.0.0.1/",
        "http://[::1]:80/",
        "HTTPS://A.Example",
        "https://ann:secret%40@a.example:8443/x%20y?z",
        "ftps://LOCALHOST/",
        "ftps://127.0.0.1/",
    ] {
        assert!(is_url(url), "{url}");
    }
    for url in [
        "acme.example",
        "http://",
        "http://intranet/",
        "javascript:alert(1)",
        "http://a.b/ c",
        "http://-a.example",
        "http:///x",
        "http://@a.example/",
        "http://:secret@a.example/",
        "http:///a.example",
        "http://a.example\\x",
        "http://%61.example",
        "http://127.1/",
        "http://0x7f.0.0.1/",
        "http://1/",
        "http://a.example:/",
        "http://a.example:x/",
        "http://a.example:123456/",
    ] {
        assert!(!is_url(url), "{url}");
    }
    assert!(is_email("ann.lee+x@m.test") && is_email("a@localhost"));
    for address in ["", "ann", "@m.test", "a b@m.test", "a@m", "a..b@m.test", "a@m.t"] {
        assert!(!is_email(address), "{address}");
    }
}
