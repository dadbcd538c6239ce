//! Rules that the server switches off, switching them on again, and what is written down of it.

use std::time::Duration;

use mortise_store::Query;
use mortise_testkit::{Receiver, Reply, TestApp, World, api_test};
use serde_json::{Value, json};

use super::{
    NOTIFY, RULES, create, path_of, rule,
    telling::{Made, SERVICE, action, component, every, make, settings},
};

/// What was done to rules, oldest first: kind and user.
async fn activity(app: &TestApp) -> Vec<(i64, Option<i64>)> {
    let query = Query::new("SELECT kind, user_id FROM rule_activity ORDER BY id");
    app.ctx.store.read().await.unwrap().all(query).await.unwrap()
}

async fn read(app: &TestApp, world: &World, rule: &Value) -> Value {
    app.get(path_of(rule)).bearer(&world.owner_token).send().await.expect(200).json()
}

async fn uninstall(app: &TestApp, world: &World, made: &Made) {
    let path = format!("/api/0/sentry-app-installations/{}/", made.installation);
    app.delete(path).bearer(&world.owner_token).send().await.expect(204);
}

/// Two rules that tell only this app, through its component and by its slug, and one that tells others too.
async fn three(app: &TestApp, world: &World, board: &Made, plain: &Made) -> [Value; 3] {
    let named = |name: &str, actions: Value| {
        let mut rule = every(actions);
        rule["name"] = name.into();
        rule
    };
    let service = json!({"id": SERVICE, "service": plain.slug});
    [
        create(app, world, &named("component", json!([action(board, settings())]))).await,
        create(app, world, &named("service", json!([service]))).await,
        create(app, world, &named("others", json!([action(board, settings()), service, {"id": NOTIFY}])))
            .await,
    ]
}

api_test!(an_app_that_leaves_takes_the_rules_along_that_told_only_it, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let board = make(&app, &world, "Board", &receiver.url(), component()).await;
    let plain = make(&app, &world, "Plain", &receiver.url(), json!({})).await;
    let [by_component, by_service, others] = three(&app, &world, &board, &plain).await;
    uninstall(&app, &world, &board).await;
    let off = read(&app, &world, &by_component).await;
    assert_eq!((&off["status"], &off["disableReason"]), (&json!("disabled"), &json!("no_action")));
    assert!(off["disableDate"].as_str().unwrap().ends_with('Z'));
    assert_eq!(off["errors"], json!([{"detail": "Could not fetch details from Board"}]));
    assert_eq!(off["actions"], json!([]));
    let keys: Vec<&String> = off.as_object().unwrap().keys().rev().take(3).collect();
    assert_eq!(keys, ["disableDate", "disableReason", "errors"]);
    for on in [&by_service, &others] {
        let on = read(&app, &world, on).await;
        assert_eq!((&on["status"], on.get("disableReason")), (&json!("active"), None));
    }
    // The app itself, not only its installation.
    let path = format!("/api/0/sentry-apps/{}/", plain.slug);
    app.delete(path).bearer(&world.owner_token).send().await.expect(204);
    let off = read(&app, &world, &by_service).await;
    assert_eq!((&off["status"], &off["disableReason"]), (&json!("disabled"), &json!("no_action")));
    assert_eq!(read(&app, &world, &others).await["status"], "active");
    let log = app.get("/api/0/organizations/acme/audit-logs/?event=rule.disable").bearer(&world.owner_token);
    let log = log.send().await.expect(200).json();
    let notes: Vec<&str> =
        log["rows"].as_array().unwrap().iter().filter_map(|it| it["note"].as_str()).collect();
    assert_eq!(notes, ["disabled rule \"service\"", "disabled rule \"component\""]);
    let owner = Some(world.owner.get());
    assert_eq!(activity(&app).await, [(1, owner), (1, owner), (1, owner), (5, None), (5, None)]);
    // Nothing is told any more, and at once.
    super::send(&app, &world, &json!({})).await;
    assert_eq!(super::fired(&app).await, 1);
});

api_test!(an_app_that_leaves_while_a_rule_is_saved_keeps_it_from_being_saved, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let board = make(&app, &world, "Board", &receiver.url(), component()).await;
    receiver.reply([Reply::status(200).after(Duration::from_millis(600))]);
    let rule = every(json!([action(&board, settings())]));
    let save = app.post(RULES).bearer(&world.owner_token).json(&rule).send();
    // The app is asked whether it likes the rule, and leaves before it answers.
    let leave = async {
        receiver.wait_for(1).await;
        uninstall(&app, &world, &board).await;
    };
    let (saved, ()) = tokio::join!(save, leave);
    let refusal = json!({"actions": ["You must add an action for this alert to fire."]});
    assert_eq!(saved.expect(400).json(), refusal);
    let all = app.get(RULES).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(all, json!([]));
});

api_test!(an_app_without_its_component_takes_rules_along_too, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let board = make(&app, &world, "Board", &receiver.url(), component()).await;
    let plain = make(&app, &world, "Plain", &receiver.url(), json!({})).await;
    let [by_component, by_service, others] = three(&app, &world, &board, &plain).await;
    let path = format!("/api/0/sentry-apps/{}/", board.slug);
    let put = async |schema: Value| {
        let body = json!({"schema": schema});
        app.put(&path).bearer(&world.owner_token).json(&body).send().await.expect(200);
    };
    put(component()["schema"].clone()).await;
    assert_eq!(read(&app, &world, &by_component).await["status"], "active");
    put(json!({})).await;
    let off = read(&app, &world, &by_component).await;
    assert_eq!((&off["status"], &off["disableReason"]), (&json!("disabled"), &json!("no_action")));
    assert_eq!(off["errors"], json!([{"detail": "Could not fetch details from Board"}]));
    assert_eq!(off["actions"][0]["disabled"], true);
    let other = read(&app, &world, &others).await;
    assert_eq!((&other["status"], &other["errors"]), (&json!("active"), &off["errors"]));
    assert_eq!(read(&app, &world, &by_service).await["status"], "active");
});

api_test!(a_rule_of_another_organization_is_left_alone, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let plain = make(&app, &world, "Plain", &receiver.url(), json!({})).await;
    let made = create(&app, &world, &every(json!([{"id": SERVICE, "service": plain.slug}]))).await;
    // The stranger's rule names the same slug.
    super::execute(
        &app,
        "INSERT INTO rule (project_id, label, status, data, date_added) SELECT p.id, 'theirs', 0, r.data, 0 \
         FROM rule r, project p WHERE p.slug = 'api'",
    )
    .await;
    uninstall(&app, &world, &plain).await;
    assert_eq!(read(&app, &world, &made).await["status"], "disabled");
    assert_eq!(super::count(&app, "SELECT status FROM rule WHERE label = 'theirs'").await, 0);
});

api_test!(a_rule_that_told_only_what_is_gone_has_to_be_edited, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let plain = make(&app, &world, "Plain", &receiver.url(), json!({})).await;
    let made = create(&app, &world, &every(json!([{"id": SERVICE, "service": plain.slug}]))).await;
    uninstall(&app, &world, &plain).await;
    let enable = format!("{}enable/", path_of(&made));
    let said = app.put(&enable).bearer(&world.owner_token).send().await.expect(400).json();
    assert_eq!(said, json!({"detail": "Cannot enable a rule with no action."}));
    let edited = super::rule_with("Edited", json!({"frequency": 60}));
    app.put(path_of(&made)).bearer(&world.owner_token).json(&edited).send().await.expect(200);
    let on = read(&app, &world, &made).await;
    assert_eq!(
        (&on["status"], on.get("disableReason"), on.get("disableDate")),
        (&json!("active"), None, None)
    );
    // Who is switched off by something else is only switched on.
    super::execute(&app, "UPDATE rule SET status = 1, disable_reason = 'no_action', disable_date = 5").await;
    app.put(&enable).bearer(&world.owner_token).send().await.expect(202);
    let on = read(&app, &world, &made).await;
    assert_eq!(
        (&on["status"], on.get("disableReason"), on.get("disableDate")),
        (&json!("active"), None, None)
    );
    app.put(format!("{RULES}999999/enable/")).bearer(&world.owner_token).send().await.expect(404);
    app.put(&enable).bearer(&world.stranger_token).send().await.expect(403);
});

api_test!(what_is_done_to_a_rule_is_written_down, |app| async move {
    let world = app.world().await;
    let made = create(&app, &world, &rule("R")).await;
    assert_eq!(
        made["createdBy"],
        json!({"id": world.owner.get(), "name": "owner", "email": "owner@acme.test"})
    );
    let token = World::token(&app.ctx, world.member, &["alerts:write", "project:read"]).await;
    let edited = super::rule_with("Edited", json!({"frequency": 60}));
    app.put(path_of(&made)).bearer(&token).json(&edited).send().await.expect(200);
    super::execute(&app, "UPDATE rule SET status = 1").await;
    app.put(format!("{}enable/", path_of(&made))).bearer(&token).send().await.expect(202);
    assert_eq!(read(&app, &world, &made).await["createdBy"], made["createdBy"]);
    app.delete(path_of(&made)).bearer(&token).send().await.expect(202);
    let (owner, member) = (Some(world.owner.get()), Some(world.member.get()));
    assert_eq!(activity(&app).await, [(1, owner), (3, member), (4, member), (2, member)]);
    // A change that is refused leaves no trace.
    let other = create(&app, &world, &rule("R")).await;
    let bad = super::rule_with("R", json!({"frequency": 1}));
    app.put(path_of(&other)).bearer(&token).json(&bad).send().await.expect(400);
    assert_eq!(activity(&app).await.len(), 5);
});

api_test!(previews_are_empty_and_no_task_is_known, |app| async move {
    let world = app.world().await;
    let body = rule("R");
    let preview = format!("{RULES}preview/");
    let seen = app.post(&preview).bearer(&world.owner_token).json(&body).send().await.expect(200);
    assert_eq!(seen.json(), json!([]));
    app.post(&preview).bearer(&world.stranger_token).json(&body).send().await.expect(403);
    let task = "0".repeat(32);
    for kind in ["rule-task", "alert-rule-task"] {
        let path = format!("/api/0/projects/acme/web/{kind}/{task}/");
        let said = app.get(&path).bearer(&world.owner_token).send().await.expect(404).json();
        assert_eq!(said, json!({"detail": "The requested resource does not exist"}));
        app.get(&path).bearer(&world.stranger_token).send().await.expect(403);
    }
});
