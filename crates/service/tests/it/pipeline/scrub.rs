use mortise_service::pipeline::{Scrubber, normalize};
use serde_json::{Value, json};

use super::{event, intake};

const HIDDEN: &str = "[Filtered]";

#[test]
fn values_of_keys_that_look_like_credentials_are_hidden() {
    for (key, hidden) in [
        ("password", true),
        ("dbPassword", true),
        ("secret_key", true),
        ("passwd", true),
        ("api_key", true),
        ("APIKEY", true),
        ("auth", true),
        ("Authorization", true),
        ("oauth_state", true),
        ("http_auth", true),
        ("credentials", true),
        ("mysql_pwd", true),
        ("privatekey", true),
        ("private_key", true),
        ("token", true),
        ("bearer", true),
        ("author", false),
        ("authors", false),
        ("name", false),
        ("key", false),
    ] {
        let found = &event(json!({"extra": {"list": [{key: {"nested": 1}}]}})).data["extra"]["list"][0][key];
        assert_eq!(found == HIDDEN, hidden, "{key}: {found}");
    }
}

#[test]
fn every_part_of_the_event_is_covered() {
    let event = event(json!({
        "tags": {"token": "t"},
        "request": {"headers": {"Authorization": "x"}, "cookies": {"token": "x"}, "query_string": "token=x", "env": {"SECRET": 1}},
        "breadcrumbs": [{"message": "m", "data": {"token": 1}}],
        "contexts": {"c": {"token": 1}},
        "exception": {"type": "E", "stacktrace": {"frames": [{"function": "f", "vars": {"password": "x"}}]}},
    }));
    for pointer in [
        "/tags/0/1",
        "/request/headers/0/1",
        "/request/cookies/0/1",
        "/request/query_string/0/1",
        "/request/env/SECRET",
        "/breadcrumbs/values/0/data/token",
        "/contexts/c/token",
        "/exception/values/0/stacktrace/frames/0/vars/password",
    ] {
        assert_eq!(event.data.pointer(pointer), Some(&Value::from(HIDDEN)), "{pointer}");
    }
}

#[test]
fn projects_name_more_fields_and_except_others() {
    let (more, except) = (["Iban".to_owned()], ["csrf_token".to_owned()]);
    let scrubber = Scrubber::credentials().and_fields(&more).except_fields(&except);
    let raw = json!({"extra": {"my_iban": 1, "CSRF_TOKEN": 2, "token": 3, "password": null}});
    let expected = json!({"my_iban": HIDDEN, "CSRF_TOKEN": 2, "token": HIDDEN, "password": null});
    assert_eq!(normalize(raw.clone(), &intake(&scrubber)).data["extra"], expected);
    assert_eq!(normalize(raw.clone(), &intake(&Scrubber::off())).data["extra"], raw["extra"]);
}
