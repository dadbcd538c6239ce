//! Schemas of UI components: what is refused, with the sentence that says why, and what is kept.

use mortise_testkit::api_test;
use serde_json::{Value, json};

use crate::components::{Made, alert_action, get, issue_link, schema, text};

const APPS: &str = "/api/0/sentry-apps/";

const S: &str = " for element of type ";

#[rustfmt::skip]
fn bad_links() -> Vec<(Value, String)> {
    let link = |fields: Value| schema(&[issue_link(&fields)]);
    let field = |field: Value| link(json!([field]));
    let of_link = |text: &str| format!("{text}{S}'issue-link'");
    let bad_field = |printed: &str| of_link(&format!("{printed} is not valid under any of the given schemas"));
    let without = |pointer: &str, key: &str| {
        let mut it = issue_link(&json!([text("t")]));
        it.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(key);
        schema(&[it])
    };
    let with = |pointer: &str, key: &str, value: Value| {
        let mut it = issue_link(&json!([text("t")]));
        it.pointer_mut(pointer).unwrap()[key] = value;
        schema(&[it])
    };
    let option = |option: Value| field(json!({"type": "select", "name": "n", "label": "l", "options": [option]}));
    vec![
        (without("", "create"), of_link("'create' is a required property")),
        (without("", "link"), of_link("'link' is a required property")),
        (without("/link", "uri"), of_link("'uri' is a required property")),
        (without("/link", "required_fields"), of_link("'required_fields' is a required property")),
        (link(json!([])), of_link("[] is too short")),
        (link(json!([{"type": "markdown", "text": "x"}])), of_link("{'type': 'markdown', 'text': 'x'} is not valid under any of the given schemas")),
        (link(json!([{"type": "text", "name": "n", "label": "it's", "default": "x"}])), of_link("{'type': 'text', 'name': 'n', 'label': \"it's\", 'default': 'x'} is not valid under any of the given schemas")),
        (link(json!([{"type": "select", "name": "n", "label": "l"}])), of_link("{'type': 'select', 'name': 'n', 'label': 'l'} is not valid under any of the given schemas")),
        (link(json!([{"type": "select", "name": "n", "label": "l", "uri": "/a", "options": [["a", "b"]]}])), of_link("{'type': 'select', 'name': 'n', 'label': 'l', 'uri': '/a', 'options': [['a', 'b']]} is not valid under any of the given schemas")),
        (link(json!([{"type": "select", "name": "n", "label": "l", "uri": "/a", "async": "cat"}])), of_link("{'type': 'select', 'name': 'n', 'label': 'l', 'uri': '/a', 'async': 'cat'} is not valid under any of the given schemas")),
        (option(json!(["a"])), of_link("['a'] is too short")),
        (option(json!(["a", "b", "c"])), of_link("['a', 'b', 'c'] is too long")),
        (option(json!([1, "b"])), of_link("1 is not of type 'string'")),
        (link(json!([{"type": "select", "name": "n", "label": "l", "uri": "/a", "depends_on": [1]}])), of_link("1 is not of type 'string'")),
        (with("/link", "optional_fields", json!([])), of_link("[] is too short")),
        (field(json!({"type": "text", "name": "n"})), bad_field("{'type': 'text', 'name': 'n'}")),
        (field(json!({"type": "select", "label": "l", "uri": "/a"})), bad_field("{'type': 'select', 'label': 'l', 'uri': '/a'}")),
        (field(json!({"type": "select", "name": "n", "label": "l", "uri": "/a", "skip_load_on_open": "x"})), bad_field("{'type': 'select', 'name': 'n', 'label': 'l', 'uri': '/a', 'skip_load_on_open': 'x'}")),
        (field(json!({"type": "select", "name": "n", "label": "l", "uri": "/a", "depends_on": []})), bad_field("{'type': 'select', 'name': 'n', 'label': 'l', 'uri': '/a', 'depends_on': []}")),
        (field(json!({"type": "select", "name": "n", "label": "l", "options": []})), bad_field("{'type': 'select', 'name': 'n', 'label': 'l', 'options': []}")),
    ]
}

#[rustfmt::skip]
fn bad_schemas() -> Vec<(Value, String)> {
    let of_alert = |text: &str| format!("{text}{S}'alert-rule-action'");
    let of_media = |text: &str| format!("{text}{S}'issue-media'");
    let alert = |change: fn(&mut Value)| { let mut it = alert_action(); change(&mut it); schema(&[it]) };
    let media = |item: Value| json!({"elements": [{"type": "issue-media", "title": "t", "elements": [item]}]});
    let long = "d".repeat(141);
    vec![
        (json!({"x": 1}), "'elements' is a required property".into()),
        (json!({"elements": []}), "[] is too short".into()),
        (json!({"elements": null}), "'elements' should be an array of objects".into()),
        (json!([1]), "[1] is not of type 'object'".into()),
        (json!("abc"), "'abc' is not of type 'object'".into()),
        (json!(3), "3 is not of type 'object'".into()),
        (json!({"elements": [5]}), "5 is not valid under any of the given schemas".into()),
        (json!({"elements": [{"uri": "/a"}]}), "Each element needs a 'type' field".into()),
        (json!({"elements": [{"type": "select"}]}), "Element has type 'select'. Type must be one of the following: ['issue-link', 'alert-rule-action', 'issue-media', 'stacktrace-link']".into()),
        (schema(&[alert_action(), alert_action()]), "Multiple elements of type: alert-rule-action".into()),
        (json!({"elements": [{"type": "stacktrace-link"}]}), format!("'uri' is a required property{S}'stacktrace-link'")),
        (json!({"elements": [{"type": "stacktrace-link", "uri": "x"}]}), format!("'x' does not match '^\\\\/'{S}'stacktrace-link'")),
        (json!({"elements": [{"type": "stacktrace-link", "uri": 4}]}), format!("4 is not of type 'string'{S}'stacktrace-link'")),
        (alert(|it| { it.as_object_mut().unwrap().remove("title"); }), of_alert("'title' is a required property")),
        (json!({"elements": [{"type": "alert-rule-action", "title": "X"}]}), "{'type': 'alert-rule-action', 'title': 'X'} is not valid under any of the given schemas".into()),
        (alert(|it| { it["settings"].as_object_mut().unwrap().remove("uri"); }), of_alert("'uri' is a required property")),
        (alert(|it| it["settings"]["type"] = json!("foo")), of_alert("'foo' is not one of ['alert-rule-settings']")),
        (alert(|it| it["settings"]["description"] = json!("d".repeat(141))), of_alert(&format!("'{long}' is too long"))),
        (alert(|it| it["settings"]["description"] = json!("")), of_alert("'' is too short")),
        (alert(|it| it["settings"]["required_fields"][0]["default"] = json!("x")), "Elements of type ['text', 'textarea'] may only have a default value of the following: ['issue.title', 'issue.description'], but x was found.".into()),
        (json!({"elements": [{"type": "issue-media", "elements": [{"type": "header", "text": "h"}]}]}), of_media("'title' is a required property")),
        (json!({"elements": [{"type": "issue-media", "title": "t", "elements": []}]}), of_media("[] is too short")),
        (json!({"elements": [{"type": "issue-media", "title": "t", "elements": [{"type": "image", "url": "ftp://x"}]}]}), of_media("{'type': 'image', 'url': 'ftp://x'} is not valid under any of the given schemas")),
        (json!({"elements": "x"}), "'elements' should be an array of objects".into()),
        (json!({"elements": [null]}), "None is not valid under any of the given schemas".into()),
        (json!({"elements": [true]}), "True is not valid under any of the given schemas".into()),
        (json!({"elements": ["x"]}), "Each element needs a 'type' field".into()),
        (json!({"elements": [{"type": "stacktrace-link", "uri": "https://a/b"}]}), format!("'https://a/b' does not match '^\\\\/'{S}'stacktrace-link'")),
        (json!({"elements": [{"type": "stacktrace-link", "uri": ""}]}), format!("'' does not match '^\\\\/'{S}'stacktrace-link'")),
        (alert(|it| { it["settings"].as_object_mut().unwrap().shift_remove("type"); }), of_alert("'type' is a required property")),
        (alert(|it| { it["settings"].as_object_mut().unwrap().shift_remove("required_fields"); }), of_alert("'required_fields' is a required property")),
        (media(json!({"type": "text", "name": "n", "label": "l"})), of_media("{'type': 'text', 'name': 'n', 'label': 'l'} is not valid under any of the given schemas")),
        (media(json!({"type": "header"})), of_media("{'type': 'header'} is not valid under any of the given schemas")),
    ]
}

api_test!(a_bad_schema_is_refused_with_the_sentence_that_says_most, |app| async move {
    let world = app.world().await;
    let made = Made::new(&app, &world, "Board", "https://b.acme.test/hook", json!({})).await;
    for (schema, sentence) in bad_schemas().into_iter().chain(bad_links()) {
        let answer = made.put_schema(&app, &world, &schema).await.expect(400).json();
        assert_eq!(answer, json!({ "schema": [sentence] }), "{schema}");
    }
    let unchanged = get(&app, &world.owner_token, &format!("{APPS}{}/", made.slug)).await;
    assert_eq!(unchanged["schema"], json!({}));
});

/// Everything that a schema may hold, with keys that mean nothing here.
fn whole_schema() -> Value {
    let select = json!({"type": "select", "name": "s", "label": "S", "options": [["a", "A"], ["b", 2], ["c", 2.5]],
        "async": false, "skip_load_on_open": true, "depends_on": ["t"], "more": {"x": [null]}});
    let area = json!({"type": "textarea", "name": "d", "label": "D", "default": "issue.description"});
    let title = json!({"type": "text", "name": "t", "label": "T", "default": "issue.title"});
    let mut link = issue_link(&json!([title, area, select]));
    link["create"]["optional_fields"] = json!([select]);
    link["more"] = json!("x");
    let mut alert = alert_action();
    alert["settings"]["description"] = json!("d".repeat(140));
    let media = json!({"type": "issue-media", "title": "M", "elements": [
        {"type": "header", "text": "H"}, {"type": "markdown", "text": "**M**"},
        {"type": "image", "url": "/picture.png", "alt": "A"}, {"type": "video", "url": "https://a.test/v"}]});
    let stack = json!({"type": "stacktrace-link", "uri": "/frame", "more": 1});
    json!({"elements": [link, alert, media, stack], "more": true})
}

api_test!(a_good_schema_is_kept_as_it_was_sent, |app| async move {
    let world = app.world().await;
    let made = Made::new(&app, &world, "Board", "https://b.acme.test/hook", json!({})).await;
    let mut shortest = alert_action();
    shortest["settings"]["description"] = json!("d");
    for sent in [whole_schema(), schema(&[shortest])] {
        let kept = made.put_schema(&app, &world, &sent).await.expect(200).json()["schema"].clone();
        assert_eq!(kept.to_string(), sent.to_string());
        let components = get(&app, &world.owner_token, &format!("{APPS}{}/components/", made.slug)).await;
        let schemas: Vec<_> = components.as_array().unwrap().iter().map(|it| it["schema"].clone()).collect();
        assert_eq!(json!(schemas), sent["elements"]);
    }
    for nothing in [json!({}), json!("")] {
        let kept = made.put_schema(&app, &world, &nothing).await.expect(200).json()["schema"].clone();
        assert_eq!(kept, json!({}));
    }
});
