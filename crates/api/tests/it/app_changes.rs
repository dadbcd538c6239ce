//! What changing an app does to its tokens and hooks, what fixes it, and who may grant what.

use mortise_domain::OrgRole;
use mortise_store::Query;
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use crate::{
    ingest::{count, execute, text},
    installations::Installed,
    rows::superuser,
    sentry_apps::{APPS, create, internal, post, public, put},
};

const INSTALLED: &str = "/api/0/organizations/acme/sentry-app-installations/";

fn exceeds(scope: &str) -> String {
    format!(
        "Requested permission of {scope} exceeds requester's permission. Please contact an administrator to make the \
         requested change."
    )
}

/// A token with every scope of somebody who manages `acme`.
async fn manager(app: &TestApp, world: &World) -> String {
    let (user, _) = World::user(&app.ctx, "manager", world.org, OrgRole::Manager).await;
    World::token(&app.ctx, user, &["org:read", "org:write", "org:admin", "org:integrations", "event:read"])
        .await
}

async fn seen(app: &TestApp, world: &World, slug: &str) -> Value {
    app.get(format!("{APPS}{slug}/")).bearer(&world.owner_token).send().await.expect(200).json()
}

api_test!(another_name_is_no_other_slug, |app| async move {
    let world = app.world().await;
    create(&app, &world, &public()).await;
    let mut other = public();
    other["name"] = "Pager".into();
    create(&app, &world, &other).await;
    let first = "SELECT CAST(date_updated AS TEXT) FROM sentry_app WHERE slug = 'pager'";
    let mut before = text(&app, first).await;
    for name in ["Acme Board", "1234", "!!!"] {
        app.clock.advance(1);
        let renamed =
            put(&app, &world.owner_token, "pager", json!({ "name": name })).await.expect(200).json();
        assert_eq!((&renamed["name"], &renamed["slug"]), (&json!(name), &json!("pager")));
        let after = text(&app, first).await;
        assert_ne!(after, before);
        before = after;
    }
    app.clock.advance(1);
    put(&app, &world.owner_token, "pager", json!({})).await.expect(200);
    assert_ne!(text(&app, first).await, before, "every save is noted");
});

api_test!(scopes_of_an_app_reach_the_tokens_that_are_good, |app| async move {
    let world = app.world().await;
    let it = Installed::of(&app, &world, "Board").await;
    put(&app, &world.owner_token, "board", json!({ "scopes": ["event:write", "event:read"] }))
        .await
        .expect(200);
    let token = it.redeem(&app).await;
    assert_eq!(token["scopes"], json!(["event:read", "event:write"]));
    let stored = "SELECT scopes FROM api_token WHERE application_id IS NOT NULL";
    put(&app, &world.owner_token, "board", json!({ "scopes": ["event:read", "org:admin"] }))
        .await
        .expect(200);
    let whole = json!(["event:read", "org:admin", "org:integrations", "org:read", "org:write"]);
    assert_eq!(seen(&app, &world, "board").await["scopes"], whole, "what is implied is there as well");
    let root = app.get("/api/0/").bearer(token["token"].as_str().unwrap()).send().await.expect(200).json();
    assert_eq!(root["auth"]["scopes"], whole);
    let before = text(&app, stored).await;

    // One that has expired stays as it was; what it is renewed to is as the app is now.
    app.clock.advance(8 * 3600);
    put(&app, &world.owner_token, "board", json!({ "scopes": ["team:write", "event:read"] }))
        .await
        .expect(200);
    assert_eq!(text(&app, stored).await, before);
    let renewed = it.refresh(&app, &token["refreshToken"]).await.expect(201).json();
    assert_eq!(renewed["scopes"], json!(["event:read", "team:read", "team:write"]));
    put(&app, &world.owner_token, "board", json!({ "scopes": null })).await.expect(200);
    assert_eq!(seen(&app, &world, "board").await["scopes"], renewed["scopes"]);

    // What an app subscribed to it hears of, whatever it may do later.
    let left =
        put(&app, &world.owner_token, "board", json!({ "scopes": ["org:read"] })).await.expect(200).json();
    assert_eq!((&left["scopes"], &left["events"]), (&json!(["org:read"]), &json!(["issue"])));
    let none = put(&app, &world.owner_token, "board", json!({ "scopes": [] })).await.expect(200).json();
    assert_eq!((&none["scopes"], &none["events"]), (&json!([]), &json!(["issue"])));
});

api_test!(scopes_are_judged_as_they_are_sent, |app| async move {
    let world = app.world().await;
    let mut body = public();
    for (scopes, events, scope) in [
        (json!(["project:read"]), json!(["issue"]), "issue webhooks require the event:read permission."),
        (
            json!(["event:admin"]),
            json!(["comment", "issue"]),
            "comment webhooks require the event:read permission.",
        ),
        (json!(["event:write"]), json!(["error"]), "error webhooks require the event:read permission."),
    ] {
        (body["scopes"], body["events"]) = (scopes, events);
        assert_eq!(post(&app, &world, &body).await.expect(400).json(), json!({ "events": [scope] }));
    }
    // Without scopes nothing is compared.
    (body["scopes"], body["events"]) = (json!([]), json!(["issue", "error"]));
    let made = post(&app, &world, &body).await.expect(201).json();
    assert_eq!((&made["scopes"], &made["events"]), (&json!([]), &json!(["issue", "error"])));
    let refused =
        put(&app, &world.owner_token, "acme-board", json!({ "events": ["issue"] })).await.expect(400);
    assert_eq!(refused.json(), json!({ "detail": "issue webhooks require the event:read permission." }));
    let both = json!({ "events": ["issue"], "scopes": ["event:admin"] });
    let refused = put(&app, &world.owner_token, "acme-board", both).await.expect(400).json();
    assert_eq!(refused, json!({ "events": ["issue webhooks require the event:read permission."] }));
});

api_test!(a_manager_keeps_what_only_an_owner_grants, |app| async move {
    let world = app.world().await;
    let manager = manager(&app, &world).await;
    let mut body = internal();
    body["scopes"] = json!(["event:read", "org:admin", "member:admin"]);
    let refused = app.post(APPS).bearer(&manager).json(&body).send().await.expect(400).json();
    // A token grants no more than it holds, whatever the role.
    assert_eq!(refused, json!({ "scopes": [exceeds("org:admin"), exceeds("member:admin")] }));
    body["scopes"] = json!(["org:read"]);
    let slug = create(&app, &world, &body).await;
    let admin = json!({ "scopes": ["org:read", "org:admin"] });
    let refused = put(&app, &manager, &slug, admin.clone()).await.expect(400).json();
    assert_eq!(refused, json!({ "scopes": [exceeds("org:admin")] }));
    put(&app, &world.owner_token, &slug, admin.clone()).await.expect(200);
    let kept =
        put(&app, &manager, &slug, json!({ "scopes": ["org:admin", "event:read"] })).await.expect(200).json();
    let scopes = json!(["event:read", "org:admin", "org:integrations", "org:read", "org:write"]);
    assert_eq!(kept["scopes"], scopes);
});

api_test!(what_was_published_is_fixed, |app| async move {
    let world = app.world().await;
    let slug = create(&app, &world, &public()).await;
    put(&app, &world.owner_token, &slug, json!({ "scopes": ["event:read", "org:read"] })).await.expect(200);
    let mut raw = public();
    (raw["name"], raw["scopes"], raw["events"]) = ("Raw".into(), json!(["event:write"]), json!([]));
    create(&app, &world, &raw).await;
    let (cookie, csrf) = superuser(&app, world.stranger).await;
    let decide = async |body: Value| {
        let request = app.put(format!("{APPS}{slug}/")).header("cookie", &format!("{cookie}; sc={csrf}"));
        request.header("x-csrftoken", &csrf).json(&body).send().await
    };
    assert_eq!(seen(&app, &world, &slug).await.get("datePublished"), None);
    // Publishing comes before the scopes of the same change.
    let fixed = json!({ "detail": "Cannot update permissions on a published integration." });
    let both = json!({ "status": "published", "scopes": ["event:read"] });
    assert_eq!(decide(both).await.expect(400).json(), fixed);
    assert_eq!(seen(&app, &world, &slug).await["status"], "unpublished");
    decide(json!({ "status": "published" })).await.expect(200);
    for scopes in [json!([]), json!(["event:read"]), json!(["event:read", "org:read", "team:read"])] {
        let refused = put(&app, &world.owner_token, &slug, json!({ "name": "N", "scopes": scopes })).await;
        assert_eq!(refused.expect(400).json(), fixed);
    }
    let same = json!({ "scopes": ["org:read", "event:read"], "features": null });
    let same = put(&app, &world.owner_token, &slug, same).await.expect(200).json();
    assert_eq!((&same["name"], &same["scopes"]), (&json!("Acme Board"), &json!(["event:read", "org:read"])));
    assert!(same["datePublished"].is_string());
    // The same list may be sent again, and then what it implies is said as well.
    execute(&app, "UPDATE sentry_app SET status = 1 WHERE slug = 'raw'").await;
    let said =
        put(&app, &world.owner_token, "raw", json!({ "scopes": ["event:write"] })).await.expect(200).json();
    assert_eq!(said["scopes"], json!(["event:read", "event:write"]));
    decide(json!({ "features": [0, 4] })).await.expect(200);
    let ordinary =
        put(&app, &world.owner_token, &slug, json!({ "status": "unpublished" })).await.expect(200).json();
    assert_eq!(ordinary["status"], "published");
    let back = decide(json!({ "status": "unpublished" })).await.expect(200).json();
    assert_eq!((&back["status"], back.get("datePublished")), (&json!("unpublished"), None));

    // An app that waits for it cannot be removed either.
    let asked = put(&app, &world.owner_token, &slug, json!({ "status": "publish_request_inprogress" })).await;
    assert_eq!(asked.expect(200).json()["status"], "publish_request_inprogress");
    let refused =
        app.delete(format!("{APPS}{slug}/")).bearer(&world.owner_token).send().await.expect(403).json();
    assert_eq!(refused, json!({ "detail": ["Published apps cannot be removed."] }));
});

api_test!(an_app_of_a_partnership_is_not_changed, |app| async move {
    let world = app.world().await;
    let public_slug = create(&app, &world, &public()).await;
    let slug = create(&app, &world, &internal()).await;
    let tokens = format!("{APPS}{slug}/api-tokens/");
    let token = app.post(&tokens).session(&world.owner_session).send().await.expect(201).json();
    let token = format!("{tokens}{}/", token["id"].as_str().unwrap());
    execute(&app, "UPDATE sentry_app SET metadata = '{\"partnership_restricted\": true}'").await;
    let active = json!({ "detail": "This integration is managed by an active partnership and cannot be modified until \
        the end of the partnership." });
    for slug in [&slug, &public_slug] {
        // Before the body is looked at.
        assert_eq!(
            put(&app, &world.owner_token, slug, json!({ "name": "" })).await.expect(403).json(),
            active
        );
        let path = format!("{APPS}{slug}/");
        assert_eq!(app.delete(&path).bearer(&world.owner_token).send().await.expect(403).json(), active);
        let seen = app.get(&path).bearer(&world.owner_token).send().await.expect(200).json();
        assert_eq!(seen["metadata"], json!({ "partnership_restricted": true }));
        app.post(format!("{path}rotate-secret/")).bearer(&world.owner_token).send().await.expect(200);
        let install = app.post(INSTALLED).bearer(&world.owner_token).json(&json!({ "slug": slug }));
        install.send().await.expect(200);
    }
    assert_eq!(app.post(&tokens).session(&world.owner_session).send().await.expect(403).json(), active);
    assert_eq!(app.delete(&token).bearer(&world.owner_token).send().await.expect(403).json(), active);
    app.get(&tokens).session(&world.owner_session).send().await.expect(200);
    let of_public = format!("{APPS}{public_slug}/api-tokens/");
    let refused = app.post(of_public).session(&world.owner_session).send().await.expect(403).json();
    assert_eq!(refused, "This route is limited to internal integrations only");
    execute(&app, "UPDATE sentry_app SET metadata = '{\"partnership_restricted\": false}'").await;
    put(&app, &world.owner_token, &slug, json!({ "name": "Free" })).await.expect(200);
});

api_test!(urls_are_cleared_by_what_is_empty_and_kept_by_null, |app| async move {
    let world = app.world().await;
    let mut body = internal();
    (body["scopes"], body["events"]) = (json!(["event:read"]), json!(["issue"]));
    let slug = create(&app, &world, &body).await;
    let change = async |body: Value| put(&app, &world.owner_token, &slug, body).await;
    let kept = change(json!({ "webhookUrl": null, "events": null })).await.expect(200).json();
    assert_eq!(
        (&kept["webhookUrl"], &kept["events"]),
        (&json!("https://w.acme.test/hook"), &json!(["issue"]))
    );
    let refused = change(json!({ "webhookUrl": "" })).await.expect(400).json();
    assert_eq!(refused, json!({ "webhookUrl": ["webhookUrl required if webhook events are enabled"] }));
    let refused =
        change(json!({ "webhookUrl": "", "events": [], "isAlertable": true })).await.expect(400).json();
    assert_eq!(refused, json!({ "webhookUrl": ["webhookUrl required if alert rule action is enabled"] }));
    let refused = change(json!({ "webhookUrl": null, "isAlertable": true })).await.expect(400).json();
    assert_eq!(refused["webhookUrl"][0], "webhookUrl required if webhook events are enabled");
    assert_eq!(count(&app, "SELECT COUNT(*) FROM service_hook").await, 1);
    // Null stands for no events where they are compared, and changes none.
    let silent = change(json!({ "webhookUrl": "", "events": null })).await.expect(200).json();
    assert_eq!((&silent["webhookUrl"], &silent["events"]), (&json!(""), &json!(["issue"])));
    assert_eq!(count(&app, "SELECT COUNT(*) FROM service_hook").await, 0);
    let again = change(json!({ "webhookUrl": "https://w.acme.test/new" })).await.expect(200).json();
    assert_eq!(again["webhookUrl"], "https://w.acme.test/new");
    let hook = "SELECT url || ' ' || CAST(installation_id = (SELECT id FROM sentry_app_installation) AS TEXT) FROM service_hook";
    let hook = text(&app, hook).await;
    assert!(hook == "https://w.acme.test/new 1" || hook == "https://w.acme.test/new true", "{hook}");
});

api_test!(a_change_that_fails_at_its_last_step_undoes_all, |app| async move {
    let world = app.world().await;
    let slug = create(&app, &world, &internal()).await;
    let before = seen(&app, &world, &slug).await;
    let rows = async || {
        let mut conn = app.ctx.store.read().await.unwrap();
        let sql = "SELECT CAST(date_updated AS TEXT) || name || scopes || events FROM sentry_app";
        conn.all::<String>(Query::new(sql)).await.unwrap()
    };
    let stored = rows().await;
    app.clock.advance(1);
    let change = json!({
        "name": "Changed", "author": "Changed", "features": [1, 2], "scopes": ["event:read", "team:read"],
        "events": ["issue"], "webhookUrl": "https://changed.test/", "redirectUrl": "https://changed.test/",
        "isAlertable": true, "overview": "Changed", "allowedOrigins": ["changed.test"], "verifyInstall": true,
        "schema": { "elements": [{ "type": "stacktrace-link", "uri": "/changed" }] },
    });
    let refused = put(&app, &world.owner_token, &slug, change).await.expect(400).json();
    assert_eq!(refused, json!({ "detail": "Internal integrations cannot have verify_install=True." }));
    assert_eq!((seen(&app, &world, &slug).await, rows().await), (before, stored));
    assert_eq!(count(&app, "SELECT COUNT(*) FROM integration_feature WHERE feature <> 0").await, 0);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM sentry_app_component").await, 0);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM service_hook WHERE url LIKE '%changed%'").await, 0);
});
