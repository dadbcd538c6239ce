//! What analytics learn of the life of an app.

use mortise_testkit::{TestApp, api_test};
use serde_json::{Value, json};

const APPS: &str = "/api/0/sentry-apps/";

fn names(app: &TestApp) -> Vec<String> {
    app.analytics.take().into_iter().map(|(name, _)| name).collect()
}

api_test!(the_life_of_an_internal_app_is_told, |app| async move {
    let world = app.world().await;
    let body = json!({
        "organization": "acme", "name": "Watch", "isInternal": true, "isAlertable": false, "verifyInstall": false,
        "scopes": ["event:read"], "webhookUrl": "https://w.test/hook",
    });
    let made = app.post(APPS).bearer(&world.owner_token).json(&body).send().await.expect(201).json();
    let slug = made["slug"].as_str().unwrap();
    let who = json!({"user_id": world.owner.get(), "organization_id": world.org.get(), "sentry_app": slug});
    let with_action = |is_new: bool| {
        let mut who = who.clone();
        who["created_alert_rule_ui_component"] = json!(is_new);
        who
    };
    let told = app.analytics.take();
    let expected = [
        ("sentry_app.installed", who.clone()),
        ("sentry_app.created", with_action(false)),
        ("internal_integration.created", who.clone()),
    ];
    assert_eq!(told, expected.map(|(name, fields)| (name.to_owned(), fields)));

    let path = format!("{APPS}{slug}/");
    let put = async |schema: Value| {
        app.put(&path).bearer(&world.owner_token).json(&json!({ "schema": schema })).send().await
    };
    let settings = json!({"type": "alert-rule-settings", "uri": "/a", "required_fields": [
        {"type": "text", "name": "t", "label": "T"}]});
    let schema = json!({"elements": [{"type": "alert-rule-action", "title": "A", "settings": settings}]});
    put(schema.clone()).await.expect(200);
    put(schema).await.expect(200);
    let updated = |is_new| ("sentry_app.updated".to_owned(), with_action(is_new));
    assert_eq!(app.analytics.take(), [updated(true), updated(false)]);
    put(json!({"x": "y"})).await.expect(400);
    let refused = json!({
        "schema": r#"{"x":"y"}"#, "user_id": world.owner.get(), "sentry_app_id": app_id(&app, &world, slug).await,
        "sentry_app_name": "Watch", "organization_id": world.org.get(),
        "error_message": "'elements' is a required property",
    });
    assert_eq!(app.analytics.take(), [("sentry_app.schema_validation_error".to_owned(), refused)]);

    let tokens = format!("{path}api-tokens/");
    let token = app.post(&tokens).session(&world.owner_session).send().await.expect(201).json();
    let one = format!("{tokens}{}/", token["id"].as_str().unwrap());
    app.delete(&one).session(&world.owner_session).send().await.expect(204);
    app.delete(&one).session(&world.owner_session).send().await.expect(404);
    app.delete(&path).bearer(&world.owner_token).send().await.expect(204);
    let expected = [
        "sentry_app_installation_token.created",
        "sentry_app_installation_token.deleted",
        "sentry_app.deleted",
    ];
    assert_eq!(names(&app), expected);
});

async fn app_id(app: &TestApp, world: &mortise_testkit::World, slug: &str) -> i64 {
    let path = "/api/0/organizations/acme/sentry-app-installations/";
    let listed = app.get(path).bearer(&world.owner_token).send().await.expect(200).json();
    let one = listed.as_array().unwrap().iter().find(|it| it["app"]["slug"] == slug).unwrap();
    one["app"]["sentryAppId"].as_i64().unwrap()
}

api_test!(the_life_of_an_installation_is_told, |app| async move {
    let world = app.world().await;
    let body = json!({
        "organization": "acme", "name": "Board", "author": "Acme", "isInternal": false, "isAlertable": false,
        "verifyInstall": true, "scopes": ["event:read"], "webhookUrl": "https://b.test/hook",
    });
    app.post(APPS).bearer(&world.owner_token).json(&body).send().await.expect(201);
    let seen = app.get(format!("{APPS}board/")).bearer(&world.owner_token).send().await.expect(200).json();
    let path = "/api/0/organizations/acme/sentry-app-installations/";
    let install =
        async || app.post(path).bearer(&world.owner_token).json(&json!({"slug": "board"})).send().await;
    let made = install().await.expect(200).json();
    install().await.expect(200);
    assert_eq!(names(&app), ["sentry_app.created", "sentry_app.installed"]);
    let one = format!("/api/0/sentry-app-installations/{}/", made["uuid"].as_str().unwrap());
    let code = json!({"grant_type": "authorization_code", "code": made["code"], "client_id": seen["clientId"],
        "client_secret": seen["clientSecret"]});
    let token = app.post(format!("{one}authorizations/")).json(&code).send().await.expect(201).json();
    app.post(format!("{one}authorizations/")).json(&code).send().await.expect(403);
    let refresh = json!({"grant_type": "refresh_token", "refresh_token": token["refreshToken"],
        "client_id": seen["clientId"], "client_secret": seen["clientSecret"]});
    let token = app.post(format!("{one}authorizations/")).json(&refresh).send().await.expect(201).json();
    let bearer = token["token"].as_str().unwrap();
    app.put(&one).bearer(bearer).json(&json!({"status": "installed"})).send().await.expect(200);
    app.delete(&one).bearer(&world.owner_token).send().await.expect(204);
    let told = app.analytics.take();
    assert_eq!(told[0].1["exchange_type"], "authorization");
    assert_eq!(told[1].1["exchange_type"], "refresh");
    let names: Vec<_> = told.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "sentry_app.token_exchanged",
            "sentry_app.token_exchanged",
            "sentry_app_installation.updated",
            "sentry_app.uninstalled"
        ]
    );
});
