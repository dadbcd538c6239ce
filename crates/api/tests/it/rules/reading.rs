//! Lists of rules, and what rules may be made of.

use mortise_store::Query;
use mortise_testkit::api_test;
use serde_json::{Value, json};

use super::{FIRST_SEEN, NOTIFY, RULES, create, path_of, rule, rule_with};

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|rule| rule["name"].as_str().unwrap()).collect()
}

api_test!(rules_are_listed_newest_first, |app| async move {
    let world = app.world().await;
    create(&app, &world, &rule("First")).await;
    create(&app, &world, &rule_with("Second", json!({"frequency": 60}))).await;
    super::execute(&app, "UPDATE rule SET status = 1 WHERE label = 'First'").await;
    let list = app.get(RULES).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(names(&list), ["Second", "First"]);
    assert!(list[0].get("lastTriggered").is_none());
    let page = app.get(format!("{RULES}?per_page=1")).bearer(&world.owner_token).send().await.expect(200);
    assert_eq!(names(&page.json()), ["Second"]);
    let next = format!("{RULES}?per_page=1&cursor={}", page.next_cursor().unwrap());
    let page = app.get(next).bearer(&world.owner_token).send().await.expect(200);
    assert_eq!(names(&page.json()), ["First"]);
    super::send(&app, &world, &json!({})).await;
    let list = app.get(format!("{RULES}?expand=lastTriggered")).bearer(&world.owner_token).send().await;
    let list = list.expect(200).json();
    assert!(list[0]["lastTriggered"].is_string());
    assert_eq!(list[1]["lastTriggered"], Value::Null);
});

api_test!(rules_of_all_projects_are_listed_together, |app| async move {
    let world = app.world().await;
    const ALL: &str = "/api/0/organizations/acme/combined-rules/";
    let body = json!({"name": "Shop", "default_rules": false});
    app.post("/api/0/teams/acme/core/projects/")
        .bearer(&world.owner_token)
        .json(&body)
        .send()
        .await
        .expect(201);
    create(&app, &world, &rule("beta")).await;
    let owned = rule_with("Alpha", json!({"owner": format!("team:{}", world.team)}));
    let shop = "/api/0/projects/acme/shop/rules/";
    app.post(shop).bearer(&world.owner_token).json(&owned).send().await.expect(200);
    super::send(&app, &world, &json!({})).await;
    let project = world.project;
    for (query, expected) in [
        (String::new(), vec!["Alpha", "beta"]),
        ("asc=1".to_owned(), vec!["beta", "Alpha"]),
        ("sort=name&asc=1".to_owned(), vec!["Alpha", "beta"]),
        ("sort=date_triggered&sort=name".to_owned(), vec!["beta", "Alpha"]),
        ("name=ALP".to_owned(), vec!["Alpha"]),
        (format!("project={project}"), vec!["beta"]),
        ("team=myteams".to_owned(), vec!["Alpha"]),
        ("team=unassigned".to_owned(), vec!["beta"]),
        ("team=unassigned&team=myteams".to_owned(), vec!["Alpha", "beta"]),
        ("alertType=alert_rule".to_owned(), vec![]),
        ("alertType=rule".to_owned(), vec!["Alpha", "beta"]),
    ] {
        let list =
            app.get(format!("{ALL}?{query}")).bearer(&world.owner_token).send().await.expect(200).json();
        assert_eq!(names(&list), expected, "{query}");
    }
    let list = app.get(ALL).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!((&list[0]["type"], &list[0]["projects"]), (&json!("rule"), &json!(["shop"])));
    let metric = json!({
        "name": "Crowd", "aggregate": "count()", "query": "", "timeWindow": 10, "thresholdType": 0, "projects": ["web"],
        "triggers": [{"label": "critical", "alertThreshold": 0, "actions": []}],
    });
    let metrics = "/api/0/organizations/acme/alert-rules/";
    app.post(metrics).bearer(&world.owner_token).json(&metric).send().await.expect(201);
    for (query, expected) in [
        ("", vec!["Crowd", "Alpha", "beta"]),
        ("sort=name&asc=1", vec!["Alpha", "beta", "Crowd"]),
        ("alertType=alert_rule", vec!["Crowd"]),
        ("alertType=rule", vec!["Alpha", "beta"]),
        ("team=myteams", vec!["Alpha"]),
        ("name=crow", vec!["Crowd"]),
        ("sort=incident_status&asc=1", vec!["beta", "Alpha", "Crowd"]),
        ("sort=incident_status&sort=name", vec!["Crowd", "beta", "Alpha"]),
        ("sort=incident_status&sort=name&asc=1", vec!["Alpha", "beta", "Crowd"]),
        ("per_page=1", vec!["Crowd"]),
    ] {
        let list =
            app.get(format!("{ALL}?{query}")).bearer(&world.owner_token).send().await.expect(200).json();
        assert_eq!(names(&list), expected, "{query}");
    }
    let list = app.get(ALL).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!((&list[0]["type"], &list[0]["projects"]), (&json!("alert_rule"), &json!(["web"])));
    for (query, text) in [
        ("sort=size", json!({"detail": "Invalid sort key(s): size"})),
        ("sort=size&sort=name&sort=", json!({"detail": "Invalid sort key(s): size, "})),
        ("team=x&sort=size", json!("Invalid Team ID: x")),
        ("project=x&team=x", json!({"detail": "Invalid project parameter. Values must be numbers."})),
    ] {
        let answer = app.get(format!("{ALL}?{query}")).bearer(&world.owner_token).send().await;
        assert_eq!(answer.expect(400).json(), text, "{query}");
    }
    // Teams of nobody here own nothing; one that is out of reach is refused by name.
    let list = app.get(format!("{ALL}?team=999999&team={}", world.team)).bearer(&world.owner_token);
    assert_eq!(names(&list.send().await.expect(200).json()), ["Alpha"]);
    let teams = "/api/0/organizations/acme/teams/";
    let team = app.post(teams).bearer(&world.owner_token).json(&json!({"slug": "ops", "name": "Night Ops"}));
    let team = team.send().await.expect(201).json();
    let org = app.put("/api/0/organizations/acme/").bearer(&world.owner_token);
    org.json(&json!({"openMembership": false})).send().await.expect(200);
    let list = format!("{ALL}?team={}", team["id"].as_str().unwrap());
    app.get(&list).bearer(&world.owner_token).send().await.expect(200);
    let refused = app.get(&list).bearer(&world.member_token).send().await.expect(403).json();
    assert_eq!(refused, json!({"detail": "Error: You do not have permission to access Night Ops"}));
    let foreign = format!("{ALL}?project={}", world.stranger_project);
    app.get(foreign).bearer(&world.owner_token).send().await.expect(403);
    app.get(ALL).bearer(&world.stranger_token).send().await.expect(403);
});

api_test!(the_configuration_lists_what_rules_are_made_of, |app| async move {
    let world = app.world().await;
    let get =
        |query: &str| app.get(format!("{RULES}configuration/{query}")).bearer(&world.owner_token).send();
    let found = get("").await.expect(200).json();
    let keys: Vec<&String> = found.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["actions", "conditions", "filters"]);
    let first = json!({"id": FIRST_SEEN, "label": "A new issue is created", "enabled": true});
    assert_eq!(found["conditions"][0].to_string(), first.to_string());
    let node = |list: &str, id: &str| {
        let nodes = found[list].as_array().unwrap();
        nodes.iter().find(|node| node["id"].as_str().unwrap().ends_with(id)).cloned()
    };
    assert_eq!(node("conditions", "EveryEventCondition").unwrap()["enabled"], false);
    assert_eq!(node("conditions", "LevelCondition"), None);
    assert_eq!(node("actions", "NotifyEventServiceAction"), None);
    let frequency = node("conditions", "EventFrequencyCondition").unwrap();
    let fields = &frequency["formFields"];
    assert_eq!(fields["value"], json!({"type": "number", "placeholder": 100}));
    assert_eq!(fields["interval"]["choices"][0], json!(["1m", "one minute"]));
    let mail = node("actions", "NotifyEmailAction").unwrap();
    assert_eq!(mail["formFields"]["targetType"]["type"], "mailAction");
    let ticket = node("actions", "AzureDevopsCreateTicketAction").unwrap();
    assert_eq!((&ticket["enabled"], &ticket["actionType"]), (&json!(false), &json!("ticket")));
    assert_eq!(ticket["ticketType"], "an Azure DevOps work item");
    let disabled = get("?includeAllTickets").await.expect(200).json();
    assert_eq!(disabled["disabledTicketActions"].as_array().unwrap().len(), 5);
});

api_test!(an_integration_enables_its_actions_and_gives_them_its_name, |app| async move {
    let world = app.world().await;
    let query = Query::new(
        "INSERT INTO integration (id, provider, external_id, name, metadata, shown, status, date_added, date_updated) \
         VALUES (5, 'vsts', 'x', 'Acme DevOps', $1, '{}', 0, 0, 0)",
    );
    let query = query.bind(Vec::new());
    app.ctx.store.write(move |tx| Box::pin(async move { tx.execute(query).await })).await.unwrap();
    super::execute(
        &app,
        "INSERT INTO organization_integration (organization_id, integration_id, integration_name, status, date_added, \
         date_updated) SELECT id, 5, 'Acme DevOps', 0, 0, 0 FROM organization WHERE slug = 'acme'",
    )
    .await;
    let found = app.get(format!("{RULES}configuration/")).bearer(&world.owner_token).send().await.expect(200);
    let found = found.json();
    let actions = found["actions"].as_array().unwrap();
    let ticket = actions.iter().find(|it| it["actionType"] == "ticket").unwrap();
    assert_eq!(ticket["enabled"], true);
    assert_eq!(
        ticket["formFields"]["integration"],
        json!({"choices": [["5", "Acme DevOps"]], "initial": "5", "type": "choice", "resetsForm": true,
            "updatesForm": true})
    );
    let action = json!({"id": ticket["id"], "integration": 5, "dynamic_form_fields": {"a": 1}});
    let made = create(&app, &world, &rule_with("R", json!({"actions": [action]}))).await;
    assert_eq!(made["actions"][0]["name"], "Create an Azure DevOps work item in Acme DevOps with these ");
});

api_test!(choices_of_a_ticket_that_are_no_texts_are_left_out, |app| async move {
    let world = app.world().await;
    let choices = json!([["E-1", "Epic"], ["E-2", {"key": null, "ref": null}], ["E-3", "Other"], "E-4"]);
    let action = json!({"id": "sentry.integrations.jira.notify_action.JiraCreateTicketAction", "integration": 5,
        "dynamic_form_fields": [{"name": "epic", "type": "select", "choices": choices}, {"name": "summary"}]});
    let made = create(&app, &world, &rule_with("R", json!({"actions": [action]}))).await;
    let shown = app.get(path_of(&made)).bearer(&world.owner_token).send().await.expect(200).json();
    let fields = json!([{"name": "epic", "type": "select", "choices": [["E-1", "Epic"], ["E-3", "Other"]]},
        {"name": "summary"}]);
    assert_eq!(shown["actions"][0]["dynamic_form_fields"], fields);
});

api_test!(what_tells_an_action_apart_is_a_uuid, |app| async move {
    let world = app.world().await;
    let own = "0a6fd10c-3c5b-4bd5-9d3a-1f1a7e6d2c11";
    for (sent, is_kept) in [
        (json!(own), true),
        (json!("BAD_KEY-12312312"), false),
        (json!(""), false),
        (Value::Null, false),
        (json!(7), false),
    ] {
        let rule = rule_with(&sent.to_string(), json!({"actions": [{"id": NOTIFY, "uuid": sent}]}));
        let made = create(&app, &world, &rule).await;
        let uuid = made["actions"][0]["uuid"].as_str().unwrap();
        assert_eq!((uuid == own, uuid.len()), (is_kept, 36), "{sent}");
        app.delete(path_of(&made)).bearer(&world.owner_token).send().await.expect(202);
    }
});

api_test!(an_alertable_app_is_a_service, |app| async move {
    let world = app.world().await;
    let body = json!({
        "organization": "acme", "name": "Pager", "isInternal": true, "isAlertable": true, "scopes": ["event:read"],
        "events": [], "webhookUrl": "https://pager.acme.test/hook", "verifyInstall": false,
    });
    let made = app.post("/api/0/sentry-apps/").bearer(&world.owner_token).json(&body).send().await;
    let slug = made.expect(201).json()["slug"].clone();
    let found = app.get(format!("{RULES}configuration/")).bearer(&world.owner_token).send().await.expect(200);
    let found = found.json();
    let service =
        found["actions"].as_array().unwrap().iter().find(|it| it["formFields"].get("service").is_some());
    assert_eq!(
        service.unwrap()["formFields"],
        json!({"service": {"type": "choice", "choices": [[slug, "Pager"]]}})
    );
    let action =
        json!({"id": "sentry.rules.actions.notify_event_service.NotifyEventServiceAction", "service": slug});
    let made = create(&app, &world, &rule_with("R", json!({"actions": [action, {"id": NOTIFY}]}))).await;
    let seen = app.get(path_of(&made)).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(seen["actions"][0]["name"], format!("Send a notification via {}", slug.as_str().unwrap()));
});
