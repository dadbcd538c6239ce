//! OAuth applications: from the user's consent to tokens, and who the user is.

use mortise_service::{
    authenticate, jobs,
    oauth::{self, AuthorizeQuery, Step},
};
use mortise_store::Query;
use mortise_testkit::{Answer, TestApp, World, api_test};
use serde_json::{Value, json};

use crate::ingest::{count, execute};

const APPLICATIONS: &str = "/api/0/api-applications/";

/// An application of the member's.
struct Application {
    id: String,
    secret: String,
}

impl Application {
    async fn of(app: &TestApp, world: &World) -> Self {
        let made = app.post(APPLICATIONS).session(&world.member_session).send().await.expect(201).json();
        let id = made["clientID"].as_str().unwrap().to_owned();
        let uris = json!({ "redirectUris": ["https://a.test/cb?x=1", "https://b.test/in/"] });
        app.put(format!("{APPLICATIONS}{id}/"))
            .session(&world.member_session)
            .json(&uris)
            .send()
            .await
            .expect(200);
        Self { id, secret: made["clientSecret"].as_str().unwrap().to_owned() }
    }

    fn query(&self, response_type: &str, scope: &str) -> AuthorizeQuery {
        AuthorizeQuery {
            client_id: self.id.clone(),
            response_type: response_type.to_owned(),
            scope: scope.to_owned(),
            state: "s 1".to_owned(),
            ..AuthorizeQuery::default()
        }
    }

    /// Where the owner is led who agrees.
    async fn agreed(&self, app: &TestApp, world: &World, query: &AuthorizeQuery) -> String {
        let client = mortise_service::Client::default();
        let caller = authenticate::session(&app.ctx, &world.owner_session.0, None, client).await.unwrap();
        let step = oauth::decide(&app.ctx, &caller, query, true).await.unwrap();
        let url = if let Step::Go(url) = &step { Some(url.clone()) } else { None };
        assert!(url.is_some(), "{step:?}");
        url.unwrap()
    }

    async fn code(&self, app: &TestApp, world: &World, scope: &str) -> String {
        let url = self.agreed(app, world, &self.query("code", scope)).await;
        value_of(&url, "code")
    }

    /// Posts to the token endpoint; `more` is added to the credentials.
    async fn post(&self, app: &TestApp, more: &[(&str, &str)]) -> Answer {
        let pairs = [("client_id", self.id.as_str()), ("client_secret", &self.secret)];
        post(app, &pairs.iter().chain(more).copied().collect::<Vec<_>>()).await
    }

    async fn redeem(&self, app: &TestApp, code: &str) -> Answer {
        self.post(app, &[("grant_type", "authorization_code"), ("code", code)]).await
    }

    async fn renew(&self, app: &TestApp, with: &Value) -> Answer {
        self.post(app, &[("grant_type", "refresh_token"), ("refresh_token", with.as_str().unwrap())]).await
    }
}

async fn post(app: &TestApp, pairs: &[(&str, &str)]) -> Answer {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(pairs);
    let request = app.post("/oauth/token/").header("content-type", "application/x-www-form-urlencoded");
    request.body(form.finish()).send().await
}

fn value_of(url: &str, name: &str) -> String {
    let url = url::Url::parse(&url.replace('#', "&")).unwrap();
    url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned()
}

#[track_caller]
fn assert_refused(answer: Answer, status: u16, error: &str) {
    assert_eq!(answer.expect(status).json(), json!({ "error": error }));
}

api_test!(a_code_becomes_a_token_once_and_the_token_is_renewed, |app| async move {
    let world = app.world().await;
    let it = Application::of(&app, &world).await;
    let url = it.agreed(&app, &world, &it.query("code", "project:write org:read")).await;
    let code = value_of(&url, "code");
    assert_eq!(url, format!("https://a.test/cb?x=1&code={code}&state=s+1"));
    assert_eq!(code.len(), 64);
    let answer = it.redeem(&app, &code).await.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    let token = answer.json();
    let keys: Vec<_> = token.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        ["access_token", "refresh_token", "expires_in", "expires_at", "token_type", "scope", "user"]
    );
    assert_eq!((&token["expires_in"], &token["token_type"]), (&json!(2_591_999), &json!("bearer")));
    assert_eq!(token["scope"], "org:read project:read project:write");
    let user = json!({ "id": world.owner.to_string(), "name": "owner", "email": "owner@acme.test" });
    assert_eq!(token["user"], user);
    let text = |token: &Value| token["access_token"].as_str().unwrap().to_owned();
    app.get("/api/0/organizations/acme/").bearer(&text(&token)).send().await.expect(200);
    app.get("/api/0/organizations/acme/members/").bearer(&text(&token)).send().await.expect(403);
    assert_refused(it.redeem(&app, &code).await, 400, "invalid_grant");

    let renewed = it.renew(&app, &token["refresh_token"]).await.expect(200).json();
    assert_eq!(renewed["scope"], token["scope"]);
    assert_ne!((text(&renewed), &renewed["refresh_token"]), (text(&token), &token["refresh_token"]));
    app.get("/api/0/organizations/acme/").bearer(&text(&token)).send().await.expect(401);
    app.get("/api/0/organizations/acme/").bearer(&text(&renewed)).send().await.expect(200);
    assert_refused(it.renew(&app, &token["refresh_token"]).await, 400, "invalid_grant");
    assert_eq!(count(&app, "SELECT COUNT(*) FROM api_token WHERE application_id IS NOT NULL").await, 1);
    // It ends after thirty days and can still be renewed.
    app.clock.advance(30 * 24 * 3600);
    app.get("/api/0/organizations/acme/").bearer(&text(&renewed)).send().await.expect(401);
    it.renew(&app, &renewed["refresh_token"]).await.expect(200);

    // What the user agreed to is listed, and taken back with the tokens.
    let path = "/api/0/api-authorizations/";
    let session = World::session(&app.ctx, world.owner).await;
    let listed = app.get(path).session(&session).send().await.expect(200).json();
    assert_eq!(
        (&listed[0]["scopes"], &listed[0]["application"]["id"]),
        (&json!(["org:read", "project:write"]), &json!(it.id))
    );
    let body = json!({ "authorization": listed[0]["id"] });
    app.delete(path).session(&session).json(&body).send().await.expect(204);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM api_token WHERE application_id IS NOT NULL").await, 0);
});

api_test!(the_token_endpoint_says_what_is_wrong_in_order, |app| async move {
    let world = app.world().await;
    let it = Application::of(&app, &world).await;
    let other = Application::of(&app, &world).await;
    assert_refused(post(&app, &[]).await, 400, "missing_client_id");
    assert_refused(post(&app, &[("client_id", "x")]).await, 400, "missing_client_secret");
    for kind in ["", "password", "urn:ietf:params:oauth:grant-type:device_code"] {
        let pairs = [("client_id", "x"), ("client_secret", "y"), ("grant_type", kind)];
        assert_refused(post(&app, &pairs).await, 400, "unsupported_grant_type");
    }
    for (id, secret) in [("x", it.secret.as_str()), (&it.id, &other.secret), (&it.id, "y")] {
        let pairs = [("client_id", id), ("client_secret", secret), ("grant_type", "refresh_token")];
        assert_refused(post(&app, &pairs).await, 401, "invalid_credentials");
    }
    assert_refused(it.post(&app, &[("grant_type", "authorization_code")]).await, 400, "invalid_grant");
    assert_refused(it.redeem(&app, "unknown").await, 400, "invalid_grant");
    assert_refused(it.post(&app, &[("grant_type", "refresh_token")]).await, 400, "invalid_request");
    let scoped = [("grant_type", "refresh_token"), ("refresh_token", "x"), ("scope", "org:read")];
    assert_refused(it.post(&app, &scoped).await, 400, "invalid_request");
    assert_refused(it.renew(&app, &json!("unknown")).await, 400, "invalid_grant");

    // A code is for its application, its address and ten minutes.
    let code = it.code(&app, &world, "org:read").await;
    assert_refused(other.redeem(&app, &code).await, 400, "invalid_grant");
    let elsewhere = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", "https://b.test/in/"),
    ];
    assert_refused(it.post(&app, &elsewhere).await, 400, "invalid_grant");
    let code = it.code(&app, &world, "org:read").await;
    let there = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", "https://a.test/cb?x=1"),
    ];
    let token = it.post(&app, &there).await.expect(200).json();
    assert_refused(other.renew(&app, &token["refresh_token"]).await, 400, "invalid_grant");
    let code = it.code(&app, &world, "org:read").await;
    app.clock.advance(600);
    assert_refused(it.redeem(&app, &code).await, 400, "invalid_grant");
    let late = it.code(&app, &world, "org:read").await;
    app.clock.advance(601);
    let job = jobs::JOBS.iter().find(|job| job.name == "purge_grants").unwrap();
    assert!((job.run)(&app.ctx).await.unwrap() >= 1);
    assert_refused(it.redeem(&app, &late).await, 400, "invalid_grant");
    execute(&app, "UPDATE user_account SET is_active = FALSE WHERE name = 'owner'").await;
    assert_refused(it.renew(&app, &token["refresh_token"]).await, 400, "invalid_grant");
    let odd = app.post("/oauth/token/").header("content-type", "text/plain").body("x").send().await;
    odd.expect(415);
});

api_test!(an_app_gets_no_tokens_here, |app| async move {
    let world = app.world().await;
    let body = json!({ "organization": "acme", "name": "Board", "author": "A", "isInternal": false, "isAlertable": false,
        "verifyInstall": true, "scopes": ["org:read"], "webhookUrl": "https://b.test/", "redirectUrl": "https://b.test/" });
    app.post("/api/0/sentry-apps/").bearer(&world.owner_token).json(&body).send().await.expect(201);
    let seen =
        app.get("/api/0/sentry-apps/board/").bearer(&world.owner_token).send().await.expect(200).json();
    let body = json!({ "slug": "board" });
    let path = "/api/0/organizations/acme/sentry-app-installations/";
    let installed = app.post(path).bearer(&world.owner_token).json(&body).send().await.expect(200).json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let it = Application { id: text(&seen["clientId"]), secret: text(&seen["clientSecret"]) };
    assert_refused(it.redeem(&app, &text(&installed["code"])).await, 401, "invalid_credentials");
});

api_test!(a_token_can_be_had_at_once_and_no_more_than_fifty, |app| async move {
    let world = app.world().await;
    let it = Application::of(&app, &world).await;
    let mut last = String::new();
    for _ in 0..51 {
        last = it.agreed(&app, &world, &it.query("token", "org:read")).await;
    }
    let (place, fragment) = last.split_once('#').unwrap();
    assert_eq!(place, "https://a.test/cb?x=1");
    let token = value_of(&last, "access_token");
    let rest =
        fragment.strip_prefix(&format!("access_token={token}&expires_in=2591999&expires_at=")).unwrap();
    assert!(rest.ends_with("Z&token_type=bearer&scope=org%3Aread&state=s%201"), "{rest}");
    app.get("/api/0/organizations/acme/").bearer(&token).send().await.expect(200);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM api_token WHERE application_id IS NOT NULL").await, 50);
});

api_test!(a_token_tells_of_its_user_what_it_may, |app| async move {
    let world = app.world().await;
    let it = Application::of(&app, &world).await;
    let path = "/oauth/userinfo/";
    let detail =
        |code: &str, message: &str| json!({ "detail": { "code": code, "message": message, "extra": {} } });
    let missing = detail("parameter-validation-error", "Bearer token not found in authorization header");
    assert_eq!(app.get(path).send().await.expect(400).json(), missing);
    assert_eq!(app.get(path).header("authorization", "Basic eDp5").send().await.expect(400).json(), missing);
    let unknown = app.get(path).bearer("unknown").send().await.expect(404).json();
    assert_eq!(unknown, json!({ "detail": "Access token not found" }));
    let info = async |scope: &str| {
        let code = it.code(&app, &world, scope).await;
        let token = it.redeem(&app, &code).await.expect(200).json();
        app.get(path).bearer(token["access_token"].as_str().unwrap()).send().await
    };
    let closed = info("profile").await.expect(403).json();
    assert_eq!(closed, detail("insufficient-scope", "openid scope is required for userinfo access"));
    assert_eq!(info("openid").await.expect(200).json(), json!({ "sub": world.owner.get() }));
    let whole = info("openid profile email").await.expect(200).json();
    let keys: Vec<_> = whole.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["sub", "name", "avatar_type", "avatar_url", "date_joined", "email", "email_verified"]);
    assert_eq!(
        (&whole["name"], &whole["email"], &whole["avatar_type"]),
        (&json!("owner"), &json!("owner@acme.test"), &json!("letter_avatar"))
    );
});

api_test!(codes_and_tokens_are_stored_as_hashes, |app| async move {
    let world = app.world().await;
    let it = Application::of(&app, &world).await;
    let code = it.code(&app, &world, "org:read").await;
    let query =
        Query::new("SELECT COUNT(*) FROM api_grant WHERE code_hash = $1 OR redirect_uri = $1").bind(&code);
    let found: i64 = app.ctx.store.read().await.unwrap().one(query).await.unwrap();
    assert_eq!((found, count(&app, "SELECT COUNT(*) FROM api_grant WHERE length(code) = 0").await), (0, 1));
});
