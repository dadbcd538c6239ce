//! Switching plugins on and off, their settings and secrets.

use mortise_store::Query;
use mortise_testkit::api_test;
use serde_json::{Value, json};

use super::{OF_PROJECT, enable, get, keys, post, put};

api_test!(what_cannot_be_switched_says_so, |app| async move {
    let world = app.world().await;
    let always = json!({ "detail": "This plugin is always enabled." });
    assert_eq!(post(&app, &world, "javascriptplugin", 400, json!({})).await, always);
    let path = format!("{OF_PROJECT}javaplugin/");
    assert_eq!(app.delete(path).bearer(&world.owner_token).send().await.expect(400).json(), always);
    for slug in ["nonsense", "sentry"] {
        let missing = post(&app, &world, slug, 404, json!({})).await;
        assert_eq!(missing, json!({ "detail": "The requested resource does not exist" }));
    }
    enable(&app, &world, "segment").await;
    let switches = [("data-forwarding".to_owned(), false)];
    mortise_service::features::switch_features(&app.ctx, "acme", &switches).await.unwrap();
    let refused = post(&app, &world, "segment", 403, json!({})).await;
    let text = "Feature 'organizations:data-forwarding' is not enabled for the organization.";
    assert_eq!(refused, json!({ "detail": text }));
    let path = format!("{OF_PROJECT}webhooks/");
    for token in [&world.member_token, &world.stranger_token] {
        app.post(&path).bearer(token).json(&json!({})).send().await.expect(403);
        app.put(&path).bearer(token).json(&json!({})).send().await.expect(403);
        app.delete(&path).bearer(token).send().await.expect(403);
    }
    app.get(&path).bearer(&world.member_token).send().await.expect(200);
});

api_test!(settings_are_checked_kept_and_forgotten, |app| async move {
    let world = app.world().await;
    let shown = get(&app, &world, &format!("{OF_PROJECT}webhooks/")).await;
    let field = &shown["config"][0];
    assert_eq!(
        keys(field),
        [
            "name",
            "label",
            "type",
            "required",
            "help",
            "placeholder",
            "choices",
            "readonly",
            "defaultValue",
            "value",
            "isDeprecated",
            "isHidden"
        ]
    );
    assert_eq!(
        (&field["name"], &field["type"], &field["required"]),
        (&json!("urls"), &json!("textarea"), &json!(false))
    );
    assert_eq!(
        (&field["label"], &field["placeholder"], &field["value"]),
        (&json!("Callback URLs"), &json!("https://sentry.io/callback/url"), &Value::Null)
    );
    let urls = json!({ "urls": " http://127.0.0.1:1/a \n\n http://127.0.0.1:1/b\n", "other": 1 });
    let saved = put(&app, &world, "webhooks", 200, urls).await;
    assert_eq!(saved["config"][0]["value"], "http://127.0.0.1:1/a\nhttp://127.0.0.1:1/b");
    let not = json!({ "errors": { "urls": "Not a valid URL." } });
    for urls in ["ftp://a.test/", "http://10.0.0.1/", "http://127.0.0.1/\nhttp://169.254.169.254/", "a.test"]
    {
        assert_eq!(put(&app, &world, "webhooks", 400, json!({ "urls": urls })).await, not, "{urls}");
    }
    assert_eq!(put(&app, &world, "webhooks", 400, json!({ "urls": 5 })).await, not);
    let many = vec!["http://127.0.0.1/"; 21].join("\n");
    let many = put(&app, &world, "webhooks", 400, json!({ "urls": many })).await;
    assert_eq!(many, json!({ "errors": { "urls": "There can be at most 20 URLs." } }));
    let long = put(&app, &world, "webhooks", 400, json!({ "urls": "x".repeat(17_000) })).await;
    assert_eq!(long, json!({ "errors": { "urls": "A value can have at most 16384 bytes." } }));
    // A name that is not found now may be found by then.
    let later = put(&app, &world, "webhooks", 200, json!({ "urls": "https://not-yet.invalid/in" })).await;
    assert_eq!(later["config"][0]["value"], "https://not-yet.invalid/in");
    // A field that is left out is emptied.
    let saved = put(&app, &world, "webhooks", 200, json!({})).await;
    assert_eq!(saved["config"][0]["value"], Value::Null);

    let required = put(&app, &world, "opsgenie", 400, json!({ "api_key": " ", "alert_url": "x" })).await;
    assert_eq!(
        required,
        json!({ "errors": { "api_key": "Field is required", "alert_url": "Not a valid URL." } })
    );
    let falsy =
        put(&app, &world, "opsgenie", 400, json!({ "api_key": 0, "alert_url": "http://127.0.0.1/" })).await;
    assert_eq!(falsy, json!({ "errors": { "api_key": "This field is required." } }));

    let pushed = json!({ "userkey": "usersecret", "apikey": "appsecret", "priority": "2", "retry": 10 });
    let short = put(&app, &world, "pushover", 400, pushed).await;
    assert_eq!(short, json!({ "errors": { "__all__": "Retry must be 30 or higher. It is 10." } }));
    let phones = json!({ "account_sid": "AC1", "auth_token": "t", "sms_from": "12", "sms_to": "3305093095" });
    let wrong = put(&app, &world, "twilio", 400, phones).await;
    assert_eq!(wrong, json!({ "errors": { "sms_from": "12 is not a valid phone number." } }));
});

api_test!(a_secret_is_sealed_never_shown_and_stays_when_it_is_left_out, |app| async move {
    let world = app.world().await;
    let body = json!({ "service_key": "topsecretkey", "routes": "a,b,KEY" });
    let saved = put(&app, &world, "pagerduty", 200, body).await;
    let field = &saved["config"][0];
    assert_eq!(
        (&field["value"], &field["hasSavedValue"], &field["prefix"], &field["required"]),
        (&Value::Null, &json!(true), &json!("tops"), &json!(false))
    );
    let start = "Only enter a new value if you wish to update the existing one. ";
    assert!(field["help"].as_str().unwrap().starts_with(start));
    assert!(!saved.to_string().contains("topsecretkey"));
    let blank =
        put(&app, &world, "pagerduty", 200, json!({ "service_key": null, "routes": "a,b,KEY" })).await;
    assert_eq!(
        (&blank["config"][0]["prefix"], &blank["config"][1]["value"]),
        (&json!("tops"), &json!("a,b,KEY"))
    );
    let again = put(&app, &world, "pagerduty", 200, json!({ "service_key": "" })).await;
    assert_eq!((&again["config"][0]["prefix"], &again["config"][1]["value"]), (&json!("tops"), &Value::Null));
    let query =
        Query::new("SELECT COUNT(*) FROM plugin_option WHERE field = 'service_key' AND value IS NULL");
    assert_eq!(app.ctx.store.read().await.unwrap().one::<i64>(query).await.unwrap(), 1);
    let report = mortise_service::sealed::inspect(&app.ctx).await.unwrap();
    assert_eq!((report.values > 0, report.unreadable), (true, 0));
    enable(&app, &world, "pagerduty").await;
    let reset = post(&app, &world, "pagerduty", 200, json!({ "reset": true })).await;
    let field = &reset["config"][0];
    assert_eq!(
        (&reset["enabled"], &field["hasSavedValue"], &field["prefix"], &field["required"]),
        (&json!(false), &json!(false), &json!(""), &json!(true))
    );
    let log = get(&app, &world, "/api/0/organizations/acme/audit-logs/").await;
    assert_eq!(log["rows"][0]["note"], "edited integration pagerduty for project web");
});

api_test!(asana_asks_for_an_account_that_nobody_has_here, |app| async move {
    let world = app.world().await;
    let shown = get(&app, &world, &format!("{OF_PROJECT}asana/")).await;
    let text = "You still need to associate an Asana identity with this account.";
    assert_eq!((shown.get("config"), &shown["config_error"]), (None, &json!(text)));
    let url = app.ctx.link("/account/settings/social/associate/asana/");
    assert_eq!(shown["auth_url"], url);
    let refused = put(&app, &world, "asana", 400, json!({ "workspace": "1" })).await;
    assert_eq!(refused, json!({ "errors": { "__all__": text } }));
});

api_test!(a_change_of_a_plugin_is_audited_with_plugin_and_project, |app| async move {
    let world = app.world().await;
    put(&app, &world, "webhooks", 200, json!({ "urls": "" })).await;
    enable(&app, &world, "webhooks").await;
    let path = format!("{OF_PROJECT}webhooks/");
    app.delete(path).bearer(&world.owner_token).send().await.expect(204);
    post(&app, &world, "webhooks", 200, json!({ "reset": true })).await;
    put(&app, &world, "webhooks", 400, json!({ "urls": "a.test" })).await;
    let log = get(&app, &world, "/api/0/organizations/acme/audit-logs/").await;
    let rows: Vec<_> = log["rows"].as_array().unwrap().iter().collect();
    let events: Vec<_> = rows.iter().map(|row| row["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["integration.edit", "integration.remove", "integration.add", "integration.edit"]);
    for row in rows {
        assert_eq!(row["data"], json!({ "integration": "webhooks", "project": "web" }));
        assert_eq!(row["targetObject"], world.project.get());
    }
});

api_test!(what_trello_offers_is_left_out_while_trello_offers_nothing, |app| async move {
    let world = app.world().await;
    let names = |plugin: &Value| -> Vec<Value> {
        plugin["config"].as_array().unwrap().iter().map(|it| it["name"].clone()).collect()
    };
    let path = format!("{OF_PROJECT}trello/");
    assert_eq!(names(&get(&app, &world, &path).await), ["key", "token"]);
    let saved =
        put(&app, &world, "trello", 200, json!({ "key": "k", "token": "t", "organization": "5f" })).await;
    assert_eq!(
        (names(&saved), &saved["config"][0]["value"]),
        (vec![json!("key"), json!("token")], &json!("k"))
    );
});
