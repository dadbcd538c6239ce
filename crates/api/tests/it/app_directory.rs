//! Who is listed which apps, and who sees what of their secrets and tokens.

use mortise_domain::{OrgId, OrgRole};
use mortise_store::Query;
use mortise_testkit::{Answer, TestApp, World, api_test};
use serde_json::{Value, json};

use crate::{
    ingest::execute,
    installations::Installed,
    rows::{audit, superuser},
    sentry_apps::{APPS, create, internal, public, put},
};

const OWNED: &str = "/api/0/organizations/acme/sentry-apps/";

fn slugs(answer: &Answer) -> Vec<String> {
    answer.json().as_array().unwrap().iter().map(|it| it["slug"].as_str().unwrap().to_owned()).collect()
}

/// Makes a public app in an organization and gives it a status.
async fn named(app: &TestApp, token: &str, organization: &str, name: &'static str, status: i64) {
    let mut body = public();
    (body["organization"], body["name"]) = (organization.into(), name.into());
    app.post(APPS).bearer(token).json(&body).send().await.expect(201);
    let query = Query::new("UPDATE sentry_app SET status = $1, date_published = date_added WHERE name = $2");
    crate::rows::execute(app, query.bind(status).bind(name)).await;
    app.clock.advance(1);
}

/// One app of each kind in two organizations.
async fn catalog(app: &TestApp, world: &World) {
    for (name, status) in [("a-new", 0), ("a-out", 1), ("a-inside", 2), ("a-asked", 3)] {
        named(app, &world.owner_token, "acme", name, status).await;
    }
    for (name, status) in [("g-new", 0), ("g-out", 1), ("g-inside", 2)] {
        named(app, &world.stranger_token, "globex", name, status).await;
    }
}

async fn set_org_status(app: &TestApp, org: OrgId, status: i64) {
    let query = Query::new("UPDATE organization SET status = $1 WHERE id = $2").bind(status).bind(org);
    crate::rows::execute(app, query).await;
}

api_test!(the_directory_shows_what_is_published_and_what_is_ones_own, |app| async move {
    let world = app.world().await;
    catalog(&app, &world).await;
    let list = async |query: &str, token: &str| {
        slugs(&app.get(format!("{APPS}{query}")).bearer(token).send().await.expect(200))
    };
    for query in
        ["", "?status=published", "?status=", "?status=nonsense", "?status=publish_request_inprogress"]
    {
        for token in [&world.owner_token, &world.member_token, &world.stranger_token] {
            assert_eq!(list(query, token).await, ["g-out", "a-out"], "{query}");
        }
    }
    for (query, token, expected) in [
        ("?status=unpublished", &world.owner_token, "a-new"),
        ("?status=unpublished", &world.member_token, "a-new"),
        ("?status=unpublished", &world.stranger_token, "g-new"),
        ("?status=internal", &world.owner_token, "a-inside"),
        ("?status=internal", &world.stranger_token, "g-inside"),
    ] {
        assert_eq!(list(query, token).await, [expected], "{query}");
    }
    // A body is not looked at.
    let with_body = app.get(APPS).bearer(&world.owner_token).json(&json!({ "organization": 7 })).send().await;
    assert_eq!(slugs(&with_body.expect(200)), ["g-out", "a-out"]);
    // What belongs to an organization that is closed is nobody's.
    set_org_status(&app, world.org, 1).await;
    assert_eq!(list("?status=unpublished", &world.owner_token).await, Vec::<String>::new());
    set_org_status(&app, world.org, 0).await;

    let (cookie, _) = superuser(&app, world.stranger).await;
    let every = async |query: &str| {
        slugs(&app.get(format!("{APPS}{query}")).header("cookie", &cookie).send().await.expect(200))
    };
    assert_eq!(every("").await, ["g-inside", "g-out", "g-new", "a-asked", "a-inside", "a-out", "a-new"]);
    assert_eq!(every("?status=unpublished").await, ["g-new", "a-new"]);
    assert_eq!(every("?status=internal").await, ["g-inside", "a-inside"]);
});

api_test!(lists_of_apps_come_in_pages, |app| async move {
    let world = app.world().await;
    for name in ["one", "two", "three"] {
        named(&app, &world.owner_token, "acme", name, 1).await;
    }
    let page = async |path: &str, query: &str| {
        let answer = app.get(format!("{path}?{query}")).bearer(&world.owner_token).send().await.expect(200);
        (slugs(&answer), answer.header("link").to_owned())
    };
    for (path, status) in [(APPS, "published"), (OWNED, "published")] {
        let (first, link) = page(path, &format!("per_page=2&status={status}")).await;
        assert_eq!(first, ["three", "two"]);
        let url = format!("http://m.test:8000{path}?per_page=2&status={status}");
        assert_eq!(
            link,
            format!(
                "<{url}&cursor=2:-1:1>; rel=\"previous\"; results=\"false\"; cursor=\"2:-1:1\", \
                 <{url}&cursor=2:1:0>; rel=\"next\"; results=\"true\"; cursor=\"2:1:0\""
            )
        );
        let (second, link) = page(path, "per_page=2&cursor=2:1:0").await;
        assert_eq!(second, ["one"]);
        assert!(
            link.contains("results=\"true\"; cursor=\"2:0:1\"")
                && link.contains("results=\"false\"; cursor=\"2:2:0\"")
        );
        for (query, text) in [
            ("per_page=x", "Invalid per_page parameter."),
            ("per_page=101", "Invalid per_page value. Cannot exceed 100."),
            ("cursor=x", "Invalid cursor parameter."),
        ] {
            let refused =
                app.get(format!("{path}?{query}")).bearer(&world.owner_token).send().await.expect(400);
            assert_eq!(refused.json(), json!({ "detail": text }));
        }
    }
    let pages = [format!("{APPS}one/features/"), format!("{APPS}one/components/")];
    for path in pages {
        let answer =
            app.get(format!("{path}?per_page=1")).bearer(&world.owner_token).send().await.expect(200);
        assert!(answer.header("link").contains("rel=\"next\""), "{path}");
        app.get(format!("{path}?cursor=x")).bearer(&world.owner_token).send().await.expect(400);
    }
});

api_test!(an_organization_lists_what_it_owns_and_nothing_it_installed, |app| async move {
    let world = app.world().await;
    catalog(&app, &world).await;
    let install = app.post("/api/0/organizations/acme/sentry-app-installations/").bearer(&world.owner_token);
    install.json(&json!({ "slug": "g-out" })).send().await.expect(200);
    let list = async |query: &str| {
        app.get(format!("{OWNED}{query}")).bearer(&world.owner_token).send().await.expect(200)
    };
    assert_eq!(slugs(&list("").await), ["a-asked", "a-inside", "a-out", "a-new"]);
    for (status, slug) in [
        ("unpublished", "a-new"),
        ("published", "a-out"),
        ("internal", "a-inside"),
        ("publish_request_inprogress", "a-asked"),
    ] {
        assert_eq!(slugs(&list(&format!("?status={status}")).await), [slug]);
    }
    assert_eq!(list("").await.json()[0]["owner"], json!({ "id": world.org.get(), "slug": "acme" }));
    // The token of an app sees no credentials, not even its own.
    let it = Installed::of(&app, &world, "Reader").await;
    put(&app, &world.owner_token, "reader", json!({ "scopes": ["org:read"] })).await.expect(200);
    let token = it.redeem(&app).await["token"].as_str().unwrap().to_owned();
    let seen = app.get(OWNED).bearer(&token).send().await.expect(200).json();
    assert_eq!(
        (&seen[0]["slug"], seen[0].get("clientId"), seen[0].get("owner")),
        (&json!("reader"), None, None)
    );
    app.get(OWNED).bearer(&world.stranger_token).send().await.expect(403);
    let unknown =
        app.get(OWNED.replace("acme", "nobody")).bearer(&world.owner_token).send().await.expect(404);
    assert_eq!(unknown.json(), json!({ "detail": "The requested resource does not exist" }));
});

api_test!(a_secret_is_shown_to_whoever_could_grant_what_the_app_may_do, |app| async move {
    let world = app.world().await;
    let slug = create(&app, &world, &public()).await;
    put(&app, &world.owner_token, &slug, json!({ "scopes": ["event:read", "member:read"] }))
        .await
        .expect(200);
    let (user, _) = World::user(&app.ctx, "manager", world.org, OrgRole::Manager).await;
    let manager = World::token(&app.ctx, user, &["org:read"]).await;
    let path = format!("{APPS}{slug}/");
    let see = async |token: &str| app.get(&path).bearer(token).send().await.expect(200).json();
    let secret = see(&world.owner_token).await["clientSecret"].clone();
    let masked = json!("*".repeat(64));
    assert_ne!(secret, masked);
    // The role counts, not what its token may do.
    assert_eq!(see(&manager).await["clientSecret"], secret);
    // A member's role has every scope of the app, and none for changing organizations.
    assert_eq!(see(&world.member_token).await["clientSecret"], masked);
    put(&app, &world.owner_token, &slug, json!({ "scopes": ["event:read", "org:admin"] })).await.expect(200);
    assert_eq!(see(&manager).await["clientSecret"], masked);
    assert_eq!(see(&world.owner_token).await["clientSecret"], secret);
    let (cookie, _) = superuser(&app, world.stranger).await;
    let all = app.get(&path).header("cookie", &cookie).send().await.expect(200).json();
    assert_eq!(all["clientSecret"], secret);
    execute(&app, "UPDATE sentry_app SET status = 1").await;
    let stranger = see(&world.stranger_token).await;
    for key in ["clientId", "clientSecret", "owner"] {
        assert_eq!(stranger.get(key), None, "{key}");
        assert!(all.get(key).is_some(), "{key}");
    }
    app.clock.advance(24 * 3600 - 1);
    assert_eq!(see(&world.owner_token).await["clientSecret"], secret);
    app.clock.advance(1);
    for seen in [see(&world.owner_token).await, see(&world.member_token).await] {
        assert_eq!((&seen["clientSecret"], seen["clientId"].is_string()), (&Value::Null, true));
    }
});

api_test!(tokens_are_masked_for_whoever_lacks_what_they_may_do, |app| async move {
    let world = app.world().await;
    let mut body = internal();
    body["scopes"] = json!(["event:write", "org:admin"]);
    let slug = create(&app, &world, &body).await;
    let path = format!("{APPS}{slug}/api-tokens/");
    let (user, _) = World::user(&app.ctx, "manager", world.org, OrgRole::Manager).await;
    let manager = World::session(&app.ctx, user).await;
    let made = app.post(&path).session(&world.owner_session).send().await.expect(201).json();
    let whole = json!({
        "id": made["id"], "scopes": ["event:read", "event:write", "org:admin", "org:integrations", "org:read", "org:write"],
        "name": null, "application": null, "expiresAt": null, "dateCreated": made["dateCreated"], "state": null,
        "token": made["token"], "refreshToken": made["refreshToken"], "tokenLastCharacters": made["tokenLastCharacters"],
    });
    assert_eq!(made, whole);
    assert!(made["id"].is_string() && made["token"] != made["refreshToken"]);
    let mask = json!("*".repeat(64));
    let hidden = app.post(&path).session(&manager).send().await.expect(201).json();
    assert_eq!((&hidden["token"], &hidden["refreshToken"]), (&mask, &mask));
    let listed = app.get(&path).session(&world.owner_session).send().await.expect(200).json();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    for token in listed.as_array().unwrap() {
        assert_eq!((token.get("token"), token.get("refreshToken")), (None, None));
    }
    let listed = app.get(&path).session(&manager).send().await.expect(200).json();
    for token in listed.as_array().unwrap() {
        assert_eq!((&token["token"], &token["refreshToken"]), (&mask, &mask));
    }
    // No credentials and those that are for elsewhere are alike, and nobody is asked for others.
    for request in
        [app.get(&path), app.get(&path).bearer(&world.owner_token), app.post(&path).bearer("nonsense")]
    {
        let refused = request.send().await.expect(403);
        assert_eq!(refused.json(), json!({ "detail": "Authentication credentials were not provided." }));
        assert_eq!(refused.header("www-authenticate"), "");
    }
    // An app that was uninstalled has no place for a token.
    let installed = "/api/0/organizations/acme/sentry-app-installations/";
    let listed = app.get(installed).bearer(&world.owner_token).send().await.expect(200).json();
    let one = format!("/api/0/sentry-app-installations/{}/", listed[0]["uuid"].as_str().unwrap());
    app.delete(one).bearer(&world.owner_token).send().await.expect(204);
    let missing = app.post(&path).session(&world.owner_session).send().await.expect(404).json();
    assert_eq!(missing, json!({ "detail": "Not found." }));
});

api_test!(an_app_is_no_member_and_sees_how_it_is_used, |app| async move {
    let world = app.world().await;
    let mut body = internal();
    body["scopes"] = json!(["org:admin"]);
    let slug = create(&app, &world, &body).await;
    let made =
        app.post(format!("{APPS}{slug}/api-tokens/")).session(&world.owner_session).send().await.expect(201);
    let made = made.json();
    let token = made["token"].as_str().unwrap();
    let path = |rest: &str| format!("{APPS}{slug}/{rest}");
    for rest in ["stats/", "requests/", "interaction/"] {
        app.get(path(rest)).bearer(token).send().await.expect(200);
    }
    let viewed = json!({ "tsdbField": "sentry_app_viewed" });
    app.post(path("interaction/")).bearer(token).json(&viewed).send().await.expect(403);
    // Its own page is for members of the organization.
    for rest in ["", "features/", "components/", "avatar/"] {
        let hidden = app.get(path(rest)).bearer(token).send().await.expect(404).json();
        assert_eq!(hidden, json!({ "detail": "Not found." }), "{rest}");
    }
    for request in [
        app.put(path("")),
        app.delete(path("")),
        app.post(path("publish-request/")),
        app.post(path("rotate-secret/")),
    ] {
        request.bearer(token).json(&json!({})).send().await.expect(404);
    }
    execute(&app, "UPDATE sentry_app SET status = 1").await;
    let seen = app.get(path("")).bearer(token).send().await.expect(200).json();
    assert_eq!((&seen["slug"], seen.get("clientId")), (&json!(slug), None));
    app.put(path("")).bearer(token).json(&json!({})).send().await.expect(403);
    let body = json!({ "organization": "acme" });
    let refused = app.post(APPS).bearer(token).json(&body).send().await.expect(403).json();
    assert_eq!(refused, json!({ "detail": "User does not belong to the 'acme' organization." }));
});

api_test!(another_secret_ends_the_one_before_it, |app| async move {
    let world = app.world().await;
    let it = Installed::of(&app, &world, "Board").await;
    let path = format!("{APPS}board/rotate-secret/");
    let rotated = app.post(&path).session(&world.owner_session).send().await.expect(200).json();
    let secret = rotated["clientSecret"].as_str().unwrap();
    assert_eq!(rotated.as_object().unwrap().len(), 1);
    assert!(secret.len() == 64 && secret.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')), "{secret}");
    let exchange = async |secret: &str| {
        let body = json!({ "grant_type": "authorization_code", "code": it.code, "client_id": it.client_id,
            "client_secret": secret });
        app.post(format!("{}authorizations/", it.path())).json(&body).send().await
    };
    let refused = exchange(&it.client_secret).await.expect(401).json();
    assert_eq!(refused, json!({ "detail": "Invalid Client ID / Secret pair" }));
    exchange(secret).await.expect(201);
    let entry = audit(&app, world.org).await.pop().unwrap();
    assert_eq!(entry, (118, json!({ "sentry_app": "Board", "status": "unpublished" })));
    app.post(&path).session(&world.member_session).send().await.expect(403);
    let stranger = World::session(&app.ctx, world.stranger).await;
    let hidden = app.post(&path).session(&stranger).send().await.expect(404).json();
    assert_eq!(hidden, json!({ "detail": "Not found." }));
    execute(&app, "UPDATE sentry_app SET application_id = NULL").await;
    let missing = app.post(&path).session(&world.owner_session).send().await.expect(404).json();
    assert_eq!(missing, json!({ "detail": "Corresponding application was not found." }));
});
