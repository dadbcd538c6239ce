//! `mortise seed`.

use serde_json::{Value, json};

use crate::support::{
    Place,
    world::{Made, world},
};

const NOBODY: &str = "http://127.0.0.1:9/webhook";

#[test]
fn what_was_made_can_be_used() {
    let place = Place::new();
    let made = Made::of(&place, &world(NOBODY));
    let server = place.serve();
    let orgs = made.api(&server, "/api/0/organizations/").json();
    assert_eq!(orgs[0]["slug"], "acme");
    let projects = made.api(&server, "/api/0/projects/acme/web/").json();
    assert_eq!((&projects["slug"], &projects["platform"]), (&"web".into(), &"python".into()));
    let issue = made.text("/organizations/acme/projects/web/issues/boom/id");
    let issue = made.api(&server, &format!("/api/0/organizations/acme/issues/{issue}/"));
    assert_eq!(issue.status, 200, "{}", issue.body);
    let issue = issue.json();
    assert_eq!((&issue["title"], &issue["culprit"]), (&"Boom one".into(), &"app.views".into()));
    assert_eq!(issue["shortId"], made.text("/organizations/acme/projects/web/issues/boom/short_id"));
    assert!(
        !server.log().contains("ready. This is shown once"),
        "the first start made an owner although there is one"
    );
}

#[test]
fn the_output_has_everything_that_a_script_needs() {
    let place = Place::new();
    let mut made = Made::of(&place, &world(NOBODY)).0;
    let assigned = |value: &mut Value, length: usize| {
        assert_eq!(value.as_str().unwrap().len(), length, "{value}");
        *value = "*".into();
    };
    let acme = &mut made["organizations"]["acme"];
    let dsn = acme["projects"]["web"]["dsn"].as_str().unwrap();
    assert!(dsn.starts_with("http://") && dsn.ends_with("@127.0.0.1:8000/1"), "{dsn}");
    assigned(&mut acme["projects"]["web"]["dsn"], "http://@127.0.0.1:8000/1".len() + 32);
    assigned(&mut acme["projects"]["web"]["issues"]["boom"]["event_id"], 32);
    let app = &mut acme["apps"]["kanban"];
    assigned(&mut app["slug"], "kanban-".len() + 6);
    for name in ["client_id", "client_secret", "token"] {
        assigned(&mut app[name], 64);
    }
    assigned(&mut app["installations"]["acme"]["uuid"], 36);
    assigned(&mut app["installations"]["acme"]["code"], 64);
    for name in ["owner", "narrow"] {
        assigned(&mut made["tokens"][name], "sntryu_".len() + 64);
    }
    assigned(&mut made["users"]["member@acme.test"]["password"], 20);
    let expected = json!({
        "users": {
            "owner@acme.test": {"id": "1", "password": "open sesame"},
            "member@acme.test": {"id": "2", "password": "*"},
        },
        "organizations": {"acme": {
            "id": "1",
            "teams": {"core": {"id": "1"}},
            "projects": {"web": {
                "id": "1", "dsn": "*", "issues": {"boom": {"id": "1", "short_id": "WEB-1", "event_id": "*"}},
            }},
            "integrations": {"ado": {"id": "1"}},
            "repositories": {"widgets": {"id": "1"}},
            "apps": {"kanban": {
                "id": "1", "slug": "*", "client_id": "*", "client_secret": "*", "token": "*",
                "installations": {"acme": {"uuid": "*", "code": "*"}},
            }},
        }},
        "tokens": {"owner": "*", "narrow": "*"},
    });
    assert_eq!(made, expected);
}

#[test]
fn a_wrong_document_is_told_by_its_paths_and_writes_nothing() {
    let place = Place::new();
    let said = |document: Value| place.run_with_input(&["seed", "-"], &document.to_string()).failed(2);
    let cases = [
        (json!({"users": [{"email": "a@b.test", "nme": "A"}]}), "users[0].nme: unknown field `nme`"),
        (
            json!({"users": [{"email": "a@b.test"}, {"email": "A@b.test"}]}),
            "users[1].email: there is another user",
        ),
        (json!({"users": [{"name": "A"}]}), "users[0]: missing field `email`"),
        (
            json!({"organizations": [{"slug": "acme", "owner": "a@b.test"}]}),
            "organizations[0].owner: \"a@b.test\" is not in users",
        ),
        (
            json!({"users": [{"email": "a@b.test"}], "organizations": [{"slug": "acme"}, {"slug": "acme"}]}),
            "organizations[1].slug: there is another organization",
        ),
        (
            json!({"users": [{"email": "a@b.test"}], "organizations": [{"slug": "acme", "projects": [{"slug": "web", "teams": ["core"]}]}]}),
            "organizations[0].projects[0].teams[0]: there is no team \"core\"",
        ),
        (
            json!({"users": [{"email": "a@b.test"}], "tokens": [{"scopes": ["org:rule"]}]}),
            "tokens[0].scopes: unknown scope \"org:rule\"",
        ),
        (
            json!({"users": [{"email": "a@b.test"}], "organizations": [{"slug": "acme", "apps": [{"name": "A", "installed_in": ["globex"]}]}]}),
            "organizations[0].apps[0].installed_in[0]: there is no organization \"globex\"",
        ),
        (
            json!({"users": [{"email": "a@b.test"}], "organizations": [{"slug": "acme", "apps": [{"name": "A", "scopes": ["org:read", "alerts:read"]}]}]}),
            "organizations[0].apps[0].scopes: apps can't have the scope alerts:read",
        ),
    ];
    for (document, expected) in cases {
        let said = said(document);
        assert!(said.contains(expected), "{said}");
    }
    let made = place.run_with_input(&["seed", "-"], "{}").json();
    assert_eq!(made, json!({"users": {}, "organizations": {}, "tokens": {}}));
}

#[test]
fn what_clashes_with_what_is_there_leaves_nothing_behind() {
    let place = Place::new();
    Made::of(&place, &world(NOBODY));
    let again = json!({
        "users": [{"email": "new@b.test"}],
        "organizations": [{"slug": "fresh"}, {"slug": "acme"}],
    });
    let again = again.to_string();
    let said = place.run_with_input(&["seed", "-"], &again).failed(3);
    assert!(said.contains("--into-existing"), "{said}");
    let said = place.run_with_input(&["seed", "-", "--into-existing"], &again).failed(2);
    assert!(said.contains("organizations[1].slug"), "{said}");
    let users = place.run(&["user", "list", "--json"]).json();
    assert_eq!(users.as_array().unwrap().len(), 2, "{users}");
    let again = again.replace("\"acme\"", "\"other\"");
    place.run_with_input(&["seed", "-", "--into-existing"], &again).ok();
    let orgs = place.run(&["org", "list", "--json"]).json();
    assert_eq!(orgs.as_array().unwrap().len(), 3, "{orgs}");
}

#[test]
fn a_running_server_sees_what_was_seeded() {
    let place = Place::new();
    let server = place.serve();
    let mut world = world(NOBODY);
    world["organizations"][0]["apps"][0]["scopes"] = "all".into();
    let made = Made(place.run_with_input(&["seed", "-", "--into-existing"], &world.to_string()).json());
    assert_eq!(made.api(&server, "/api/0/organizations/acme/").status, 200);
    let apps = made.api(&server, "/api/0/organizations/acme/sentry-apps/").json();
    let scopes: Vec<&str> =
        apps[0]["scopes"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    assert_eq!(scopes.len(), 17, "all that apps may have: {scopes:?}");
    let log = made.api(&server, "/api/0/organizations/acme/audit-logs/").json();
    let rows = log["rows"].as_array().unwrap();
    assert!(!rows.is_empty());
    for row in rows {
        assert_eq!(row["actor"]["name"], "operator of the server", "{row}");
    }
}
