//! `integration`.

use std::sync::{Arc, Mutex};

use mortise_domain::{IntegrationId, OrgId};
use mortise_providers::{CATALOG, Chat, Connection, Manifest, Outcome, Provider, ProviderError};
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use super::{ask, call, identity::link};
use crate::ingest::{count, execute};

async fn of(app: &TestApp, method: &str, args: Value) -> Value {
    call(app, "integration", method, args).await
}

/// The names in a list of values.
fn names(values: &Value) -> Vec<&str> {
    values.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect()
}

/// `b` of GitHub and `a` of Slack in acme, `c` of Slack in globex.
async fn three(app: &TestApp, world: &World) -> [i64; 3] {
    let add = async |org: OrgId, provider: &str, name: &str| {
        let new =
            json!({"provider": provider, "external_id": name, "name": name, "metadata": {"token": name}});
        World::integrate(&app.ctx, org, &new).await.get()
    };
    [
        add(world.org, "github", "b").await,
        add(world.org, "slack", "a").await,
        add(world.stranger_org, "slack", "c").await,
    ]
}

api_test!(integrations_are_found_and_only_where_they_are, |app| async move {
    let world = app.world().await;
    let (acme, globex) = (world.org.get(), world.stranger_org.get());
    let [b, a, c] = three(&app, &world).await;
    let found = of(&app, "get_integration", json!({"integration_id": a})).await;
    let expected = json!({"id": a, "provider": "slack", "external_id": "a", "name": "a", "metadata": {"token": "a"},
        "status": 0});
    assert_eq!(found, expected);
    for (args, expected) in [
        (json!({}), vec![]),
        (json!({"integration_ids": null}), vec![]),
        (json!({"organization_id": acme}), vec!["a", "b"]),
        (json!({"organization_id": acme, "limit": 1}), vec!["a"]),
        (json!({"organization_id": acme, "integration_ids": [a, c]}), vec!["a"]),
        (json!({"providers": ["slack"]}), vec!["a", "c"]),
        (json!({"status": 1}), vec![]),
        (json!({"org_integration_status": 0, "providers": ["github"]}), vec!["b"]),
    ] {
        assert_eq!(names(&of(&app, "get_integrations", args.clone()).await), expected, "{args}");
    }
    for args in [
        json!({}),
        json!({"provider": "slack"}),
        json!({"integration_id": a, "organization_id": globex}),
        json!({"integration_id": a, "status": 1}),
    ] {
        assert_eq!(of(&app, "get_integration", args).await, Value::Null);
    }
    let by_name = json!({"provider": "slack", "external_id": "c"});
    assert_eq!(of(&app, "get_integration", by_name).await["id"], c);
    ask(&app, "integration", "get_integrations", json!({"organization_id": acme, "limit": -1}))
        .await
        .expect(400);

    let ids = of(&app, "get_organization_ids_with_providers", json!({"providers": ["slack"]})).await;
    assert_eq!(ids, json!([acme, globex]));
    let args = json!({"providers": ["slack", "github"], "status": 1});
    assert_eq!(of(&app, "get_organization_ids_with_providers", args).await, json!([]));
    let page = |cursor: Option<&str>| {
        json!({"provider_keys": ["slack", "github"], "organization_id": acme,
        "args": {"encoded_cursor": cursor, "per_page": 1}})
    };
    let first = of(&app, "page_integration_ids", page(None)).await;
    let expected = json!({"ids": [a], "hits": null, "max_hits": null,
        "next": {"encoded": "1:1:0", "has_results": true}, "prev": {"encoded": "1:-1:1", "has_results": false}});
    assert_eq!(first, expected);
    let second = of(&app, "page_integration_ids", page(Some("1:1:0"))).await;
    assert_eq!((&second["ids"], &second["next"]["has_results"]), (&json!([b]), &json!(false)));
    for wrong in [json!({"per_page": 101}), json!({"per_page": 1, "encoded_cursor": "x"})] {
        let args = json!({"provider_keys": [], "organization_id": acme, "args": wrong});
        ask(&app, "integration", "page_integration_ids", args).await.expect(400);
    }
});

api_test!(what_organizations_have_is_found_and_nothing_of_others, |app| async move {
    let world = app.world().await;
    let (acme, globex) = (world.org.get(), world.stranger_org.get());
    let [b, a, c] = three(&app, &world).await;
    let row =
        of(&app, "get_organization_integration", json!({"integration_id": a, "organization_id": acme})).await;
    let keys: Vec<_> = row.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "id",
        "default_auth_id",
        "organization_id",
        "integration_id",
        "config",
        "status",
        "grace_period_end",
        "date_added",
    ];
    assert_eq!(keys, expected);
    assert_eq!(
        (&row["config"], &row["status"], &row["grace_period_end"]),
        (&json!({}), &json!(0), &Value::Null)
    );
    let other = json!({"integration_id": a, "organization_id": globex});
    assert_eq!(of(&app, "get_organization_integration", other).await, Value::Null);
    let found = async |args: Value| {
        let rows = of(&app, "get_organization_integrations", args).await;
        rows.as_array().unwrap().iter().map(|it| it["integration_id"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    execute(
        &app,
        "UPDATE organization_integration SET grace_period_end = 1 WHERE integration_id = \
        (SELECT id FROM integration WHERE name = 'b')",
    )
    .await;
    for (args, expected) in [
        (json!({}), vec![]),
        (json!({"organization_id": acme}), vec![b, a]),
        (json!({"organization_id": acme, "organization_ids": [globex]}), vec![b, a]),
        (json!({"organization_ids": [acme, globex], "providers": ["slack"]}), vec![a, c]),
        (json!({"name": "c"}), vec![c]),
        (json!({"org_integration_ids": [row["id"]]}), vec![a]),
        (json!({"has_grace_period": true}), vec![b]),
        (json!({"organization_id": acme, "grace_period_expired": true}), vec![b]),
        (json!({"organization_id": acme, "grace_period_expired": false}), vec![b, a]),
        (json!({"organization_id": acme, "status": 2}), vec![]),
        (json!({"organization_id": acme, "limit": 1}), vec![b]),
    ] {
        assert_eq!(found(args.clone()).await, expected, "{args}");
    }

    let context =
        of(&app, "organization_context", json!({"organization_id": acme, "integration_id": a})).await;
    assert_eq!((&context["integration"]["id"], &context["organization_integration"]), (&json!(a), &row));
    let none = json!({"integration": null, "organization_integration": null});
    assert_eq!(
        of(&app, "organization_context", json!({"organization_id": acme, "integration_id": c})).await,
        none
    );
    let contexts = of(&app, "organization_contexts", json!({"provider": "slack", "external_id": "c"})).await;
    assert_eq!(contexts["organization_integrations"][0]["organization_id"], globex);
    let contexts =
        of(&app, "organization_contexts", json!({"organization_id": acme, "integration_id": c})).await;
    assert_eq!(contexts, json!({"integration": null, "organization_integrations": []}));
});

api_test!(integrations_are_changed_shared_and_removed, |app| async move {
    let world = app.world().await;
    let (acme, globex) = (world.org.get(), world.stranger_org.get());
    let [b, a, _] = three(&app, &world).await;
    let args = json!({"integration_id": a, "name": "z", "metadata": {"token": "new"}});
    let changed = of(&app, "update_integration", args).await;
    assert_eq!((&changed["name"], &changed["metadata"]), (&json!("z"), &json!({"token": "new"})));
    assert_eq!(of(&app, "get_integration", json!({"integration_id": a})).await, changed);
    assert_eq!(of(&app, "update_integration", json!({"integration_id": a})).await, Value::Null);
    assert_eq!(of(&app, "update_integration", json!({"integration_id": 0, "name": "x"})).await, Value::Null);
    let both = of(&app, "update_integrations", json!({"integration_ids": [a, b], "status": 1})).await;
    assert!(both.as_array().unwrap().iter().all(|it| it["status"] == 1), "{both}");
    for wrong in [json!({"status": 7}), json!({"metadata": []}), json!({"name": 1})] {
        let mut args = json!({"integration_id": a});
        args.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        ask(&app, "integration", "update_integration", args).await.expect(400);
    }

    let added = of(&app, "add_organization", json!({"integration_id": b, "org_ids": [acme, globex]})).await;
    assert_eq!(added["id"], b);
    let shared = json!({"integration_id": b, "organization_id": globex});
    assert_ne!(of(&app, "get_organization_integration", shared).await, Value::Null);
    let missing = json!({"integration_id": 0, "org_ids": [acme]});
    assert_eq!(of(&app, "add_organization", missing).await, Value::Null);
    let nowhere = json!({"integration_id": b, "org_ids": [987_654]});
    let refused = ask(&app, "integration", "add_organization", nowhere).await.expect(400).json();
    assert_eq!(refused, json!(["Invalid input."]));

    for _ in 0..2 {
        assert_eq!(of(&app, "delete_integration", json!({"integration_id": b})).await, Value::Null);
    }
    assert_eq!(of(&app, "get_integration", json!({"integration_id": b})).await, Value::Null);
});

api_test!(settings_and_grace_periods_of_organizations_are_changed, |app| async move {
    let world = app.world().await;
    let (acme, globex) = (world.org.get(), world.stranger_org.get());
    let [_, a, _] = three(&app, &world).await;
    of(&app, "add_organization", json!({"integration_id": a, "org_ids": [globex]})).await;
    let row =
        of(&app, "get_organization_integration", json!({"integration_id": a, "organization_id": acme})).await;
    let change = async |change: Value| {
        let mut args = json!({"org_integration_id": row["id"]});
        args.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        of(&app, "update_organization_integration", args).await
    };
    let end = "2030-01-02T03:04:05Z";
    let changed = change(json!({"config": {"x": 1}, "grace_period_end": end})).await;
    assert_eq!((&changed["config"], &changed["grace_period_end"]), (&json!({"x": 1}), &json!(end)));
    // To take it away is said as such.
    assert_eq!(change(json!({"status": 1, "grace_period_end": null})).await["grace_period_end"], end);
    let changed = change(json!({"set_grace_period_end_null": true, "grace_period_end": end})).await;
    assert_eq!((&changed["grace_period_end"], &changed["status"]), (&Value::Null, &json!(1)));
    assert_eq!(change(json!({"status": 0})).await["config"], json!({"x": 1}));
    let args = json!({"org_integration_ids": [0], "status": 0});
    assert_eq!(of(&app, "update_organization_integrations", args).await, json!([]));
    let args = json!({"org_integration_id": row["id"], "grace_period_end": "soon"});
    ask(&app, "integration", "update_organization_integration", args).await.expect(400);

    // Acme had `a` first, so that is its oldest; globex came to it later.
    let start = async |org: i64, skip: bool| {
        let args = json!({"organization_id": org, "provider": "slack", "grace_period_end": end, "skip_oldest": skip});
        let rows = of(&app, "start_grace_period_for_provider", args).await;
        rows.as_array().unwrap().iter().map(|it| it["integration_id"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(start(acme, true).await, Vec::<i64>::new());
    assert_eq!(start(globex, true).await, [a]);
    assert_eq!(start(acme, false).await, [a]);
    assert_eq!(
        count(&app, "SELECT COUNT(*) FROM organization_integration WHERE grace_period_end IS NOT NULL").await,
        2
    );
    let args = json!({"organization_id": acme, "provider": "slack", "grace_period_end": end, "status": 2});
    assert_eq!(of(&app, "start_grace_period_for_provider", args).await, json!([]));
});

api_test!(who_somebody_on_the_other_side_is_here_is_told, |app| async move {
    let world = app.world().await;
    let id = World::integrate(&app.ctx, world.org, &json!({"provider": "slack", "external_id": "T1"})).await;
    let (origin, account) = link(&app, "slack", "T1", world.member, "U1").await;
    let context = async |args: Value| of(&app, "get_integration_identity_context", args).await;
    let all = context(json!({"integration_provider": "slack", "integration_external_id": "T1",
        "identity_external_id": "U1", "identity_provider_external_id": "T1"}))
    .await;
    assert_eq!(
        (&all["integration"]["id"], &all["identity_provider"]["id"]),
        (&json!(id.get()), &json!(origin))
    );
    assert_eq!(all["identity"]["id"], account);
    let person = &all["user"];
    assert_eq!((&person["id"], &person["email"]), (&json!(world.member.get()), &json!("member@acme.test")));
    assert_eq!((&person["session_nonce"], &person["emails"]), (&Value::Null, &json!(["member@acme.test"])));
    let none = json!({"integration": null, "identity_provider": null, "identity": null, "user": null});
    assert_eq!(context(json!({})).await, none);
    let args = json!({"integration_provider": "slack", "integration_external_id": "T2"});
    assert_eq!(context(args).await, none);
});

api_test!(mapped_projects_are_those_of_the_organization, |app| async move {
    let world = app.world().await;
    let id = World::integrate(&app.ctx, world.org, &json!({"provider": "jira"})).await;
    let states = json!({"on_resolve": "Done", "on_unresolve": "To Do"});
    let sent = json!({"sync_status_forward": {"1": states, "2": states}});
    let path = format!("/api/0/organizations/acme/integrations/{id}/");
    app.post(path).bearer(&world.owner_token).json(&sent).send().await.expect(200);
    let mut args = json!({"organization_id": world.org.get(), "integration_id": id.get()});
    let all = of(&app, "get_integration_external_projects", args.clone()).await;
    assert_eq!(all.as_array().unwrap().len(), 2);
    let second = &all[1];
    assert_eq!((&second["external_id"], &second["resolved_status"]), (&json!("2"), &json!("Done")));
    args["external_id"] = json!("2");
    assert_eq!(&of(&app, "get_integration_external_project", args.clone()).await, second);
    args["organization_id"] = json!(world.stranger_org.get());
    assert_eq!(of(&app, "get_integration_external_project", args.clone()).await, Value::Null);
    assert_eq!(of(&app, "get_integration_external_projects", args).await, json!([]));
});

/// A chat that remembers what is said, or fails.
struct Room(Arc<Mutex<Vec<(IntegrationId, String, String)>>>, Option<ProviderError>);

impl Provider for Room {
    fn manifest(&self) -> &'static Manifest {
        CATALOG.iter().find(|it| it.key == "discord").unwrap()
    }

    fn chat(&self) -> Option<&dyn Chat> {
        Some(self)
    }
}

impl Chat for Room {
    fn say<'a>(&'a self, on: &'a Connection, channel: &'a str, text: &'a str) -> Outcome<'a, ()> {
        Box::pin(async move {
            if let Some(error) = &self.1 {
                return Err(error.clone());
            }
            self.0.lock().unwrap().push((on.integration, channel.to_owned(), text.to_owned()));
            Ok(())
        })
    }
}

#[tokio::test]
async fn a_message_is_said_where_the_provider_is_a_chat_and_the_organization_has_it() {
    let said = Arc::new(Mutex::new(Vec::new()));
    let app = TestApp::with_provider(Room(Arc::clone(&said), None)).await;
    let world = app.world().await;
    let chat = World::integrate(&app.ctx, world.org, &json!({"provider": "discord"})).await;
    let other = World::integrate(&app.ctx, world.org, &json!({"provider": "github"})).await;
    let send = async |id: IntegrationId, org: OrgId| {
        let args = json!({"integration_id": id.get(), "organization_id": org.get(), "channel": "C1", "message": "hi"});
        of(&app, "send_message", args).await
    };
    assert_eq!(send(chat, world.org).await, true);
    assert_eq!(send(chat, world.stranger_org).await, false);
    assert_eq!(send(other, world.org).await, false);
    assert_eq!(send(IntegrationId::new(0), world.org).await, false);
    assert_eq!(*said.lock().unwrap(), [(chat, "C1".to_owned(), "hi".to_owned())]);
}
