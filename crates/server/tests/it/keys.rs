//! Rotation of the sealing keys.

use crate::support::{
    Place,
    world::{Made, world},
};

#[test]
fn keys_rotate_under_a_running_server() {
    let place = Place::new();
    Made::of(&place, &world("http://127.0.0.1:9/webhook"));
    let server = place.serve();
    let rotated = place.run(&["keys", "rotate", "--json"]).json();
    assert_eq!(rotated["key"], 2);
    // The client secret, the grant, the hook, the integration, the identity.
    assert_eq!((&rotated["values"], &rotated["sealed_again"]), (&5.into(), &5.into()));
    assert!(server.log().contains("the sealing keys have changed"), "{}", server.log());
    let pruned = place.run(&["keys", "prune", "--json"]).json();
    assert_eq!(pruned["dropped"], serde_json::json!([1]));
    let findings = place.run(&["check", "--json"]).json();
    let values =
        findings.as_array().unwrap().iter().find(|finding| finding["about"] == "sealed values").unwrap();
    assert_eq!((&values["level"], &values["text"]), (&"ok".into(), &"5 open".into()));
}

#[test]
fn old_keys_are_kept_while_something_lies_under_them() {
    let place = Place::new();
    Made::of(&place, &world("http://127.0.0.1:9/webhook"));
    let keys = place.path("mortise-data/keys");
    let both = place.run(&["keys", "generate"]).ok().trim().replace(',', "\n");
    assert_eq!(both.lines().count(), 2);
    std::fs::write(&keys, both).unwrap();
    let said = place.run(&["keys", "prune"]).failed(1);
    assert!(said.contains("5 values lie under older keys"), "{said}");
    place.run(&["keys", "reseal"]).ok();
    place.run(&["keys", "prune"]).ok();
}

#[test]
fn lost_keys_are_noticed() {
    let place = Place::new();
    Made::of(&place, &world("http://127.0.0.1:9/webhook"));
    std::fs::remove_file(place.path("mortise-data/keys")).unwrap();
    place.run(&["user", "list"]).ok();
    let ran = place.run(&["check"]);
    assert!(ran.stdout.contains("5 of 5 do not open with these keys"), "{}", ran.stdout);
    ran.failed(1);
}

#[test]
fn keys_of_the_environment_are_not_rotated_in_a_file() {
    let place = Place::new();
    let generated = place.run(&["keys", "generate"]).ok();
    let mut command = place.command(&["keys", "rotate"]);
    let output = command.env("MORTISE_SEALING_KEYS", generated.trim()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("mortise keys generate"));
    assert!(!place.path("mortise-data/keys").exists());
}
