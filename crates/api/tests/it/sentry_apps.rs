//! Sentry Apps over HTTP.

use mortise_testkit::{Answer, TestApp, World, api_test};
use serde_json::{Value, json};

use crate::{ingest::count, installations::Installed};

pub(crate) const APPS: &str = "/api/0/sentry-apps/";

/// An internal app of `acme` that hears of nothing.
pub(crate) fn internal() -> Value {
    json!({
        "organization": "acme", "name": "Night Watch", "isInternal": true, "isAlertable": false,
        "verifyInstall": true, "scopes": ["event:write", "org:read"], "webhookUrl": "https://w.acme.test/hook",
        "events": [], "allowedOrigins": ["app.acme.test"],
    })
}

/// A public app of `acme` that hears of issues.
pub(crate) fn public() -> Value {
    json!({
        "organization": "acme", "name": "Acme Board", "author": "Acme", "isInternal": false, "isAlertable": false,
        "verifyInstall": false, "scopes": ["event:read"], "events": ["issue"],
        "webhookUrl": "https://b.acme.test/hook", "redirectUrl": "https://b.acme.test/setup",
    })
}

/// Creates an app as the owner of `acme`.
pub(crate) async fn post(app: &TestApp, world: &World, body: &Value) -> Answer {
    app.post(APPS).bearer(&world.owner_token).json(body).send().await
}

/// The slug of a new app of `acme`.
pub(crate) async fn create(app: &TestApp, world: &World, body: &Value) -> String {
    post(app, world, body).await.expect(201).json()["slug"].as_str().expect("a slug").to_owned()
}

api_test!(an_internal_app_is_created_installed_and_gets_tokens, |app| async move {
    let world = app.world().await;
    let answer = post(&app, &world, &internal()).await.expect(201).json();
    let slug = answer["slug"].as_str().unwrap();
    assert!(slug.starts_with("night-watch-") && slug.len() == "night-watch-".len() + 6, "{slug}");
    let whole = json!({
        "allowedOrigins": ["app.acme.test"], "author": "Acme", "avatars": [], "events": [], "featureData": [],
        "isAlertable": false, "metadata": {}, "name": "Night Watch", "overview": null, "popularity": 1,
        "redirectUrl": null, "schema": {}, "scopes": ["event:write", "org:read"], "slug": slug,
        "status": "internal", "uuid": answer["uuid"], "verifyInstall": false,
        "webhookUrl": "https://w.acme.test/hook", "webhookEvents": [], "webhookHeaders": [], "isDisabled": false,
    });
    assert_eq!(answer, whole);

    let seen = app.get(format!("{APPS}{slug}/")).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(seen["owner"], json!({ "id": world.org.get(), "slug": "acme" }));
    assert_eq!(seen["clientId"].as_str().unwrap().len(), 64);
    assert_eq!(seen["clientSecret"].as_str().unwrap().len(), 64);
    assert!(!seen["clientSecret"].as_str().unwrap().contains('*'));

    let path = "/api/0/organizations/acme/sentry-app-installations/";
    let installed = app.get(path).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(installed[0]["app"]["slug"], slug);
    assert_eq!(installed[0]["status"], "installed");
    assert_eq!(installed[0]["organization"], json!({ "slug": "acme" }));
    assert_eq!(installed[0]["code"].as_str().unwrap().len(), 64);

    let tokens = format!("{APPS}{slug}/api-tokens/");
    let made = app.post(&tokens).session(&world.owner_session).send().await.expect(201).json();
    assert_eq!(made["scopes"], json!(["event:read", "event:write", "org:read"]));
    assert_eq!(made["expiresAt"], Value::Null);
    let token = made["token"].as_str().unwrap();
    assert_eq!(token.len(), 64);
    assert!(token.ends_with(made["tokenLastCharacters"].as_str().unwrap()));
    let listed = app.get(&tokens).session(&world.owner_session).send().await.expect(200).json();
    assert_eq!(listed[0]["id"], made["id"]);
    assert_eq!(listed[0].get("token"), None);
    // The token acts in its own organization and in no other.
    let apps = app.get(path).bearer(token).send().await;
    assert_eq!(apps.status, 404, "app tokens are no members");
    let root = app.get("/api/0/").bearer(token).send().await.expect(200).json();
    assert_eq!(root["auth"]["scopes"], made["scopes"]);
});

api_test!(creating_writes_the_audit_log_in_order, |app| async move {
    let world = app.world().await;
    create(&app, &world, &internal()).await;
    let mut conn = app.ctx.store.read().await.unwrap();
    let query = mortise_store::Query::new("SELECT event FROM audit_log ORDER BY id");
    assert_eq!(conn.all::<i64>(query).await.unwrap(), [116, 113, 130]);
});

api_test!(every_wrong_field_is_named, |app| async move {
    let world = app.world().await;
    let mut body = public();
    body["name"] = "x".repeat(58).into();
    body["author"] = "  ".into();
    body["isAlertable"] = "maybe".into();
    body["scopes"] = json!(["project:red", "nope"]);
    body["events"] = "issue".into();
    body["webhookUrl"] = "example.com".into();
    body["redirectUrl"] = "https://nowhere".into();
    body["allowedOrigins"] = json!(["*.acme.test"]);
    body.as_object_mut().unwrap().remove("verifyInstall");
    let answer = post(&app, &world, &body).await.expect(400).json();
    let expected = json!({
        "name": ["Cannot exceed 57 characters"],
        "author": ["This field may not be blank."],
        "webhookUrl": ["URL must start with http[s]://"],
        "redirectUrl": ["Enter a valid URL."],
        "isAlertable": ["Must be a valid boolean."],
        "verifyInstall": ["This field may not be null."],
        "allowedOrigins": ["'*' not allowed in origin"],
        "scopes": ["project:red not a valid scope"],
        "events": ["Invalid event subscription: i, s, u, e"],
    });
    assert_eq!(answer, expected);
});

api_test!(fields_must_fit_together, |app| async move {
    let world = app.world().await;
    let change = |base: Value, key: &str, value: Value| {
        let mut body = base;
        body[key] = value;
        body
    };
    let mut silent = internal();
    silent["webhookUrl"] = Value::Null;
    let mut alerting = silent.clone();
    alerting["isAlertable"] = true.into();
    let mut listening = silent.clone();
    listening["events"] = json!(["issue"]);
    listening["scopes"] = json!([]);
    for (body, key, text) in [
        (
            change(internal(), "events", json!(["issue"])),
            "events",
            "issue webhooks require the event:read permission.",
        ),
        (listening, "webhookUrl", "webhookUrl required if webhook events are enabled"),
        (alerting, "webhookUrl", "webhookUrl required if alert rule action is enabled"),
        (
            change(public(), "webhookUrl", "".into()),
            "webhookUrl",
            "webhookUrl required for public integrations",
        ),
        (change(public(), "author", Value::Null), "author", "author required for public integrations"),
    ] {
        let answer = post(&app, &world, &body).await.expect(400).json();
        assert_eq!(answer, json!({ key: [text] }));
    }
    create(&app, &world, &public()).await;
    let again = post(&app, &world, &public()).await.expect(400).json();
    assert_eq!(again, json!({ "name": ["Name Acme Board is already taken, please use another."] }));
});

api_test!(nobody_grants_what_they_lack_or_creates_for_others, |app| async move {
    let world = app.world().await;
    let token = World::token(&app.ctx, world.owner, &["org:write", "event:read"]).await;
    let mut body = internal();
    body["scopes"] = json!(["event:read", "member:admin"]);
    let answer = app.post(APPS).bearer(&token).json(&body).send().await.expect(400).json();
    let text = "Requested permission of member:admin exceeds requester's permission. Please contact an administrator to \
                make the requested change.";
    assert_eq!(answer, json!({ "scopes": [text] }));
    let answer =
        app.post(APPS).bearer(&world.stranger_token).json(&internal()).send().await.expect(403).json();
    assert_eq!(answer, json!({ "detail": "User does not belong to the 'acme' organization." }));
    app.post(APPS).bearer(&world.member_token).json(&internal()).send().await.expect(403);
    for body in [json!({}), json!([]), json!(null), json!({ "organization": 7 })] {
        let answer = post(&app, &world, &body).await.expect(400).json();
        let text = "Please provide a valid value for the 'organization' field.";
        assert_eq!(answer, json!({ "organization": text }));
    }
});

api_test!(an_app_that_is_not_published_is_hidden_from_strangers, |app| async move {
    let world = app.world().await;
    let slug = create(&app, &world, &public()).await;
    let path = format!("{APPS}{slug}/");
    let answer = app.get(&path).bearer(&world.stranger_token).send().await.expect(404).json();
    assert_eq!(answer, json!({ "detail": "Not found." }));
    app.get(&path).send().await.expect(401);
    let seen = app.get(&path).bearer(&world.member_token).send().await.expect(200).json();
    assert_eq!(seen["clientSecret"], "*".repeat(64));
    app.clock.advance(24 * 3600);
    let seen = app.get(&path).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(seen["clientSecret"], Value::Null);

    let listed = |token: String, query: &'static str| {
        let request = app.get(format!("{APPS}?status={query}")).bearer(&token);
        async move { request.send().await.expect(200).json().as_array().unwrap().len() }
    };
    assert_eq!(listed(world.owner_token.clone(), "unpublished").await, 1);
    assert_eq!(listed(world.stranger_token.clone(), "unpublished").await, 0);
    assert_eq!(listed(world.owner_token.clone(), "").await, 0);
});

api_test!(tokens_are_for_internal_apps_sessions_and_twenty_at_most, |app| async move {
    let world = app.world().await;
    let public = create(&app, &world, &public()).await;
    let internal = create(&app, &world, &internal()).await;
    let of = |slug: &str| format!("{APPS}{slug}/api-tokens/");
    let answer = app.post(of(&public)).session(&world.owner_session).send().await.expect(403).json();
    assert_eq!(answer, "This route is limited to internal integrations only");
    assert_eq!(app.get(of(&public)).session(&world.owner_session).send().await.expect(200).json(), json!([]));
    let answer = app.post(of(&internal)).bearer(&world.owner_token).send().await.expect(403).json();
    assert_eq!(answer, json!({ "detail": "Authentication credentials were not provided." }));
    app.post(of(&internal)).session(&world.member_session).send().await.expect(403);
    for _ in 0..20 {
        app.post(of(&internal)).session(&world.owner_session).send().await.expect(201);
    }
    let answer = app.post(of(&internal)).session(&world.owner_session).send().await.expect(403).json();
    assert_eq!(answer, "Cannot generate more than 20 tokens for a single integration");
});

api_test!(an_app_is_installed_once_by_those_who_may, |app| async move {
    let world = app.world().await;
    let slug = create(&app, &world, &public()).await;
    let path = "/api/0/organizations/acme/sentry-app-installations/";
    let install = |token: &str, path: &str, body: Value| app.post(path).bearer(token).json(&body).send();
    let first = install(&world.owner_token, path, json!({ "slug": slug })).await.expect(200).json();
    assert_eq!(first["status"], "installed");
    let again = install(&world.owner_token, path, json!({ "slug": slug })).await.expect(200).json();
    assert_eq!(again["uuid"], first["uuid"]);
    install(&world.member_token, path, json!({ "slug": slug })).await.expect(403);
    let elsewhere = "/api/0/organizations/globex/sentry-app-installations/";
    let hidden = install(&world.stranger_token, elsewhere, json!({ "slug": slug })).await.expect(404);
    assert!(hidden.body.is_empty());
    let answer = install(&world.owner_token, elsewhere, json!({ "slug": slug })).await.expect(404).json();
    assert_eq!(answer, json!({ "detail": "Not found." }));
    let answer = install(&world.owner_token, path, json!({ "slug": 7 })).await.expect(400).json();
    assert!(answer["slug"][0].as_str().unwrap().starts_with("Enter a valid slug"));
    let answer = install(&world.owner_token, path, json!({})).await.expect(400).json();
    assert_eq!(answer, json!({ "slug": ["This field is required."] }));
});

pub(crate) async fn put(app: &TestApp, token: &str, slug: &str, body: Value) -> Answer {
    app.put(format!("{APPS}{slug}/")).bearer(token).json(&body).send().await
}

api_test!(an_app_is_changed_by_what_is_sent, |app| async move {
    let world = app.world().await;
    let slug = create(&app, &world, &public()).await;
    let change = json!({
        "name": " Acme Wall ", "overview": "o", "redirectUrl": "", "scopes": ["event:read", "event:admin"],
        "events": ["comment"],
        "webhookUrl": "https://c.acme.test/hook", "allowedOrigins": ["a.test", "b.test"], "verifyInstall": true,
        "isAlertable": true, "features": [1, "7", ""], "popularity": 9, "isInternal": true, "schema": {},
    });
    let seen = put(&app, &world.owner_token, &slug, change).await.expect(200).json();
    let expected = json!({
        "name": "Acme Wall", "overview": "o", "redirectUrl": "", "events": ["comment"],
        "scopes": ["event:admin", "event:read", "event:write"], "webhookUrl": "https://c.acme.test/hook",
        "allowedOrigins": ["a.test", "b.test"], "verifyInstall": true, "isAlertable": true, "popularity": 1,
        "author": "Acme", "slug": slug, "status": "unpublished",
    });
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&seen[key], value, "{key}");
    }
    let ids: Vec<i64> =
        seen["featureData"].as_array().unwrap().iter().map(|it| it["featureId"].as_i64().unwrap()).collect();
    assert_eq!(ids, [1, 7]);
    assert_eq!(seen["clientSecret"].as_str().unwrap().len(), 64);
    let nulls = json!({
        "author": "B", "overview": null, "redirectUrl": null, "scopes": null, "events": null, "schema": null,
        "features": null, "status": null,
    });
    let again = put(&app, &world.owner_token, &slug, nulls).await.expect(200).json();
    for key in ["overview", "redirectUrl", "scopes", "events", "featureData"] {
        assert_eq!(again[key], seen[key], "{key}");
    }
    assert_eq!(again["author"], "B");
});

api_test!(a_change_that_does_not_fit_is_refused_whole, |app| async move {
    let world = app.world().await;
    let slug = create(&app, &world, &public()).await;
    let internal = create(&app, &world, &internal()).await;
    let named = |name: &str| json!({ "name": name });
    for (slug, body, expected) in [
        (
            &slug,
            json!({ "webhookUrl": null }),
            json!({ "webhookUrl": ["webhookUrl required for public integrations"] }),
        ),
        (&slug, json!({ "author": null }), json!({ "author": ["author required for public integrations"] })),
        (&slug, json!({ "isAlertable": null }), json!({ "isAlertable": ["This field may not be null."] })),
        (&slug, json!({ "features": [99] }), json!({ "features": ["\"99\" is not a valid choice."] })),
        (&slug, named(""), json!({ "name": ["This field may not be blank."] })),
        (&slug, json!([]), json!({ "detail": "Invalid request" })),
        (
            &slug,
            json!({ "name": "N", "scopes": ["org:read"], "events": ["issue"] }),
            json!({ "events": ["issue webhooks require the event:read permission."] }),
        ),
        (
            &internal,
            json!({ "name": "N", "verifyInstall": true }),
            json!({ "detail": "Internal integrations cannot have verify_install=True." }),
        ),
        (&internal, json!({ "scopes": [], "name": "N" }), Value::Null),
        (
            &internal,
            json!({ "name": "M", "events": ["comment"] }),
            json!({ "detail": "comment webhooks require the event:read permission." }),
        ),
    ] {
        let answer = put(&app, &world.owner_token, slug, body.clone()).await;
        match expected {
            Value::Null => answer.expect(200),
            expected => {
                let answer = answer.expect(400);
                assert_eq!(answer.json(), expected, "{body}");
                answer
            }
        };
    }
    let seen =
        app.get(format!("{APPS}{internal}/")).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!((&seen["name"], &seen["scopes"]), (&json!("N"), &json!([])));
    // Whoever lacks a scope may keep what the app has, and not add to it.
    let narrow = World::token(&app.ctx, world.owner, &["org:write"]).await;
    put(&app, &narrow, &slug, json!({ "scopes": ["event:read"] })).await.expect(200);
    let answer =
        put(&app, &narrow, &slug, json!({ "scopes": ["event:read", "team:admin"] })).await.expect(400);
    assert!(
        answer.json()["scopes"][0].as_str().unwrap().contains("team:admin exceeds requester's permission")
    );
    put(&app, &world.member_token, &slug, named("X")).await.expect(403);
    put(&app, &world.stranger_token, &slug, named("X")).await.expect(404);
});

api_test!(tokens_and_hooks_follow_their_app, |app| async move {
    let world = app.world().await;
    let mut silent = internal();
    silent["webhookUrl"] = Value::Null;
    let slug = create(&app, &world, &silent).await;
    let tokens = format!("{APPS}{slug}/api-tokens/");
    let made = app.post(&tokens).session(&world.owner_session).send().await.expect(201).json();
    let hooks = || async {
        let mut conn = app.ctx.store.read().await.unwrap();
        let query = mortise_store::Query::new("SELECT url || ' ' || events FROM service_hook ORDER BY id");
        conn.all::<String>(query).await.unwrap()
    };
    assert_eq!(hooks().await, Vec::<String>::new());
    let change =
        json!({ "scopes": ["event:read"], "events": ["error"], "webhookUrl": "https://w.acme.test/1" });
    put(&app, &world.owner_token, &slug, change).await.expect(200);
    assert_eq!(hooks().await, ["https://w.acme.test/1 [\"error.created\"]"]);
    let root = app.get("/api/0/").bearer(made["token"].as_str().unwrap()).send().await.expect(200).json();
    assert_eq!(root["auth"]["scopes"], json!(["event:read"]));
    put(&app, &world.owner_token, &slug, json!({ "webhookUrl": "https://w.acme.test/2" })).await.expect(200);
    assert_eq!(hooks().await, ["https://w.acme.test/2 [\"error.created\"]"]);
    put(&app, &world.owner_token, &slug, json!({ "webhookUrl": "", "events": [] })).await.expect(200);
    assert_eq!(hooks().await, Vec::<String>::new());
});

api_test!(publishing_is_for_superusers_and_fixes_what_was_agreed_to, |app| async move {
    let world = app.world().await;
    let slug = create(&app, &world, &public()).await;
    let status = |body: Value| {
        let (app, world, slug) = (&app, &world, slug.clone());
        async move { put(app, &world.owner_token, &slug, body).await.expect(200).json()["status"].clone() }
    };
    assert_eq!(status(json!({ "status": "published" })).await, "unpublished");
    assert_eq!(status(json!({ "status": "anything" })).await, "unpublished");
    assert_eq!(status(json!({ "status": "publish_request_inprogress" })).await, "publish_request_inprogress");
    let (cookie, csrf) = crate::rows::superuser(&app, world.stranger).await;
    let publish = app.put(format!("{APPS}{slug}/")).header("cookie", &format!("{cookie}; sc={csrf}"));
    let publish =
        publish.header("x-csrftoken", &csrf).json(&json!({ "status": "published", "popularity": 9 }));
    let seen = publish.send().await.expect(200).json();
    assert_eq!((&seen["status"], &seen["popularity"]), (&json!("published"), &json!(9)));
    assert!(seen["datePublished"].is_string());
    for (body, text) in [
        (json!({ "scopes": ["event:write"] }), "Cannot update permissions on a published integration."),
        (json!({ "features": [2] }), "Cannot update features on a published integration."),
    ] {
        let answer = put(&app, &world.owner_token, &slug, body).await.expect(400).json();
        assert_eq!(answer, json!({ "detail": text }));
    }
    put(&app, &world.owner_token, &slug, json!({ "scopes": ["event:read"], "name": "Same" }))
        .await
        .expect(200);
    put(&app, &world.stranger_token, &slug, json!({ "name": "X" })).await.expect(403);
    let refused = app.delete(format!("{APPS}{slug}/")).bearer(&world.owner_token).send().await.expect(403);
    assert_eq!(refused.json(), json!({ "detail": ["Published apps cannot be removed."] }));
    // Now everybody may see it and install it.
    app.get(format!("{APPS}{slug}/")).bearer(&world.stranger_token).send().await.expect(200);
    let elsewhere = "/api/0/organizations/globex/sentry-app-installations/";
    let install = app.post(elsewhere).bearer(&world.stranger_token).json(&json!({ "slug": slug }));
    install.send().await.expect(200);
});

api_test!(an_app_that_is_removed_leaves_nothing_that_works, |app| async move {
    let world = app.world().await;
    let slug = create(&app, &world, &internal()).await;
    let tokens = format!("{APPS}{slug}/api-tokens/");
    let made = app.post(&tokens).session(&world.owner_session).send().await.expect(201).json();
    let path = format!("{APPS}{slug}/");
    app.delete(&path).bearer(&world.member_token).send().await.expect(403);
    app.delete(&path).bearer(&world.stranger_token).send().await.expect(404);
    app.delete(&path).bearer(&world.owner_token).send().await.expect(204);
    app.get(&path).bearer(&world.owner_token).send().await.expect(404);
    let gone = app.get("/api/0/").bearer(made["token"].as_str().unwrap()).send().await.expect(401).json();
    assert_eq!(gone, json!({ "detail": "Invalid token" }));
    // Those who had a public app are told of its end.
    let slug = create(&app, &world, &public()).await;
    let installed = "/api/0/organizations/acme/sentry-app-installations/";
    let install = app.post(installed).bearer(&world.owner_token).json(&json!({ "slug": slug }));
    install.send().await.expect(200);
    app.delete(format!("{APPS}{slug}/")).bearer(&world.owner_token).send().await.expect(204);
    let listed = app.get(installed).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(listed, json!([]));
    let told = "SELECT kind FROM event WHERE kind LIKE 'installation.%' ORDER BY id";
    let texts = |sql: &'static str| {
        let store = app.ctx.store.clone();
        async move { store.read().await.unwrap().all::<String>(mortise_store::Query::new(sql)).await.unwrap() }
    };
    assert_eq!(texts(told).await, ["installation.created", "installation.deleted"]);
    let again = post(&app, &world, &public()).await.expect(400).json();
    assert_eq!(again, json!({ "name": ["Name Acme Board is already taken, please use another."] }));
    // Its secret stays for signing that, and then goes with everything else.
    let left = "SELECT client_id FROM api_application";
    assert_eq!(texts(left).await.len(), 2);
    app.clock.advance(8 * 24 * 3600);
    let job = mortise_service::jobs::JOBS.iter().find(|job| job.name == "purge_removed_apps").unwrap();
    assert_eq!((job.run)(&app.ctx).await.unwrap(), 2);
    assert_eq!(texts(left).await, Vec::<String>::new());
    assert_eq!(texts("SELECT username FROM user_account WHERE is_sentry_app").await, Vec::<String>::new());
});

api_test!(a_secret_is_replaced_by_those_who_may, |app| async move {
    let world = app.world().await;
    let slug = create(&app, &world, &public()).await;
    let path = format!("{APPS}{slug}/rotate-secret/");
    let before = app.get(format!("{APPS}{slug}/")).bearer(&world.owner_token).send().await.expect(200).json();
    app.post(&path).bearer(&world.member_token).send().await.expect(403);
    app.post(&path).bearer(&world.stranger_token).send().await.expect(404);
    let narrow = World::token(&app.ctx, world.owner, &["org:read"]).await;
    app.post(&path).bearer(&narrow).send().await.expect(403);
    let rotated = app.post(&path).bearer(&world.owner_token).send().await.expect(200).json();
    let secret = rotated["clientSecret"].as_str().unwrap();
    assert!(secret.len() == 64 && secret != before["clientSecret"]);
    let seen = app.get(format!("{APPS}{slug}/")).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(seen["clientSecret"], secret);
});

api_test!(tokens_of_internal_apps_can_be_ended, |app| async move {
    let world = app.world().await;
    let slug = create(&app, &world, &internal()).await;
    let tokens = format!("{APPS}{slug}/api-tokens/");
    let made = app.post(&tokens).session(&world.owner_session).send().await.expect(201).json();
    let path = format!("{tokens}{}/", made["id"].as_str().unwrap());
    app.delete(&path).bearer(&world.member_token).send().await.expect(403);
    for wrong in ["0", "x", "999999"] {
        app.delete(format!("{tokens}{wrong}/")).bearer(&world.owner_token).send().await.expect(404);
    }
    app.delete(&path).bearer(&world.owner_token).send().await.expect(204);
    app.get("/api/0/").bearer(made["token"].as_str().unwrap()).send().await.expect(401);
    // Whether there is such a token of the app is asked before what kind of app it is.
    let public = Installed::of(&app, &world, "Acme Board").await;
    let id = public.redeem(&app).await["id"].as_str().unwrap().to_owned();
    let of_public =
        |id: &str| app.delete(format!("{APPS}acme-board/api-tokens/{id}/")).bearer(&world.owner_token);
    let answer = of_public(&id).send().await.expect(403).json();
    assert_eq!(answer, "This route is limited to internal integrations only");
    of_public("1").send().await.expect(404);
    let foreign = app.delete(format!("{tokens}{id}/")).bearer(&world.owner_token).send().await.expect(404);
    assert_eq!(foreign.json(), json!({ "detail": "Not found." }));
    assert_eq!(count(&app, "SELECT COUNT(*) FROM api_token WHERE application_id IS NOT NULL").await, 1);
});

api_test!(features_and_owned_apps_are_listed, |app| async move {
    let world = app.world().await;
    let public = create(&app, &world, &public()).await;
    let internal = create(&app, &world, &internal()).await;
    let features = app
        .get(format!("{APPS}{internal}/features/"))
        .bearer(&world.owner_token)
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(features.as_array().unwrap().len(), 1);
    assert_eq!(
        (&features[0]["featureId"], &features[0]["featureGate"]),
        (&json!(0), &json!("integrations-api"))
    );
    let every = app.get("/api/0/integration-features/?per_page=1").bearer(&world.member_token).send().await;
    assert_eq!(every.header("link"), "");
    let every = every.expect(200).json();
    let gates = [
        (0, "api"),
        (1, "issue-link"),
        (2, "stacktrace-link"),
        (3, "event-hooks"),
        (4, "project-management"),
        (5, "incident-management"),
        (6, "feature-flag"),
        (7, "alert-rule"),
        (8, "release-management"),
        (9, "visualization"),
        (11, "chat"),
        (12, "session-replay"),
    ];
    let gate =
        |(id, name): (i64, &str)| json!({ "featureId": id, "featureGate": format!("integrations-{name}") });
    assert_eq!(every, json!(gates.map(gate)));
    let owned = |query: &str| {
        app.get(format!("/api/0/organizations/acme/sentry-apps/{query}")).bearer(&world.owner_token).send()
    };
    let all = owned("").await.expect(200).json();
    assert_eq!((&all[0]["slug"], &all[1]["slug"]), (&json!(internal), &json!(public)));
    let one = owned("?status=internal").await.expect(200).json();
    assert_eq!(one.as_array().unwrap().len(), 1);
    assert_eq!(owned("?status=x").await.expect(400).json(), json!({ "detail": "Invalid status." }));
    let stranger = app.get("/api/0/organizations/acme/sentry-apps/").bearer(&world.stranger_token);
    stranger.send().await.expect(403);
});

/// The sum of a series, and how many points it has.
fn sum(series: &Value) -> (i64, usize) {
    let points = series.as_array().unwrap();
    (points.iter().map(|point| point[1].as_i64().unwrap()).sum(), points.len())
}

api_test!(installations_are_shown_over_time, |app| async move {
    let world = app.world().await;
    let slug = create(&app, &world, &public()).await;
    let installed = "/api/0/organizations/acme/sentry-app-installations/";
    let install = || app.post(installed).bearer(&world.owner_token).json(&json!({ "slug": slug })).send();
    let first = install().await.expect(200).json();
    app.clock.advance(3 * 3600);
    let path = format!("/api/0/sentry-app-installations/{}/", first["uuid"].as_str().unwrap());
    app.delete(path).bearer(&world.owner_token).send().await.expect(204);
    install().await.expect(200);
    let stats =
        |token: &str, query: &str| app.get(format!("{APPS}{slug}/stats/{query}")).bearer(token).send();
    let seen = stats(&world.owner_token, "").await.expect(200).json();
    assert_eq!((&seen["totalInstalls"], &seen["totalUninstalls"]), (&json!(2), &json!(1)));
    assert_eq!((sum(&seen["installStats"]), sum(&seen["uninstallStats"])), ((2, 24), (1, 24)));
    let now = app.ctx.now().as_second();
    let last = &seen["installStats"][23];
    assert_eq!(last, &json!([now - now.rem_euclid(3600), 1]));
    // Of installations from before the window the ends are not shown.
    let late = stats(&world.owner_token, &format!("?since={}", now - 60)).await.expect(200).json();
    assert_eq!((sum(&late["installStats"]), sum(&late["uninstallStats"])), ((1, 7), (0, 7)));
    for (query, text) in [
        ("?resolution=5m", "Invalid resolution"),
        ("?resolution=h", "Invalid resolution"),
        ("?until=soon", "until must be a numeric timestamp."),
        ("?since=nan", "since must be a numeric timestamp"),
        ("?since=2&until=1", "start must be before or equal to end"),
        ("?since=-1e300", "Invalid resolution"),
        ("?resolution=x&until=x&since=x", "Invalid resolution"),
        ("?until=x&since=x", "until must be a numeric timestamp."),
    ] {
        let answer = stats(&world.owner_token, query).await.expect(400).json();
        assert_eq!(answer, json!({ "detail": text }), "{query}");
    }
    stats(&world.owner_token, "?resolution=60m").await.expect(200);
    // What is empty is not there.
    let empty = stats(&world.owner_token, "?since=&until=&resolution=").await.expect(200);
    assert_eq!(empty.json(), seen);
    let keys: Vec<_> = seen.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["totalInstalls", "totalUninstalls", "installStats", "uninstallStats"]);
    for series in [&seen["installStats"], &seen["uninstallStats"]] {
        let times: Vec<_> =
            series.as_array().unwrap().iter().map(|point| point[0].as_i64().unwrap()).collect();
        assert!(times.windows(2).all(|pair| pair[1] == pair[0] + 3600), "{times:?}");
    }
    stats(&world.stranger_token, "").await.expect(403);
});

api_test!(uses_of_an_app_are_counted_by_whoever_is_signed_in, |app| async move {
    let world = app.world().await;
    let slug = create(&app, &world, &public()).await;
    let path = format!("{APPS}{slug}/interaction/");
    let post = |session: &(String, String), body: Value| app.post(&path).session(session).json(&body).send();
    let viewed = json!({ "tsdbField": "sentry_app_viewed" });
    for session in [&world.owner_session, &world.member_session] {
        assert_eq!(post(session, viewed.clone()).await.expect(201).json(), json!({}));
    }
    let used = json!({ "tsdbField": "sentry_app_component_interacted", "componentType": "issue-link" });
    post(&world.owner_session, used).await.expect(201);
    for (body, text) in [
        (json!({}), "The tsdbField must be one of: sentry_app_viewed, sentry_app_component_interacted"),
        (
            json!({ "tsdbField": "sentry_app_component_interacted", "componentType": "x" }),
            "The field componentType is required and must be one of ['stacktrace-link', 'issue-link']",
        ),
    ] {
        assert_eq!(post(&world.owner_session, body).await.expect(400).json(), json!({ "detail": text }));
    }
    app.post(&path).bearer(&world.owner_token).json(&viewed).send().await.expect(403);
    let get = |query: &str| app.get(format!("{path}{query}")).bearer(&world.owner_token).send();
    let seen = get("").await.expect(200).json();
    assert_eq!((sum(&seen["views"]), &seen["componentInteractions"]), ((2, 24), &json!({})));
    let since = app.ctx.now().as_second() - 59;
    let fine = get(&format!("?since={since}&resolution=10s")).await.expect(200).json();
    assert_eq!(sum(&fine["views"]), (2, 6));
    let days = get("?resolution=1d").await.expect(200).json();
    assert_eq!(sum(&days["views"]).0, 2);
    // Old slots go: the fine ones first.
    app.clock.advance(2 * 3600);
    let job = mortise_service::jobs::JOBS.iter().find(|job| job.name == "purge_app_uses").unwrap();
    assert!((job.run)(&app.ctx).await.unwrap() > 0);
    assert_eq!(sum(&get("").await.expect(200).json()["views"]).0, 2);
    app.clock.advance(91 * 86_400);
    (job.run)(&app.ctx).await.unwrap();
    let mut conn = app.ctx.store.read().await.unwrap();
    let left: i64 = conn.one(mortise_store::Query::new("SELECT COUNT(*) FROM app_counter")).await.unwrap();
    assert_eq!(left, 0);
});

api_test!(superusers_see_how_often_every_app_is_installed, |app| async move {
    let world = app.world().await;
    let never = create(&app, &world, &public()).await;
    let here = create(&app, &world, &internal()).await;
    const STATS: &str = "/api/0/sentry-apps-stats/";
    let refused = app.get(STATS).bearer(&world.owner_token).send().await.expect(403).json();
    assert_eq!(refused, json!({ "detail": "You do not have permission to perform this action." }));
    let (cookie, _) = crate::rows::superuser(&app, world.stranger).await;
    let get = |query: &str| app.get(format!("{STATS}{query}")).header("cookie", &cookie).send();
    let seen = get("").await.expect(200).json();
    let pairs: Vec<_> =
        seen.as_array().unwrap().iter().map(|it| (it["slug"].clone(), it["installs"].clone())).collect();
    assert_eq!(pairs, [(json!(here), json!(1)), (json!(never), json!(0))]);
    assert!(seen[0]["id"].is_i64());
    assert_eq!(get("?per_page=1").await.expect(200).json().as_array().unwrap().len(), 1);
    let bad = get("?per_page=x").await.expect(400).json();
    assert_eq!(bad, json!({ "detail": "Invalid per_page parameter." }));
    // An app that was uninstalled everywhere is not listed.
    let installed = "/api/0/organizations/acme/sentry-app-installations/";
    let list = app.get(installed).bearer(&world.owner_token).send().await.expect(200).json();
    let path = format!("/api/0/sentry-app-installations/{}/", list[0]["uuid"].as_str().unwrap());
    app.delete(path).bearer(&world.owner_token).send().await.expect(204);
    assert_eq!(get("").await.expect(200).json().as_array().unwrap().len(), 1);
    app.clock.advance(16 * 60);
    let asked = get("").await.expect(403).json();
    assert_eq!(asked["detail"]["code"], "superuser-required");
});
