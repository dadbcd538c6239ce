//! Making and changing rules.

use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use super::{EVERY, FIRST_SEEN, NOTIFY, RULES, create, path_of, refusal, rule, rule_with};

const LEVEL: &str = "sentry.rules.filters.level.LevelFilter";
const FREQUENCY: &str = "sentry.rules.conditions.event_frequency.EventFrequencyCondition";
const SHARE: &str = "sentry.rules.conditions.event_frequency.EventFrequencyPercentCondition";
const TAGGED: &str = "sentry.rules.filters.tagged_event.TaggedEventFilter";
const MAIL: &str = "sentry.mail.actions.NotifyEmailAction";
const REQUIRED: &str = "This field is required.";

api_test!(a_rule_is_shown_as_it_was_made, |app| async move {
    let world = app.world().await;
    let body = rule_with(
        "New errors",
        json!({
            "filterMatch": "any", "owner": format!("team:{}", world.team),
            "filters": [{"id": LEVEL, "match": "gte", "level": 40, "name": "mine"}],
            "actions": [{"id": MAIL, "targetType": "Member", "targetIdentifier": world.member.to_string()}],
        }),
    );
    let made = create(&app, &world, &body).await;
    let uuid = made["actions"][0]["uuid"].as_str().unwrap();
    assert_eq!(uuid.len(), 36);
    let expected = json!({
        "id": made["id"],
        "conditions": [{"id": FIRST_SEEN, "name": "A new issue is created"}],
        "filters": [{
            "id": LEVEL, "match": "gte", "level": "40",
            "name": "The event's level is greater than or equal to error",
        }],
        "actions": [{
            "id": MAIL, "targetType": "Member", "targetIdentifier": world.member.get(), "uuid": uuid,
            "name": "Send a notification to Member and if none can be found then send a notification to ActiveMembers",
        }],
        "actionMatch": "all", "filterMatch": "any", "frequency": 30, "name": "New errors",
        "dateCreated": made["dateCreated"], "owner": format!("team:{}", world.team),
        "createdBy": {"id": world.owner.get(), "name": "owner", "email": "owner@acme.test"},
        "environment": null, "projects": ["web"], "status": "active", "snooze": false,
    });
    assert_eq!(made.to_string(), expected.to_string());
    let seen = app.get(path_of(&made)).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(seen.to_string(), expected.to_string());
    let log = app.get("/api/0/organizations/acme/audit-logs/?event=rule.create").bearer(&world.owner_token);
    let log = log.send().await.expect(200).json();
    assert_eq!(log["rows"][0]["note"], "added rule \"New errors\"");
    assert_eq!(log["rows"][0]["targetObject"].to_string(), made["id"].as_str().unwrap());
});

api_test!(fields_are_checked_in_their_order, |app| async move {
    let world = app.world().await;
    let said = refusal(&app, &world, &json!({})).await;
    let expected = json!({"actionMatch": [REQUIRED], "frequency": [REQUIRED], "name": [REQUIRED]});
    assert_eq!(said.to_string(), expected.to_string());
    for (more, field, text) in [
        (json!({"name": "a".repeat(257)}), "name", "Ensure this field has no more than 256 characters."),
        (json!({"actionMatch": "some"}), "actionMatch", "\"some\" is not a valid choice."),
        (
            json!({"actionMatch": "none"}),
            "conditions",
            "The 'none' match on conditions is outdated and no longer supported.",
        ),
        (
            json!({"filters": [{"id": LEVEL, "match": "eq", "level": "40"}]}),
            "filterMatch",
            "Must select a filter match (all, any, none) if filters are supplied.",
        ),
        (json!({"frequency": 4}), "frequency", "Ensure this value is greater than or equal to 5."),
        (json!({"frequency": 43_201}), "frequency", "Ensure this value is less than or equal to 43200."),
        (json!({"conditions": {}}), "conditions", "Expected a list of items but got type \"dict\"."),
        (
            json!({"conditions": [{"id": "sentry.rules.conditions.level.LevelCondition", "match": "eq", "level": "40"}]}),
            "conditions",
            "Conditions evaluating an event attribute, tag, or level are outdated please use an appropriate filter \
             instead.",
        ),
        (json!({"actions": []}), "actions", "You must add an action for this alert to fire."),
        (json!({"environment": "moon"}), "environment", "This environment has not been created."),
        (json!({"environment": ""}), "environment", "This field may not be blank."),
        (
            json!({"owner": "team"}),
            "owner",
            "Could not parse actor. Format should be `type:id` where type is `team` or `user`.",
        ),
        (json!({"owner": "team:999999"}), "owner", "Team is not a member of this organization"),
        (
            json!({"owner": format!("user:{}", world.stranger)}),
            "owner",
            "User is not a member of this organization",
        ),
        (
            json!({"conditions": vec![json!({"id": EVERY}); 101]}),
            "conditions",
            "A rule may not have more than 100 conditions and filters.",
        ),
        (
            json!({"actions": vec![json!({"id": NOTIFY}); 101]}),
            "actions",
            "A rule may not have more than 100 actions.",
        ),
    ] {
        assert_eq!(refusal(&app, &world, &rule_with("R", more)).await, json!({field: [text]}));
    }
    let large = json!({"actions": [{"id": NOTIFY, "more": "x".repeat(65_536)}]});
    let said = refusal(&app, &world, &rule_with("R", large)).await;
    assert_eq!(said, json!({"detail": "A rule may not be larger than 65536 bytes."}));
});

async fn node_error(app: &TestApp, world: &World, list: &str, node: Value) -> String {
    let said = refusal(app, world, &rule_with("R", json!({list: [node], "filterMatch": "all"}))).await;
    assert_eq!(said.as_object().unwrap().len(), 1, "{said}");
    said[list][0].as_str().unwrap().to_owned()
}

api_test!(nodes_are_checked_by_their_kind, |app| async move {
    let world = app.world().await;
    let stranger = world.stranger.get();
    let incomplete = "Ensure all required fields are filled in.";
    for (list, node, text) in [
        ("conditions", json!(5), "Incorrect type. Expected a mapping, but got int"),
        ("conditions", json!("{'id'"), "Failed trying to parse dict from string"),
        ("conditions", json!({}), "Missing attribute 'id'"),
        ("conditions", json!({"id": "x"}), "Invalid node. Could not find 'x'"),
        ("conditions", json!({"id": 7}), "Invalid node. Could not find '7'"),
        (
            "actions",
            json!({"id": FIRST_SEEN}),
            "Invalid node. Could not find 'sentry.rules.conditions.first_seen_event.FirstSeenEventCondition'",
        ),
        ("conditions", json!({"id": FREQUENCY, "interval": "1h"}), incomplete),
        ("conditions", json!({"id": FREQUENCY, "value": "many", "interval": "1h"}), "Enter a whole number."),
        (
            "conditions",
            json!({"id": FREQUENCY, "value": 5, "interval": "2h"}),
            "Select a valid choice. 2h is not one of the available choices.",
        ),
        (
            "conditions",
            json!({"id": SHARE, "value": -1, "interval": "1h"}),
            "Ensure this value is greater than or equal to 0.",
        ),
        (
            "conditions",
            json!({"id": SHARE, "value": 101, "interval": "1h"}),
            "Ensure this value is less than or equal to 100",
        ),
        (
            "conditions",
            json!({"id": FREQUENCY, "value": 5, "interval": "1h", "comparisonType": "percent"}),
            "comparisonInterval is required when comparing by percent",
        ),
        (
            "conditions",
            json!({"id": FREQUENCY, "value": 5, "interval": "1h", "comparisonType": "percent",
                "comparisonInterval": "2h"}),
            "Select a valid choice. 2h is not one of the available choices.",
        ),
        ("filters", json!({"id": TAGGED, "key": "foo", "match": "eq"}), incomplete),
        ("filters", json!({"id": TAGGED, "key": "foo", "match": "nc", "value": ""}), incomplete),
        (
            "filters",
            json!({"id": "sentry.rules.filters.event_attribute.EventAttributeFilter", "attribute": "mood",
                "match": "eq", "value": "x"}),
            "Select a valid choice. mood is not one of the available choices.",
        ),
        (
            "filters",
            json!({"id": "sentry.rules.filters.assigned_to.AssignedToFilter", "targetType": "Team"}),
            "You need to specify a Team or Member.",
        ),
        ("actions", json!({"id": MAIL}), incomplete),
        (
            "actions",
            json!({"id": MAIL, "targetType": "Member"}),
            "You need to specify a Team or Member to send mail to.",
        ),
        (
            "actions",
            json!({"id": MAIL, "targetType": "Member", "targetIdentifier": "x"}),
            "targetIdentifier must be an integer",
        ),
        (
            "actions",
            json!({"id": MAIL, "targetType": "Member", "targetIdentifier": stranger}),
            "This user is not part of the project.",
        ),
        (
            "actions",
            json!({"id": MAIL, "targetType": "Team", "targetIdentifier": 999_999}),
            "This team is not part of the project.",
        ),
        (
            "actions",
            json!({"id": "sentry.rules.actions.notify_event_service.NotifyEventServiceAction", "service": "nobody"}),
            "Select a valid choice. nobody is not one of the available choices.",
        ),
        (
            "actions",
            json!({"id": "sentry.integrations.vsts.notify_action.AzureDevopsCreateTicketAction", "integration": "1"}),
            "Must configure issue link settings.",
        ),
        (
            "actions",
            json!({"id": "sentry.rules.actions.notify_event_sentry_app.NotifyEventSentryAppAction"}),
            "Please configure your integration settings.",
        ),
    ] {
        assert_eq!(node_error(&app, &world, list, node).await, text);
    }
});

api_test!(what_forms_send_is_made_proper, |app| async move {
    let world = app.world().await;
    let body = rule_with(
        "R",
        json!({"conditions": [
            {"id": FREQUENCY, "value": "5.0", "interval": "1h"},
            {"id": SHARE, "value": 150, "interval": "1h", "comparisonType": "percent", "comparisonInterval": "1d"},
            format!("{{'id': '{EVERY}'}}"),
        ], "filters": [{"id": TAGGED, "key": "foo", "match": "is"}], "filterMatch": "all"}),
    );
    let made = create(&app, &world, &body).await;
    let expected = json!([
        {"id": FREQUENCY, "value": 5, "interval": "1h", "comparisonType": "count",
            "name": "The issue is seen more than 5 times in 1h"},
        {"id": SHARE, "value": 150.0, "interval": "1h", "comparisonType": "percent", "comparisonInterval": "1d",
            "name": "The issue affects more than 150.0 percent of sessions in 1h"},
        {"id": EVERY, "name": "The event occurs"},
    ]);
    assert_eq!(made["conditions"], expected);
    assert_eq!(made["filters"][0]["value"], "");
});

api_test!(actions_of_providers_that_are_not_there_stay_as_they_came, |app| async move {
    let world = app.world().await;
    let actions = json!([
        {"id": "sentry.integrations.slack.notify_action.SlackNotifyServiceAction", "workspace": 5, "channel": "#general",
            "channel_id": "", "tags": "environment,level", "notes": "", "uuid": "aaaaaaaa-0000-4000-8000-000000000000"},
        {"id": "sentry.integrations.pagerduty.notify_action.PagerDutyNotifyServiceAction", "account": "7",
            "service": "9", "severity": "warning", "uuid": "bbbbbbbb-0000-4000-8000-000000000000"},
        {"id": "sentry.integrations.vsts.notify_action.AzureDevopsCreateTicketAction", "integration": "3",
            "dynamic_form_fields": [{"name": "project"}], "project": "p", "uuid": "cccccccc-0000-4000-8000-000000000000"},
        {"id": "sentry.integrations.opsgenie.notify_action.OpsgenieNotifyTeamAction", "account": "1", "team": "2-ops",
            "priority": "P2", "uuid": "dddddddd-0000-4000-8000-000000000000"},
        {"id": "sentry.integrations.msteams.notify_action.MsTeamsNotifyServiceAction", "team": "4", "channel": "General",
            "uuid": "eeeeeeee-0000-4000-8000-000000000000"},
        {"id": "sentry.integrations.discord.notify_action.DiscordNotifyServiceAction", "server": "6", "channel_id": "77",
            "tags": "", "uuid": "ffffffff-0000-4000-8000-000000000000"},
    ]);
    let made = create(&app, &world, &rule_with("R", json!({"actions": actions}))).await;
    let mut shown = made["actions"].clone();
    let names: Vec<String> = shown
        .as_array_mut()
        .unwrap()
        .iter_mut()
        .map(|action| action.as_object_mut().unwrap().remove("name").unwrap().as_str().unwrap().to_owned())
        .collect();
    assert_eq!(shown, actions);
    assert_eq!(
        names,
        [
            "Send a notification to the [removed] Slack workspace to #general (optionally, an ID: ) and show tags \
             environment,level and notes  in notification",
            "Send a notification to PagerDuty account [removed] and service 9 with warning severity",
            "Create an Azure DevOps work item in [removed] with these ",
            "Send a notification to Opsgenie account [removed] and team 2-ops with P2 priority",
            "Send a notification to the [removed] Team to General",
            "Send a notification to the [removed] Discord server in the channel with ID or URL: 77 and show tags  in \
             the notification.",
        ]
    );
});

api_test!(a_rule_that_is_there_already_is_refused, |app| async move {
    let world = app.world().await;
    let first = create(&app, &world, &rule("New errors")).await;
    let id: i64 = first["id"].as_str().unwrap().parse().unwrap();
    let text = "This rule is an exact duplicate of 'New errors' in this project and may not be created.";
    let said = refusal(&app, &world, &rule("Other")).await;
    assert_eq!(said.to_string(), json!({"name": [text], "ruleId": [id]}).to_string());
    let other = create(&app, &world, &rule_with("Other", json!({"frequency": 60}))).await;
    let put = app.put(path_of(&other)).bearer(&world.owner_token).json(&rule("Other")).send().await;
    assert_eq!(put.expect(400).json(), json!({"name": [text], "ruleId": [id]}));
    // Itself is no duplicate.
    let put = app.put(path_of(&first)).bearer(&world.owner_token).json(&rule("Again")).send().await;
    assert_eq!(put.expect(200).json()["name"], "Again");
});

api_test!(a_change_replaces_everything, |app| async move {
    let world = app.world().await;
    super::send(&app, &world, &json!({"environment": "prod"})).await;
    let more = json!({"environment": "prod", "owner": format!("user:{}", world.member)});
    let made = create(&app, &world, &rule_with("R", more)).await;
    assert_eq!(
        (&made["environment"], &made["owner"]),
        (&json!("prod"), &json!(format!("user:{}", world.member)))
    );
    let change = rule_with("S", json!({"conditions": [{"id": EVERY}], "frequency": 5}));
    let seen =
        app.put(path_of(&made)).bearer(&world.owner_token).json(&change).send().await.expect(200).json();
    assert_eq!(
        (&seen["environment"], &seen["owner"], &seen["frequency"]),
        (&Value::Null, &Value::Null, &json!(5))
    );
    assert_eq!(seen["conditions"], json!([{"id": EVERY, "name": "The event occurs"}]));
    let put = app.put(path_of(&made)).bearer(&world.owner_token).json(&json!({"name": "T"})).send().await;
    assert_eq!(put.expect(400).json(), json!({"actionMatch": [REQUIRED]}));
    let mut change = rule("T");
    change.as_object_mut().unwrap().shift_remove("frequency");
    let seen = app.put(path_of(&made)).bearer(&world.owner_token).json(&change).send().await;
    assert_eq!(seen.expect(200).json()["frequency"], 5, "only the pause stays without a word");
});

api_test!(a_deleted_rule_is_gone_at_once, |app| async move {
    let world = app.world().await;
    let made = create(&app, &world, &rule("R")).await;
    let deleted = app.delete(path_of(&made)).bearer(&world.owner_token).send().await.expect(202);
    assert_eq!(deleted.text(), "");
    app.get(path_of(&made)).bearer(&world.owner_token).send().await.expect(404);
    app.delete(path_of(&made)).bearer(&world.owner_token).send().await.expect(404);
    super::send(&app, &world, &json!({})).await;
    assert_eq!(super::fired(&app).await, 0);
    assert_eq!(mortise_service::rules::remove_deleted(&app.ctx).await.unwrap(), 1);
    create(&app, &world, &rule("R")).await;
});

api_test!(only_a_disabled_rule_can_be_enabled, |app| async move {
    let world = app.world().await;
    let made = create(&app, &world, &rule("R")).await;
    let enable = || app.put(format!("{}enable/", path_of(&made))).bearer(&world.owner_token).send();
    assert_eq!(enable().await.expect(400).json(), json!({"detail": "Rule is not disabled."}));
    super::execute(&app, "UPDATE rule SET status = 1").await;
    let seen = app.get(path_of(&made)).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(seen["status"], "disabled");
    super::send(&app, &world, &json!({})).await;
    assert_eq!(super::fired(&app).await, 0);
    create(&app, &world, &rule("Twin")).await;
    let text = "This rule is an exact duplicate of 'Twin' in this project and may not be enabled unless it's edited.";
    assert_eq!(enable().await.expect(400).json(), json!({"detail": text}));
    super::execute(&app, "UPDATE rule SET status = 2 WHERE label = 'Twin'").await;
    enable().await.expect(202);
    assert_eq!(enable().await.status, 400);
    super::execute(&app, "UPDATE rule SET status = 1, data = '{\"actions\":[]}' WHERE label = 'R'").await;
    assert_eq!(enable().await.expect(400).json(), json!({"detail": "Cannot enable a rule with no action."}));
    // A change brings it back, too.
    let put = app.put(path_of(&made)).bearer(&world.owner_token).json(&rule("R")).send().await;
    assert_eq!(put.expect(200).json()["status"], "active");
});

api_test!(a_project_has_room_for_so_many_rules, |app| async move {
    let world = app.world().await;
    super::execute(
        &app,
        "INSERT INTO rule (project_id, label, status, data, date_added) \
         SELECT p.id, 'R', 0, '{\"conditions\":[{\"id\":\"sentry.rules.conditions.event_frequency.\
EventFrequencyCondition\"}]}', 0 FROM project p CROSS JOIN (WITH RECURSIVE n(i) AS \
         (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT i FROM n) AS many WHERE p.slug = 'web'",
    )
    .await;
    let slow = json!({"conditions": [{"id": FREQUENCY, "value": 5, "interval": "1h"}]});
    let said = refusal(&app, &world, &rule_with("R", slow)).await;
    let text = "You may not exceed 100 rules with this type of condition per project.";
    assert_eq!(said, json!({"conditions": [text]}));
    create(&app, &world, &rule("R")).await;
});

api_test!(members_may_write_rules_only_where_the_organization_lets_them, |app| async move {
    let world = app.world().await;
    app.post(RULES).bearer(&world.member_token).json(&rule("R")).send().await.expect(200);
    let off = json!({"alertsMemberWrite": false});
    app.put("/api/0/organizations/acme/").bearer(&world.owner_token).json(&off).send().await.expect(200);
    let other = rule_with("S", json!({"frequency": 60}));
    app.post(RULES).bearer(&world.member_token).json(&other).send().await.expect(403);
    app.get(RULES).bearer(&world.member_token).send().await.expect(200);
    app.get(RULES).bearer(&world.stranger_token).send().await.expect(403);
});

api_test!(a_rule_of_another_project_is_not_there, |app| async move {
    let world = app.world().await;
    let made = create(&app, &world, &rule("R")).await;
    let foreign = format!("/api/0/projects/globex/api/rules/{}/", made["id"].as_str().unwrap());
    for request in [app.get(&foreign), app.put(&foreign).json(&rule("R")), app.delete(&foreign)] {
        request.bearer(&world.stranger_token).send().await.expect(404);
    }
    app.get(format!("{RULES}x/")).bearer(&world.owner_token).send().await.expect(404);
});
