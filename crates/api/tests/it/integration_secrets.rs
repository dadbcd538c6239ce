//! What organizations set of integrations: keys among it lie nowhere in the open, and saving at the same time loses nothing.

use mortise_domain::IntegrationId;
use mortise_service::sealed;
use mortise_store::{Query, dialect::Dialect};
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use crate::ingest::count;

fn path(id: IntegrationId) -> String {
    format!("/api/0/organizations/acme/integrations/{id}/")
}

async fn save(app: &TestApp, world: &World, id: IntegrationId, sent: Value) {
    app.post(path(id)).bearer(&world.owner_token).json(&sent).send().await.expect(200);
}

async fn config(app: &TestApp, world: &World, id: IntegrationId) -> Value {
    app.get(path(id)).bearer(&world.owner_token).send().await.expect(200).json()["configData"].clone()
}

/// Whether a text lies anywhere in the database as it is: in the files, or in the rows of every table.
async fn lies_open(app: &TestApp, text: &str) -> bool {
    match app.ctx.store.dialect() {
        Dialect::Sqlite => {
            let path = app.database().open.url.strip_prefix("sqlite:").unwrap().to_owned();
            let folder = std::path::Path::new(&path).parent().unwrap();
            let mut files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
            let holds =
                |file| std::fs::read(file).unwrap().windows(text.len()).any(|it| it == text.as_bytes());
            files.any(holds)
        }
        Dialect::Postgres => {
            let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
            let tables =
                Query::new("SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'public'");
            let mut conn = app.ctx.store.read().await.unwrap();
            let tables: Vec<String> = conn.all(tables).await.unwrap();
            let mut found = 0;
            for table in tables {
                let rows = format!("SELECT COUNT(*) FROM \"{table}\" t WHERE CAST(t AS TEXT) ");
                let query = Query::new((rows + "LIKE $1 OR CAST(t AS TEXT) LIKE $2").leak());
                let query = query.bind(format!("%{text}%")).bind(format!("%{hex}%"));
                found += conn.one::<i64>(query).await.unwrap();
            }
            found > 0
        }
    }
}

api_test!(keys_are_answered_to_whoever_may_see_them_and_lie_nowhere_in_the_open, |app| async move {
    let world = app.world().await;
    let new = |provider: &str, config: Value| {
        let new = json!({ "provider": provider, "name": format!("seen-{provider}"), "config": config });
        let (ctx, org) = (app.ctx.clone(), world.org);
        async move { World::integrate(&ctx, org, &new).await }
    };
    let pagerduty = new("pagerduty", json!({})).await;
    let opsgenie = new("opsgenie", json!({})).await;
    let github = new("github", json!({ "note": "key-of-the-first-config" })).await;
    let services = json!([{ "service": "web", "integration_key": "key-of-a-service", "id": "" }]);
    save(&app, &world, pagerduty, json!({ "service_table": services })).await;
    let teams = json!([{ "team": "core", "integration_key": "key-of-a-team", "id": "" }]);
    save(&app, &world, opsgenie, json!({ "team_table": teams, "more": "key-of-a-client" })).await;

    let shown = config(&app, &world, pagerduty).await;
    let row = json!({ "service": "web", "integration_key": "key-of-a-service", "id": 1 });
    assert_eq!(shown, json!({ "service_table": [row] }));
    let shown = config(&app, &world, opsgenie).await;
    assert_eq!(shown["team_table"][0]["integration_key"], "key-of-a-team");
    assert_eq!(shown["more"], "key-of-a-client");
    assert_eq!(config(&app, &world, github).await, json!({ "note": "key-of-the-first-config" }));

    for key in ["key-of-a-service", "key-of-a-team", "key-of-a-client", "key-of-the-first-config"] {
        assert!(!lies_open(&app, key).await, "{key}");
    }
    assert!(lies_open(&app, "seen-opsgenie").await, "what is no secret is found this way");
});

api_test!(sealed_settings_are_among_those_that_new_keys_seal_again, |app| async move {
    let world = app.world().await;
    let new = json!({ "provider": "opsgenie", "config": { "team_table": [] } });
    let id = World::integrate(&app.ctx, world.org, &new).await;
    let before = sealed::inspect(&app.ctx).await.unwrap();
    // The metadata and the settings.
    assert_eq!((before.values, before.outdated, before.unreadable), (2, 0, 0));
    assert_eq!(config(&app, &world, id).await, json!({ "team_table": [] }));
    // Settings do not open in the row of another.
    let other = World::integrate(&app.ctx, world.stranger_org, &json!({ "provider": "slack" })).await;
    let query = Query::new(
        "UPDATE organization_integration SET config = (SELECT config FROM organization_integration \
         WHERE integration_id = $1) WHERE integration_id = $2",
    );
    let query = query.bind(id).bind(other);
    app.ctx.store.write(move |tx| Box::pin(async move { tx.execute(query).await })).await.unwrap();
    assert_eq!(sealed::inspect(&app.ctx).await.unwrap().unreadable, 1);
});

api_test!(settings_that_are_saved_at_the_same_time_are_all_kept, |app| async move {
    let world = app.world().await;
    let id = World::integrate(&app.ctx, world.org, &json!({ "provider": "github" })).await;
    let saves = (0..5).map(|n| save(&app, &world, id, json!({ (format!("key{n}")): n })));
    futures_util::future::join_all(saves).await;
    let all = json!({ "key0": 0, "key1": 1, "key2": 2, "key3": 3, "key4": 4 });
    let kept = config(&app, &world, id).await;
    for (name, value) in all.as_object().unwrap() {
        assert_eq!(&kept[name], value, "{kept}");
    }
    let edits = "SELECT COUNT(*) FROM audit_log WHERE event = 111";
    assert_eq!(count(&app, edits).await, 5);
});
