//! The catalog of providers, and the integrations of an organization.

use mortise_providers::{CATALOG as MANIFESTS, Manifest, Provider};
use mortise_service::{access, features};
use mortise_store::Query;
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use crate::ingest::count;

const CATALOG: &str = "/api/0/organizations/acme/config/integrations/";
const LIST: &str = "/api/0/organizations/acme/integrations/";

async fn get(app: &TestApp, world: &World, path: &str) -> Value {
    app.get(path).bearer(&world.owner_token).send().await.expect(200).json()
}

async fn names(app: &TestApp, world: &World, query: &str) -> Vec<String> {
    let rows = get(app, world, &format!("{LIST}{query}")).await;
    rows.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

async fn change(app: &TestApp, query: Query) {
    app.ctx.store.write(move |tx| Box::pin(async move { tx.execute(query).await })).await.expect("a change");
}

/// Runs the periodic jobs once, all of which are due after an hour.
async fn run_jobs(app: &TestApp) {
    app.clock.advance(3600);
    for job in mortise_service::jobs::JOBS.iter().filter(|job| job.name == "remove_integrations") {
        (job.run)(&app.ctx).await.expect("the job runs");
    }
}

api_test!(the_catalog_lists_visible_providers_by_key, |app| async move {
    let world = app.world().await;
    let catalog = get(&app, &world, CATALOG).await;
    let providers = catalog["providers"].as_array().unwrap();
    let keys: Vec<_> = providers.iter().map(|it| it["key"].as_str().unwrap()).collect();
    let all = [
        "aws_lambda",
        "bitbucket",
        "bitbucket_server",
        "discord",
        "example",
        "github",
        "github_enterprise",
        "gitlab",
        "jira",
        "jira_server",
        "msteams",
        "opsgenie",
        "pagerduty",
        "slack",
        "vercel",
        "vsts",
    ];
    assert_eq!(keys, all);
    let azure = providers.last().unwrap();
    let order: Vec<_> = azure.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(order, ["key", "slug", "name", "metadata", "canAdd", "canDisable", "features", "setupDialog"]);
    assert_eq!(azure["name"], "Azure DevOps");
    assert_eq!(
        azure["setupDialog"],
        json!({ "url": "/organizations/acme/integrations/vsts/setup/", "width": 600, "height": 800 })
    );
    assert_eq!(
        azure["features"],
        json!(["commits", "issue-basic", "issue-sync", "stacktrace-link", "ticket-rules"])
    );
    let metadata: Vec<_> = azure["metadata"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(metadata, ["description", "features", "author", "noun", "issue_url", "source_url", "aspects"]);
    let gates: Vec<_> =
        azure["metadata"]["features"].as_array().unwrap().iter().map(|it| &it["featureGate"]).collect();
    assert_eq!(
        gates,
        [
            "integrations-commits",
            "integrations-issue-basic",
            "integrations-issue-sync",
            "integrations-issue-sync",
            "integrations-stacktrace-link",
            "integrations-ticket-rules"
        ]
    );
    let cannot: Vec<_> = providers.iter().filter(|it| it["canAdd"] == false).map(|it| &it["key"]).collect();
    assert_eq!(cannot, ["jira", "msteams", "vercel"]);
});

api_test!(the_catalog_finds_one_provider_by_either_spelling_and_none_by_a_wrong_one, |app| async move {
    let world = app.world().await;
    for query in ["?provider_key=slack", "?providerKey=slack"] {
        let found = get(&app, &world, &format!("{CATALOG}{query}")).await;
        assert_eq!(found["providers"].as_array().unwrap().len(), 1, "{query}");
        assert_eq!(found["providers"][0]["key"], "slack");
    }
    for query in ["?provider_key=Slack", "?provider_key=", "?providerKey=vsts-extension"] {
        let answer = app.get(format!("{CATALOG}{query}")).bearer(&world.owner_token).send().await.expect(404);
        assert_eq!(answer.json(), json!({ "detail": "Providers do not exist" }), "{query}");
    }
    app.post(CATALOG).bearer(&world.owner_token).send().await.expect(405);
    let narrow = World::token(&app.ctx, world.owner, &["org:integrations"]).await;
    app.get(CATALOG).bearer(&narrow).send().await.expect(403);
});

/// A provider that an organization has only where it is switched on.
#[derive(Debug, Clone, Copy)]
struct Switched;

impl Provider for Switched {
    fn manifest(&self) -> &'static Manifest {
        const NAME: &str = "Feature Flag Integration";
        const KEY: &str = "feature_flag_integration";
        const MANIFEST: Manifest =
            Manifest { key: KEY, integration_key: KEY, name: NAME, is_switched: true, ..*MANIFESTS[0] };
        &MANIFEST
    }
}

#[tokio::test]
async fn a_provider_that_is_switched_is_offered_where_it_is_on() {
    for app in TestApp::everywhere(|_| {}, |standard| standard.with(Switched)).await {
        let world = app.world().await;
        let path = format!("{CATALOG}?provider_key=feature_flag_integration");
        app.get(&path).bearer(&world.owner_token).send().await.expect(404);
        let on = [("integrations-feature-flag-integration".to_owned(), true)];
        features::switch_features(&app.ctx, "acme", &on).await.unwrap();
        assert_eq!(get(&app, &world, &path).await["providers"][0]["name"], "Feature Flag Integration");
        let theirs = path.replace("acme", "globex");
        app.get(theirs).bearer(&world.stranger_token).send().await.expect(404);
    }
}

api_test!(what_has_no_switch_is_on, |app| async move {
    app.world().await;
    let org = access::operator(&app.ctx, "acme").await.unwrap().org;
    for name in ["commits", "mobile", "serverless", "session-replay", "issue-sync"] {
        assert!(features::allows(&org, &format!("integrations-{name}")), "{name}");
    }
    assert!(!features::allows(&org, "integrations-feature-flag-integration"));
    let off = [("integrations-issue-sync".to_owned(), false)];
    let org = features::switch_features(&app.ctx, "acme", &off).await.unwrap();
    assert!(!features::allows(&org, "integrations-issue-sync"));
    assert!(features::allows(&org, "integrations-commits"));
});

api_test!(an_integration_is_shown_with_what_clients_may_see_of_it, |app| async move {
    let world = app.world().await;
    let id = World::integrate(
        &app.ctx,
        world.org,
        &json!({
            "provider": "github", "external_id": "7252394", "name": "acme", "config": { "sync_comments": true },
            "metadata": { "domain_name": "https://dev.azure.com/acme/", "scopes": ["vso.code"], "subscription": { "secret": "s3cret" } },
        }),
    )
    .await;
    let rows = get(&app, &world, LIST).await;
    let expected = json!([{
        "id": id.to_string(), "name": "acme", "icon": null, "domainName": "https://dev.azure.com/acme/",
        "accountType": null, "scopes": ["vso.code"], "status": "active",
        "provider": {
            "key": "github", "slug": "github", "name": "GitHub", "canAdd": true, "canDisable": false,
            "features": ["codeowners", "commits", "issue-basic", "stacktrace-link"], "aspects": {},
        },
        "configOrganization": [], "configData": { "sync_comments": true }, "externalId": "7252394",
        "organizationId": world.org.get(), "organizationIntegrationStatus": "active", "gracePeriodEnd": null,
        "outOfDate": null,
    }]);
    assert_eq!(rows, expected);
    let one = app.get(format!("{LIST}{id}/")).bearer(&world.owner_token).send().await.expect(200);
    assert_eq!(one.json(), expected[0]);
    assert_eq!(one.header("cache-control"), "max-age=0, no-cache, no-store, must-revalidate, private");
    assert_eq!(one.header("referrer-policy"), "strict-origin-when-cross-origin");
    assert!(one.header("expires").ends_with(" GMT"), "{}", one.header("expires"));
    let bare = get(&app, &world, &format!("{LIST}?includeConfig=0")).await;
    assert_eq!((bare[0].get("configOrganization"), &bare[0]["configData"]), (None, &Value::Null));
    let odd = get(&app, &world, &format!("{LIST}?includeConfig=false")).await;
    assert_eq!(odd, expected);
    change(&app, Query::new("UPDATE organization_integration SET grace_period_end = 1723453600000000")).await;
    assert_eq!(get(&app, &world, LIST).await[0]["gracePeriodEnd"], "2024-08-12T09:06:40Z");
});

api_test!(integrations_are_listed_by_name_and_filtered_by_provider_and_feature, |app| async move {
    let world = app.world().await;
    for (provider, name) in [("github", "b-code"), ("slack", "c-talk"), ("jira", "a-work")] {
        World::integrate(&app.ctx, world.org, &json!({ "provider": provider, "name": name })).await;
    }
    World::integrate(
        &app.ctx,
        world.stranger_org,
        &json!({ "provider": "slack", "external_id": "x", "name": "theirs" }),
    )
    .await;
    assert_eq!(names(&app, &world, "").await, ["a-work", "b-code", "c-talk"]);
    assert_eq!(names(&app, &world, "?providerKey=SLACK").await, ["c-talk"]);
    assert_eq!(names(&app, &world, "?provider_key=github").await, ["b-code"]);
    assert_eq!(names(&app, &world, "?providerKey=nobody").await, Vec::<String>::new());
    assert_eq!(names(&app, &world, "?providerKey=&provider_key=github").await.len(), 3);
    assert_eq!(names(&app, &world, "?features=%20Issue_basic%20").await, ["a-work", "b-code"]);
    assert_eq!(names(&app, &world, "?features=issue-sync&features=chat-unfurl").await, ["a-work", "c-talk"]);
    assert_eq!(names(&app, &world, "?features=nothing").await, Vec::<String>::new());
    let first = app.get(format!("{LIST}?per_page=2")).bearer(&world.owner_token).send().await.expect(200);
    let cursor = first.next_cursor().expect("another page");
    assert_eq!(names(&app, &world, &format!("?per_page=2&cursor={cursor}")).await, ["c-talk"]);
    // A feature is looked for in a page, so the page can be empty while there is another.
    let short =
        app.get(format!("{LIST}?per_page=2&features=chat-unfurl")).bearer(&world.owner_token).send().await;
    let short = short.expect(200);
    assert_eq!(short.json(), json!([]));
    assert!(short.next_cursor().is_some());
});

api_test!(rows_of_every_state_are_listed_but_those_under_deletion, |app| async move {
    let world = app.world().await;
    for (status, name) in [(0, "active"), (1, "disabled"), (2, "pending_deletion"), (3, "gone")] {
        let new = json!({ "provider": "slack", "external_id": name, "name": name });
        let id = World::integrate(&app.ctx, world.org, &new).await;
        let query = Query::new("UPDATE organization_integration SET status = $2 WHERE integration_id = $1");
        change(&app, query.bind(id).bind(i64::from(status))).await;
    }
    change(&app, Query::new("UPDATE integration SET status = 9 WHERE name = 'active'")).await;
    let rows = get(&app, &world, LIST).await;
    let states: Vec<_> =
        rows.as_array().unwrap().iter().map(|row| &row["organizationIntegrationStatus"]).collect();
    assert_eq!(states, ["active", "disabled", "pending_deletion"]);
    assert_eq!(rows[0]["status"], "disabled", "an unknown state counts as disabled");
    // One under deletion is no more listed, but known.
    let gone = count(&app, "SELECT id FROM integration WHERE name = 'gone'").await;
    let one = get(&app, &world, &format!("{LIST}{gone}/")).await;
    assert_eq!(one["organizationIntegrationStatus"], "deletion_in_progress");
    for (status, shown) in
        [(0, "active"), (1, "disabled"), (2, "pending_deletion"), (3, "deletion_in_progress")]
    {
        change(&app, Query::new("UPDATE integration SET status = $1").bind(i64::from(status))).await;
        assert_eq!(get(&app, &world, &format!("{LIST}{gone}/")).await["status"], shown);
    }
});

api_test!(settings_of_a_provider_without_any_are_laid_over_each_other, |app| async move {
    let world = app.world().await;
    let id =
        World::integrate(&app.ctx, world.org, &json!({ "provider": "github", "config": { "a": 1, "b": 2 } }))
            .await;
    let path = format!("{LIST}{id}/");
    let sent = json!({ "b": { "c": [null] }, "d": "x" });
    let answer = app.post(&path).bearer(&world.owner_token).json(&sent).send().await.expect(200);
    assert_eq!(answer.text(), "");
    assert_eq!(answer.header("referrer-policy"), "strict-origin-when-cross-origin");
    assert_eq!(
        get(&app, &world, &path).await["configData"],
        json!({ "a": 1, "b": { "c": [null] }, "d": "x" })
    );
    let log = get(&app, &world, "/api/0/organizations/acme/audit-logs/").await;
    let entry = &log["rows"][0];
    assert_eq!((&entry["event"], &entry["targetObject"]), (&json!("integration.edit"), &json!(id.get())));
    assert_eq!(entry["data"], json!({ "provider": "github", "name": "config" }));
    let answer = app.post(&path).bearer(&world.owner_token).json(&json!([1])).send().await.expect(400);
    assert_eq!(
        answer.json(),
        json!({ "non_field_errors": ["Invalid data. Expected a dictionary, but got list."] })
    );
    let large = json!({ "x": "y".repeat(70_000) });
    let answer = app.post(&path).bearer(&world.owner_token).json(&large).send().await.expect(400);
    assert_eq!(answer.header("referrer-policy"), "strict-origin-when-cross-origin");
    assert_eq!(answer.header("cache-control"), "max-age=0, no-cache, no-store, must-revalidate, private");
    assert!(answer.header("expires").ends_with(" GMT"));
    assert_eq!(
        answer.json(),
        json!({ "detail": ["The settings of an integration can have at most 65536 bytes."] })
    );
    // What is raised has none of these headers.
    let put = app.put(&path).bearer(&world.owner_token).json(&sent).send().await.expect(405);
    let member = app.post(&path).bearer(&world.member_token).json(&sent).send().await.expect(403);
    let list = app.post(&path).bearer(&world.owner_token).json(&json!([1])).send().await.expect(400);
    let nobody = app.get(&path).send().await.expect(401);
    let missing = app.get(format!("{LIST}99999/")).bearer(&world.owner_token).send().await.expect(404);
    for raised in [put, member, list, nobody, missing] {
        assert_ne!(raised.header("cache-control"), "max-age=0, no-cache, no-store, must-revalidate, private");
        assert_eq!(raised.header("expires"), "");
    }
});

api_test!(an_integration_of_others_or_of_nobody_is_not_found, |app| async move {
    let world = app.world().await;
    let theirs = World::integrate(&app.ctx, world.stranger_org, &json!({ "provider": "slack" })).await;
    for id in [theirs.to_string(), "99999".to_owned(), "abc".to_owned(), "9".repeat(30)] {
        for method in [http::Method::GET, http::Method::POST, http::Method::DELETE] {
            let request = app.request(method.clone(), format!("{LIST}{id}/")).bearer(&world.owner_token);
            let answer = request.json(&json!({})).send().await.expect(404);
            assert_eq!(answer.json(), json!({ "detail": "Not found." }), "{method} {id}");
        }
    }
});

api_test!(a_removed_integration_is_gone_later_and_its_repositories_stay, |app| async move {
    let world = app.world().await;
    let id = World::integrate(&app.ctx, world.org, &json!({ "provider": "github", "name": "acme" })).await;
    let repository = Query::new(
        "INSERT INTO repository (organization_id, name, integration_id, config, status, date_added) \
         VALUES ($1, 'api', $2, '{}', 0, 0)",
    );
    change(&app, repository.bind(world.org).bind(id)).await;
    let path = format!("{LIST}{id}/");
    app.delete(&path).bearer(&world.member_token).send().await.expect(403);
    for _ in 0..2 {
        let answer = app.delete(&path).bearer(&world.owner_token).send().await.expect(204);
        assert_eq!(answer.header("cache-control"), "max-age=0, no-cache, no-store, must-revalidate, private");
    }
    assert_eq!(get(&app, &world, &path).await["organizationIntegrationStatus"], "pending_deletion");
    let log = get(&app, &world, "/api/0/organizations/acme/audit-logs/?event=integration.remove").await;
    assert_eq!(log["rows"].as_array().unwrap().len(), 1);
    assert_eq!(log["rows"][0]["targetObject"], json!(id.get()));
    assert_eq!(log["rows"][0]["data"], json!({ "provider": "github", "name": "acme" }));
    run_jobs(&app).await;
    app.get(&path).bearer(&world.owner_token).send().await.expect(404);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM repository WHERE integration_id IS NULL").await, 1);
    assert_eq!(
        count(&app, "SELECT COUNT(*) FROM integration").await,
        1,
        "the account on the other side stays"
    );
    assert_eq!(count(&app, "SELECT COUNT(*) FROM scheduled_deletion").await, 0);
});

api_test!(an_integration_that_came_back_is_not_removed, |app| async move {
    let world = app.world().await;
    let id = World::integrate(&app.ctx, world.org, &json!({ "provider": "github" })).await;
    app.delete(format!("{LIST}{id}/")).bearer(&world.owner_token).send().await.expect(204);
    change(&app, Query::new("UPDATE organization_integration SET status = 0")).await;
    run_jobs(&app).await;
    app.get(format!("{LIST}{id}/")).bearer(&world.owner_token).send().await.expect(200);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM scheduled_deletion").await, 0);
});

api_test!(the_fields_for_creating_an_item_are_there_when_they_are_asked_for, |app| async move {
    let world = app.world().await;
    let id = World::integrate(&app.ctx, world.org, &json!({ "provider": "example" })).await;
    let plain = get(&app, &world, &format!("{LIST}{id}/")).await;
    assert!(plain.get("createIssueConfig").is_none());
    let asked = get(&app, &world, &format!("{LIST}{id}/?action=create")).await;
    assert_eq!(asked["createIssueConfig"][0]["name"], "project");
    assert_eq!(asked["createIssueConfig"][0]["choices"], json!([["1", "Project 1"], ["2", "Project 2"]]));
});
