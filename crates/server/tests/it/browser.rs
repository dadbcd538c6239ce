//! Journeys through the pages in a real Chromium, against the running binary. What a person does is told in
//! `tests/clients/browser/*.cjs`; each journey also fails on a message in the browser's console (a violation of the
//! content security policy is one) and on any answer 500.

use std::process::Command;

use serde_json::{Value, json};

use crate::support::{
    Place, Server,
    clients::{CHROMIUM_VARIABLE, NODE_VARIABLE, named, script, start},
    world::{OWNER, OWNER_PASSWORD},
};

/// Walks a journey with what it is given besides the surroundings that all journeys get.
#[track_caller]
fn walk(journey: &str, server: &Server, given: &Value) {
    let (Some(modules), Some(chromium)) = (named(NODE_VARIABLE), named(CHROMIUM_VARIABLE)) else { return };
    let mut all = json!({
        "modules": modules, "chromium": chromium, "base": format!("http://{}", server.address),
        "user": OWNER, "password": OWNER_PASSWORD,
    });
    let both = all.as_object_mut().expect("an object");
    both.extend(given.as_object().expect("an object").clone());
    let output = Command::new("node").arg(script("browser").join(journey)).arg(all.to_string()).output();
    let output = output.expect("node runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{journey}: {told}\n{}", server.log());
}

#[test]
fn a_newcomer_gets_from_the_first_start_to_the_first_issue() {
    let place = Place::new();
    let server = place.serve();
    let [user, password, dsn] = ["Sign in", "Password", "DSN"].map(|word| server.printed(word));
    walk("first_start.cjs", &server, &json!({ "user": user, "password": password, "dsn": dsn }));
}

#[test]
fn an_issue_is_found_discussed_assigned_and_resolved() {
    let (_place, server, _made) = start();
    walk("issue.cjs", &server, &json!({}));
}

#[test]
fn an_issue_is_handled_without_scripts() {
    let (_place, server, _made) = start();
    walk("without_scripts.cjs", &server, &json!({}));
}

#[test]
fn an_invited_person_joins() {
    let (_place, server, _made) = start();
    walk("invitation.cjs", &server, &json!({}));
}

#[test]
fn a_token_is_made_shown_once_and_deleted_before_signing_out() {
    let (_place, server, _made) = start();
    walk("token.cjs", &server, &json!({}));
}

#[test]
fn an_internal_app_is_made_given_a_token_changed_and_deleted() {
    let (_place, server, _made) = start();
    walk("internal_app.cjs", &server, &json!({}));
}

#[test]
fn a_public_app_is_installed_and_used_from_an_issue() {
    let (_place, server, made) = start();
    let issue = made.text("/organizations/acme/projects/web/issues/boom/id");
    walk("public_app.cjs", &server, &json!({ "issue": issue }));
}

#[test]
fn a_plugin_is_switched_on_tried_out_seen_at_work_and_switched_off() {
    let (_place, server, made) = start();
    let dsn = made.text("/organizations/acme/projects/web/dsn");
    walk("plugin.cjs", &server, &json!({ "dsn": dsn }));
}

#[test]
fn every_page_fits_a_phone_is_labelled_and_shows_focus() {
    let (_place, server, made) = start();
    let project = |what: &str| made.text(&format!("/organizations/acme/projects/web/{what}"));
    let app = made.text("/organizations/acme/apps/kanban/slug");
    let given = json!({ "issue": project("issues/boom/id"), "dsn": project("dsn"), "app": app });
    walk("every_page.cjs", &server, &given);
}
