//! What is wrong with the fields of an app, one by one: whole bodies of the answers.

use mortise_testkit::api_test;
use serde_json::{Value, json};

use crate::sentry_apps::{APPS, create, internal, post, public, put};

const STRING: &str = "Not a valid string.";
const BLANK: &str = "This field may not be blank.";
const NULL: &str = "This field may not be null.";
const BOOLEAN: &str = "Must be a valid boolean.";
const INTEGER: &str = "A valid integer is required.";
const URL: &str = "Enter a valid URL.";
const SCHEME: &str = "URL must start with http[s]://";

fn no_list(kind: &str) -> String {
    format!("Expected a list of items but got type \"{kind}\".")
}

fn too_long(max: usize) -> String {
    format!("Ensure this field has no more than {max} characters.")
}

/// A URL of so many characters.
fn url_of(length: usize) -> String {
    let start = "https://b.test/";
    format!("{start}{}", "x".repeat(length - start.len()))
}

/// A field, a value that is wrong, and the text of the answer.
type Case = (&'static str, Value, String);

/// Fields that creating and changing judge alike.
fn wrong() -> Vec<Case> {
    [wrong_values(), wrong_scopes(), wrong_lists()].concat()
}

/// Adds values of a field that have the same text.
fn add(cases: &mut Vec<Case>, key: &'static str, values: &[Value], text: &str) {
    cases.extend(values.iter().map(|value| (key, value.clone(), text.to_owned())));
}

fn wrong_values() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |key, values: &[Value], text: &str| add(&mut cases, key, values, text);
    for key in ["name", "author", "overview"] {
        add(key, &[json!(true), json!([]), json!({})], STRING);
        add(key, &[json!(""), json!(" \t ")], BLANK);
        add(key, &[json!("a\0b")], "Null characters are not allowed.");
    }
    add("name", &[json!(null)], NULL);
    add("name", &[json!("x".repeat(58))], "Cannot exceed 57 characters");
    for key in ["webhookUrl", "redirectUrl"] {
        add(
            key,
            &[json!("example.com"), json!("ftp://b.test/"), json!("HTTP://b.test"), json!(" https://b.test")],
            SCHEME,
        );
        let bad = [
            "http",
            "httpx://b.test",
            "https://single",
            "https://b.test/a b",
            "https://b.test/hook ",
            "https://",
        ];
        add(key, &bad.map(Value::from), URL);
        add(key, &[json!(5), json!(0), json!(true), json!(false), json!([]), json!({})], URL);
    }
    add("webhookUrl", &[json!(url_of(513))], &too_long(512));
    add("redirectUrl", &[json!(url_of(201))], &too_long(200));
    for key in ["isAlertable", "verifyInstall"] {
        add(key, &[json!(null)], NULL);
        add(key, &[json!("maybe"), json!(""), json!(" true"), json!(2), json!([]), json!({})], BOOLEAN);
    }
    cases
}

fn wrong_scopes() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |key, values: &[Value], text: &str| add(&mut cases, key, values, text);
    add("scopes", &[json!("not:a")], "n not a valid scope");
    add("scopes", &[json!({ "x:y": 1 })], "x:y not a valid scope");
    add("scopes", &[json!(["event:read", "alerts:read", "nope"])], "alerts:read not a valid scope");
    for scope in ["alerts:write", "org:ci", "openid", "profile", "email", "Event:read", ""] {
        add("scopes", &[json!([scope])], &format!("{scope} not a valid scope"));
    }
    for (item, text) in [
        (json!(1), "1"),
        (json!(1.5), "1.5"),
        (json!(true), "True"),
        (json!(null), "None"),
        (json!(["a", 1]), "['a', 1]"),
        (json!({ "a": null }), "{'a': None}"),
    ] {
        add("scopes", &[json!([item])], &format!("{text} not a valid scope"));
    }
    cases
}

fn wrong_lists() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |key, values: &[Value], text: &str| add(&mut cases, key, values, text);
    for key in ["scopes", "events"] {
        for (value, kind) in
            [(json!(5), "int"), (json!(0), "int"), (json!(1.5), "float"), (json!(false), "bool")]
        {
            add(key, &[value], &no_list(kind));
        }
    }
    add("events", &[json!("issue")], "Invalid event subscription: i, s, u, e");
    add("events", &[json!(["issue", "x", "issue.x", "x"])], "Invalid event subscription: x, issue.x");
    add("events", &[json!([1])], "Invalid event subscription: 1");
    add("events", &[json!({ "project": 1 })], "Invalid event subscription: project");
    add("schema", &[json!("abc")], "'abc' is not of type 'object'");
    add("schema", &[json!([])], "[] is not of type 'object'");
    add("allowedOrigins", &[json!(null), json!([null])], NULL);
    for (value, kind) in
        [(json!("a.test"), "str"), (json!({}), "dict"), (json!(5), "int"), (json!(true), "bool")]
    {
        add("allowedOrigins", &[value], &no_list(kind));
    }
    add("allowedOrigins", &[json!([""])], BLANK);
    add("allowedOrigins", &[json!([true]), json!([[]])], STRING);
    add("allowedOrigins", &[json!(["a.test", "x".repeat(256), ""])], &too_long(255));
    add("allowedOrigins", &[json!(["a.test", "*.b.test"]), json!(["*"])], "'*' not allowed in origin");
    add("webhookHeaders", &[json!("X: y")], &no_list("str"));
    add("webhookHeaders", &[json!([format!("X: {}", "y".repeat(1022))])], &too_long(1024));
    let header = "Each header must be written as \"Header-Name: value\".";
    add("webhookHeaders", &[json!(["nothing"]), json!([": x"]), json!(["X: a\r\nY: b"])], header);
    cases
}

api_test!(each_wrong_field_of_a_new_app_has_its_text, |app| async move {
    let world = app.world().await;
    let mut cases = wrong();
    cases.push(("isInternal", Value::Null, NULL.to_owned()));
    cases.push(("isInternal", json!("maybe"), BOOLEAN.to_owned()));
    for (key, value, text) in cases {
        let mut body = public();
        body[key] = value.clone();
        let answer = post(&app, &world, &body).await;
        assert_eq!(
            (answer.status, answer.text()),
            (400, json!({ key: [text] }).to_string()),
            "{key}: {value}"
        );
    }
    for key in ["name", "isAlertable", "isInternal", "verifyInstall"] {
        let mut body = public();
        body.as_object_mut().unwrap().remove(key);
        assert_eq!(post(&app, &world, &body).await.expect(400).json(), json!({ key: [NULL] }));
    }
});

api_test!(each_wrong_field_of_a_change_has_its_text, |app| async move {
    let world = app.world().await;
    let slug = create(&app, &world, &public()).await;
    let path = format!("{APPS}{slug}/");
    let before = app.get(&path).bearer(&world.owner_token).send().await.expect(200).text();
    let mut cases = wrong();
    let mut add = |key, value: Value, text: &str| cases.push((key, value, text.to_owned()));
    add("status", json!(""), BLANK);
    add("status", json!([]), STRING);
    add("features", json!("1"), &no_list("str"));
    add("features", json!(5), &no_list("int"));
    for (item, text) in [
        (json!(99), "99"),
        (json!(10), "10"),
        (json!("01"), "01"),
        (json!(true), "True"),
        (json!(null), "None"),
        (json!(1.0), "1.0"),
    ] {
        add("features", json!([0, item]), &format!("\"{text}\" is not a valid choice."));
    }
    add("features", json!({ "x": 1 }), "\"x\" is not a valid choice.");
    // What only superusers change is judged for everybody.
    add("popularity", json!("x"), INTEGER);
    add("popularity", json!(32_768), "Ensure this value is less than or equal to 32767.");
    for (key, value, text) in cases {
        let good = if key == "name" { "author" } else { "name" };
        let answer =
            put(&app, &world.owner_token, &slug, json!({ good: "Changed", key: value.clone() })).await;
        assert_eq!(
            (answer.status, answer.text()),
            (400, json!({ key: [text] }).to_string()),
            "{key}: {value}"
        );
    }
    let after = app.get(&path).bearer(&world.owner_token).send().await.expect(200).text();
    assert_eq!(after, before, "nothing was changed");
});

api_test!(errors_are_listed_in_the_order_of_the_fields, |app| async move {
    let world = app.world().await;
    let body = json!({
        "organization": "acme", "webhookHeaders": 1, "allowedOrigins": 1, "verifyInstall": "x", "overview": "",
        "isAlertable": "x", "isInternal": "x", "redirectUrl": "x", "webhookUrl": "x", "schema": 1, "features": 1,
        "events": 1, "status": "", "scopes": 1, "author": "", "name": "",
    });
    let keys = |answer: Value| answer.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let created = post(&app, &world, &body).await.expect(400).json();
    assert_eq!(
        keys(created),
        [
            "name",
            "author",
            "scopes",
            "events",
            "schema",
            "webhookUrl",
            "redirectUrl",
            "isInternal",
            "isAlertable",
            "overview",
            "verifyInstall",
            "allowedOrigins",
            "webhookHeaders"
        ]
    );
    let slug = create(&app, &world, &public()).await;
    let mut change = body;
    change["popularity"] = "x".into();
    let changed = put(&app, &world.owner_token, &slug, change).await.expect(400).json();
    assert_eq!(
        keys(changed),
        [
            "name",
            "author",
            "scopes",
            "status",
            "events",
            "features",
            "schema",
            "webhookUrl",
            "redirectUrl",
            "isAlertable",
            "overview",
            "verifyInstall",
            "allowedOrigins",
            "webhookHeaders",
            "popularity"
        ]
    );
});

api_test!(what_can_be_read_another_way_is_taken, |app| async move {
    let world = app.world().await;
    let body = json!({
        "organization": "acme", "name": 12, "author": 7, "overview": 1.5, "isInternal": "off", "isAlertable": "yes",
        "verifyInstall": 0, "scopes": null, "events": null, "schema": null, "webhookUrl": "https://b.test/",
        "redirectUrl": "", "allowedOrigins": [8080, " b.test "], "webhookHeaders": null, "popularity": 9,
        "status": "published", "features": "nonsense", "unknown": 1,
    });
    let made = post(&app, &world, &body).await.expect(201).json();
    let slug = made["slug"].as_str().unwrap();
    assert!(slug.starts_with("12-"), "{slug}");
    // The answer says it as it was said; it is kept as text.
    assert_eq!((&made["name"], &made["author"], &made["overview"]), (&json!(12), &json!(7), &json!(1.5)));
    let seen = app.get(format!("{APPS}{slug}/")).bearer(&world.owner_token).send().await.expect(200).json();
    let expected = json!({
        "name": "12", "author": "7", "overview": "1.5", "isAlertable": true, "verifyInstall": false, "scopes": [],
        "events": [], "schema": {}, "redirectUrl": "", "allowedOrigins": ["8080", "b.test"], "popularity": 1,
        "status": "unpublished",
    });
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&seen[key], value, "{key}");
    }
    let more =
        json!({ "name": " 13 ", "author": 8, "features": { "1": 0 }, "isAlertable": "0", "status": 5 });
    let seen = put(&app, &world.owner_token, slug, more).await.expect(200).json();
    assert_eq!(
        (&seen["name"], &seen["author"], &seen["isAlertable"]),
        (&json!("13"), &json!("8"), &json!(false))
    );
    assert_eq!(seen["featureData"][0]["featureId"], 1);

    // Blanks around a name stay when an app is made, and go when it is changed.
    let mut blank = internal();
    blank["name"] = "  Wide  ".into();
    let made = post(&app, &world, &blank).await.expect(201).json();
    assert_eq!(made["name"], "  Wide  ");
});

api_test!(a_change_is_a_json_object, |app| async move {
    let world = app.world().await;
    let slug = create(&app, &world, &public()).await;
    let path = format!("{APPS}{slug}/");
    let invalid = json!({ "detail": "Invalid request" });
    for body in [json!([]), json!(null), json!("x"), json!(5)] {
        assert_eq!(put(&app, &world.owner_token, &slug, body).await.expect(400).json(), invalid);
    }
    for (content_type, body) in [
        ("text/plain", "{\"name\": \"N\"}"),
        ("application/x-www-form-urlencoded", "name=N"),
        ("application/json", "{\"name\": "),
        ("application/json", ""),
        ("", ""),
    ] {
        let sent = app.put(&path).bearer(&world.owner_token).header("content-type", content_type).body(body);
        assert_eq!(sent.send().await.expect(400).json(), invalid, "{content_type}: {body}");
    }
    put(&app, &world.owner_token, &slug, json!({})).await.expect(200);
    // Who may not change it is not told what is wrong with the body.
    put(&app, &world.stranger_token, &slug, json!([])).await.expect(404);
    put(&app, &world.member_token, &slug, json!([])).await.expect(403);
});

api_test!(a_method_that_no_app_has_is_refused, |app| async move {
    let world = app.world().await;
    let slug = create(&app, &world, &internal()).await;
    for (method, path, allow) in [
        ("DELETE", APPS.to_owned(), "GET, POST, HEAD, OPTIONS"),
        ("PATCH", format!("{APPS}{slug}/"), "GET, PUT, DELETE, HEAD, OPTIONS"),
        ("POST", format!("{APPS}{slug}/"), "GET, PUT, DELETE, HEAD, OPTIONS"),
        ("POST", format!("{APPS}{slug}/features/"), "GET, HEAD, OPTIONS"),
        ("PUT", format!("{APPS}{slug}/components/"), "GET, HEAD, OPTIONS"),
        ("DELETE", format!("{APPS}{slug}/avatar/"), "GET, PUT, HEAD, OPTIONS"),
        ("DELETE", format!("{APPS}{slug}/api-tokens/"), "GET, POST, HEAD, OPTIONS"),
        ("GET", format!("{APPS}{slug}/api-tokens/1/"), "DELETE, OPTIONS"),
        ("GET", format!("{APPS}{slug}/rotate-secret/"), "POST, OPTIONS"),
        ("POST", format!("{APPS}{slug}/stats/"), "GET, HEAD, OPTIONS"),
        ("GET", format!("{APPS}{slug}/publish-request/"), "POST, OPTIONS"),
        ("POST", format!("{APPS}{slug}/requests/"), "GET, HEAD, OPTIONS"),
        ("PUT", format!("{APPS}{slug}/interaction/"), "GET, POST, HEAD, OPTIONS"),
        ("POST", "/api/0/organizations/acme/sentry-apps/".to_owned(), "GET, HEAD, OPTIONS"),
        ("PUT", "/api/0/integration-features/".to_owned(), "GET, HEAD, OPTIONS"),
    ] {
        let request = app.request(method.parse().unwrap(), &path).session(&world.owner_session);
        let answer = request.send().await.expect(405);
        assert_eq!(answer.json(), json!({ "detail": format!("Method \"{method}\" not allowed.") }), "{path}");
        assert_eq!(answer.header("allow"), allow, "{path}");
    }
    let path = format!("{APPS}{slug}/nothing/");
    let unknown = app.get(&path).session(&world.owner_session).send().await.expect(404);
    assert_eq!(unknown.text(), "");
});
