//! What is true of every route: credentials, precedence of errors, methods, paths without route, CORS, the document.

use mortise_testkit::{World, api_test};
use serde_json::json;

api_test!(nobody_is_asked_for_credentials, |app| async move {
    let answer = app.get("/api/0/internal/health/").send().await.expect(401);
    assert_eq!(answer.json(), json!({"detail": "Authentication credentials were not provided."}));
    assert_eq!(answer.header("www-authenticate"), "xBasic realm=\"api\"");
});

api_test!(each_bad_header_has_its_text, |app| async move {
    let cases = [
        ("Bearer", "Invalid token header. No credentials provided."),
        ("bearer a b", "Invalid token header. Token string should not contain spaces."),
        ("BEARER nope", "Invalid token"),
        ("Bearer sntrys_nope", "Invalid org token"),
        ("Basic", "Invalid basic header. No credentials provided."),
        ("Basic a b", "Invalid basic header. Credentials string should not contain spaces."),
        ("Basic ###", "Invalid basic header. Credentials not correctly base64 encoded."),
        ("Basic bm9wZTo=", "API key is not valid"),
        ("Token abc", "Authentication credentials were not provided."),
    ];
    for (header, text) in cases {
        let answer =
            app.get("/api/0/internal/health/").header("authorization", header).send().await.expect(401);
        assert_eq!(answer.json(), json!({"detail": text}), "{header}");
    }
});

api_test!(the_root_tells_who_asks, |app| async move {
    let world = app.world().await;
    let nobody = app.get("/api/0/").send().await.expect(200);
    assert_eq!(nobody.json(), json!({"version": "0", "auth": null, "user": null}));
    let token = World::token(&app.ctx, world.owner, &["org:read"]).await;
    let answer = app.get("/api/0/").bearer(&token).send().await.expect(200).json();
    assert_eq!(answer["auth"], json!({"scopes": ["org:read"]}));
    assert_eq!(answer["user"]["email"], "owner@acme.test");
    assert!(answer["user"]["options"].is_object() && answer["user"].get("authenticators").is_none());
    let refused = app.get("/api/0/").bearer("nope").send().await.expect(401);
    assert_eq!(refused.json(), json!({"detail": "Invalid token"}));
    let session = app.get("/api/0/").session(&world.owner_session).send().await.expect(200).json();
    assert_eq!((&session["auth"], &session["user"]["name"]), (&json!(null), &json!("owner")));
});

api_test!(paths_without_route_are_hinted_at, |app| async move {
    let empty = app.get("/api/0/nowhere/").send().await.expect(404);
    assert_eq!((empty.text().as_str(), empty.header("content-type")), ("", "text/html; charset=utf-8"));
    assert_eq!(empty.header("allow"), "OPTIONS");
    let text = app.get("/api/0/thing?x=1").send().await.expect(404);
    assert_eq!(text.header("content-type"), "text/plain");
    let expected =
        "Route not found, did you forget a trailing slash?\n\ntry: /api/0/thing/\n                 ^\n";
    assert_eq!(text.text(), expected);
    let spaced = app.get("/api/0/a%20b").send().await.expect(404);
    assert!(spaced.text().ends_with("\n\ntry: /api/0/a b/\n               ^\n"), "{}", spaced.text());
    // An empty segment is no organization.
    let world = app.world().await;
    for path in ["/api/0/organizations//", "/api/0/organizations//members/", "/api/0/projects/acme//"] {
        let answer = app.get(path).bearer(&world.owner_token).send().await.expect(404);
        assert_eq!((answer.text().as_str(), answer.header("allow")), ("", "OPTIONS"), "{path}");
    }
    let json = app.get("/api/0/thing").header("content-type", "application/json").send().await.expect(404);
    let expected = json!({"info": "Route not found, did you forget a trailing slash? try: /api/0/thing/"});
    assert_eq!(json.json(), expected);
});

api_test!(a_method_without_handler_is_refused_after_credentials, |app| async move {
    let world = app.world().await;
    app.post("/api/0/internal/health/").send().await.expect(401);
    let answer = app.post("/api/0/internal/health/").bearer(&world.owner_token).send().await.expect(405);
    assert_eq!(answer.json(), json!({"detail": "Method \"POST\" not allowed."}));
    assert_eq!(answer.header("allow"), "GET, HEAD, OPTIONS");
});

api_test!(a_head_tells_the_length_of_what_it_leaves_out, |app| async move {
    let body = app.get("/api/0/").send().await.expect(200).body;
    let head = app.request(http::Method::HEAD, "/api/0/").send().await.expect(200);
    assert_eq!((head.body.len(), head.header("content-length")), (0, body.len().to_string().as_str()));
    let world = app.world().await;
    let path = "/api/0/organizations/acme/";
    let refused = app.request(http::Method::HEAD, path).bearer(&world.owner_token).send().await.expect(403);
    assert_eq!((refused.body.len(), refused.header("content-type")), (0, "application/json"));
});

api_test!(bodies_that_hold_nothing_or_no_form_are_told_apart, |app| async move {
    let world = app.world().await;
    let put = || app.put("/api/0/organizations/acme/").bearer(&world.owner_token);
    put().header("content-type", "multipart/form-data").send().await.expect(200);
    let form = put().header("content-type", "multipart/form-data").body("x").send().await.expect(400);
    let text = "Multipart form parse error - Invalid boundary in multipart: None";
    assert_eq!(form.json(), json!({"detail": text}));
    let null = put().json(&json!(null)).send().await.expect(400);
    assert_eq!(null.json(), json!({"non_field_errors": ["No data provided"]}));
    // What a form leaves empty stays as it is.
    let form =
        put().header("content-type", "application/x-www-form-urlencoded").body("name=&openMembership=");
    let org = form.send().await.expect(200).json();
    assert_eq!((&org["name"], &org["openMembership"]), (&json!("Acme"), &json!(true)));
});

api_test!(page_sizes_and_cursors_beyond_all_numbers_have_their_texts, |app| async move {
    let world = app.world().await;
    let cases = [
        ("per_page=99999999999999999999", "Invalid per_page value. Cannot exceed 100."),
        ("per_page=-99999999999999999999", "Invalid per_page parameter."),
        ("cursor=1e5:0:0", "Invalid cursor parameter."),
        ("cursor=nan:0:0", "Invalid cursor parameter."),
    ];
    for (query, text) in cases {
        let path = format!("/api/0/organizations/acme/teams/?{query}");
        let answer = app.get(path).bearer(&world.owner_token).send().await.expect(400);
        assert_eq!(answer.json(), json!({"detail": text}), "{query}");
    }
    let path = "/api/0/organizations/acme/teams/?cursor=1.5:0:0";
    app.get(path).bearer(&world.owner_token).send().await.expect(200);
});

api_test!(a_preflight_needs_no_credentials, |app| async move {
    let request =
        app.request(http::Method::OPTIONS, "/api/0/internal/health/").header("origin", "https://a.test");
    let answer = request.send().await.expect(200);
    assert_eq!(answer.header("access-control-allow-origin"), "https://a.test");
    assert_eq!(answer.header("access-control-allow-methods"), "GET, HEAD, OPTIONS");
    assert_eq!(answer.header("access-control-max-age"), "3600");
});

api_test!(a_personal_token_is_refused_from_other_origins, |app| async move {
    let world = app.world().await;
    let request =
        app.get("/api/0/internal/health/").bearer(&world.owner_token).header("origin", "https://evil.test");
    let answer = request.send().await.expect(400);
    assert_eq!(answer.json(), json!("Invalid origin: https://evil.test"));
    assert_eq!(answer.header("access-control-allow-origin"), "https://evil.test");
});

api_test!(only_json_is_rendered, |app| async move {
    let world = app.world().await;
    let request = app.get("/api/0/internal/health/").bearer(&world.owner_token).header("accept", "text/html");
    let answer = request.send().await.expect(406);
    assert_eq!(answer.json(), json!({"detail": "Could not satisfy the request Accept header."}));
});

#[tokio::test]
async fn every_route_is_in_the_document() {
    let app = mortise_testkit::TestApp::sqlite().await;
    let api = mortise_api::api(&app.ctx);
    let text = mortise_api::document(&app.ctx);
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(!api.facts.is_empty());
    for route in &api.facts {
        for method in &route.methods {
            let method = method.as_str().to_lowercase();
            assert!(document["paths"][&route.path][&method].is_object(), "{method} {}", route.path);
        }
    }
    let served = app.get("/api/0/openapi.json").send().await.expect(200);
    assert_eq!(served.text(), text);
}

#[tokio::test]
async fn a_limited_api_tells_what_is_left_and_refuses_the_rest() {
    let app = mortise_testkit::TestApp::with_settings(|settings| settings.api_requests_per_s = Some(2)).await;
    let world = app.world().await;
    let ask = || app.get("/api/0/internal/health/").bearer(&world.owner_token).send();
    let first = ask().await.expect(200);
    assert_eq!(first.header("x-sentry-rate-limit-remaining"), "1");
    assert_eq!(first.header("x-sentry-rate-limit-limit"), "2");
    assert_eq!(first.header("x-sentry-rate-limit-concurrentlimit"), "40");
    ask().await.expect(200);
    let refused = ask().await.expect(429);
    let text = "You are attempting to use this endpoint too frequently. Limit is 2 requests in 1 seconds";
    assert_eq!(refused.json(), json!(text));
    assert_eq!(refused.header("x-sentry-rate-limit-remaining"), "0");
    assert_eq!((refused.header("allow"), first.header("allow")), ("GET", "GET, HEAD, OPTIONS"));
    app.get("/api/0/internal/health/").bearer(&world.member_token).send().await.expect(200);
    app.clock.advance(2);
    ask().await.expect(200);
}

#[tokio::test]
async fn an_unlimited_api_says_nothing_of_limits() {
    let app = mortise_testkit::TestApp::sqlite().await;
    let answer = app.get("/api/0/").send().await.expect(200);
    assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("x-sentry-rate-limit")));
}
