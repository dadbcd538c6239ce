//! What creating an app leaves behind: rows, slugs, the audit log; and nothing when it is refused.

use mortise_store::Query;
use mortise_testkit::{TestApp, api_test};
use serde_json::{Value, json};

use crate::{
    ingest::{count, text},
    rows::{audit, superuser},
    sentry_apps::{APPS, create, internal, post, public},
};

fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// A dashed random UUID.
fn is_uuid(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let lengths = [8, 4, 4, 4, 12];
    let is_dashed = parts.len() == 5 && parts.iter().zip(lengths).all(|(part, digits)| is_hex(part, digits));
    is_dashed && parts[2].starts_with('4')
}

async fn texts(app: &TestApp, sql: &'static str) -> Vec<String> {
    app.ctx.store.read().await.unwrap().all(Query::new(sql)).await.unwrap()
}

api_test!(a_public_app_is_made_with_all_that_belongs_to_it, |app| async move {
    let world = app.world().await;
    let mut body = public();
    body["schema"] = json!({ "elements": [{ "type": "stacktrace-link", "uri": "/trace" }] });
    let made = post(&app, &world, &body).await.expect(201).json();
    let events = ["issue.assigned", "issue.created", "issue.ignored", "issue.resolved", "issue.unresolved"];
    let feature = json!({ "featureId": 0, "featureGate": "integrations-api", "description":
        "Acme Board can **read and change data through the API** with the scopes it was granted." });
    let whole = json!({
        "allowedOrigins": [], "author": "Acme", "avatars": [], "events": ["issue"], "featureData": [feature],
        "isAlertable": false, "metadata": {}, "name": "Acme Board", "overview": null, "popularity": 1,
        "redirectUrl": "https://b.acme.test/setup", "schema": body["schema"], "scopes": ["event:read"],
        "slug": "acme-board", "status": "unpublished", "uuid": made["uuid"], "verifyInstall": false,
        "webhookUrl": "https://b.acme.test/hook", "webhookEvents": events, "webhookHeaders": [], "isDisabled": false,
    });
    assert_eq!(made, whole);
    assert!(is_uuid(made["uuid"].as_str().unwrap()), "{made}");

    let seen =
        app.get(format!("{APPS}acme-board/")).bearer(&world.owner_token).send().await.expect(200).json();
    for key in ["clientId", "clientSecret"] {
        assert!(is_hex(seen[key].as_str().unwrap(), 64), "{key}: {}", seen[key]);
    }
    let proxy = "SELECT u.username FROM user_account u JOIN sentry_app a ON a.proxy_user_id = u.id \
        WHERE u.is_sentry_app AND u.is_active AND u.email = '' AND u.name = '' AND u.password_hash IS NULL";
    let username = text(&app, proxy).await;
    assert!(is_uuid(username.strip_prefix("acme-board-").unwrap()), "{username}");
    for (sql, rows) in [
        (
            "SELECT COUNT(*) FROM organization_member m JOIN user_account u ON u.id = m.user_id WHERE u.is_sentry_app",
            0,
        ),
        (
            "SELECT COUNT(*) FROM api_application p JOIN sentry_app a ON a.application_id = p.id AND \
          a.proxy_user_id = p.owner_id WHERE p.status = 0",
            1,
        ),
        ("SELECT COUNT(*) FROM sentry_app WHERE status = 0 AND date_deleted IS NULL", 1),
        ("SELECT COUNT(*) FROM sentry_app_component WHERE type = 'stacktrace-link'", 1),
        ("SELECT COUNT(*) FROM integration_feature WHERE target_type = 0 AND feature = 0", 1),
        ("SELECT COUNT(*) FROM integration_feature", 1),
        ("SELECT COUNT(*) FROM sentry_app_installation", 0),
        ("SELECT COUNT(*) FROM service_hook", 0),
        ("SELECT COUNT(*) FROM event", 0),
    ] {
        assert_eq!(count(&app, sql).await, rows, "{sql}");
    }
    assert_eq!(audit(&app, world.org).await, [(113, json!({ "sentry_app": "Acme Board" }))]);
});

api_test!(an_internal_app_is_installed_without_token_or_webhook, |app| async move {
    let world = app.world().await;
    create(&app, &world, &internal()).await;
    for (sql, rows) in [
        ("SELECT COUNT(*) FROM sentry_app WHERE status = 2", 1),
        ("SELECT COUNT(*) FROM sentry_app_installation WHERE status = 1 AND api_grant_id IS NOT NULL", 1),
        ("SELECT COUNT(*) FROM api_token WHERE application_id IS NOT NULL", 0),
        ("SELECT COUNT(*) FROM sentry_app_installation_token", 0),
        ("SELECT COUNT(*) FROM event", 0),
    ] {
        assert_eq!(count(&app, sql).await, rows, "{sql}");
    }
    assert!(is_hex(&text(&app, "SELECT guid FROM service_hook").await, 32));
    assert!(is_uuid(&text(&app, "SELECT uuid FROM sentry_app_installation").await));
    let of_app = json!({ "sentry_app": "Night Watch" });
    let entries = [(116, of_app.clone()), (113, of_app), (130, json!({ "name": "Night Watch" }))];
    assert_eq!(audit(&app, world.org).await, entries);
});

api_test!(a_slug_is_made_of_the_name, |app| async move {
    let world = app.world().await;
    let made = async |base: Value, name: &str| {
        let mut body = base;
        body["name"] = name.into();
        create(&app, &world, &body).await
    };
    for (name, slug) in [
        ("\u{dc}n\u{ef}  C\u{f6}de -- App!", "uni-code-app"),
        ("_My_App_", "my_app"),
        (" \u{6771}Tokyo ", "tokyo"),
        (&"a".repeat(57), &"a".repeat(57)),
    ] {
        assert_eq!(made(public(), name).await, slug);
    }
    let numbered = made(public(), "1234").await;
    let letters = numbered.strip_prefix("1234-").unwrap();
    assert!(letters.len() == 3 && letters.bytes().all(|b| b.is_ascii_lowercase()), "{numbered}");
    let mut nameless = public();
    nameless["name"] = "!?\u{6771}".into();
    let text = "Enter a valid slug consisting of lowercase letters, numbers, underscores or hyphens. It cannot be entirely \
                numeric.";
    assert_eq!(post(&app, &world, &nameless).await.expect(400).json(), json!({ "name": [text] }));

    // Internal apps may be called the same, in one organization and in several.
    let mut elsewhere = internal();
    elsewhere["organization"] = "globex".into();
    let other = app.post(APPS).bearer(&world.stranger_token).json(&elsewhere).send().await.expect(201).json();
    let slugs = [
        made(internal(), "Night Watch").await,
        made(internal(), "Night Watch").await,
        other["slug"].as_str().unwrap().to_owned(),
    ];
    for slug in &slugs {
        assert!(is_hex(slug.strip_prefix("night-watch-").unwrap(), 6), "{slug}");
        assert_eq!(slugs.iter().filter(|it| *it == slug).count(), 1, "{slugs:?}");
    }
});

api_test!(an_app_that_is_refused_leaves_nothing, |app| async move {
    let world = app.world().await;
    create(&app, &world, &public()).await;
    post(&app, &world, &public()).await.expect(400);
    for sql in [
        "SELECT COUNT(*) FROM user_account WHERE is_sentry_app",
        "SELECT COUNT(*) FROM api_application",
        "SELECT COUNT(*) FROM sentry_app",
        "SELECT COUNT(*) FROM integration_feature",
        "SELECT COUNT(*) FROM audit_log",
    ] {
        assert_eq!(count(&app, sql).await, 1, "{sql}");
    }
    // The name of an app that was removed stays taken, also by an app that was not public.
    app.delete(format!("{APPS}acme-board/")).bearer(&world.owner_token).send().await.expect(204);
    let taken = post(&app, &world, &public()).await.expect(400).json();
    assert_eq!(taken, json!({ "name": ["Name Acme Board is already taken, please use another."] }));
});

api_test!(the_organization_is_asked_for_first, |app| async move {
    let world = app.world().await;
    let missing = json!({ "organization": "Please provide a valid value for the 'organization' field." });
    let mut bodies = vec![json!({}), json!([1]), json!(null), json!("acme"), json!({ "name": "" })];
    for organization in [json!(""), json!(null), json!(world.org.get()), json!(["acme"]), json!(true)] {
        let mut body = public();
        body["organization"] = organization;
        bodies.push(body);
    }
    for body in bodies {
        assert_eq!(post(&app, &world, &body).await.expect(400).json(), missing, "{body}");
    }
    let text = public().to_string();
    for (content_type, body) in [
        ("text/plain", text.as_str()),
        ("application/x-www-form-urlencoded", "organization=acme"),
        ("multipart/form-data", "x"),
        ("application/json", "{"),
        ("application/json", ""),
    ] {
        let sent = app.post(APPS).bearer(&world.owner_token).header("content-type", content_type).body(body);
        assert_eq!(sent.send().await.expect(400).json(), missing, "{content_type}: {body}");
    }
    let utf8 =
        app.post(APPS).bearer(&world.owner_token).header("content-type", "application/json; charset=utf-8");
    utf8.body(text.as_str()).send().await.expect(201);

    let in_org = |slug: &str| json!({ "organization": slug, "name": "" });
    for slug in ["nobody", "ACME", "globex", &world.org.to_string()] {
        let refused = post(&app, &world, &in_org(slug)).await.expect(403).json();
        assert_eq!(
            refused,
            json!({ "detail": format!("User does not belong to the '{slug}' organization.") })
        );
    }
    let refused = post(&app, &world, &in_org(" a\n b ")).await.expect(403).json();
    assert_eq!(refused, json!({ "detail": "User does not belong to the ' a b ' organization." }));
    let member = app.post(APPS).session(&world.member_session).json(&in_org("acme")).send().await.expect(403);
    assert_eq!(member.json(), json!({ "detail": "You do not have permission to perform this action." }));
});

api_test!(a_superuser_makes_apps_for_anybody_and_sees_their_credentials, |app| async move {
    let world = app.world().await;
    let (cookie, csrf) = superuser(&app, world.stranger).await;
    let post = async |body: &Value| {
        let request =
            app.post(APPS).header("cookie", &format!("{cookie}; sc={csrf}")).header("x-csrftoken", &csrf);
        request.json(body).send().await
    };
    let mut body = public();
    body["popularity"] = 500.into();
    let made = post(&body).await.expect(201).json();
    assert_eq!(made["popularity"], 500);
    assert_eq!(made["owner"], json!({ "id": world.org.get(), "slug": "acme" }));
    assert!(
        is_hex(made["clientSecret"].as_str().unwrap(), 64) && is_hex(made["clientId"].as_str().unwrap(), 64)
    );
    // None at all is the least there is.
    (body["name"], body["popularity"]) = ("Least".into(), 0.into());
    assert_eq!(post(&body).await.expect(201).json()["popularity"], 1);
    for popularity in [json!("x"), json!(true), json!(1.5)] {
        body["popularity"] = popularity;
        let refused = post(&body).await.expect(400).json();
        assert_eq!(refused, json!({ "popularity": ["A valid integer is required."] }));
    }
    for (popularity, text) in [
        (-1, "Ensure this value is greater than or equal to 0."),
        (32_768, "Ensure this value is less than or equal to 32767."),
    ] {
        body["popularity"] = popularity.into();
        assert_eq!(post(&body).await.expect(400).json(), json!({ "popularity": [text] }));
    }
    body["organization"] = "nobody".into();
    let refused = post(&body).await.expect(400).json();
    assert_eq!(refused, json!({ "organization": "Organization 'nobody' does not exist." }));
    // Of anybody else what is said of it does not even have to be a number.
    let mut ordinary = internal();
    ordinary["popularity"] = "x".into();
    let made = app.post(APPS).bearer(&world.owner_token).json(&ordinary).send().await.expect(201).json();
    assert_eq!(made["popularity"], 1);
    assert_eq!(
        texts(&app, "SELECT name FROM sentry_app ORDER BY id").await,
        ["Acme Board", "Least", "Night Watch"]
    );
});

api_test!(errors_are_subscribed_to_only_where_the_organization_has_them, |app| async move {
    let world = app.world().await;
    let made = post(&app, &world, &public()).await.expect(201).json();
    let path = format!("{APPS}{}/", made["slug"].as_str().unwrap());
    let off = [("integrations-event-hooks".to_owned(), false)];
    mortise_service::features::switch_features(&app.ctx, "acme", &off).await.unwrap();
    let told = json!({ "non_field_errors":
        ["Your organization does not have access to the 'error' resource subscription."] });
    let mut body = public();
    body["name"] = json!("Other");
    body["events"] = json!(["issue", "error"]);
    body["isAlertable"] = json!("not looked at");
    assert_eq!(post(&app, &world, &body).await.expect(403).json(), told);
    let change = json!({ "events": ["error"], "isAlertable": "not looked at" });
    let answer = app.put(&path).bearer(&world.owner_token).json(&change).send().await.expect(403);
    assert_eq!(answer.json(), told);
    let change = json!({ "events": ["issue"], "scopes": ["event:read"] });
    app.put(&path).bearer(&world.owner_token).json(&change).send().await.expect(200);
    let on = [("integrations-event-hooks".to_owned(), true)];
    mortise_service::features::switch_features(&app.ctx, "acme", &on).await.unwrap();
    let change = json!({ "events": ["error"], "scopes": ["event:read"] });
    app.put(&path).bearer(&world.owner_token).json(&change).send().await.expect(200);
});
