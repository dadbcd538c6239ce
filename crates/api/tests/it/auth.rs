//! Signing in and out over JSON.

use mortise_crypto::SecretString;
use mortise_store::Query;
use mortise_testkit::{Answer, TestApp, World, api_test};
use serde_json::json;

/// Gives a user a password, and superuser rights if asked.
async fn with_password(app: &TestApp, user: mortise_domain::UserId, is_superuser: bool) {
    let hash =
        app.ctx.passwords.hash(&SecretString::from("correct horse"), &mortise_domain::SystemIds).unwrap();
    let update = app.ctx.store.write(move |tx| {
        Box::pin(async move {
            let query =
                Query::new("UPDATE user_account SET password_hash = $2, is_superuser = $3 WHERE id = $1");
            tx.execute_one(query.bind(user).bind(hash).bind(is_superuser)).await
        })
    });
    update.await.unwrap();
}

fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let cookies = answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    let found =
        cookies.filter_map(|text| text.split(';').next()?.split_once('=')).find(|(key, _)| *key == name);
    found.map(|(_, value)| value.to_owned())
}

fn session_of(answer: &Answer) -> (String, String) {
    (cookie(answer, "sentrysid").unwrap(), cookie(answer, "sc").unwrap())
}

api_test!(basic_credentials_start_a_session_and_delete_ends_it, |app| async move {
    let world = app.world().await;
    with_password(&app, world.owner, false).await;
    // owner@acme.test:correct horse
    let basic = "Basic b3duZXJAYWNtZS50ZXN0OmNvcnJlY3QgaG9yc2U=";
    let answer = app.post("/api/0/auth/").header("authorization", basic).send().await.expect(200);
    assert_eq!(answer.json()["email"], "owner@acme.test");
    let session = session_of(&answer);
    app.get("/api/0/auth/").session(&session).send().await.expect(200);
    app.delete("/api/0/auth/").session(&session).send().await.expect(204);
    app.get("/api/0/auth/").session(&session).send().await.expect(400);
});

api_test!(wrong_credentials_are_refused_without_telling_why, |app| async move {
    let world = app.world().await;
    with_password(&app, world.owner, false).await;
    app.post("/api/0/auth/").send().await.expect(400);
    let basic = [
        ("Basic b3duZXI6bm8=", "Invalid username/password."),
        ("basic b3duZXI6", "Invalid username/password."),
        ("Basic", "Invalid basic header. No credentials provided."),
        ("Basic a b", "Invalid basic header. Credentials string should not contain spaces."),
        ("Basic ###", "Invalid basic header. Credentials not correctly base64 encoded."),
    ];
    for (header, text) in basic {
        let refused = app.post("/api/0/auth/").header("authorization", header).send().await.expect(401);
        assert_eq!(refused.json(), json!({"detail": text}), "{header}");
        assert_eq!(refused.header("www-authenticate"), "xBasic realm=\"api\"");
    }
    app.post("/api/0/auth/").bearer(&world.owner_token).send().await.expect(400);
    let session = app.post("/api/0/auth/").session(&world.owner_session).send().await.expect(200);
    assert_eq!(session.json()["email"], "owner@acme.test");
    for login in ["owner@acme.test", "nobody@acme.test"] {
        let body = json!({"username": login, "password": "wrong"});
        let answer = app.post("/api/0/auth/login/").json(&body).send().await.expect(400).json();
        assert_eq!(answer["detail"], "Login attempt failed");
        let text =
            "Please enter a correct username and password. Note that both fields may be case-sensitive.";
        assert_eq!(answer["errors"], json!({"__all__": [text]}));
    }
});

api_test!(the_tenth_wrong_password_is_the_last_for_a_minute, |app| async move {
    let world = app.world().await;
    with_password(&app, world.owner, false).await;
    let body = json!({"username": "owner@acme.test", "password": "wrong"});
    for _ in 0..10 {
        app.post("/api/0/auth/login/").json(&body).send().await.expect(400);
    }
    app.post("/api/0/auth/login/").json(&body).send().await.expect(429);
    app.clock.advance(61);
    let body = json!({"username": "owner@acme.test", "password": "correct horse"});
    app.post("/api/0/auth/login/").json(&body).send().await.expect(200);
});

api_test!(white_space_belongs_to_a_password, |app| async move {
    let world = app.world().await;
    World::set_password(&app.ctx, world.owner, " spaced out ").await;
    let body = json!({"username": "owner@acme.test", "password": " spaced out "});
    app.post("/api/0/auth/login/").json(&body).send().await.expect(200);
    let body = json!({"password": " spaced out "});
    app.put("/api/0/auth/").session(&world.owner_session).json(&body).send().await.expect(200);
});

api_test!(a_session_must_repeat_its_csrf_token, |app| async move {
    let world = app.world().await;
    let (cookie, csrf) = world.owner_session.clone();
    let cookies = format!("sentrysid={cookie}");
    let put = || app.put("/api/0/auth/").header("cookie", &cookies);
    let missing = put().send().await.expect(403);
    assert_eq!(missing.json(), json!({"detail": "CSRF Failed: CSRF token missing."}));
    let short = put().header("x-csrftoken", "abc").send().await.expect(403);
    let text = "CSRF Failed: CSRF token from the 'X-Csrftoken' HTTP header has incorrect length.";
    assert_eq!(short.json(), json!({"detail": text}));
    let other: String = csrf.chars().rev().collect();
    let wrong = put().header("x-csrftoken", &other).send().await.expect(403);
    let text = "CSRF Failed: CSRF token from the 'X-Csrftoken' HTTP header incorrect.";
    assert_eq!(wrong.json(), json!({"detail": text}));
    // A token needs none.
    let answer = app.put("/api/0/auth/").bearer(&world.owner_token).send().await.expect(400);
    assert_eq!(answer.json(), json!({"detail": {"code": "missing_password_or_u2f_code"}}));
});

api_test!(the_password_confirms_and_elevates_a_session, |app| async move {
    let world = app.world().await;
    with_password(&app, world.owner, true).await;
    let nobody = app.put("/api/0/auth/").send().await.expect(401);
    assert_eq!((nobody.text().as_str(), nobody.header("content-type")), ("", ""));
    let wrong = app.put("/api/0/auth/").session(&world.owner_session).json(&json!({"password": "no"}));
    assert_eq!(wrong.send().await.expect(403).json(), json!({"detail": {"code": "ignore"}}));
    let body = json!({"password": "correct horse", "isSuperuserModal": true});
    let answer = app.put("/api/0/auth/").session(&world.owner_session).json(&body).send().await.expect(200);
    let su = cookie(&answer, "su").unwrap();
    let elevated = format!("sentrysid={}; su={su}", world.owner_session.0);
    let health = app.get("/api/0/internal/health/").header("cookie", &elevated).send().await.expect(200);
    assert_eq!(health.json(), json!({"problems": [], "healthy": {"CeleryAliveCheck": true}}));
    let ordinary = app.get("/api/0/internal/health/").bearer(&world.owner_token).send().await.expect(200);
    assert_eq!(ordinary.text(), "");
    app.clock.advance(16 * 60);
    let idle = app.get("/api/0/internal/health/").header("cookie", &elevated).send().await.expect(200);
    assert_eq!(idle.text(), "");
});

api_test!(a_token_is_validated, |app| async move {
    let world = app.world().await;
    app.get("/api/0/auth/validate/").bearer(&world.owner_token).send().await.expect(200);
    app.get("/api/0/auth/validate/").bearer("nope").send().await.expect(403);
    app.get("/api/0/auth/validate/").send().await.expect(403);
    let token = World::token(&app.ctx, world.owner, &["org:read"]).await;
    let me = app.get("/api/0/auth/").bearer(&token).send().await.expect(200).json();
    assert_eq!(me["username"], "owner@acme.test");
});

api_test!(the_sign_in_page_is_told_what_it_needs, |app| async move {
    let world = app.world().await;
    let facts = app.get("/api/0/auth/config/").send().await.expect(200).json();
    assert_eq!(facts["serverHostname"], "m.test:8000");
    let next = app.get("/api/0/auth/config/").session(&world.owner_session).send().await.expect(200);
    assert_eq!(next.json(), json!({"nextUri": "/"}));
});
