//! Rules reached through a project, and muting them.

use mortise_testkit::{Receiver, World, api_test};
use serde_json::json;

use super::{RULES, create, look, make_app, rule, send, states, trigger};
use crate::ingest;

api_test!(a_rule_of_a_project_is_reached_by_its_path_with_its_scopes, |app| async move {
    let world = app.world().await;
    let of_project = "/api/0/projects/acme/web/alert-rules/";
    let token = World::token(&app.ctx, world.owner, &["project:write"]).await;
    // The organization's paths ask for other scopes.
    app.get(RULES).bearer(&token).send().await.expect(403);
    app.post(RULES).bearer(&token).json(&rule(json!({}))).send().await.expect(403);
    let mut body = rule(json!({}));
    body.as_object_mut().unwrap().remove("projects");
    let made = app.post(of_project).bearer(&token).json(&body).send().await.expect(201).json();
    assert_eq!(made["projects"], json!(["web"]));
    let list = app.get(of_project).bearer(&token).send().await.expect(200).json();
    assert_eq!(list, json!([made]));
    let path = format!("{of_project}{}/", made["id"].as_str().unwrap());
    body["name"] = json!("Other");
    let changed = app.put(&path).bearer(&token).json(&body).send().await.expect(200).json();
    assert_eq!((&changed["name"], &changed["id"]), (&json!("Other"), &made["id"]));
    // A project that the rule does not count has no such rule.
    let other = json!({"name": "Other", "platform": "python"});
    let second = app.post("/api/0/teams/acme/core/projects/").bearer(&world.owner_token).json(&other).send();
    let slug = second.await.expect(201).json()["slug"].as_str().unwrap().to_owned();
    let elsewhere = format!("/api/0/projects/acme/{slug}/alert-rules/");
    assert_eq!(app.get(&elsewhere).bearer(&token).send().await.expect(200).json(), json!([]));
    let elsewhere = format!("{elsewhere}{}/", made["id"].as_str().unwrap());
    app.get(&elsewhere).bearer(&token).send().await.expect(404);
    app.get(&path).bearer(&world.stranger_token).send().await.expect(403);
    app.delete(&path).bearer(&token).send().await.expect(204);
    app.get(&path).bearer(&token).send().await.expect(404);
});

api_test!(a_rule_that_is_mute_for_everybody_tells_nobody_and_counts_on, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let (id, _) = make_app(&app, &world, &receiver.url()).await;
    let action = json!({"type": "sentry_app", "targetType": "sentry_app", "sentryAppId": id});
    let body = rule(json!({"triggers": [trigger("critical", 3, json!([action]))]}));
    let made = create(&app, &world, &body).await;
    let rule_id: i64 = made["id"].as_str().unwrap().parse().unwrap();
    let path = format!("{RULES}{rule_id}/");
    let snooze = format!("/api/0/projects/acme/web/alert-rules/{rule_id}/snooze/");
    let me = json!({"target": "me"});
    app.post(&snooze).bearer(&world.member_token).json(&me).send().await.expect(201);
    let seen = app.get(&path).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(seen["snooze"], false);
    let all = json!({"target": "everyone"});
    let muted = app.post(&snooze).bearer(&world.owner_token).json(&all).send().await.expect(201).json();
    let owner = world.owner.get();
    assert_eq!(
        muted.to_string(),
        json!({"ownerId": owner, "userId": "everyone", "until": "forever", "dateAdded": muted["dateAdded"],
            "ruleId": null, "alertRuleId": rule_id})
        .to_string()
    );
    let again = app.post(&snooze).bearer(&world.owner_token).json(&all).send().await.expect(410).json();
    assert_eq!(again, json!({"detail": "RuleSnooze already exists for this rule and scope."}));
    let seen = app.get(&path).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(
        (&seen["snooze"], &seen["snoozeCreatedBy"], &seen["snoozeForEveryone"]),
        (&json!(true), &json!("You"), &json!(true))
    );
    let told = "SELECT COUNT(*) FROM event WHERE kind LIKE 'metric_alert.%'";
    send(&app, &world, 4, &json!({})).await;
    assert_eq!((look(&app).await, states(&app, &world).await), (1, vec![20]));
    assert_eq!(ingest::count(&app, told).await, 0);
    app.delete(&snooze).bearer(&world.owner_token).send().await.expect(204);
    app.clock.advance(601);
    assert_eq!((look(&app).await, ingest::count(&app, told).await), (1, 1));
    let gone = app.delete(&snooze).bearer(&world.owner_token).send().await.expect(404).json();
    assert_eq!(gone, json!({"detail": "This rulesnooze object doesn't exist."}));
    let log =
        app.get("/api/0/organizations/acme/audit-logs/?event=alertrule.mute").bearer(&world.owner_token);
    let log = log.send().await.expect(200).json();
    assert_eq!(log["rows"][0]["note"], "muted metric alert rule \"Too many errors\"");
    let missing = "/api/0/projects/acme/web/alert-rules/999999/snooze/";
    let said = app.post(missing).bearer(&world.owner_token).json(&me).send().await.expect(404).json();
    assert_eq!(said, json!({"detail": "Rule does not exist"}));
    app.post(&snooze).bearer(&world.stranger_token).json(&me).send().await.expect(403);
});
