use mortise_service::pipeline::{Scrubber, normalize};
use serde_json::{Value, json};

use super::{event, intake, notes};

#[test]
fn the_user_tag_is_the_first_identity_present() {
    for (user, expected) in [
        (json!({"id": 7, "email": "a@b.c"}), Some("id:7")),
        (json!({"email": "a@b.c", "username": "ann"}), Some("email:a@b.c")),
        (json!({"username": "ann", "ip_address": "10.0.0.1"}), Some("username:ann")),
        (json!({"ip_address": "10.0.0.1"}), Some("ip:10.0.0.1")),
        (json!({"name": "Ann"}), None),
        (json!({}), None),
        (json!("ann"), None),
    ] {
        assert_eq!(event(json!({"user": user})).user_tag.as_deref(), expected, "{user}");
    }
}

#[test]
fn auto_addresses_become_the_senders() {
    let event = event(json!({"user": {"ip_address": "{{auto}}"}}));
    assert_eq!(event.data["user"]["ip_address"], "203.0.113.9");
    let inferred = json!({"sdk": {"name": "x", "settings": {"infer_ip": "auto"}}});
    assert_eq!(super::event(inferred).data["user"], json!({"ip_address": "203.0.113.9"}));
}

#[test]
fn addresses_are_kept_only_when_they_are_some() {
    let bad = event(json!({"user": {"ip_address": "localhost"}}));
    assert_eq!(bad.data.get("user"), None);
    assert_eq!(notes(&bad), ["invalid_data user.ip_address"]);
    let scrubber = Scrubber::off().and_addresses();
    let hidden = normalize(json!({"user": {"id": 1, "ip_address": "{{auto}}"}}), &intake(&scrubber));
    assert_eq!(hidden.data["user"], json!({"id": "1"}));
}

#[test]
fn keys_of_the_senders_own_go_into_data() {
    let event = event(
        json!({"user": {"id": 1, "plan": "gold", "data": {"seats": 3}, "empty": null, "password": "x"}}),
    );
    let expected = json!({"id": "1", "data": {"seats": 3, "plan": "gold", "password": "[Filtered]"}});
    assert_eq!(event.data["user"], expected);
    assert_eq!(super::event(json!({"user": Value::Null})).data.get("user"), None);
}
