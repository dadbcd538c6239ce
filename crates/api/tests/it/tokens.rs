//! Tokens of people and organizations, and legacy API keys, over HTTP.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::Method;
use mortise_domain::ScopeSet;
use mortise_service::tokens;
use mortise_store::Query;
use mortise_testkit::{TestApp, api_test};
use serde_json::{Value, json};

const MINE: &str = "/api/0/api-tokens/";
const ORG: &str = "/api/0/organizations/acme/org-auth-tokens/";

/// Everything that the database keeps of tokens, as one text.
async fn stored(app: &TestApp) -> String {
    let mut conn = app.ctx.store.read().await.unwrap();
    let mut all = Vec::new();
    for sql in [
        "SELECT token_hash FROM api_token",
        "SELECT token_last_characters FROM api_token",
        "SELECT token_hash FROM org_auth_token",
        "SELECT token_last_characters FROM org_auth_token",
        "SELECT key_hash FROM api_key",
    ] {
        all.extend(conn.all::<String>(Query::new(sql)).await.unwrap());
    }
    all.join("\n")
}

api_test!(a_token_is_shown_once_and_stored_as_a_hash, |app| async move {
    let world = app.world().await;
    let body = json!({"name": "CI", "scopes": ["project:admin", "org:read"]});
    let made = app.post(MINE).session(&world.owner_session).json(&body).send().await.expect(201).json();
    let text = made["token"].as_str().unwrap();
    let digits = text.strip_prefix("sntryu_").unwrap();
    assert!(
        digits.len() == 64 && digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)),
        "{text}"
    );
    assert_eq!(made["tokenLastCharacters"], text[text.len() - 4..]);
    assert_eq!(made["scopes"], json!(["org:read", "project:admin", "project:read", "project:write"]));
    assert_eq!(
        (&made["name"], &made["application"], &made["expiresAt"]),
        (&json!("CI"), &Value::Null, &Value::Null)
    );
    assert!(made.get("refreshToken").is_none());
    app.get("/api/0/projects/acme/web/").bearer(text).send().await.expect(200);
    let kept = stored(&app).await;
    assert!(!kept.contains(text) && kept.contains(&mortise_crypto::token::hash_token(text)));
    let path = format!("{MINE}{}/", made["id"].as_str().unwrap());
    let mut shown = made.clone();
    shown.as_object_mut().unwrap().shift_remove("token");
    assert_eq!(app.get(path).session(&world.owner_session).send().await.expect(200).json(), shown);
    let list = app.get(MINE).session(&world.owner_session).send().await.expect(200).json();
    assert_eq!((&list[0], list.as_array().unwrap().len()), (&shown, 2));
});

api_test!(a_token_needs_scopes_that_exist, |app| async move {
    let world = app.world().await;
    let cases = [
        (json!({}), json!({"scopes": ["This field is required."]})),
        (json!({"scopes": []}), json!({"scopes": ["This selection may not be empty."]})),
        (
            json!({"scopes": ["org:read", "org:fly"]}),
            json!({"scopes": ["Select a valid choice. org:fly is not one of the available choices."]}),
        ),
        (json!({"scopes": "org:read"}), json!({"scopes": ["Please provide a valid list."]})),
        (json!({"scopes": ["org:read"], "name": null}), json!({"name": ["This field may not be null."]})),
        (json!(null), json!({"non_field_errors": ["No data provided"]})),
    ];
    for (body, answer) in cases {
        let got = app.post(MINE).session(&world.owner_session).json(&body).send().await.expect(400);
        assert_eq!(got.json(), answer);
    }
});

api_test!(only_the_name_of_a_token_changes, |app| async move {
    let world = app.world().await;
    let body = json!({"scopes": ["org:read"]});
    let made = app.post(MINE).session(&world.owner_session).json(&body).send().await.expect(201).json();
    assert_eq!(made["name"], Value::Null);
    let path = format!("{MINE}{}/", made["id"].as_str().unwrap());
    let named =
        app.put(path.clone()).session(&world.owner_session).json(&json!({"name": "New"})).send().await;
    assert_eq!(named.expect(200).json()["name"], "New");
    let refused = app
        .put(path.clone())
        .session(&world.owner_session)
        .json(&json!({"name": "x", "scopes": []}))
        .send()
        .await;
    assert_eq!(
        refused.expect(403).json(),
        json!({"error": "Only auth token name can be edited after creation"})
    );
    let foreign = app.get(path.clone()).session(&world.member_session).send().await.expect(404);
    assert_eq!(foreign.json(), json!({"detail": "Invalid token ID"}));
    let null = app.put(path.clone()).session(&world.owner_session).json(&json!({"name": null})).send().await;
    assert_eq!(null.expect(400).json(), json!({"name": ["This field may not be null."]}));
    app.delete(path.clone()).session(&world.member_session).send().await.expect(404);
    app.delete(path.clone()).session(&world.owner_session).send().await.expect(204);
    app.delete(path).session(&world.owner_session).send().await.expect(404);
    let text = made["token"].as_str().unwrap();
    app.get("/api/0/organizations/acme/projects/").bearer(text).send().await.expect(401);
});

api_test!(a_token_is_ended_by_its_id_in_the_body, |app| async move {
    let world = app.world().await;
    let body = json!({"scopes": ["org:read"]});
    let made = app.post(MINE).session(&world.owner_session).json(&body).send().await.expect(201).json();
    let missing = app.delete(MINE).session(&world.owner_session).send().await.expect(400);
    assert_eq!(missing.json(), json!({"tokenId": null}));
    let named = json!({"tokenId": made["id"]});
    let foreign = app.delete(MINE).session(&world.member_session).json(&named).send().await.expect(400);
    assert_eq!(foreign.json(), json!({"tokenId": made["id"], "userId": world.member.get()}));
    let path = format!("{MINE}{}/", made["id"].as_str().unwrap());
    app.get(path.clone()).session(&world.owner_session).send().await.expect(200);
    app.delete(MINE).session(&world.owner_session).json(&named).send().await.expect(204);
    app.get(path).session(&world.owner_session).send().await.expect(404);
});

api_test!(a_token_manages_no_tokens_and_no_applications, |app| async move {
    let world = app.world().await;
    let refused = json!({"detail": "Authentication credentials were not provided."});
    for path in [MINE, "/api/0/api-applications/", "/api/0/api-authorizations/"] {
        for token in [world.owner_token.as_str(), "nonsense"] {
            let answer = app.get(path).bearer(token).send().await.expect(403);
            assert_eq!((answer.json(), answer.header("www-authenticate")), (refused.clone(), ""), "{path}");
        }
        app.get(path).send().await.expect(403);
        let both = app.get(path).bearer(&world.owner_token).session(&world.owner_session).send().await;
        both.expect(403);
        app.get(path).session(&world.owner_session).send().await.expect(200);
    }
});

api_test!(an_organization_token_says_where_it_is_from, |app| async move {
    let world = app.world().await;
    let made =
        app.post(ORG).bearer(&world.owner_token).json(&json!({"name": "ci"})).send().await.expect(201).json();
    let text = made["token"].as_str().unwrap();
    let parts: Vec<&str> = text.split('_').collect();
    assert_eq!((parts.len(), parts[0], parts[1].len() % 4), (3, "sntrys", 0));
    assert!(!parts[2].contains('=') && parts[2].len() == 43, "{text}");
    let payload: Value = serde_json::from_slice(&STANDARD.decode(parts[1]).unwrap()).unwrap();
    assert_eq!(
        (&payload["url"], &payload["region_url"], &payload["org"]),
        (&json!("http://m.test:8000"), &json!("http://m.test:8000"), &json!("acme"))
    );
    assert!(payload["iat"].is_f64());
    assert_eq!((&made["scopes"], &made["dateLastUsed"]), (&json!(["org:ci"]), &Value::Null));
    assert!(!stored(&app).await.contains(text));
    // A payload that tells something else does not help: only the whole text counts.
    let other = if parts[2].starts_with('A') { 'B' } else { 'A' };
    let altered = format!("{}_{other}{}", text.rsplit_once('_').unwrap().0, &parts[2][1..]);
    let refused = app.get(ORG).bearer(&altered).send().await.expect(401);
    assert_eq!(refused.json(), json!({"detail": "Invalid org token"}));
    app.get("/api/0/organizations/acme/projects/").bearer(text).send().await.expect(403);
});

api_test!(an_organization_token_remembers_its_last_use_once_a_minute, |app| async move {
    let world = app.world().await;
    let made =
        app.post(ORG).bearer(&world.owner_token).json(&json!({"name": "ci"})).send().await.expect(201).json();
    let path = format!("{ORG}{}/", made["id"].as_str().unwrap());
    let last_used = async || {
        app.get(path.clone()).bearer(&world.owner_token).send().await.expect(200).json()["dateLastUsed"]
            .clone()
    };
    let use_it = async || app.get(ORG).bearer(made["token"].as_str().unwrap()).send().await.expect(403);
    use_it().await;
    let first = last_used().await;
    assert!(first.is_string());
    app.clock.advance(59);
    use_it().await;
    assert_eq!(last_used().await, first);
    app.clock.advance(1);
    use_it().await;
    assert_ne!(last_used().await, first);
});

api_test!(organization_tokens_are_listed_by_use_then_by_name, |app| async move {
    let world = app.world().await;
    let make = async |name: &str| {
        let body = json!({"name": name});
        app.post(ORG).bearer(&world.owner_token).json(&body).send().await.expect(201).json()
    };
    let used = make("zebra").await;
    make("aardvark").await;
    make("badger").await;
    app.get("/api/0/").bearer(used["token"].as_str().unwrap()).send().await.expect(200);
    let list = app.get(ORG).bearer(&world.owner_token).send().await.expect(200).json();
    let names: Vec<&Value> = list.as_array().unwrap().iter().map(|token| &token["name"]).collect();
    assert_eq!(names, ["zebra", "aardvark", "badger"]);
});

api_test!(organization_tokens_are_named_and_ended, |app| async move {
    let world = app.world().await;
    let blank = json!({"detail": "The name cannot be blank."});
    for body in [json!({}), json!({"name": ""}), json!({"name": null}), json!({"name": [1]})] {
        let got = app.post(ORG).bearer(&world.owner_token).json(&body).send().await.expect(400);
        assert_eq!(got.json(), blank, "{body}");
    }
    let long = app
        .post(ORG)
        .bearer(&world.owner_token)
        .json(&json!({"name": "x".repeat(256)}))
        .send()
        .await
        .expect(400);
    assert_eq!(long.json(), json!({"detail": "The name cannot be longer than 255 characters."}));
    let made = app
        .post(ORG)
        .bearer(&world.member_token)
        .json(&json!({"name": "ci"}))
        .send()
        .await
        .expect(201)
        .json();
    let path = format!("{ORG}{}/", made["id"].as_str().unwrap());
    app.put(path.clone())
        .bearer(&world.member_token)
        .json(&json!({"name": "deploys"}))
        .send()
        .await
        .expect(204);
    let list = app.get(ORG).bearer(&world.member_token).send().await.expect(200).json();
    assert_eq!((&list[0]["name"], list[0].get("token")), (&json!("deploys"), None));
    app.delete(path.clone()).bearer(&world.member_token).send().await.expect(403);
    app.delete(path.clone()).bearer(&world.owner_token).send().await.expect(204);
    app.get(path).bearer(&world.owner_token).send().await.expect(404);
    app.get(ORG).bearer(made["token"].as_str().unwrap()).send().await.expect(401);
    let log =
        app.get("/api/0/organizations/acme/audit-logs/").bearer(&world.owner_token).send().await.expect(200);
    let notes: Vec<Value> =
        log.json()["rows"].as_array().unwrap().iter().map(|row| row["note"].clone()).collect();
    assert_eq!(notes, ["removed org auth token deploys", "added org auth token ci"]);
    let foreign = format!("/api/0/organizations/globex/org-auth-tokens/{}/", made["id"].as_str().unwrap());
    app.get(foreign).bearer(&world.stranger_token).send().await.expect(404);
});

api_test!(a_legacy_key_reaches_its_organization_with_an_empty_password, |app| async move {
    let world = app.world().await;
    let scopes = ScopeSet::from_texts(["project:write", "org:read"]);
    let key = tokens::create_api_key(&app.ctx, world.org, "old", scopes).await.unwrap();
    assert!(key.len() == 32 && !stored(&app).await.contains(&key));
    let basic = format!("Basic {}", STANDARD.encode(format!("{key}:")));
    let list = app.get("/api/0/projects/").header("authorization", &basic).send().await.expect(200).json();
    assert_eq!(list[0]["slug"], "web");
    app.get("/api/0/organizations/globex/projects/").header("authorization", &basic).send().await.expect(403);
    let put =
        app.put("/api/0/projects/acme/web/").header("authorization", &basic).json(&json!({"name": "By key"}));
    put.send().await.expect(200);
    let log =
        app.get("/api/0/organizations/acme/audit-logs/").bearer(&world.owner_token).send().await.expect(200);
    let actor = log.json()["rows"][0]["actor"].clone();
    assert!(actor["name"].as_str().unwrap().starts_with("API key "), "{actor}");
});

api_test!(an_expired_token_and_that_of_a_closed_account_are_refused, |app| async move {
    let world = app.world().await;
    let path = "/api/0/organizations/acme/projects/";
    app.get(path).bearer(&world.member_token).send().await.expect(200);
    let (member, owner, now) = (world.member, world.owner, app.ctx.now());
    let changed = app.ctx.store.write::<_, mortise_store::StoreError, _>(move |tx| {
        Box::pin(async move {
            let expire = Query::new("UPDATE api_token SET expires_at = $2 WHERE user_id = $1");
            tx.execute(expire.bind(member).bind(now)).await?;
            let close = Query::new("UPDATE user_account SET is_active = FALSE WHERE id = $1");
            tx.execute(close.bind(owner)).await
        })
    });
    changed.await.unwrap();
    let expired = app.get(path).bearer(&world.member_token).send().await.expect(401);
    assert_eq!(expired.json(), json!({"detail": "Token expired"}));
    let closed = app.get(path).bearer(&world.owner_token).send().await.expect(401);
    assert_eq!(closed.json(), json!({"detail": "User inactive or deleted"}));
});

api_test!(nobody_keeps_an_answer_about_tokens, |app| async move {
    let world = app.world().await;
    let ask = async |method: Method, path: &str, body: &Value, status: u16| {
        let request = app.request(method, path).session(&world.owner_session).json(body);
        request.send().await.expect(status)
    };
    let good = json!({"scopes": ["org:read"]});
    let made = ask(Method::POST, MINE, &good, 201).await;
    let one = format!("{MINE}{}/", made.json()["id"].as_str().unwrap());
    let mut answers = vec![made];
    for (method, path, body, status) in [
        (Method::GET, MINE, json!({}), 200),
        (Method::POST, MINE, json!({}), 400),
        (Method::GET, &one, json!({}), 200),
        (Method::PUT, &one, json!({"name": "CI"}), 200),
        (Method::PUT, &one, json!({"scopes": []}), 403),
        (Method::DELETE, MINE, json!({}), 400),
        (Method::DELETE, &one, json!({}), 204),
        (Method::GET, ORG, json!({}), 200),
    ] {
        answers.push(ask(method, path, &body, status).await);
    }
    for answer in &answers {
        let kept = "max-age=0, no-cache, no-store, must-revalidate, private";
        assert_eq!(answer.header("cache-control"), kept, "{}", answer.text());
        assert!(answer.header("expires").ends_with(" GMT"), "{}", answer.text());
    }
    let missing = ask(Method::GET, &one, &json!({}), 404).await;
    assert_eq!((missing.header("cache-control"), missing.header("expires")), ("", ""));
});
