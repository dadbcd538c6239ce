//! Installing apps over HTTP: who may, what is answered, what is listed, and what tokens of an installation reach.

use std::time::Duration;

use mortise_domain::OrgRole;
use mortise_service::delivery::{self, Options};
use mortise_testkit::{Answer, Receiver, Reply, TestApp, World, api_test};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::{
    ingest::{count, execute},
    installations::Installed,
};

const APPS: &str = "/api/0/sentry-apps/";
const INSTALLED: &str = "/api/0/organizations/acme/sentry-app-installations/";
const SLUG: &str = "Enter a valid slug consisting of lowercase letters, numbers, underscores or hyphens. It cannot be \
    entirely numeric.";

/// A public app of `acme` that must confirm; its answer.
async fn make(app: &TestApp, world: &World, name: &str, more: Value) -> Value {
    let mut body = json!({
        "organization": "acme", "name": name, "author": "Acme", "isInternal": false, "isAlertable": false,
        "verifyInstall": true, "scopes": ["event:read", "org:read"], "events": ["issue"],
        "webhookUrl": "https://b.acme.test/hook",
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.post(APPS).bearer(&world.owner_token).json(&body).send().await.expect(201).json()
}

async fn install(app: &TestApp, token: &str, slug: &str) -> Answer {
    app.post(INSTALLED).bearer(token).json(&json!({ "slug": slug })).send().await
}

/// The token that a code is exchanged for.
async fn redeem(app: &TestApp, world: &World, slug: &str, installation: &Value) -> Value {
    let seen = app.get(format!("{APPS}{slug}/")).bearer(&world.owner_token).send().await.expect(200).json();
    let body = json!({ "grant_type": "authorization_code", "code": installation["code"],
        "client_id": seen["clientId"], "client_secret": seen["clientSecret"], "state": { "a": [1, "ä"] } });
    let path = format!("/api/0/sentry-app-installations/{}/authorizations/", text(&installation["uuid"]));
    app.post(path).json(&body).send().await.expect(201).json()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn is_hex(value: &Value, length: usize) -> bool {
    let text = text(value);
    text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

api_test!(a_manager_installs_an_app_once_and_is_told_its_code, |app| async move {
    let world = app.world().await;
    let made = make(&app, &world, "Board", json!({})).await;
    let (manager, _) = World::user(&app.ctx, "manager", world.org, OrgRole::Manager).await;
    let token = World::token(&app.ctx, manager, &["org:integrations"]).await;
    let first = install(&app, &token, "board").await.expect(200).json();
    let id = count(&app, "SELECT id FROM sentry_app").await;
    let whole = json!({
        "app": { "uuid": made["uuid"], "slug": "board", "sentryAppId": id }, "organization": { "slug": "acme" },
        "uuid": first["uuid"], "status": "pending", "code": first["code"],
    });
    assert_eq!(first.to_string(), whole.to_string());
    assert!(is_hex(&first["code"], 64), "{first}");
    assert_eq!((text(&first["uuid"]).len(), text(&first["uuid"]).matches('-').count()), (36, 4));
    let rows = async || {
        let mut rows = Vec::new();
        for sql in [
            "SELECT COUNT(*) FROM sentry_app_installation",
            "SELECT COUNT(*) FROM api_grant",
            "SELECT COUNT(*) FROM service_hook",
            "SELECT COUNT(*) FROM event WHERE kind = 'installation.created'",
            "SELECT COUNT(*) FROM audit_log WHERE event = 116",
        ] {
            rows.push(count(&app, sql).await);
        }
        rows
    };
    assert_eq!(rows().await, [1; 5]);
    for token in [&token, &world.owner_token] {
        assert_eq!(install(&app, token, "board").await.expect(200).json(), first);
    }
    assert_eq!(rows().await, [1; 5]);
    let refused = install(&app, &world.member_token, "board").await.expect(403).json();
    assert_eq!(refused, json!({ "detail": "You do not have permission to perform this action." }));
});

api_test!(what_names_no_app_is_refused_with_its_text, |app| async move {
    let world = app.world().await;
    make(&app, &world, "Board", json!({})).await;
    let refused = async |body: Value| {
        app.post(INSTALLED).bearer(&world.owner_token).json(&body).send().await.expect(400).json()
    };
    for (slug, told) in [
        (Value::Null, "This field may not be null."),
        (json!(" "), "This field may not be blank."),
        (json!("b".repeat(65)), "Ensure this field has no more than 64 characters."),
        (json!("42"), SLUG),
        (json!(42), SLUG),
        (json!("Board"), SLUG),
        (json!("bo ard"), SLUG),
        (json!(true), SLUG),
        (json!(["board"]), SLUG),
        (json!({}), SLUG),
    ] {
        assert_eq!(refused(json!({ "slug": slug })).await, json!({ "slug": [told] }), "{slug}");
    }
    assert_eq!(refused(json!({})).await, json!({ "slug": ["This field is required."] }));
    let list = json!({ "non_field_errors": ["Invalid data. Expected a dictionary, but got list."] });
    assert_eq!(refused(json!([])).await, list);
    assert_eq!(install(&app, &world.owner_token, "nothing").await.expect(404).text(), "");
    // An app without any feature can be installed nowhere.
    execute(&app, "DELETE FROM integration_feature").await;
    let answer = install(&app, &world.owner_token, "board").await.expect(403).json();
    let told = "At least one feature from this list has to be enabled in order to install the app";
    assert_eq!(answer, json!({ "detail": told, "missing_features": [] }));
    assert_eq!(count(&app, "SELECT COUNT(*) FROM sentry_app_installation").await, 0);
});

api_test!(an_app_whose_features_are_all_off_is_not_installed, |app| async move {
    let world = app.world().await;
    make(&app, &world, "Board", json!({})).await;
    execute(&app, "UPDATE integration_feature SET feature = 7").await;
    let switch = async |name: &str, on: bool| {
        let switches = [(format!("integrations-{name}"), on)];
        mortise_service::features::switch_features(&app.ctx, "acme", &switches).await.unwrap();
    };
    switch("alert-rule", false).await;
    let told = "At least one feature from this list has to be enabled in order to install the app";
    let answer = install(&app, &world.owner_token, "board").await.expect(403).json();
    let missing = json!(["organizations:integrations-alert-rule"]);
    assert_eq!(answer, json!({ "detail": told, "missing_features": missing }));
    assert_eq!(count(&app, "SELECT COUNT(*) FROM sentry_app_installation").await, 0);
    // A gate that nobody can switch is open.
    execute(&app, "UPDATE integration_feature SET feature = 9").await;
    install(&app, &world.owner_token, "board").await.expect(200);
});

api_test!(an_app_with_one_feature_that_is_on_is_installed, |app| async move {
    let world = app.world().await;
    make(&app, &world, "Board", json!({})).await;
    let extra = "INSERT INTO integration_feature (target_type, target_id, feature, date_added) \
        SELECT target_type, target_id, 7, date_added FROM integration_feature";
    execute(&app, extra).await;
    execute(&app, "UPDATE integration_feature SET feature = 5 WHERE feature = 0").await;
    let off = [("integrations-alert-rule".to_owned(), false)];
    mortise_service::features::switch_features(&app.ctx, "acme", &off).await.unwrap();
    install(&app, &world.owner_token, "board").await.expect(200);
});

api_test!(what_is_installed_is_listed_newest_first_with_what_waits, |app| async move {
    let world = app.world().await;
    make(&app, &world, "Old", json!({ "verifyInstall": false })).await;
    make(&app, &world, "New", json!({})).await;
    let old = install(&app, &world.owner_token, "old").await.expect(200).json();
    app.clock.advance(1);
    let new = install(&app, &world.owner_token, "new").await.expect(200).json();
    assert_eq!((&old["status"], &new["status"]), (&json!("installed"), &json!("pending")));
    let list = async |token: &str, query: &str| {
        app.get(format!("{INSTALLED}{query}")).bearer(token).send().await.expect(200)
    };
    assert_eq!(list(&world.owner_token, "").await.json(), json!([new, old]));
    let page = list(&world.owner_token, "?per_page=1").await;
    assert_eq!(page.json(), json!([new]));
    let next = format!("?per_page=1&cursor={}", page.next_cursor().unwrap());
    assert_eq!(list(&world.owner_token, &next).await.json(), json!([old]));
    // Who may not install sees no codes.
    let without = |mut it: Value| {
        it.as_object_mut().unwrap().shift_remove("code");
        it
    };
    let seen = list(&world.member_token, "").await.json();
    assert_eq!(seen, json!([without(new.clone()), without(old)]));
    app.get(INSTALLED).bearer(&world.stranger_token).send().await.expect(404);
    // Apps themselves are members of nothing.
    let token = redeem(&app, &world, "new", &new).await;
    let answer = app.get(INSTALLED).bearer(text(&token["token"])).send().await.expect(404);
    assert_eq!(answer.json(), json!({ "detail": "Not found." }));
    assert_eq!(list(&world.owner_token, "?per_page=1").await.json(), json!([without(new)]));
});

api_test!(an_app_confirms_with_whatever_scopes_it_has, |app| async move {
    let world = app.world().await;
    make(&app, &world, "Board", json!({ "scopes": [], "events": [] })).await;
    let made = install(&app, &world.owner_token, "board").await.expect(200).json();
    let token = redeem(&app, &world, "board", &made).await;
    assert_eq!(token["scopes"], json!([]));
    let path = format!("/api/0/sentry-app-installations/{}/", text(&made["uuid"]));
    let put = async |body: Value| app.put(&path).bearer(text(&token["token"])).json(&body).send().await;
    for (status, told) in [
        (json!("deleted"), "Invalid value 'deleted' for status. Valid values: 'installed'"),
        (json!(1), "Invalid value '1' for status. Valid values: 'installed'"),
        (json!(true), "Not a valid string."),
        (Value::Null, "This field may not be null."),
        (json!(""), "This field may not be blank."),
    ] {
        let answer = put(json!({ "status": status })).await.expect(400).json();
        assert_eq!(answer, json!({ "status": [told] }));
    }
    let list = json!({ "non_field_errors": ["Invalid data. Expected a dictionary, but got list."] });
    assert_eq!(put(json!([])).await.expect(400).json(), list);
    let refused = json!({ "detail": "You do not have permission to perform this action." });
    for session in [&world.owner_session, &world.member_session] {
        let human = app.put(&path).session(session).json(&json!({ "status": "installed" }));
        assert_eq!(human.send().await.expect(403).json(), refused);
    }
    let nobody = app.put(&path).json(&json!({ "status": "installed" })).send().await.expect(401);
    assert_eq!(nobody.json(), json!({ "detail": "Authentication credentials were not provided." }));
    let whole = json!({
        "app": made["app"], "organization": { "slug": "acme" }, "uuid": made["uuid"], "status": "installed",
    });
    for _ in 0..2 {
        assert_eq!(
            put(json!({ "status": "installed" })).await.expect(200).json().to_string(),
            whole.to_string()
        );
    }
});

api_test!(an_app_is_uninstalled_whatever_its_receiver_answers, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    receiver.reply([Reply::status(503)]);
    make(&app, &world, "Board", json!({ "verifyInstall": false, "webhookUrl": receiver.url() })).await;
    execute(&app, "UPDATE sentry_app SET status = 1").await;
    let made = install(&app, &world.owner_token, "board").await.expect(200).json();
    let options = Options { poll: Duration::from_millis(50), ..Options::default() };
    let running =
        delivery::start(app.ctx.clone(), delivery::subscribers(), options, CancellationToken::new());
    receiver.wait_for(1).await;
    let path = format!("/api/0/sentry-app-installations/{}/", text(&made["uuid"]));
    assert_eq!(app.delete(&path).bearer(&world.owner_token).send().await.expect(204).text(), "");
    app.get(&path).bearer(&world.owner_token).send().await.expect(404);
    // What was told before is told first, until it is taken; then the end of it.
    receiver.reply([Reply::status(200)]);
    app.clock.advance(60);
    let told = receiver.wait_for(3).await.pop().unwrap().json();
    running.stop().await;
    let installation = json!({
        "app": made["app"], "organization": { "slug": "acme", "id": world.org.get() }, "uuid": made["uuid"],
        "status": "installed",
    });
    let whole = json!({
        "action": "deleted", "installation": { "uuid": made["uuid"] }, "data": { "installation": installation },
        "actor": { "type": "user", "id": world.owner.get(), "name": "owner" },
    });
    assert_eq!(told.to_string(), whole.to_string());
    assert_eq!(count(&app, "SELECT COUNT(*) FROM audit_log WHERE event = 117").await, 1);
});

api_test!(a_code_is_good_for_ten_minutes_and_gives_a_token_for_eight_hours, |app| async move {
    let world = app.world().await;
    make(&app, &world, "Board", json!({})).await;
    let made = install(&app, &world.owner_token, "board").await.expect(200).json();
    app.clock.advance(599);
    let token = redeem(&app, &world, "board", &made).await;
    let keys: Vec<_> = token.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "id",
            "scopes",
            "name",
            "application",
            "expiresAt",
            "dateCreated",
            "state",
            "token",
            "refreshToken",
            "tokenLastCharacters"
        ]
    );
    assert!(is_hex(&token["token"], 64) && is_hex(&token["refreshToken"], 64));
    assert_ne!(token["token"], token["refreshToken"]);
    let time = |key: &str| text(&token[key]).parse::<mortise_domain::Time>().unwrap();
    assert_eq!(time("expiresAt").duration_since(time("dateCreated")).as_secs(), 8 * 3600);
    // It is handed back as it came.
    assert_eq!(token["state"], json!({ "a": [1, "ä"] }));
    assert_eq!((&token["name"], &token["application"]), (&Value::Null, &Value::Null));
});

api_test!(what_is_no_json_object_is_no_exchange, |app| async move {
    let world = app.world().await;
    let it = Installed::of(&app, &world, "Board").await;
    let path = format!("{}authorizations/", it.path());
    let form = format!(
        "grant_type=authorization_code&client_id={}&client_secret={}",
        it.client_id, it.client_secret
    );
    for (kind, body) in [
        ("application/x-www-form-urlencoded", form.as_str()),
        ("text/plain", "{}"),
        ("application/json", "{"),
        ("application/json", ""),
        ("application/json", "null"),
    ] {
        let answer = app.post(&path).header("content-type", kind).body(body).send().await.expect(401);
        assert_eq!(answer.json(), json!({ "detail": "Invalid request" }), "{kind} {body}");
        assert_eq!(answer.header("www-authenticate"), "xBasic realm=\"api\"");
    }
    let pair = json!({ "client_id": it.client_id, "client_secret": "x".repeat(64) });
    let answer = app.post(&path).json(&pair).send().await.expect(401);
    assert_eq!(answer.json(), json!({ "detail": "Invalid Client ID / Secret pair" }));
    assert_eq!(answer.header("www-authenticate"), "xBasic realm=\"api\"");
});

api_test!(a_token_reaches_the_organization_of_its_installation_alone, |app| async move {
    let world = app.world().await;
    make(&app, &world, "Board", json!({})).await;
    execute(&app, "UPDATE sentry_app SET status = 1").await;
    let here = install(&app, &world.owner_token, "board").await.expect(200).json();
    let there = "/api/0/organizations/globex/sentry-app-installations/";
    let there = app.post(there).bearer(&world.stranger_token).json(&json!({ "slug": "board" }));
    let there = there.send().await.expect(200).json();
    let tokens = [redeem(&app, &world, "board", &here).await, redeem(&app, &world, "board", &there).await];
    for (token, own, other) in [(&tokens[0], "acme", "globex"), (&tokens[1], "globex", "acme")] {
        let get =
            |org: &str| app.get(format!("/api/0/organizations/{org}/")).bearer(text(&token["token"])).send();
        assert_eq!(get(own).await.expect(200).json()["slug"], own);
        let answer = get(other).await.expect(403).json();
        assert_eq!(answer, json!({ "detail": "You do not have permission to perform this action." }));
    }
    let foreign = format!("/api/0/sentry-app-installations/{}/", text(&there["uuid"]));
    app.get(foreign).bearer(text(&tokens[0]["token"])).send().await.expect(403);
});

api_test!(pages_of_other_origins_may_not_use_a_token, |app| async move {
    let world = app.world().await;
    make(&app, &world, "Board", json!({ "allowedOrigins": ["https://ok.test"] })).await;
    let made = install(&app, &world.owner_token, "board").await.expect(200).json();
    let token = redeem(&app, &world, "board", &made).await;
    let get = |origin: &str| {
        app.get("/api/0/organizations/acme/").bearer(text(&token["token"])).header("origin", origin).send()
    };
    get("https://ok.test").await.expect(200);
    for origin in ["https://evil.test", "https://sub.ok.test"] {
        let answer = get(origin).await.expect(400);
        assert_eq!(answer.json(), json!(format!("Invalid origin: {origin}")));
        assert_eq!(answer.header("access-control-allow-origin"), origin);
    }
    app.get("/api/0/organizations/acme/").bearer(text(&token["token"])).send().await.expect(200);
});

api_test!(an_app_sees_what_its_organization_owns_and_installed_without_credentials, |app| async move {
    let world = app.world().await;
    make(&app, &world, "Board", json!({})).await;
    let made = install(&app, &world.owner_token, "board").await.expect(200).json();
    let token = redeem(&app, &world, "board", &made).await;
    let get =
        |path: &str| app.get(format!("/api/0/organizations/{path}")).bearer(text(&token["token"])).send();
    let owned = get("acme/sentry-apps/").await.expect(200).json();
    assert_eq!((owned.as_array().unwrap().len(), &owned[0]["slug"]), (1, &json!("board")));
    for key in ["clientId", "clientSecret", "owner"] {
        assert_eq!(owned[0].get(key), None, "{key}");
    }
    assert_eq!(get("acme/sentry-app-components/").await.expect(200).json(), json!([]));
    // Of organizations that there are not, each list has its own text.
    let missing = json!({ "detail": "The requested resource does not exist" });
    assert_eq!(get("nobody/sentry-apps/").await.expect(404).json(), missing);
    assert_eq!(get("nobody/sentry-app-components/").await.expect(404).json(), missing);
    let refused = json!({ "detail": "You do not have permission to perform this action." });
    assert_eq!(get("globex/sentry-apps/").await.expect(403).json(), refused);
    assert_eq!(get("globex/sentry-app-components/").await.expect(403).json(), refused);
    let nobody = INSTALLED.replace("acme", "nobody");
    let answer = app.get(nobody).bearer(&world.owner_token).send().await.expect(404).json();
    assert_eq!(answer, json!({ "detail": "Not found." }));
});

api_test!(an_app_ends_its_own_installation_with_the_right_scope, |app| async move {
    let world = app.world().await;
    for (name, slug, scopes, status) in [
        ("Reader", "reader", json!(["event:read", "org:read"]), 403),
        ("Installer", "installer", json!(["event:read", "org:integrations"]), 204),
    ] {
        make(&app, &world, name, json!({ "scopes": scopes })).await;
        let made = install(&app, &world.owner_token, slug).await.expect(200).json();
        let token = redeem(&app, &world, slug, &made).await;
        let path = format!("/api/0/sentry-app-installations/{}/", text(&made["uuid"]));
        app.delete(&path).bearer(text(&token["token"])).send().await.expect(status);
        let after = app.get(&path).bearer(&world.owner_token).send().await;
        assert_eq!(after.status, if status == 204 { 404 } else { 200 }, "{name}");
    }
    assert_eq!(count(&app, "SELECT COUNT(*) FROM event WHERE kind = 'installation.deleted'").await, 1);
});
