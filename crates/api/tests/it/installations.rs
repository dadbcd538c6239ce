//! The life of an installation over HTTP: exchanging its code, refreshing its token, confirming it, ending it.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use mortise_store::Query;
use mortise_testkit::{Answer, TestApp, World, api_test};
use serde_json::{Value, json};

const APPS: &str = "/api/0/sentry-apps/";
const INSTALLED: &str = "/api/0/organizations/acme/sentry-app-installations/";

/// A public app that is installed and must confirm it.
pub struct Installed {
    pub client_id: String,
    pub client_secret: String,
    pub uuid: String,
    pub code: String,
}

impl Installed {
    pub async fn of(app: &TestApp, world: &World, name: &str) -> Self {
        let body = json!({
            "organization": "acme", "name": name, "author": "Acme", "isInternal": false, "isAlertable": false,
            "verifyInstall": true, "scopes": ["event:read", "event:write", "org:integrations"], "events": ["issue"],
            "webhookUrl": "https://b.acme.test/hook",
        });
        let made = app.post(APPS).bearer(&world.owner_token).json(&body).send().await.expect(201).json();
        let slug = made["slug"].as_str().unwrap();
        let seen =
            app.get(format!("{APPS}{slug}/")).bearer(&world.owner_token).send().await.expect(200).json();
        let body = json!({ "slug": slug });
        let installation =
            app.post(INSTALLED).bearer(&world.owner_token).json(&body).send().await.expect(200).json();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        assert_eq!(installation["status"], "pending");
        Self {
            client_id: text(&seen["clientId"]),
            client_secret: text(&seen["clientSecret"]),
            uuid: text(&installation["uuid"]),
            code: text(&installation["code"]),
        }
    }

    pub fn path(&self) -> String {
        format!("/api/0/sentry-app-installations/{}/", self.uuid)
    }

    /// Posts to the token endpoint; `more` is added to the credentials.
    async fn exchange(&self, app: &TestApp, more: Value) -> Answer {
        let mut body = json!({ "client_id": self.client_id, "client_secret": self.client_secret });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        app.post(format!("{}authorizations/", self.path())).json(&body).send().await
    }

    pub async fn redeem(&self, app: &TestApp) -> Value {
        let body = json!({ "grant_type": "authorization_code", "code": self.code, "state": "s" });
        self.exchange(app, body).await.expect(201).json()
    }

    pub async fn refresh(&self, app: &TestApp, with: &Value) -> Answer {
        self.exchange(app, json!({ "grant_type": "refresh_token", "refresh_token": with })).await
    }
}

fn refused(text: &str) -> Value {
    json!({ "error": text })
}

api_test!(a_code_becomes_a_token_once, |app| async move {
    let world = app.world().await;
    let it = Installed::of(&app, &world, "Board").await;
    let seen = app.get(it.path()).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!((&seen["code"], &seen["status"]), (&json!(it.code), &json!("pending")));
    let token = it.redeem(&app).await;
    assert_eq!(token["scopes"], json!(["event:read", "event:write", "org:integrations"]));
    assert_eq!(
        (&token["state"], &token["application"], &token["name"]),
        (&json!("s"), &Value::Null, &Value::Null)
    );
    assert_eq!(token["token"].as_str().unwrap().len(), 64);
    assert_eq!(token["refreshToken"].as_str().unwrap().len(), 64);
    let text = token["token"].as_str().unwrap();
    assert!(text.ends_with(token["tokenLastCharacters"].as_str().unwrap()));

    let again = it.exchange(&app, json!({ "grant_type": "authorization_code", "code": it.code })).await;
    assert_eq!(again.expect(403).json(), refused("Unauthorized"));
    let seen = app.get(it.path()).bearer(text).send().await.expect(200).json();
    assert_eq!(seen.get("code"), None);
    // The token works while the installation waits to be confirmed, and for eight hours.
    app.get("/api/0/organizations/acme/issues/").bearer(text).send().await.expect(200);
    for (status, code) in [(1, 401), (0, 200)] {
        let query = Query::new("UPDATE api_application SET status = $1").bind(i64::from(status));
        crate::rows::execute(&app, query).await;
        let answer = app.get(it.path()).bearer(text).send().await.expect(code).json();
        let told = json!("UserApplication inactive or deleted");
        assert_eq!(answer.get("detail"), (code == 401).then_some(&told));
    }
    app.clock.advance(8 * 3600);
    let late = app.get(it.path()).bearer(text).send().await.expect(401).json();
    assert_eq!(late, json!({ "detail": "Token expired" }));
});

api_test!(only_the_app_itself_gets_tokens, |app| async move {
    let world = app.world().await;
    let it = Installed::of(&app, &world, "Board").await;
    let other = Installed::of(&app, &world, "Pager").await;
    let path = format!("{}authorizations/", it.path());
    let refusal = |body: Value| app.post(&path).json(&body).send();
    for body in [json!({}), json!([]), json!("x")] {
        let answer = refusal(body).await.expect(401);
        assert_eq!(answer.json(), json!({ "detail": "Invalid request" }));
        assert_eq!(answer.header("www-authenticate"), "xBasic realm=\"api\"");
    }
    let got = app.get(&path).bearer(&world.owner_token).send().await.expect(401);
    assert_eq!(got.json(), json!({ "detail": "Invalid request" }));
    assert_eq!(got.header("allow"), "POST, OPTIONS");
    let wrong = json!({ "detail": "Invalid Client ID / Secret pair" });
    for body in [
        json!({ "client_id": it.client_id }),
        json!({ "client_id": it.client_id, "client_secret": other.client_secret }),
        json!({ "client_id": "unknown", "client_secret": it.client_secret }),
        json!({ "client_id": 7, "client_secret": [] }),
    ] {
        assert_eq!(refusal(body).await.expect(401).json(), wrong);
    }
    let foreign = json!({ "client_id": other.client_id, "client_secret": other.client_secret,
        "grant_type": "authorization_code", "code": it.code });
    let answer = refusal(foreign).await.expect(403).json();
    assert_eq!(answer, json!({ "detail": "You do not have permission to perform this action." }));
    let unknown = json!({ "client_id": it.client_id, "client_secret": it.client_secret });
    let nowhere = "/api/0/sentry-app-installations/4d80a1de-6b3f-4b5e-8f3f-000000000000/authorizations/";
    app.post(nowhere).json(&unknown).send().await.expect(404);

    let kinds = [json!({}), json!({ "grant_type": "password" }), json!({ "grant_type": 3 })];
    for body in kinds {
        assert_eq!(it.exchange(&app, body).await.expect(403).json(), refused("Invalid grant_type"));
    }
    for body in [
        json!({ "grant_type": "authorization_code" }),
        json!({ "grant_type": "authorization_code", "code": 7 }),
        json!({ "grant_type": "authorization_code", "code": other.code }),
        json!({ "grant_type": "refresh_token", "refresh_token": "x" }),
    ] {
        assert_eq!(it.exchange(&app, body).await.expect(403).json(), refused("Unauthorized"));
    }
    app.clock.advance(600);
    let late = it.exchange(&app, json!({ "grant_type": "authorization_code", "code": it.code })).await;
    assert_eq!(late.expect(403).json(), refused("Grant has already expired."));
});

api_test!(a_refresh_whose_answer_was_lost_can_be_repeated, |app| async move {
    let world = app.world().await;
    let it = Installed::of(&app, &world, "Board").await;
    let first = it.redeem(&app).await;
    let second = it.refresh(&app, &first["refreshToken"]).await.expect(201).json();
    assert_ne!(second["token"], first["token"]);
    app.get(it.path()).bearer(first["token"].as_str().unwrap()).send().await.expect(401);
    app.clock.advance(59);
    let repeated = it.refresh(&app, &first["refreshToken"]).await.expect(201).json();
    for key in ["id", "token", "refreshToken", "expiresAt"] {
        assert_eq!(repeated[key], second[key], "{key}");
    }
    app.get(it.path()).bearer(second["token"].as_str().unwrap()).send().await.expect(200);
    // Once the next refresh was made, the one before is only refused.
    let third = it.refresh(&app, &second["refreshToken"]).await.expect(201).json();
    assert_eq!(it.refresh(&app, &first["refreshToken"]).await.expect(403).json(), refused("Unauthorized"));
    app.get(it.path()).bearer(third["token"].as_str().unwrap()).send().await.expect(200);
});

api_test!(an_old_refresh_token_ends_what_came_of_it, |app| async move {
    let world = app.world().await;
    let it = Installed::of(&app, &world, "Board").await;
    let first = it.redeem(&app).await;
    let second = it.refresh(&app, &first["refreshToken"]).await.expect(201).json();
    app.clock.advance(60);
    assert_eq!(it.refresh(&app, &first["refreshToken"]).await.expect(403).json(), refused("Unauthorized"));
    app.get(it.path()).bearer(second["token"].as_str().unwrap()).send().await.expect(401);
    it.refresh(&app, &second["refreshToken"]).await.expect(403);
    let log =
        app.get("/api/0/organizations/acme/audit-logs/").bearer(&world.owner_token).send().await.expect(200);
    let entry = log.json()["rows"][0].clone();
    assert_eq!(entry["event"], "sentry-app.token-reuse");
    assert_eq!(
        entry["note"],
        "lost the token of sentry app Board, because an old refresh token was used again"
    );
});

api_test!(an_app_that_lost_its_token_proves_who_it_is, |app| async move {
    let world = app.world().await;
    let it = Installed::of(&app, &world, "Board").await;
    let other = Installed::of(&app, &world, "Pager").await;
    let signed = |it: &Installed, id: &str, secret: &str| {
        let now = app.ctx.now().as_second();
        let claims =
            json!({ "iss": it.client_id, "sub": it.client_id, "iat": now, "exp": now + 60, "jti": id });
        let key = EncodingKey::from_secret(secret.as_bytes());
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key).unwrap()
    };
    let post = |uuid: &str, assertion: &str| {
        let path = format!("/api/0/sentry-app-installations/{uuid}/authorizations/");
        let body = json!({ "grant_type": "urn:sentry:params:oauth:grant-type:jwt-bearer" });
        app.post(path).bearer(assertion).json(&body).send()
    };
    // There must be a token that was lost.
    let early = post(&it.uuid, &signed(&it, "0", &it.client_secret)).await.expect(403).json();
    assert_eq!(early, refused("Unauthorized"));
    let first = it.redeem(&app).await;
    let assertion = signed(&it, "1", &it.client_secret);
    app.analytics.take();
    let second = post(&it.uuid, &assertion).await.expect(201).json();
    assert_eq!(app.analytics.take()[0].1["exchange_type"], "manual_refresh");
    assert_ne!(second["token"], first["token"]);
    app.get(it.path()).bearer(first["token"].as_str().unwrap()).send().await.expect(401);
    app.get(it.path()).bearer(second["token"].as_str().unwrap()).send().await.expect(200);
    it.refresh(&app, &second["refreshToken"]).await.expect(201);

    let wrong = json!({ "detail": "Invalid Client ID / Secret pair" });
    assert_eq!(post(&it.uuid, &assertion).await.expect(401).json(), wrong, "it is good once");
    let forged = signed(&it, "2", &other.client_secret);
    assert_eq!(post(&it.uuid, &forged).await.expect(401).json(), wrong);
    assert_eq!(post(&it.uuid, "a.b.c").await.expect(401).json(), wrong);
    let old = signed(&it, "3", &it.client_secret);
    app.clock.advance(60);
    assert_eq!(post(&it.uuid, &old).await.expect(401).json(), wrong);
    post(&it.uuid, &signed(&other, "4", &other.client_secret)).await.expect(403);
});

api_test!(the_app_confirms_its_installation, |app| async move {
    let world = app.world().await;
    let it = Installed::of(&app, &world, "Board").await;
    let other = Installed::of(&app, &world, "Pager").await;
    let token = it.redeem(&app).await["token"].as_str().unwrap().to_owned();
    let foreign = other.redeem(&app).await["token"].as_str().unwrap().to_owned();
    let put = |token: &str, body: Value| app.put(it.path()).bearer(token).json(&body).send();
    let answer = put(&token, json!({ "status": "pending" })).await.expect(400).json();
    let text = "Invalid value 'pending' for status. Valid values: 'installed'";
    assert_eq!(answer, json!({ "status": [text] }));
    assert_eq!(put(&token, json!({})).await.expect(200).json()["status"], "pending");
    app.put(it.path()).json(&json!({})).send().await.expect(401);
    for other in [&foreign, &world.owner_token, &world.stranger_token] {
        put(other, json!({ "status": "installed" })).await.expect(403);
    }
    for _ in 0..2 {
        let answer = put(&token, json!({ "status": "installed" })).await.expect(200).json();
        assert_eq!((&answer["status"], answer.get("code")), (&json!("installed"), None));
    }
});

api_test!(who_may_see_an_installation, |app| async move {
    let world = app.world().await;
    let it = Installed::of(&app, &world, "Board").await;
    let get = |token: &str| app.get(it.path()).bearer(token).send();
    app.get(it.path()).send().await.expect(401);
    assert_eq!(get(&world.member_token).await.expect(200).json().get("code"), None);
    assert_eq!(get(&world.stranger_token).await.expect(404).json(), json!({ "detail": "Not found." }));
    let narrow = World::token(&app.ctx, world.owner, &["project:read"]).await;
    get(&narrow).await.expect(403);
    app.get("/api/0/sentry-app-installations/nothing/").bearer(&world.owner_token).send().await.expect(404);
});

api_test!(uninstalling_ends_the_token_and_tells_the_app, |app| async move {
    let world = app.world().await;
    let it = Installed::of(&app, &world, "Board").await;
    let token = it.redeem(&app).await;
    app.delete(it.path()).bearer(&world.member_token).send().await.expect(403);
    app.delete(it.path()).bearer(&world.stranger_token).send().await.expect(404);
    let ended = app.delete(it.path()).bearer(&world.owner_token).send().await.expect(204);
    assert!(ended.body.is_empty());
    app.get(it.path()).bearer(&world.owner_token).send().await.expect(404);
    let gone = app.get("/api/0/").bearer(token["token"].as_str().unwrap()).send().await.expect(401).json();
    assert_eq!(gone, json!({ "detail": "Invalid token" }));
    it.refresh(&app, &token["refreshToken"]).await.expect(404);
    let listed = app.get(INSTALLED).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(listed, json!([]));
    let mut conn = app.ctx.store.read().await.unwrap();
    let kinds: Vec<String> = conn.all(Query::new("SELECT kind FROM event ORDER BY id")).await.unwrap();
    assert_eq!(kinds, ["installation.created", "installation.deleted"]);
    let log: Vec<i64> = conn.all(Query::new("SELECT event FROM audit_log ORDER BY id")).await.unwrap();
    assert_eq!(log, [113, 116, 117]);
});

api_test!(reading_apps_and_installations_takes_few_statements_however_many_there_are, |app| async move {
    let world = app.world().await;
    let statements = async |path: &str| {
        // The first use of a token in a minute is noted.
        app.get(path).bearer(&world.owner_token).send().await.expect(200);
        let before = app.ctx.store.statements();
        app.get(path).bearer(&world.owner_token).send().await.expect(200);
        app.ctx.store.statements() - before
    };
    Installed::of(&app, &world, "Board").await;
    let few = (statements(INSTALLED).await, statements(APPS).await);
    for name in ["Pager", "Chart", "Night Watch"] {
        Installed::of(&app, &world, name).await;
    }
    assert_eq!((statements(INSTALLED).await, statements(APPS).await), few);
    // Token; organization with the membership; installations.
    assert_eq!(few.0, 3);
    // Token, app; owner with the membership; what is beside the app.
    assert_eq!(statements(&format!("{APPS}board/")).await, 4);
});
