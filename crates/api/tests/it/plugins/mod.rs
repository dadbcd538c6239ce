//! Legacy plugins of projects: lists, settings, trials, what they send when rules fire.

use std::time::Duration;

use mortise_service::delivery::{self, Options, Running};
use mortise_store::Query;
use mortise_testkit::{Receiver, Reply, TestApp, World, api_test};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::rules::{EVERY, NOTIFY, RULES, create, rule_with, send, settled, telling::SERVICE};

const OF_ORG: &str = "/api/0/organizations/acme/plugins/";
const OF_PROJECT: &str = "/api/0/projects/acme/web/plugins/";

async fn get(app: &TestApp, world: &World, path: &str) -> Value {
    app.get(path).bearer(&world.owner_token).send().await.expect(200).json()
}

async fn put(app: &TestApp, world: &World, slug: &str, status: u16, body: Value) -> Value {
    let path = format!("{OF_PROJECT}{slug}/");
    app.put(path).bearer(&world.owner_token).json(&body).send().await.expect(status).json()
}

async fn enable(app: &TestApp, world: &World, slug: &str) {
    let path = format!("{OF_PROJECT}{slug}/");
    let answer = app.post(path).bearer(&world.owner_token).json(&json!({})).send().await.expect(201);
    assert_eq!(answer.text(), "");
}

async fn post(app: &TestApp, world: &World, slug: &str, status: u16, body: Value) -> Value {
    let path = format!("{OF_PROJECT}{slug}/");
    app.post(path).bearer(&world.owner_token).json(&body).send().await.expect(status).json()
}

fn slugs(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|it| it["slug"].as_str().unwrap()).collect()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn start(app: &TestApp) -> Running {
    let options =
        Options { poll: Duration::from_millis(50), drain: Duration::from_secs(5), ..Options::default() };
    delivery::start(app.ctx.clone(), delivery::subscribers(), options, CancellationToken::new())
}

fn rule_of(actions: &Value) -> Value {
    rule_with("New errors", json!({ "conditions": [{ "id": EVERY }], "actions": actions }))
}

const KEYS: [&str; 24] = [
    "id",
    "name",
    "slug",
    "shortName",
    "type",
    "canDisable",
    "isTestable",
    "hasConfiguration",
    "metadata",
    "contexts",
    "status",
    "assets",
    "doc",
    "firstPartyAlternative",
    "deprecationDate",
    "altIsSentryApp",
    "enabled",
    "version",
    "author",
    "isDeprecated",
    "isHidden",
    "description",
    "features",
    "featureDescriptions",
];

api_test!(a_project_lists_all_plugins_by_name_with_what_they_are, |app| async move {
    let world = app.world().await;
    let all = get(&app, &world, OF_PROJECT).await;
    let expected = [
        "amazon-sqs",
        "asana",
        "browsers",
        "device",
        "interface_types",
        "os",
        "urls",
        "bitbucket",
        "github",
        "gitlab",
        "heroku",
        "jira",
        "opsgenie",
        "pagerduty",
        "phabricator",
        "pivotal",
        "pushover",
        "redmine",
        "segment",
        "sessionstack",
        "slack",
        "splunk",
        "trello",
        "twilio",
        "victorops",
        "webhooks",
    ];
    assert_eq!(slugs(&all), expected);
    let all = all.as_array().unwrap();
    let on = |key: &str| -> Vec<&str> {
        all.iter().filter(|it| it[key] == true).map(|it| it["slug"].as_str().unwrap()).collect()
    };
    assert_eq!(on("enabled"), ["browsers", "device", "os", "urls"]);
    assert_eq!(on("isHidden"), ["bitbucket", "github", "gitlab", "jira", "opsgenie", "pagerduty", "slack"]);
    assert_eq!(
        on("isTestable"),
        ["opsgenie", "pagerduty", "pushover", "slack", "twilio", "victorops", "webhooks"]
    );
    assert_eq!(on("hasConfiguration").len(), 21);
    let webhooks = all.last().unwrap();
    let mut order = KEYS.to_vec();
    order.push("resourceLinks");
    assert_eq!(keys(webhooks), order);
    assert_eq!(webhooks["features"], json!(["alert-rule"]));
    assert_eq!(webhooks["featureDescriptions"][0]["featureGate"], "alert-rule");
    assert_eq!(webhooks["resourceLinks"][2]["title"], "Internal Integrations");
    assert_eq!(webhooks["type"], "notification");
    let github = &all[8];
    assert_eq!(github["features"], json!(["commits", "issue-basic"]));
    let browsers = &all[2];
    assert_eq!(
        (
            &browsers["features"],
            &browsers["featureDescriptions"],
            browsers.get("description"),
            browsers.get("resourceLinks")
        ),
        (&json!([]), &json!([]), None, None)
    );
    assert_eq!(all[19]["contexts"], json!(["sessionstack"]));
    let old_name = get(&app, &world, "/api/0/projects/acme/web/plugin/").await;
    assert_eq!(old_name.as_array().unwrap().len(), 26);
    app.get("/api/0/projects/globex/api/plugins/").bearer(&world.owner_token).send().await.expect(403);
});

api_test!(a_plugin_is_switched_on_and_off_and_the_organization_sees_that_it_ever_was, |app| async move {
    let world = app.world().await;
    assert_eq!(get(&app, &world, OF_ORG).await, json!([]));
    enable(&app, &world, "webhooks").await;
    let of_org = get(&app, &world, OF_ORG).await;
    assert_eq!(slugs(&of_org), ["webhooks"]);
    assert_eq!(of_org[0]["project"], json!({ "id": world.project.get(), "slug": "web" }));
    assert_eq!(of_org[0]["enabled"], true);
    let path = format!("{OF_PROJECT}webhooks/");
    assert_eq!(get(&app, &world, &path).await["enabled"], true);
    app.delete(&path).bearer(&world.owner_token).send().await.expect(204);
    assert_eq!(get(&app, &world, &path).await["enabled"], false);
    let of_org = get(&app, &world, OF_ORG).await;
    assert_eq!((slugs(&of_org), &of_org[0]["enabled"]), (vec!["webhooks"], &json!(false)));
    enable(&app, &world, "slack").await;
    assert_eq!(get(&app, &world, &format!("{OF_PROJECT}slack/")).await["isHidden"], false);
    // The second generation is in no list over projects.
    enable(&app, &world, "heroku").await;
    assert_eq!(slugs(&get(&app, &world, OF_ORG).await), ["webhooks", "slack"]);
    let some = get(&app, &world, &format!("{OF_ORG}?plugins=slack&plugins=nonsense")).await;
    assert_eq!(slugs(&some), ["slack"]);
    assert_eq!(get(&app, &world, &format!("{OF_ORG}?plugins=nonsense")).await, json!([]));
    let all = get(&app, &world, &format!("{OF_ORG}?plugins=_all")).await;
    assert_eq!(all.as_array().unwrap().len(), 19);
    assert_eq!((all[0].get("enabled"), all[0].get("project")), (None, None));
    let log = get(&app, &world, "/api/0/organizations/acme/audit-logs/").await;
    let rows = log["rows"].as_array().unwrap();
    let notes: Vec<_> = rows.iter().map(|row| row["note"].as_str().unwrap()).collect();
    assert_eq!(
        notes[..4],
        [
            "enabled integration heroku for project web",
            "enabled integration slack for project web",
            "disabled integration webhooks from project web",
            "enabled integration webhooks for project web",
        ]
    );
    assert_eq!(rows[0]["targetObject"], world.project.get());
    let theirs = app.get("/api/0/organizations/globex/plugins/").bearer(&world.stranger_token).send().await;
    assert_eq!(theirs.expect(200).json(), json!([]));
});

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

api_test!(the_organization_sees_who_configured_what, |app| async move {
    let world = app.world().await;
    let path = format!("{OF_ORG}configs/");
    let all = get(&app, &world, &path).await;
    assert_eq!(all.as_array().unwrap().len(), 21);
    assert!(
        all.as_array()
            .unwrap()
            .iter()
            .all(|it| it["projectList"] == json!([]) && it.get("enabled").is_none())
    );
    put(&app, &world, "webhooks", 200, json!({ "urls": "http://127.0.0.1:1/" })).await;
    put(&app, &world, "pagerduty", 200, json!({ "service_key": "k" })).await;
    enable(&app, &world, "pagerduty").await;
    let some = get(&app, &world, &format!("{path}?plugins=webhooks&plugins=pagerduty")).await;
    assert_eq!(slugs(&some), ["webhooks", "pagerduty"]);
    let project = |enabled: bool| {
        json!([{ "projectId": world.project.get(), "projectSlug": "web", "projectName": "Web", "enabled": enabled,
            "configured": true, "projectPlatform": "python" }])
    };
    assert_eq!((&some[0]["projectList"], &some[1]["projectList"]), (&project(false), &project(true)));
    assert_eq!(some[1]["isHidden"], true);
    for (query, name) in [("?plugins=webhooks&plugins=nope", "nope"), ("?plugins=", "")] {
        let missing = app.get(format!("{path}{query}")).bearer(&world.owner_token).send().await.expect(404);
        assert_eq!(missing.json(), json!({ "detail": format!("Plugin {name} not found") }));
    }
    put(&app, &world, "webhooks", 200, json!({ "urls": "" })).await;
    let emptied = get(&app, &world, &format!("{path}?plugins=webhooks")).await;
    assert_eq!(emptied[0]["projectList"], json!([]));
});

api_test!(a_trial_tells_what_came_of_it, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    put(&app, &world, "webhooks", 200, json!({ "urls": receiver.url() })).await;
    let tried = post(&app, &world, "webhooks", 200, json!({ "test": true })).await;
    assert_eq!(tried, json!({ "detail": "No errors returned" }));
    let told = receiver.wait_for(1).await.pop().unwrap().json();
    assert_eq!((&told["level"], &told["triggering_rules"]), (&json!("error"), &json!([])));
    receiver.reply([Reply::status(500).body("broken ".repeat(100))]);
    let tried = post(&app, &world, "webhooks", 200, json!({ "test": true })).await;
    let text = tried["detail"].as_str().unwrap();
    let (head, rest) = text.split_once('\n').unwrap();
    assert_eq!((head, rest.len()), ("500 Server Error: Internal Server Error", 256));
    put(&app, &world, "webhooks", 200, json!({ "urls": "http://127.0.0.1:1/" })).await;
    let tried = post(&app, &world, "webhooks", 200, json!({ "test": true })).await;
    assert!(tried["detail"].as_str().unwrap().starts_with("Error communicating with WebHooks: "));
    // What cannot be tried out is switched on.
    post_empty(&app, &world, "browsers").await;
});

async fn post_empty(app: &TestApp, world: &World, slug: &str) {
    let path = format!("{OF_PROJECT}{slug}/");
    let answer =
        app.post(path).bearer(&world.owner_token).json(&json!({ "test": true })).send().await.expect(201);
    assert_eq!(answer.text(), "");
}

api_test!(
    a_rule_that_fires_posts_the_event_to_every_address_whatever_becomes_of_the_others,
    |app| async move {
        let world = app.world().await;
        let (first, second) = (Receiver::start().await, Receiver::start().await);
        first.reply([Reply::status(400)]);
        let urls = format!("{}\nhttp://127.0.0.1:1/dead\n{}\n{}", first.url(), second.url(), second.url());
        put(&app, &world, "webhooks", 200, json!({ "urls": urls })).await;
        enable(&app, &world, "webhooks").await;
        create(&app, &world, &rule_of(&json!([{ "id": NOTIFY }]))).await;
        let running = start(&app);
        send(
            &app,
            &world,
            &json!({ "event_id": "a".repeat(32), "logger": "shop", "tags": { "city": "Bonn" } }),
        )
        .await;
        first.wait_for(1).await;
        let received = second.wait_for(1).await;
        running.stop().await;
        assert_eq!((first.received().len(), second.received().len()), (1, 1));
        let request = &received[0];
        assert_eq!((request.method.as_str(), request.header("content-type")), ("POST", "application/json"));
        assert!(
            request.header("user-agent").starts_with("sentry-webhooks/"),
            "{}",
            request.header("user-agent")
        );
        let told = request.json();
        assert_eq!(
            keys(&told),
            [
                "id",
                "project",
                "project_name",
                "project_slug",
                "logger",
                "level",
                "culprit",
                "message",
                "url",
                "triggering_rules",
                "event"
            ]
        );
        let id = told["id"].as_str().unwrap();
        assert_eq!(
            (&told["project"], &told["project_name"], &told["project_slug"]),
            (&json!("web"), &json!("Web"), &json!("web"))
        );
        assert_eq!((&told["level"], &told["message"]), (&json!("error"), &json!("it broke")));
        assert_eq!(told["triggering_rules"], json!(["New errors"]));
        let page = app.ctx.link(&format!("/organizations/acme/issues/{id}/?referrer=webhooks_plugin"));
        assert_eq!(told["url"], page);
        let event = &told["event"];
        assert_eq!((&event["event_id"], &event["id"]), (&json!("a".repeat(32)), &json!("a".repeat(32))));
        assert!(event["tags"].as_array().unwrap().contains(&json!(["city", "Bonn"])), "{}", event["tags"]);
    }
);

api_test!(a_plugin_that_a_rule_names_is_told_while_it_is_on, |app| async move {
    let world = app.world().await;
    let (hook, chat, duty) = (Receiver::start().await, Receiver::start().await, Receiver::start().await);
    put(&app, &world, "webhooks", 200, json!({ "urls": hook.url() })).await;
    let slack = json!({ "webhook": chat.url(), "channel": "#ops", "include_tags": true, "included_tag_keys": "city",
        "include_rules": true, "custom_message": "Hey" });
    put(&app, &world, "slack", 200, slack).await;
    let opsgenie = json!({ "api_key": "opskey", "alert_url": duty.url(), "recipients": "me" });
    put(&app, &world, "opsgenie", 200, opsgenie).await;
    let action = |slug: &str| json!({ "id": SERVICE, "service": slug });
    let refused = app.post(RULES).bearer(&world.owner_token).json(&rule_of(&json!([action("slack")])));
    let refused = refused.send().await.expect(400).json();
    let text = "Select a valid choice. slack is not one of the available choices.";
    assert!(refused.to_string().contains(text), "{refused}");
    let services = async || {
        let offered = get(&app, &world, "/api/0/projects/acme/web/rules/configuration/").await;
        let actions = offered["actions"].as_array().unwrap();
        let service = actions.iter().find(|it| it["id"] == SERVICE);
        service.map(|it| it["formFields"]["service"]["choices"].clone())
    };
    assert_eq!(services().await, None);
    for slug in ["webhooks", "slack", "opsgenie"] {
        enable(&app, &world, slug).await;
    }
    let choices = json!([["opsgenie", "Opsgenie"], ["slack", "Slack"], ["webhooks", "WebHooks"]]);
    assert_eq!(services().await, Some(choices));
    create(&app, &world, &rule_of(&json!([action("slack"), action("opsgenie")]))).await;
    let running = start(&app);
    send(&app, &world, &json!({ "tags": { "city": "Bonn", "shop": "7" } })).await;
    let chat_told = chat.wait_for(1).await.pop().unwrap();
    let duty_told = duty.wait_for(1).await.pop().unwrap();
    settled(&app).await;
    running.stop().await;
    assert_eq!(hook.received().len(), 0);

    assert_eq!(chat_told.header("content-type"), "application/x-www-form-urlencoded");
    let form: Vec<(String, String)> = url::form_urlencoded::parse(&chat_told.body).into_owned().collect();
    assert_eq!(form[0].0, "payload");
    let payload: Value = serde_json::from_str(&form[0].1).unwrap();
    assert_eq!((&payload["username"], &payload["channel"]), (&json!("Sentry"), &json!("#ops")));
    let attachment = &payload["attachments"][0];
    assert_eq!(
        (&attachment["fallback"], &attachment["title"], &attachment["color"]),
        (&json!("[Web] it broke"), &json!("it broke"), &json!("#f43f20"))
    );
    let titles: Vec<_> =
        attachment["fields"].as_array().unwrap().iter().map(|it| it["title"].clone()).collect();
    assert_eq!(titles, ["Project", "Custom message", "Triggered By", "city"]);

    assert_eq!(duty_told.header("authorization"), "GenieKey opskey");
    let alert = duty_told.json();
    assert_eq!((&alert["message"], &alert["recipients"]), (&json!("it broke"), &json!("me")));
    let id = alert["details"]["Sentry ID"].as_str().unwrap();
    assert_eq!(alert["alias"], format!("sentry: {id}"));
    assert_eq!(alert["details"]["Triggering Rules"], "[\"New errors\"]");
    assert!(alert["tags"].as_array().unwrap().contains(&json!("city:Bonn")));
});

api_test!(a_plugin_that_makes_items_says_that_it_is_not_set_up, |app| async move {
    let world = app.world().await;
    send(&app, &world, &json!({})).await;
    let issues = get(&app, &world, "/api/0/projects/acme/web/issues/").await;
    let id = issues[0]["id"].as_str().unwrap();
    let ask = async |path: String, status: u16| {
        app.get(path).bearer(&world.owner_token).send().await.expect(status).json()
    };
    let asana = ask(format!("/api/0/issues/{id}/plugins/asana/create/"), 400).await;
    assert_eq!(
        asana,
        json!({ "error_type": "config", "has_auth_configured": false, "auth_provider": "asana",
            "required_auth_settings": ["ASANA_CLIENT_ID", "ASANA_CLIENT_SECRET"] })
    );
    let plain = json!({ "error_type": "config", "has_auth_configured": true, "auth_provider": null,
        "required_auth_settings": null });
    for path in ["issues", "groups", "organizations/acme/issues"] {
        assert_eq!(ask(format!("/api/0/{path}/{id}/plugin/jira/link/"), 400).await, plain, "{path}");
    }
    let post = app.post(format!("/api/0/issues/{id}/plugins/trello/options/")).bearer(&world.owner_token);
    assert_eq!(post.send().await.expect(400).json(), plain);
    for path in ["webhooks/create", "nope/create", "jira/options", "jira/nope"] {
        ask(format!("/api/0/issues/{id}/plugins/{path}/"), 404).await;
    }
    let theirs = app.get(format!("/api/0/issues/{id}/plugins/jira/link/")).bearer(&world.stranger_token);
    theirs.send().await.expect(404);
});

api_test!(a_project_has_one_token_for_releases_until_it_gets_another, |app| async move {
    let world = app.world().await;
    let path = "/api/0/projects/acme/web/releases/token/";
    let first = get(&app, &world, path).await;
    assert_eq!(get(&app, &world, path).await, first);
    let start = app.ctx.link(&format!("/api/hooks/release/builtin/{}/", world.project));
    let signature = first["webhookUrl"].as_str().unwrap().strip_prefix(&start).unwrap();
    assert_eq!((signature.len(), first["token"].as_str().unwrap().len()), (65, 32));
    let second = app.post(path).bearer(&world.owner_token).send().await.expect(200).json();
    assert_ne!(second["token"], first["token"]);
    assert_eq!(get(&app, &world, path).await, second);
    let heroku = get(&app, &world, &format!("{OF_PROJECT}heroku/")).await;
    assert!(heroku["doc"].as_str().unwrap().contains("/api/hooks/release/heroku/"), "{}", heroku["doc"]);
    assert_eq!(heroku["config"][1]["choices"], json!([["", "select a repo"]]));
    app.get(path).bearer(&world.member_token).send().await.expect(403);
    app.get(path).bearer(&world.stranger_token).send().await.expect(403);
});

/// Path of an address that this server gave out.
fn path_in(app: &TestApp, url: &str) -> String {
    url.strip_prefix(app.ctx.settings.public_url.as_str()).unwrap().to_owned()
}

api_test!(whoever_has_the_address_tells_of_releases, |app| async move {
    let world = app.world().await;
    let token = "/api/0/projects/acme/web/releases/token/";
    let made = get(&app, &world, token).await;
    let path = path_in(&app, made["webhookUrl"].as_str().unwrap());
    let tell = async |path: &str, body: &str, status: u16| {
        app.post(path).body(body.to_owned()).send().await.expect(status)
    };
    let body = json!({ "version": " 1.0 ", "ref": "main", "url": "https://a.test/1", "dateReleased": "2026-01-02T03:04:05Z" });
    let release = tell(&path, &body.to_string(), 201).await.json();
    assert_eq!(
        (&release["version"], &release["ref"], &release["url"], &release["dateReleased"]),
        (&json!("1.0"), &json!("main"), &json!("https://a.test/1"), &json!("2026-01-02T03:04:05Z"))
    );
    assert_eq!(release["projects"][0]["slug"], "web");
    let again = tell(&path, "{\"version\": \"1.0\"}", 208).await.json();
    assert_eq!((&again["id"], &again["ref"]), (&release["id"], &json!("main")));
    let wrong = tell(&path, "{\"version\": \"latest\"}", 400).await.json();
    assert_eq!(wrong, json!({ "version": ["Release with name latest is not allowed"] }));
    let commits = tell(&path, "{\"version\": \"2\", \"commits\": [{\"id\": \"a\"}]}", 400).await.json();
    assert_eq!(commits, json!({ "commits": ["Commits cannot be sent with a release here."] }));
    assert!(tell(&path, "{", 400).await.json()["error"].is_string());
    for project in ["999999", "web"] {
        let nowhere = path.replace(&format!("/builtin/{}/", world.project), &format!("/builtin/{project}/"));
        assert_eq!(tell(&nowhere, "{}", 404).await.text(), "");
    }
    let forged = path.replace("/builtin/", "/heroku/");
    assert_eq!(tell(&forged, "{}", 403).await.text(), "");
    let theirs = path.replace(&format!("/{}/", world.project), &format!("/{}/", world.stranger_project));
    tell(&theirs, "{}", 403).await;
    app.post(token).bearer(&world.owner_token).send().await.expect(200);
    tell(&path, &body.to_string(), 403).await;
});

api_test!(heroku_tells_of_releases_with_its_own_signature_while_its_plugin_is_on, |app| async move {
    let world = app.world().await;
    get(&app, &world, "/api/0/projects/acme/web/releases/token/").await;
    let secret = "whsec";
    let body = json!({ "webhook_secret": secret, "repository": "acme/web" });
    let saved = put(&app, &world, "heroku", 200, body).await;
    let doc = saved["doc"].as_str().unwrap();
    let start = doc.find("/api/hooks/").unwrap();
    let path = doc[start..].split(' ').next().unwrap().to_owned();
    let tell = async |body: &Value, key: &str, status: u16| {
        let body = body.to_string();
        let hex = mortise_crypto::sign::hook_signature(&key.to_owned().into(), body.as_bytes());
        let bytes: Vec<u8> =
            (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
        let signature = base64(&bytes);
        let request = app.post(&path).header("heroku-webhook-hmac-sha256", &signature).body(body);
        request.send().await.expect(status)
    };
    let released =
        json!({ "action": "update", "data": { "slug": { "commit": "abc123" }, "app": { "name": "shop" } } });
    tell(&released, secret, 403).await;
    enable(&app, &world, "heroku").await;
    let count = async || {
        let query = Query::new(
            "SELECT COUNT(*) FROM release WHERE version = 'abc123' AND url = 'http://shop.herokuapp.com'",
        );
        app.ctx.store.read().await.unwrap().one::<i64>(query).await.unwrap()
    };
    assert_eq!(tell(&released, "other", 204).await.text(), "");
    assert_eq!(count().await, 0);
    assert_eq!(tell(&released, secret, 204).await.text(), "");
    assert_eq!(count().await, 1);
    let wrong = json!({ "action": "update", "data": { "slug": { "commit": "latest" } } });
    let refused = tell(&wrong, secret, 400).await.json();
    assert_eq!(refused, json!({ "error": "Invalid release version: latest" }));
    tell(&json!({ "action": "create", "data": {} }), secret, 204).await;
});

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
