//! Muting rules.

use mortise_testkit::{World, api_test};
use serde_json::{Value, json};

use super::{EVERY, create, path_of, rule, rule_with, telling};

api_test!(a_rule_is_muted_for_oneself, |app| async move {
    let world = app.world().await;
    let made = create(&app, &world, &rule("R")).await;
    let path = format!("{}snooze/", path_of(&made));
    let id: i64 = made["id"].as_str().unwrap().parse().unwrap();
    let me = json!({"target": "me"});
    let muted = app.post(&path).bearer(&world.member_token).json(&me).send().await.expect(201).json();
    let member = world.member.get();
    let expected = json!({
        "ownerId": member, "userId": member, "until": "forever", "dateAdded": muted["dateAdded"], "ruleId": id,
        "alertRuleId": null,
    });
    assert_eq!(muted.to_string(), expected.to_string());
    let again = app.post(&path).bearer(&world.member_token).json(&me).send().await.expect(410);
    assert_eq!(again.json(), json!({"detail": "RuleSnooze already exists for this rule and scope."}));
    let mine = app.get(path_of(&made)).bearer(&world.member_token).send().await.expect(200).json();
    assert_eq!(
        (&mine["snooze"], &mine["snoozeCreatedBy"], &mine["snoozeForEveryone"]),
        (&json!(true), &json!("You"), &json!(false))
    );
    let other = app.get(path_of(&made)).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!((&other["snooze"], other.get("snoozeCreatedBy")), (&json!(false), None));
    // It fires nevertheless.
    super::send(&app, &world, &json!({})).await;
    assert_eq!(super::fired(&app).await, 1);
    app.delete(&path).bearer(&world.member_token).send().await.expect(204);
    let gone = app.delete(&path).bearer(&world.member_token).send().await.expect(404);
    assert_eq!(gone.json(), json!({"detail": "This rulesnooze object doesn't exist."}));
});

api_test!(a_rule_that_is_mute_for_everybody_does_not_fire, |app| async move {
    let world = app.world().await;
    let made =
        create(&app, &world, &rule_with("R", json!({"conditions": [{"id": EVERY}], "frequency": 5}))).await;
    let path = format!("{}snooze/", path_of(&made));
    let until = app.ctx.now() + jiff::SignedDuration::from_hours(1);
    let body = json!({"target": "everyone", "until": until.to_string()});
    let muted = app.post(&path).bearer(&world.owner_token).json(&body).send().await.expect(201).json();
    assert_eq!(muted["userId"], "everyone");
    assert!(muted["until"].as_str().unwrap().ends_with('Z'));
    let seen = app.get(path_of(&made)).bearer(&world.member_token).send().await.expect(200).json();
    assert_eq!((&seen["snoozeCreatedBy"], &seen["snoozeForEveryone"]), (&json!("owner"), &json!(true)));
    super::send(&app, &world, &json!({})).await;
    assert_eq!(super::fired(&app).await, 0);
    app.clock.advance(3601);
    super::send(&app, &world, &json!({})).await;
    assert_eq!(super::fired(&app).await, 1);
    // What is over may be done anew.
    app.post(&path).bearer(&world.owner_token).json(&json!({"target": "everyone"})).send().await.expect(201);
    app.clock.advance(3600);
    super::send(&app, &world, &json!({})).await;
    assert_eq!(super::fired(&app).await, 1);
    app.delete(&path).bearer(&world.owner_token).send().await.expect(204);
    super::send(&app, &world, &json!({})).await;
    assert_eq!(super::fired(&app).await, 2);
    let log = app.get("/api/0/organizations/acme/audit-logs/?event=rule.mute").bearer(&world.owner_token);
    assert_eq!(log.send().await.expect(200).json()["rows"].as_array().unwrap().len(), 2);
});

api_test!(muting_for_everybody_takes_the_scope, |app| async move {
    let world = app.world().await;
    let made = create(&app, &world, &rule("R")).await;
    let path = format!("{}snooze/", path_of(&made));
    let token = World::token(&app.ctx, world.owner, &["project:write"]).await;
    let said = app.post(&path).bearer(&token).json(&json!({"target": "everyone"})).send().await.expect(403);
    assert_eq!(said.json(), json!({"detail": "Requesting user cannot mute this rule."}));
    app.post(&path).bearer(&world.owner_token).json(&json!({"target": "everyone"})).send().await.expect(201);
    let said = app.delete(&path).bearer(&token).send().await.expect(403);
    assert_eq!(said.json(), json!({"detail": "Requesting user cannot unmute this rule."}));
    for (body, expected) in [
        (json!({}), json!({"target": ["This field is required."]})),
        (
            json!({"target": "me", "until": "soon"}),
            json!({"until": ["Datetime has wrong format. Use one of these formats instead: \
                YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."]}),
        ),
    ] {
        let said: Value =
            app.post(&path).bearer(&world.owner_token).json(&body).send().await.expect(400).json();
        assert_eq!(said, expected);
    }
    let missing = format!("{}999999/snooze/", super::RULES);
    let said = app.post(missing).bearer(&world.owner_token).json(&json!({"target": "me"})).send().await;
    assert_eq!(said.expect(404).json(), json!({"detail": "Rule does not exist"}));
});

api_test!(an_app_mutes_a_rule_for_everybody_and_never_for_itself, |app| async move {
    let world = app.world().await;
    let made = create(&app, &world, &rule("R")).await;
    let path = format!("{}snooze/", path_of(&made));
    let scopes = json!({"scopes": ["project:write"]});
    let bot = telling::make(&app, &world, "Bot", "https://bot.acme.test/hook", scopes).await;
    let tokens = format!("/api/0/sentry-apps/{}/api-tokens/", bot.slug);
    let token = app.post(tokens).session(&world.owner_session).send().await.expect(201).json();
    let token = token["token"].as_str().unwrap();
    let mute = async |target: &str, status: u16| {
        app.post(&path).bearer(token).json(&json!({"target": target})).send().await.expect(status).json()
    };
    let nobody = "Cannot mute for the request user because the user is anonymous.";
    assert_eq!(mute("me", 400).await, json!({"detail": nobody}));
    assert_eq!(mute("everyone", 201).await["userId"], "everyone");
    app.delete(&path).bearer(token).send().await.expect(204);
    assert_eq!(mute("everyone", 201).await["until"], "forever");
});
