//! Which plugins there are, who switched them on and who configured them.

use mortise_testkit::api_test;
use serde_json::json;

use super::{OF_ORG, OF_PROJECT, enable, get, keys, put, slugs};
use crate::rules::execute;

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
    let last = get(&app, &world, &format!("{OF_ORG}?plugins=_all&plugins=trello")).await;
    assert_eq!(last, json!([]), "the last one counts");
    let all = get(&app, &world, &format!("{OF_ORG}?plugins=slack&plugins=_all")).await;
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

api_test!(only_active_projects_with_something_in_the_field_configured_a_plugin_by_slug, |app| async move {
    let world = app.world().await;
    for name in ["zoo", "back", "gone", "off"] {
        let new = app.post("/api/0/teams/acme/core/projects/").bearer(&world.owner_token);
        new.json(&json!({ "name": name, "platform": "node" })).send().await.expect(201);
        let path = format!("/api/0/projects/acme/{name}/plugins/webhooks/");
        let urls = json!({ "urls": "http://127.0.0.1:1/" });
        app.put(path).bearer(&world.owner_token).json(&urls).send().await.expect(200);
    }
    let new = put(&app, &world, "webhooks", 200, json!({ "urls": "http://127.0.0.1:1/" })).await;
    assert_eq!(new["config"][0]["value"], "http://127.0.0.1:1/");
    execute(&app, "UPDATE project SET status = 1 WHERE slug = 'gone'").await;
    execute(
        &app,
        "UPDATE plugin_option SET value = 'false' WHERE project_id = (SELECT id FROM project WHERE slug = 'off')",
    )
    .await;
    let found = get(&app, &world, &format!("{OF_ORG}configs/?plugins=webhooks")).await;
    let projects = found[0]["projectList"].as_array().unwrap();
    let of = |key: &str| projects.iter().map(|it| it[key].clone()).collect::<Vec<_>>();
    assert_eq!(of("projectSlug"), ["back", "web", "zoo"]);
    assert_eq!(of("projectName"), ["back", "Web", "zoo"]);
    assert_eq!(of("projectPlatform"), ["node", "python", "node"]);
    assert_eq!(
        keys(&projects[0]),
        ["projectId", "projectSlug", "projectName", "enabled", "configured", "projectPlatform"]
    );
    let theirs = app.get("/api/0/organizations/globex/plugins/configs/?plugins=webhooks");
    let theirs = theirs.bearer(&world.stranger_token).send().await.expect(200).json();
    assert_eq!(theirs[0]["projectList"], json!([]));
});
