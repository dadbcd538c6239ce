//! What plugins tell when rules fire, or when somebody tries them out.

use mortise_testkit::{Receiver, Reply, TestApp, World, api_test};
use serde_json::{Value, json};

use super::{OF_PROJECT, enable, get, keys, post, put, start};
use crate::rules::{EVERY, NOTIFY, RULES, count, create, rule_with, send, settled, telling::SERVICE};

fn rule_of(actions: &Value) -> Value {
    rule_with("New errors", json!({ "conditions": [{ "id": EVERY }], "actions": actions }))
}

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

api_test!(an_event_is_told_once_with_all_rules_that_name_the_plugin, |app| async move {
    let world = app.world().await;
    let (hook, chat) = (Receiver::start().await, Receiver::start().await);
    put(&app, &world, "webhooks", 200, json!({ "urls": hook.url() })).await;
    put(&app, &world, "slack", 200, json!({ "webhook": chat.url(), "include_rules": true })).await;
    for slug in ["webhooks", "slack"] {
        enable(&app, &world, slug).await;
    }
    let action = |slug: &str| json!({ "id": SERVICE, "service": slug });
    let mail = json!({ "id": "sentry.mail.actions.NotifyEmailAction", "targetType": "IssueOwners", "targetIdentifier": "" });
    let mut ids = Vec::new();
    // The first rule tells no plugin, the second only one of them; one that does not fire counts nowhere.
    for (name, actions) in [
        ("Mail", json!([mail])),
        ("Hook", json!([action("webhooks"), action("webhooks")])),
        ("Chat", json!([action("slack")])),
        ("All", json!([{ "id": NOTIFY }])),
    ] {
        let more = json!({ "conditions": [{ "id": EVERY }], "actions": actions });
        ids.push(create(&app, &world, &rule_with(name, more)).await["id"].clone());
    }
    let regression = "sentry.rules.conditions.regression_event.RegressionEventCondition";
    let silent = json!({ "conditions": [{ "id": regression }], "actions": [{ "id": NOTIFY }] });
    create(&app, &world, &rule_with("Silent", silent)).await;
    let running = start(&app);
    send(&app, &world, &json!({})).await;
    settled(&app).await;
    running.stop().await;

    let told: Vec<Value> = hook.received().iter().map(|it| it.json()["triggering_rules"].clone()).collect();
    assert_eq!(told, [json!(["Hook", "All"])]);
    assert_eq!(chat.received().len(), 1);
    let form: Vec<(String, String)> =
        url::form_urlencoded::parse(&chat.received()[0].body).into_owned().collect();
    let payload: Value = serde_json::from_str(&form[0].1).unwrap();
    let fields = payload["attachments"][0]["fields"].as_array().unwrap();
    let triggered = fields.iter().find(|it| it["title"] == "Triggered By").unwrap();
    let link = |index: usize, name: &str| {
        let path = format!("/organizations/acme/alerts/rules/web/{}/", ids[index].as_str().unwrap());
        format!("<{} | {name}>", app.ctx.link(&path))
    };
    assert_eq!(triggered["value"], format!("{}, {}", link(2, "Chat"), link(3, "All")));
});

api_test!(a_receiver_is_told_ten_times_a_minute_at_most, |app| async move {
    let world = app.world().await;
    let (first, second) = (Receiver::start().await, Receiver::start().await);
    put(&app, &world, "webhooks", 200, json!({ "urls": format!("{}\n{}", first.url(), second.url()) })).await;
    enable(&app, &world, "webhooks").await;
    create(&app, &world, &rule_of(&json!([{ "id": NOTIFY }]))).await;
    let running = start(&app);
    // Issues of their own, since a rule is quiet about an issue for a while after it fired.
    let send_one =
        async |number: usize| send(&app, &world, &json!({ "fingerprint": [number.to_string()] })).await;
    for number in 0..12 {
        send_one(number).await;
    }
    settled(&app).await;
    assert_eq!((first.received().len(), second.received().len()), (10, 10));
    assert_eq!(
        count(&app, "SELECT COUNT(*) FROM delivery WHERE subscriber LIKE 'plugin:%' AND state = 3").await,
        4
    );
    app.clock.advance(60);
    send_one(12).await;
    settled(&app).await;
    running.stop().await;
    assert_eq!((first.received().len(), second.received().len()), (11, 11));
});
