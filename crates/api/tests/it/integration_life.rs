//! How organizations get integrations and lose them: installing again, links with people, removal that fails.

use mortise_domain::{IdentityId, IntegrationId, OrgIntegrationId, UserId};
use mortise_service::{
    Error,
    integrations::{self, LinkIdentity, Linked},
};
use mortise_store::{Query, StoreError, integration::identity};
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Map, Value, json};

use crate::ingest::{count, execute, text};

const LIST: &str = "/api/0/organizations/acme/integrations/";

async fn change(app: &TestApp, query: Query) {
    app.ctx.store.write(move |tx| Box::pin(async move { tx.execute(query).await })).await.expect("a change");
}

async fn remove_due(app: &TestApp) -> u64 {
    let mut rows = 0;
    for job in mortise_service::jobs::JOBS.iter().filter(|job| job.name == "remove_integrations") {
        rows += (job.run)(&app.ctx).await.expect("the job runs");
    }
    rows
}

async fn install(
    app: &TestApp,
    world: &World,
    id: IntegrationId,
    auth: Option<IdentityId>,
) -> Option<OrgIntegrationId> {
    let (ctx, org, user) = (app.ctx.clone(), world.org, Some(world.owner));
    let added = app.ctx.store.write(move |tx| {
        Box::pin(async move { integrations::add_organization(tx, &ctx, id, org, user, auth).await })
    });
    added.await.unwrap()
}

async fn origin(app: &TestApp) -> i64 {
    let now = app.ctx.now();
    let made = app.ctx.store.write(move |tx| {
        Box::pin(async move { identity::identity_provider(tx, "vsts", "org-1", now).await })
    });
    made.await.unwrap()
}

async fn link(app: &TestApp, user: UserId, external_id: &str, token: &str, reattach: bool) -> Linked {
    let data = json!({ "access_token": token }).as_object().unwrap().clone();
    let scopes = vec!["vso.code".to_owned(), "vso.work".to_owned()];
    let provider = origin(app).await;
    let new = LinkIdentity { provider, user, external_id: external_id.to_owned(), data, scopes };
    let ctx = app.ctx.clone();
    let linked = app.ctx.store.write(move |tx| {
        Box::pin(async move { integrations::link_identity(tx, &ctx, &new, reattach).await })
    });
    linked.await.unwrap()
}

/// Ids on the other side and tokens of all links, by id on the other side.
async fn links(app: &TestApp) -> Vec<(String, String)> {
    let mut conn = app.ctx.store.read().await.unwrap();
    let all =
        identity::list(&mut conn, &identity::IdentityFilter::default(), mortise_store::Slice::ALL).await;
    let token = |it: &identity::Identity| {
        let data: Map<String, Value> = integrations::open_identity(&app.ctx, it).unwrap();
        (it.external_id.clone(), data["access_token"].as_str().unwrap().to_owned())
    };
    let mut links: Vec<_> = all.unwrap().iter().map(token).collect();
    links.sort();
    links
}

const TOLD: &str = "SELECT COUNT(*) FROM event WHERE kind = 'integration.added'";

api_test!(installing_again_keeps_settings_and_tells_nobody, |app| async move {
    let world = app.world().await;
    let new = json!({ "provider": "vsts", "config": { "sync_comments": true } });
    let id = World::integrate(&app.ctx, world.org, &new).await;
    assert_eq!(count(&app, TOLD).await, 1);
    let subject = text(&app, "SELECT subject FROM event WHERE kind = 'integration.added'").await;
    assert_eq!(subject, format!("integration:{id}"));
    let row = count(&app, "SELECT id FROM organization_integration").await;
    assert_eq!(install(&app, &world, id, None).await.map(OrgIntegrationId::get), Some(row));
    let path = format!("{LIST}{id}/?includeConfig=1");
    let shown = app.get(path).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(shown["configData"]["sync_comments"], true);
    assert_eq!(count(&app, TOLD).await, 1);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM organization_integration").await, 1);
});

api_test!(
    an_account_on_the_other_side_is_one_integration_and_an_organization_has_it_once,
    |app| async move {
        let world = app.world().await;
        let id =
            World::integrate(&app.ctx, world.org, &json!({ "provider": "vsts", "external_id": "7" })).await;
        let again = |org, provider: &'static str| {
            let ctx = app.ctx.clone();
            let new = integrations::NewIntegration {
                org,
                provider: provider.to_owned(),
                external_id: "7".to_owned(),
                name: "again".to_owned(),
                metadata: Map::new(),
                config: Map::new(),
                status: mortise_domain::status::ObjectStatus::Active,
                identity: None,
            };
            async move {
                let inner = ctx.clone();
                ctx.store
                    .write(move |tx| {
                        Box::pin(async move { integrations::create_integration_in(tx, &inner, &new).await })
                    })
                    .await
            }
        };
        for org in [world.org, world.stranger_org] {
            let refused = again(org, "vsts").await.unwrap_err();
            assert!(matches!(&refused, Error::Store(StoreError::Conflict(_))), "{refused:?}");
        }
        again(world.org, "slack").await.unwrap();
        assert_eq!(count(&app, "SELECT COUNT(*) FROM integration").await, 2);
        install(&app, &world, id, None).await;
        let rows = "SELECT COUNT(*) FROM organization_integration";
        assert_eq!(count(&app, rows).await, 2);
        let twice = Query::new(
            "INSERT INTO organization_integration (organization_id, integration_id, integration_name, status, date_added, \
             date_updated) SELECT $1, id, name, 0, 0, 0 FROM integration WHERE id = $2",
        );
        let twice = twice.bind(world.org).bind(id);
        let refused = app.ctx.store.write(move |tx| Box::pin(async move { tx.execute(twice).await })).await;
        assert!(matches!(&refused, Err(StoreError::Conflict(_))), "{refused:?}");
    }
);

api_test!(installing_again_replaces_the_identity_only_where_there_is_a_new_one, |app| async move {
    let world = app.world().await;
    let id = World::integrate(&app.ctx, world.org, &json!({ "provider": "vsts" })).await;
    let Linked::Yes(first) = link(&app, world.owner, "a", "t1", false).await else { panic!("linked") };
    let Linked::Yes(second) = link(&app, world.member, "b", "t2", false).await else { panic!("linked") };
    let auth = "SELECT default_auth_id FROM organization_integration";
    install(&app, &world, id, Some(first)).await;
    install(&app, &world, id, None).await;
    assert_eq!(count(&app, auth).await, first.get());
    install(&app, &world, id, Some(second)).await;
    assert_eq!(count(&app, auth).await, second.get());
});

api_test!(installing_again_calls_a_removal_off_and_leaves_a_disabled_one_disabled, |app| async move {
    let world = app.world().await;
    let id = World::integrate(&app.ctx, world.org, &json!({ "provider": "vsts" })).await;
    let path = format!("{LIST}{id}/");
    app.delete(&path).bearer(&world.owner_token).send().await.expect(204);
    install(&app, &world, id, None).await;
    assert_eq!(count(&app, "SELECT COUNT(*) FROM scheduled_deletion").await, 0);
    let state = "SELECT status FROM organization_integration";
    assert_eq!(count(&app, state).await, 0);
    assert_eq!(remove_due(&app).await, 0);
    assert_eq!(count(&app, state).await, 0);
    execute(&app, "UPDATE organization_integration SET status = 1").await;
    install(&app, &world, id, None).await;
    assert_eq!(count(&app, state).await, 1);
    // One that is disabled can be removed all the same.
    app.delete(&path).bearer(&world.owner_token).send().await.expect(204);
    assert_eq!(remove_due(&app).await, 1);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM organization_integration").await, 0);
});

/// Links every issue to every item.
const LINK_ISSUES: &str = "INSERT INTO issue_remote_issue (issue_id, remote_issue_id, data, date_added) \
     SELECT i.id, r.id, '{}', 0 FROM issue i, remote_issue r";

api_test!(an_issue_is_linked_to_an_item_once_and_an_item_to_any_number_of_issues, |app| async move {
    let world = app.world().await;
    World::integrate(&app.ctx, world.org, &json!({ "provider": "vsts" })).await;
    let item = "INSERT INTO remote_issue (organization_id, integration_id, key, date_added) \
         SELECT organization_id, integration_id, 'APP-1', 0 FROM organization_integration";
    execute(&app, item).await;
    for message in ["one", "two"] {
        crate::rules::send(&app, &world, &json!({ "message": message })).await;
    }
    execute(&app, LINK_ISSUES).await;
    assert_eq!(count(&app, "SELECT COUNT(*) FROM issue_remote_issue").await, 2);
    for twice in [LINK_ISSUES, item] {
        let query = Query::new(twice);
        let refused = app.ctx.store.write(move |tx| Box::pin(async move { tx.execute(query).await })).await;
        assert!(matches!(&refused, Err(StoreError::Conflict(_))), "{refused:?}");
    }
});

api_test!(a_removal_takes_identity_mappings_and_owners_and_leaves_links, |app| async move {
    let world = app.world().await;
    let id = World::integrate(&app.ctx, world.org, &json!({ "provider": "vsts", "external_id": "7" })).await;
    let Linked::Yes(auth) = link(&app, world.owner, "a", "t", false).await else { panic!("linked") };
    install(&app, &world, id, Some(auth)).await;
    let insert = |sql: &'static str| change(&app, Query::new(sql).bind(world.org));
    insert(
        "INSERT INTO repository (organization_id, name, integration_id, config, status, date_added) \
         SELECT $1, 'api', id, '{}', 0, 0 FROM integration",
    )
    .await;
    insert(
        "INSERT INTO code_mapping (organization_id, project_id, repository_id, organization_integration_id, \
         integration_id, stack_root, source_root, automatically_generated, date_added, date_updated) \
         SELECT $1, p.id, r.id, o.id, o.integration_id, '', '', FALSE, 0, 0 FROM organization_integration o, repository r, \
         project p WHERE p.slug = 'web'",
    )
    .await;
    execute(
        &app,
        "INSERT INTO code_owners (project_id, code_mapping_id, is_stale, date_added, date_updated) \
         SELECT project_id, id, FALSE, 0, 0 FROM code_mapping",
    )
    .await;
    insert(
        "INSERT INTO remote_issue (organization_id, integration_id, key, date_added) \
         SELECT $1, id, 'APP-1', 0 FROM integration",
    )
    .await;
    crate::rules::send(&app, &world, &json!({})).await;
    execute(&app, LINK_ISSUES).await;
    assert_eq!(count(&app, "SELECT COUNT(*) FROM code_owners").await, 1);
    app.delete(format!("{LIST}{id}/")).bearer(&world.owner_token).send().await.expect(204);
    assert_eq!(remove_due(&app).await, 1);
    for gone in [
        "SELECT COUNT(*) FROM organization_integration",
        "SELECT COUNT(*) FROM identity",
        "SELECT COUNT(*) FROM code_mapping",
        "SELECT COUNT(*) FROM code_owners",
        "SELECT COUNT(*) FROM repository WHERE integration_id IS NOT NULL",
        "SELECT COUNT(*) FROM scheduled_deletion",
    ] {
        assert_eq!(count(&app, gone).await, 0, "{gone}");
    }
    for kept in [
        "SELECT COUNT(*) FROM integration",
        "SELECT COUNT(*) FROM remote_issue",
        "SELECT COUNT(*) FROM issue_remote_issue",
        "SELECT COUNT(*) FROM repository",
    ] {
        assert_eq!(count(&app, kept).await, 1, "{kept}");
    }
    // Installed anew it is the same integration, so the links are its own again.
    install(&app, &world, id, None).await;
    let linked = "SELECT COUNT(*) FROM issue_remote_issue l JOIN remote_issue r ON r.id = l.remote_issue_id \
         WHERE r.integration_id = (SELECT integration_id FROM organization_integration)";
    assert_eq!(count(&app, linked).await, 1);
    app.get(format!("{LIST}{id}/")).bearer(&world.owner_token).send().await.expect(200);
    assert_eq!(count(&app, TOLD).await, 2, "it is new to the organization");
});

api_test!(a_removal_that_fails_is_tried_five_times_again_and_then_once_a_day, |app| async move {
    let world = app.world().await;
    let id = World::integrate(&app.ctx, world.org, &json!({ "provider": "vsts" })).await;
    execute(&app, "CREATE TABLE clamp (held BIGINT REFERENCES organization_integration (id))").await;
    execute(&app, "INSERT INTO clamp (held) SELECT id FROM organization_integration").await;
    app.delete(format!("{LIST}{id}/")).bearer(&world.owner_token).send().await.expect(204);
    let tries = "SELECT attempts FROM scheduled_deletion";
    for tried in 1..=5 {
        assert_eq!(remove_due(&app).await, 0);
        assert_eq!(count(&app, tries).await, tried);
        app.clock.advance(299);
        assert_eq!(remove_due(&app).await, 0);
        assert_eq!(count(&app, tries).await, tried, "it is too early");
        app.clock.advance(2);
    }
    let in_hand = "SELECT COUNT(*) FROM scheduled_deletion WHERE in_progress_since IS NOT NULL";
    assert_eq!(remove_due(&app).await, 0);
    assert_eq!(count(&app, in_hand).await, 1, "it was the last try for now");
    let state = "SELECT status FROM organization_integration";
    assert_eq!(count(&app, state).await, 2);
    execute(&app, "DROP TABLE clamp").await;
    app.clock.advance(24 * 3600 - 60);
    assert_eq!(remove_due(&app).await, 0);
    assert_eq!(count(&app, in_hand).await, 1);
    app.clock.advance(120);
    assert_eq!(remove_due(&app).await, 1);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM organization_integration").await, 0);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM scheduled_deletion").await, 0);
});

api_test!(linking_the_same_account_again_renews_it, |app| async move {
    let world = app.world().await;
    let first = link(&app, world.owner, "a", "t1", false).await;
    execute(&app, "UPDATE identity SET status = 2, date_verified = 0").await;
    assert_eq!(link(&app, world.owner, "a", "t2", false).await, first);
    assert_eq!(links(&app).await, [("a".to_owned(), "t2".to_owned())]);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM identity WHERE status = 1 AND date_verified > 0").await, 1);
    assert_eq!(text(&app, "SELECT scopes FROM identity").await, "vso.code vso.work");
});

api_test!(a_link_that_clashes_replaces_what_is_there_only_when_it_may, |app| async move {
    let world = app.world().await;
    link(&app, world.owner, "a", "t1", false).await;
    link(&app, world.member, "b", "t2", false).await;
    // The account is somebody else's.
    assert_eq!(link(&app, world.stranger, "a", "t3", false).await, Linked::Taken);
    // The person has another account.
    assert_eq!(link(&app, world.owner, "c", "t3", false).await, Linked::Taken);
    let before = [("a".to_owned(), "t1".to_owned()), ("b".to_owned(), "t2".to_owned())];
    assert_eq!(links(&app).await, before);
    // Both at once: the owner takes the member's account.
    assert!(matches!(link(&app, world.owner, "b", "t3", true).await, Linked::Yes(_)));
    assert_eq!(links(&app).await, [("b".to_owned(), "t3".to_owned())]);
});

api_test!(a_list_by_name_follows_an_integration_that_is_called_something_else, |app| async move {
    let world = app.world().await;
    for (name, external_id) in [("Boards", "1"), ("Accounts", "2"), ("Boards", "3")] {
        let new = json!({ "provider": "vsts", "name": name, "external_id": external_id });
        World::integrate(&app.ctx, world.org, &new).await;
    }
    let listed = async || {
        let listed = app.get(LIST).bearer(&world.owner_token).send().await.expect(200).json();
        let one =
            |it: &Value| format!("{} {}", it["name"].as_str().unwrap(), it["externalId"].as_str().unwrap());
        listed.as_array().unwrap().iter().map(one).collect::<Vec<_>>()
    };
    assert_eq!(listed().await, ["Accounts 2", "Boards 1", "Boards 3"]);
    execute(&app, "UPDATE integration SET name = 'Zebra' WHERE external_id = '1'").await;
    assert_eq!(listed().await, ["Accounts 2", "Boards 3", "Zebra 1"]);
});
