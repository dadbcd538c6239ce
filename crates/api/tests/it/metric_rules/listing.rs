//! Lists of incidents, and what rules can do.

use mortise_testkit::{World, api_test};
use serde_json::{Value, json};

use super::{INCIDENTS, RULES, create, look, rule, send, trigger};

api_test!(incidents_are_found_by_what_is_known_of_them, |app| async move {
    let world = app.world().await;
    let owned = json!({"name": "Too many of ours", "owner": format!("team:{}", world.team),
        "triggers": [trigger("critical", 3, json!([])), trigger("warning", 1, json!([]))]});
    let rules = [create(&app, &world, &rule(json!({}))).await, create(&app, &world, &rule(owned)).await];
    let [first, second] = rules.map(|rule| rule["id"].as_str().unwrap().to_owned());
    let began = app.ctx.now();
    send(&app, &world, 2, &json!({})).await;
    assert_eq!(look(&app).await, 1);
    app.clock.advance(60);
    send(&app, &world, 2, &json!({})).await;
    assert_eq!(look(&app).await, 2);
    app.clock.advance(601);
    assert_eq!(look(&app).await, 2);
    let over = app.ctx.now();
    app.clock.advance(1200);
    send(&app, &world, 2, &json!({})).await;
    assert_eq!(look(&app).await, 1);
    let after = app.ctx.now();
    // 1: the second rule, over. 2: the first, over. 3: the second, a warning.
    let hour = |time: mortise_domain::Time| (time + jiff::SignedDuration::from_hours(1)).to_string();
    for (query, expected) in [
        (String::new(), vec!["3", "2", "1"]),
        ("status=open".to_owned(), vec!["3"]),
        ("status=closed".to_owned(), vec!["2", "1"]),
        ("status=warning".to_owned(), vec!["3"]),
        ("status=critical".to_owned(), vec![]),
        ("status=nothing".to_owned(), vec!["3", "2", "1"]),
        (format!("alertRule={first}"), vec!["2"]),
        (format!("alertRule={second}"), vec!["3", "1"]),
        ("title=OURS".to_owned(), vec!["3", "1"]),
        ("team=myteams".to_owned(), vec!["3", "1"]),
        (format!("team={}", world.team), vec!["3", "1"]),
        ("team=unassigned".to_owned(), vec!["2"]),
        ("team=unassigned&team=myteams".to_owned(), vec!["3", "2", "1"]),
        (format!("start={after}"), vec!["3"]),
        (format!("end={over}"), vec!["2", "1"]),
        (format!("end={}", hour(began)), vec!["3", "2", "1"]),
        (format!("start={}", hour(after)), vec!["3"]),
    ] {
        let list = app.get(format!("{INCIDENTS}?{query}")).bearer(&world.owner_token).send().await;
        let list = list.expect(200).json();
        let found: Vec<&str> =
            list.as_array().unwrap().iter().map(|it| it["identifier"].as_str().unwrap()).collect();
        assert_eq!(found, expected, "{query}");
    }
    for (query, status, text) in [
        ("team=x", 400, json!("Invalid Team ID: x")),
        ("alertRule=x", 400, json!({"detail": "Invalid alertRule parameter."})),
        ("start=x", 400, json!({"detail": "Invalid start parameter."})),
        ("environment=mars", 404, json!({"detail": "The requested resource does not exist"})),
    ] {
        let answer = app.get(format!("{INCIDENTS}?{query}")).bearer(&world.owner_token).send().await;
        assert_eq!(answer.expect(status).json(), text, "{query}");
    }
});

api_test!(integrations_that_can_be_told_are_among_what_rules_can_do, |app| async move {
    let world = app.world().await;
    let services = json!([{"integration_id": 1, "integration_key": "k", "service_name": "Night", "id": 7}]);
    let integrate = |provider: &str, config: Value| {
        let new = json!({"provider": provider, "name": format!("Our {provider}"), "config": config});
        let ctx = app.ctx.clone();
        async move { World::integrate(&ctx, world.org, &new).await.get() }
    };
    let opsgenie = integrate("opsgenie", json!({"team_table": [{"id": "1-ops", "team": "Ops"}]})).await;
    let pagerduty = integrate("pagerduty", json!({"pagerduty_services": services})).await;
    let slack = integrate("slack", json!({})).await;
    integrate("jira", json!({})).await;
    let actions = app.get(format!("{RULES}available-actions/")).bearer(&world.owner_token).send().await;
    let entry = |provider: &str, id: i64| {
        json!({"type": provider, "allowedTargetTypes": ["specific"], "integrationName": format!("Our {provider}"),
            "integrationId": id})
    };
    let with = |mut entry: Value, options: Value| {
        entry["options"] = options;
        entry
    };
    assert_eq!(
        actions.expect(200).json().to_string(),
        json!([
            {"type": "email", "allowedTargetTypes": ["user", "team"]},
            entry("slack", slack),
            with(entry("pagerduty", pagerduty), json!([{"value": 7, "label": "Night"}])),
            with(entry("opsgenie", opsgenie), json!([{"value": "1-ops", "label": "Ops"}])),
        ])
        .to_string()
    );
    let action = |kind: &str, more: Value| {
        let mut action = json!({"type": kind, "targetType": "specific"});
        action.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        action
    };
    let actions = json!([
        action(
            "slack",
            json!({"targetIdentifier": "#a", "inputChannelId": 12, "integration": slack.to_string()})
        ),
        action(
            "pagerduty",
            json!({"targetIdentifier": "7", "integrationId": pagerduty, "priority": "critical"})
        ),
        action(
            "opsgenie",
            json!({"targetIdentifier": "1-ops", "integrationId": opsgenie, "inputChannelId": "x"})
        ),
        action("msteams", json!({"targetIdentifier": 5})),
    ]);
    let made = create(&app, &world, &rule(json!({"triggers": [trigger("critical", 3, actions)]}))).await;
    let seen = made["triggers"][0]["actions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| json!([it["targetIdentifier"], it["inputChannelId"], it["integrationId"], it["desc"]]));
    assert_eq!(
        seen.collect::<Vec<_>>(),
        [
            json!(["#a", "12", slack, "Send a Slack notification to #a"]),
            json!([7, null, pagerduty, "Send a critical level PagerDuty notification to 7"]),
            json!(["1-ops", null, opsgenie, "Send an Opsgenie notification to 1-ops"]),
            json!(["5", null, null, "Send a Microsoft Teams notification to 5"]),
        ]
    );
});
