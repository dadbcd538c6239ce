//! Journeys through the pages in a real Chromium, against the running binary. What a person does is told in
//! `tests/clients/browser/*.cjs`; each journey also fails on a message in the browser's console (a violation of the
//! content security policy is one) and on any answer 500.

use std::process::Command;

use serde_json::{Value, json};

use crate::support::{
    Place, Server,
    clients::{CHROMIUM_VARIABLE, NODE_VARIABLE, named, script, start, start_with},
    world::{OWNER, OWNER_PASSWORD, world},
};

/// Nobody listens there.
const NOBODY: &str = "http://127.0.0.1:9/webhook";
/// Somebody who runs the server; the password is that of the owner.
const OPERATOR: &str = "operator@acme.test";

/// What offers the example provider.
const EXAMPLE: &[&str] = &["--integrations-example", "true"];

/// An installation of the example provider.
fn shelf() -> Value {
    json!({ "key": "shelf", "provider": "example", "name": "shelf" })
}

/// A world with somebody who runs the server.
fn operated() -> Value {
    let mut world = world(NOBODY);
    let operator = json!({
        "email": OPERATOR, "name": "Otto Operator", "password": OWNER_PASSWORD, "superuser": true,
    });
    push(&mut world["users"], operator);
    push(&mut world["organizations"][0]["members"], json!({ "email": OPERATOR, "role": "member" }));
    world
}

fn push(list: &mut Value, item: Value) {
    list.as_array_mut().expect("a list").push(item);
}

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
fn the_directory_is_searched_the_owners_are_asked_and_instructions_are_written() {
    let (_place, server, _made) = start_with(&operated(), &[]);
    walk("directory.cjs", &server, &json!({ "operator": OPERATOR }));
}

#[test]
fn a_repository_is_added_mapped_given_owners_and_taken_away() {
    let mut world = world(NOBODY);
    push(&mut world["organizations"][0]["integrations"], shelf());
    let (_place, server, made) = start_with(&world, EXAMPLE);
    let example = made.text("/organizations/acme/integrations/shelf/id");
    walk("code.cjs", &server, &json!({ "example": example }));
}

#[test]
fn every_page_fits_a_phone_is_labelled_and_shows_focus() {
    let mut world = operated();
    let field = |name: &str| json!({ "type": "text", "name": name, "label": format!("The {name}") });
    let pick = json!({ "type": "select", "name": "board", "label": "Board", "options": [["1", "Payments"]] });
    let dialogs = json!({ "elements": [{
        "type": "issue-link", "link": { "uri": "/link", "required_fields": [field("item")] },
        "create": { "uri": "/create", "required_fields": [field("title"), pick] },
    }] });
    for app in [
        json!({ "key": "cards", "name": "Cards", "webhook_url": NOBODY, "schema": dialogs }),
        json!({ "key": "waiting", "name": "Waiting", "kind": "public", "webhook_url": NOBODY }),
    ] {
        push(&mut world["organizations"][0]["apps"], app);
    }
    push(&mut world["organizations"][0]["integrations"], shelf());
    // Names as long as they may be are on many pages.
    let long = json!({ "slug": "l".repeat(50), "name": "n".repeat(50), "teams": ["core"] });
    push(&mut world["organizations"][0]["projects"], long);
    let long = json!({
        "key": "long", "name": "r".repeat(200), "provider": "integrations:vsts", "integration": "ado",
    });
    push(&mut world["organizations"][0]["repositories"], long);
    let (_place, server, made) = start_with(&world, EXAMPLE);
    let of = |what: &str| made.text(&format!("/organizations/acme/{what}"));
    let given = json!({
        "operator": OPERATOR, "token": made.text("/tokens/owner"),
        "issue": of("projects/web/issues/boom/id"), "dsn": of("projects/web/dsn"),
        "app": of("apps/kanban/slug"), "integration": of("integrations/ado/id"),
        "dialogs": of("apps/cards/installations/acme/uuid"), "waiting": of("apps/waiting/slug"),
    });
    walk("every_page.cjs", &server, &given);
}
