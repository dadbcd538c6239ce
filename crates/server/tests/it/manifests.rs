//! Apps as files.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Place, http};

const BOARD: &str = r#"
organization = "acme"
name = "Acme Board"
kind = "public"
author = "Acme"
scopes = ["event:write", "event:read"]
events = ["issue", "comment.created"]
webhook_url = "https://board.acme.test/hook"
webhook_headers = ["X-Team: core"]
features = ["integrations-api", "integrations-issue-link"]
"#;

fn place() -> Place {
    let place = Place::new();
    place.run(&["user", "create", "ann@acme.test"]).ok();
    place.run(&["org", "create", "acme", "--owner", "ann@acme.test"]).ok();
    place
}

fn apply(place: &Place, text: &str) -> String {
    fs::write(place.path("app.toml"), text).unwrap();
    place.run(&["app", "apply", "app.toml", "--yes"]).ok()
}

/// What the API tells Ann of an app.
fn seen(place: &Place, slug: &str) -> Value {
    let token = place.run(&["token", "create", "ann@acme.test"]).ok();
    let server = place.serve();
    let header = format!("Authorization: Bearer {}\r\n", token.trim());
    let path = format!("/api/0/sentry-apps/{slug}/");
    let answer = http::request(server.address, "GET", &path, &header, b"").unwrap();
    assert_eq!(answer.status, 200);
    serde_json::from_str(&answer.body).unwrap()
}

#[test]
fn a_manifest_makes_an_app_and_applied_again_changes_nothing() {
    let place = place();
    let made = apply(&place, BOARD);
    assert!(made.contains("Acme Board in acme is made:\n"), "{made}");
    assert!(made.contains("  + scopes = [\"event:write\",\"event:read\"]\n"), "{made}");
    let (_, secret) =
        made.rsplit_once("acme-board is made. Its client secret, which is not printed again: ").unwrap();
    assert_eq!(apply(&place, BOARD), "acme-board in acme is as the file says\n");
    let seen = seen(&place, "acme-board");
    assert_eq!(seen["clientSecret"], json!(secret.trim_end()));
    assert_eq!((&seen["status"], &seen["verifyInstall"]), (&json!("unpublished"), &json!(true)));
    assert_eq!(seen["scopes"], json!(["event:read", "event:write"]));
    assert_eq!(seen["webhookHeaders"], json!(["X-Team: core"]));
    assert_eq!(seen["webhookEvents"].as_array().unwrap().len(), 6);
    assert_eq!(seen["featureData"].as_array().unwrap().len(), 2);
}

#[test]
fn changes_are_shown_before_they_are_made() {
    let place = place();
    apply(&place, BOARD);
    let text = BOARD.replace("board.acme.test", "new.acme.test").replace("\"event:write\", ", "");
    fs::write(place.path("new.toml"), &text).unwrap();
    let expected = "acme-board in acme changes:\n  \
        - scopes = [\"event:read\",\"event:write\"]\n  \
        + scopes = [\"event:read\"]\n  \
        - webhook_url = \"https://board.acme.test/hook\"\n  \
        + webhook_url = \"https://new.acme.test/hook\"\n";
    let shown = place.run(&["app", "apply", "new.toml", "--dry-run"]).ok();
    assert_eq!(shown, format!("{expected}nothing was changed\n"));
    // Without a terminal nobody can be asked.
    let refused = place.run(&["app", "apply", "new.toml"]).failed(1);
    assert!(refused.contains("`--yes` applies without asking"), "{refused}");
    assert_eq!(seen(&place, "acme-board")["webhookUrl"], "https://board.acme.test/hook");
    assert_eq!(apply(&place, &text), format!("{expected}acme-board is changed\n"));
    let seen = seen(&place, "acme-board");
    assert_eq!(
        (&seen["webhookUrl"], &seen["author"]),
        (&json!("https://new.acme.test/hook"), &json!("Acme"))
    );
    assert_eq!(seen["scopes"], json!(["event:read"]));
}

#[test]
fn an_app_is_exported_without_secrets_and_comes_back_the_same() {
    let place = place();
    let app =
        ["app", "create", "Night Watch", "--org", "acme", "--scopes", "event:read", "--events", "issue"];
    let webhook = ["--webhook-url", "https://watch.acme.test/hook", "--json"];
    let made = place.run(&[&app[..], &webhook].concat()).json();
    let slug = made["slug"].as_str().unwrap();
    let text = place.run(&["app", "export", slug]).ok();
    let expected = format!(
        r#"organization = "acme"
slug = "{slug}"
name = "Night Watch"
kind = "internal"
author = "acme"
scopes = ["event:read"]
events = ["issue"]
webhook_url = "https://watch.acme.test/hook"
webhook_headers = []
redirect_url = ""
verify_install = false
is_alertable = false
allowed_origins = []
features = ["integrations-api"]
schema = ""
"#
    );
    assert_eq!(text, expected);
    for secret in ["client_secret", "client_id", "token"] {
        assert!(!text.contains(made[secret].as_str().unwrap()), "{secret}");
    }
    assert_eq!(apply(&place, &text), format!("{slug} in acme is as the file says\n"));
    // On another server it is made again, under the same slug.
    let other = self::place();
    apply(&other, &text);
    assert_eq!(other.run(&["app", "export", slug]).ok(), expected);
    assert_eq!(apply(&other, &text), format!("{slug} in acme is as the file says\n"));
}

#[test]
fn what_another_server_answers_is_a_manifest() {
    let place = place();
    let answer = json!({
        "allowedOrigins": ["app.acme.test"], "author": "Acme", "avatars": [], "events": ["issue"],
        "featureData": [{"featureId": 0, "featureGate": "integrations-api", "description": "..."}],
        "isAlertable": false, "metadata": {}, "name": "Board", "overview": null, "popularity": 1,
        "redirectUrl": null, "schema": {}, "scopes": ["event:read"], "slug": "their-board", "status": "published",
        "uuid": "5a1d", "verifyInstall": false, "webhookUrl": "https://board.acme.test/hook",
        "datePublished": "2024-08-12T10:00:00.000001Z", "clientId": "ab", "clientSecret": "cd",
        "owner": {"id": 1, "slug": "elsewhere"},
    });
    fs::write(place.path("app.json"), answer.to_string()).unwrap();
    let refused = place.run(&["app", "apply", "app.json", "--yes"]).failed(1);
    assert!(refused.contains("there is no organization \"elsewhere\"; `--org` names another"), "{refused}");
    place.run(&["app", "apply", "app.json", "--org", "acme", "--yes"]).ok();
    let again =
        place.run_with_input(&["app", "apply", "-", "--org", "acme", "--dry-run"], &answer.to_string()).ok();
    assert_eq!(again, "their-board in acme is as the file says\n");
    let seen = seen(&place, "their-board");
    assert_eq!((&seen["status"], &seen["owner"]["slug"]), (&json!("unpublished"), &json!("acme")));
    assert_eq!(seen["allowedOrigins"], json!(["app.acme.test"]));
}

#[test]
fn a_manifest_is_checked_like_a_request() {
    let place = place();
    apply(&place, BOARD);
    let refused = |text: &str| {
        fs::write(place.path("bad.toml"), text).unwrap();
        place.run(&["app", "apply", "bad.toml", "--dry-run"]).failed(1)
    };
    for (line, instead, complaint) in [
        ("kind = \"public\"", "kind = \"internal\"", "kind: The app is public, and stays so."),
        ("\"event:write\"", "\"event:rite\"", "scopes: event:rite not a valid scope"),
        ("\"issue\"", "\"issues\"", "events: Invalid event subscription: issues"),
        ("\"integrations-api\"", "\"apis\"", "features: \"apis\" is not a valid choice."),
        ("https://board.acme.test/hook", "ftp://acme.test", "webhookUrl: URL must start with http[s]://"),
        ("author = \"Acme\"", "author = \" \"", "author: This field may not be blank."),
        ("author = \"Acme\"", "authors = \"Acme\"", "unknown field `authors`"),
        ("name = \"Acme Board\"", "", "missing field `name`"),
        ("organization = \"acme\"", "organization = \"\"", "it names no organization"),
        ("kind = \"public\"", "kind = \"public\"\nschema = \"none.json\"", "schema: none.json: No such file"),
        ("kind = \"public\"", "kind = \"public\"\nschema = \"{\"", "schema: EOF while parsing"),
        ("kind = \"public\"", "kind = \"public\"\nslug = \"123\"", "slug: Enter a valid slug"),
    ] {
        assert!(BOARD.contains(line), "{line}");
        let said = refused(&BOARD.replace(line, instead));
        assert!(said.contains(complaint), "{said}\n{complaint}");
    }
    let internal = "organization = \"acme\"\nname = \"Hut\"\nkind = \"internal\"\nverify_install = true\n";
    assert!(refused(internal).contains("Internal integrations cannot have verify_install=True."));
    place.run(&["org", "create", "globex", "--owner", "ann@acme.test"]).ok();
    let foreign = BOARD.replace("\"acme\"", "\"globex\"\nslug = \"acme-board\"");
    assert!(refused(&foreign).contains("slug: The app with this slug belongs to another organization."));
    for _ in 0..2 {
        place.run(&["app", "create", "Twin", "--org", "acme"]).ok();
    }
    let twin = "organization = \"acme\"\nname = \"Twin\"\nkind = \"internal\"\n";
    assert!(refused(twin).contains("slug: Several apps have this name."));
    assert!(place.run(&["app", "export", "nothing"]).failed(1).contains("there is no app \"nothing\""));
}
