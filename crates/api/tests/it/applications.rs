//! OAuth applications and authorizations over HTTP.

use mortise_domain::{ApplicationId, ScopeSet};
use mortise_store::{Query, StoreError, application, token};
use mortise_testkit::api_test;
use serde_json::{Value, json};

const APPS: &str = "/api/0/api-applications/";

api_test!(an_application_is_registered_changed_and_removed, |app| async move {
    let world = app.world().await;
    let session = &world.owner_session;
    let made = app.post(APPS).session(session).send().await.expect(201).json();
    let keys: Vec<&String> = made.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "id",
            "clientID",
            "clientSecret",
            "name",
            "homepageUrl",
            "privacyUrl",
            "termsUrl",
            "allowedOrigins",
            "redirectUris"
        ]
    );
    assert_eq!((&made["id"], made["clientSecret"].as_str().unwrap().len()), (&made["clientID"], 64));
    let path = format!("{APPS}{}/", made["id"].as_str().unwrap());
    let body = json!({
        "name": "Deploys", "redirectUris": ["https://a.example/cb", "sentry-mobile-agent://cb"], "allowedOrigins": ["a.example"],
        "homepageUrl": "https://a.example", "termsUrl": "", "privacyUrl": null,
    });
    let changed = app.put(path.clone()).session(session).json(&body).send().await.expect(200).json();
    for (key, value) in body.as_object().unwrap() {
        assert_eq!(&changed[key], value, "{key}");
    }
    let wrong =
        app.put(path.clone()).session(session).json(&json!({"name": "x".repeat(65), "homepageUrl": "no"}));
    assert_eq!(
        wrong.send().await.expect(400).json(),
        json!({"name": ["Ensure this field has no more than 64 characters."], "homepageUrl": ["Enter a valid URL."]})
    );
    let lists = json!({ "redirectUris": ["https://a.example/", "no", null], "termsUrl": "javascript:alert(1)",
        "allowedOrigins": ["a.example", "x".repeat(256)] });
    let wrong = app.put(path.clone()).session(session).json(&lists).send().await.expect(400).json();
    let expected = json!({
        "redirectUris": {"1": ["Enter a valid URL."], "2": ["This field may not be null."]},
        "allowedOrigins": {"1": ["Ensure this field has no more than 255 characters."]},
        "termsUrl": ["Enter a valid URL."],
    });
    assert_eq!(wrong, expected, "what is wrong with items stands under their places");
    let scheme =
        "This URL scheme is not allowed. Only http, https, and sentry-mobile-agent schemes are permitted.";
    for (uri, text) in [
        ("myapp://cb", scheme),
        ("ftp://a.example/cb", scheme),
        ("javascript:alert(1)", scheme),
        ("sentry-mobile-agent:cb", "Enter a valid URL."),
        ("sentry-mobile-agent://", "Enter a valid URL."),
        ("https:/a.example/cb", "Enter a valid URL."),
        ("//a.example/cb", "Enter a valid URL."),
    ] {
        let wrong = app.put(path.clone()).session(session).json(&json!({ "redirectUris": [uri] }));
        let wrong = wrong.send().await.expect(400).json();
        assert_eq!(wrong, json!({ "redirectUris": { "0": [text] } }), "{uri}");
    }
    let no_list =
        app.put(path.clone()).session(session).json(&json!({ "redirectUris": "https://a.example" }));
    let text = "Expected a list of items but got type \"str\".";
    assert_eq!(no_list.send().await.expect(400).json(), json!({ "redirectUris": [text] }));
    let list = app.get(APPS).session(session).send().await.expect(200).json();
    assert_eq!(list, json!([changed]));
    app.get(path.clone()).session(&world.member_session).send().await.expect(404);
    app.delete(path.clone()).session(&world.member_session).send().await.expect(404);
    app.delete(path.clone()).session(session).send().await.expect(204);
    app.get(path).session(session).send().await.expect(404);
});

api_test!(a_secret_is_shown_for_a_day_and_after_rotation, |app| async move {
    let world = app.world().await;
    let session = &world.owner_session;
    let made = app.post(APPS).session(session).send().await.expect(201).json();
    let path = format!("{APPS}{}/", made["id"].as_str().unwrap());
    app.clock.advance(24 * 3600 - 1);
    let shown = app.get(path.clone()).session(session).send().await.expect(200).json();
    assert_eq!(shown["clientSecret"], made["clientSecret"]);
    app.clock.advance(1);
    let hidden = app.get(path.clone()).session(session).send().await.expect(200).json();
    assert_eq!(hidden["clientSecret"], Value::Null);
    let rotated = app.post(format!("{path}rotate-secret/")).session(session).send().await.expect(200).json();
    let secret = rotated["clientSecret"].as_str().unwrap();
    assert!(secret.len() == 64 && made["clientSecret"] != secret);
    let still = app.get(path).session(session).send().await.expect(200).json();
    assert_eq!(still["clientSecret"], Value::Null);
});

api_test!(an_authorization_is_listed_and_taken_back_with_its_tokens, |app| async move {
    let world = app.world().await;
    let made = app.post(APPS).session(&world.owner_session).send().await.expect(201).json();
    let client_id = made["id"].as_str().unwrap().to_owned();
    let (member, now) = (world.member, app.ctx.now());
    let grant = app.ctx.store.write::<ApplicationId, StoreError, _>(move |tx| {
        Box::pin(async move {
            let id = application::by_client_id(tx, &client_id).await?.unwrap().id;
            let scopes = ScopeSet::from_texts(["org:read"]);
            application::authorize(tx, member, id, scopes, now).await?;
            let new = token::NewToken {
                user_id: member,
                application_id: Some(id),
                name: None,
                token_type: "oauth_app",
                token_hash: "hash".to_owned(),
                refresh_token_hash: None,
                token_last_characters: "aaaa".to_owned(),
                scopes,
                expires_at: None,
            };
            token::insert(tx, &new, now).await?;
            Ok(id)
        })
    });
    let id = grant.await.unwrap();
    let path = "/api/0/api-authorizations/";
    let list = app.get(path).session(&world.member_session).send().await.expect(200).json();
    assert_eq!((&list[0]["scopes"], &list[0]["organization"]), (&json!(["org:read"]), &Value::Null));
    assert_eq!(
        (&list[0]["application"]["id"], &list[0]["application"]["clientSecret"]),
        (&made["id"], &Value::Null)
    );
    assert_eq!(app.get(path).session(&world.owner_session).send().await.expect(200).json(), json!([]));
    let body = json!({"authorization": list[0]["id"]});
    let unnamed = app.delete(path).session(&world.member_session).send().await.expect(400);
    assert_eq!(unnamed.json(), json!({"authorization": ""}));
    let foreign = app.delete(path).session(&world.owner_session).json(&body).send().await.expect(404);
    assert_eq!(foreign.text(), "");
    app.delete(path).session(&world.member_session).json(&body).send().await.expect(204);
    assert_eq!(app.get(path).session(&world.member_session).send().await.expect(200).json(), json!([]));
    let left: i64 = {
        let query = Query::new("SELECT COUNT(*) FROM api_token WHERE application_id = $1").bind(id);
        app.ctx.store.read().await.unwrap().one(query).await.unwrap()
    };
    assert_eq!(left, 0);
});
