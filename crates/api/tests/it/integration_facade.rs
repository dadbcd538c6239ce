//! Integrations and accounts for the rest of a host: what is found, what is not, what changes.

use mortise_domain::{IntegrationId, OrgIntegrationId, status::ObjectStatus};
use mortise_service::{
    Error,
    integrations::facade::{
        self, IdentityFilter, IntegrationChange, IntegrationFilter, OrgIntegrationChange,
        OrgIntegrationFilter, ProviderKey,
    },
};
use mortise_store::{Query, Reader};
use mortise_testkit::{TestApp, World, api_test};
use mortise_wire::PageRequest;
use serde_json::json;

use crate::ingest::{count, execute};

async fn conn(app: &TestApp) -> Reader {
    app.ctx.store.read().await.unwrap()
}

async fn find(app: &TestApp, filter: IntegrationFilter) -> Vec<String> {
    let found = facade::integrations(&app.ctx, &mut *conn(app).await, &filter, None).await.unwrap();
    found.into_iter().map(|it| it.name).collect()
}

async fn rows(app: &TestApp, filter: OrgIntegrationFilter) -> usize {
    facade::org_integrations(&app.ctx, &mut *conn(app).await, &filter, None).await.unwrap().len()
}

/// Two integrations of acme, `b` of GitHub and `a` of Slack; one of globex, `c` of Slack.
async fn three(app: &TestApp, world: &World) -> [IntegrationId; 3] {
    let new = |provider: &str, name: &str| json!({ "provider": provider, "external_id": name, "name": name, "metadata": { "token": name } });
    [
        World::integrate(&app.ctx, world.org, &new("github", "b")).await,
        World::integrate(&app.ctx, world.org, &new("slack", "a")).await,
        World::integrate(&app.ctx, world.stranger_org, &new("slack", "c")).await,
    ]
}

fn any() -> IntegrationFilter {
    IntegrationFilter::default()
}

fn any_row() -> OrgIntegrationFilter {
    OrgIntegrationFilter::default()
}

api_test!(integrations_are_found_by_what_is_known_of_them, |app| async move {
    let world = app.world().await;
    let [b, a, c] = three(&app, &world).await;
    assert!(find(&app, any()).await.is_empty(), "a filter that says nothing finds nothing");
    let slack = Some(vec!["slack".to_owned()]);
    assert_eq!(find(&app, IntegrationFilter { providers: slack.clone(), ..any() }).await, ["a", "c"]);
    assert_eq!(find(&app, IntegrationFilter { org: Some(world.org), ..any() }).await, ["a", "b"]);
    assert_eq!(find(&app, IntegrationFilter { ids: Some(vec![b, c]), ..any() }).await, ["b", "c"]);
    assert_eq!(find(&app, IntegrationFilter { status: Some(0), ..any() }).await.len(), 3);
    assert_eq!(find(&app, IntegrationFilter { org_status: Some(1), ..any() }).await.len(), 0);
    let row = count(
        &app,
        "SELECT o.id FROM organization_integration o JOIN integration i ON i.id = o.integration_id \
        WHERE i.name = 'c'",
    )
    .await;
    let row = Some(OrgIntegrationId::new(row));
    assert_eq!(find(&app, IntegrationFilter { org_integration: row, ..any() }).await, ["c"]);
    let all = IntegrationFilter { status: Some(0), ..any() };
    let two = facade::integrations(&app.ctx, &mut *conn(&app).await, &all, Some(2)).await.unwrap();
    assert_eq!(two.len(), 2);

    let one = async |filter: IntegrationFilter| {
        facade::integration(&app.ctx, &mut *conn(&app).await, &filter).await.unwrap()
    };
    assert_eq!(one(IntegrationFilter { providers: slack.clone(), ..any() }).await, None, "there are several");
    assert_eq!(one(any()).await, None);
    let found = one(IntegrationFilter { providers: slack, external_id: Some("a".to_owned()), ..any() }).await;
    let found = found.unwrap();
    assert_eq!((found.id, found.status), (a, ObjectStatus::Active));
    assert_eq!(json!(found.metadata), json!({ "token": "a" }));
});

api_test!(rows_of_organizations_are_found_by_what_is_known_of_them, |app| async move {
    let world = app.world().await;
    let [b, a, c] = three(&app, &world).await;
    assert_eq!(rows(&app, any_row()).await, 0, "a filter that says nothing finds nothing");
    assert_eq!(rows(&app, OrgIntegrationFilter { orgs: Some(vec![world.org]), ..any_row() }).await, 2);
    let both = Some(vec![world.org, world.stranger_org]);
    let slack = Some(vec!["slack".to_owned()]);
    assert_eq!(rows(&app, OrgIntegrationFilter { orgs: both, providers: slack, ..any_row() }).await, 2);
    assert_eq!(rows(&app, OrgIntegrationFilter { statuses: Some(vec![0, 1]), ..any_row() }).await, 3);
    assert_eq!(rows(&app, OrgIntegrationFilter { statuses: Some(vec![1]), ..any_row() }).await, 0);
    assert_eq!(rows(&app, OrgIntegrationFilter { integration: Some(c), ..any_row() }).await, 1);
    assert_eq!(rows(&app, OrgIntegrationFilter { has_grace_period: Some(true), ..any_row() }).await, 0);
    let now = app.ctx.now();
    let query =
        Query::new("UPDATE organization_integration SET grace_period_end = $1 WHERE integration_id = $2");
    let query = query.bind(now).bind(b);
    app.ctx.store.write(move |tx| Box::pin(async move { tx.execute(query).await })).await.unwrap();
    assert_eq!(rows(&app, OrgIntegrationFilter { has_grace_period: Some(true), ..any_row() }).await, 1);
    assert_eq!(rows(&app, OrgIntegrationFilter { has_grace_period: Some(false), ..any_row() }).await, 2);
    for (is_over, found) in [(true, 1), (false, 0)] {
        let filter = OrgIntegrationFilter { grace_period_over: Some((is_over, now)), ..any_row() };
        assert_eq!(rows(&app, filter).await, found);
    }
    execute(&app, "UPDATE organization_integration SET status = 3").await;
    let found =
        facade::org_integration(&app.ctx, &mut *conn(&app).await, world.org, a).await.unwrap().unwrap();
    assert_eq!((found.integration, found.status), (a, ObjectStatus::DeletionInProgress));
    assert_eq!(facade::org_integration(&app.ctx, &mut *conn(&app).await, world.org, c).await.unwrap(), None);
});

api_test!(
    an_integration_comes_with_what_the_organization_has_of_it_and_nothing_of_others,
    |app| async move {
        let world = app.world().await;
        let [_, a, c] = three(&app, &world).await;
        let context = async |filter: IntegrationFilter| {
            facade::organization_context(&app.ctx, &mut *conn(&app).await, world.org, filter).await.unwrap()
        };
        let by_id = |id| IntegrationFilter { ids: Some(vec![id]), ..any() };
        let (found, row) = context(by_id(a)).await;
        assert_eq!((found.unwrap().id, row.unwrap().org), (a, world.org));
        assert_eq!(context(by_id(c)).await, (None, None));
        let external = |provider: &str| IntegrationFilter {
            providers: Some(vec![provider.to_owned()]),
            external_id: Some("a".to_owned()),
            ..any()
        };
        assert_eq!(context(external("slack")).await.0.unwrap().id, a);
        assert_eq!(context(external("github")).await, (None, None));
        let (_, rows) =
            facade::organization_contexts(&app.ctx, &mut *conn(&app).await, None, by_id(c)).await.unwrap();
        assert_eq!(rows.len(), 1);
    }
);

api_test!(ids_are_paged_by_name, |app| async move {
    let world = app.world().await;
    let [b, a, _] = three(&app, &world).await;
    let all = vec!["slack".to_owned(), "github".to_owned()];
    let request = PageRequest::default();
    let page = facade::page_integration_ids(&mut *conn(&app).await, all, world.org, request).await.unwrap();
    assert_eq!(page.rows, [a, b]);
    let row_of = async |id| {
        facade::org_integration(&app.ctx, &mut *conn(&app).await, world.org, id).await.unwrap().unwrap().id
    };
    let expected = [row_of(a).await, row_of(b).await];
    let rows = async |states: &[ObjectStatus], provider: Option<String>| {
        let (mut conn, request) = (conn(&app).await, PageRequest::default());
        let page = facade::page_org_integration_ids(&mut conn, world.org, states, provider, request).await;
        page.unwrap().rows
    };
    assert_eq!(rows(&[ObjectStatus::Active], None).await, expected);
    assert_eq!(rows(&[ObjectStatus::Active], Some("slack".to_owned())).await, expected[..1]);
    assert!(rows(&[], None).await.is_empty());
});

api_test!(only_what_a_change_names_is_changed, |app| async move {
    let world = app.world().await;
    let [b, a, _] = three(&app, &world).await;
    let change = async |ids: Vec<IntegrationId>, change: IntegrationChange| {
        let ctx = app.ctx.clone();
        let changed = app.ctx.store.write(move |tx| {
            Box::pin(async move { facade::update_integrations(tx, &ctx, &ids, &change).await })
        });
        changed.await.unwrap()
    };
    assert!(change(vec![a], IntegrationChange::default()).await.is_empty());
    let disabled = IntegrationChange { status: Some(ObjectStatus::Disabled), ..IntegrationChange::default() };
    let changed = change(vec![a, b], disabled).await;
    assert_eq!(changed.len(), 2);
    assert!(changed.iter().all(|it| it.status == ObjectStatus::Disabled && it.name.len() == 1));
    let new = json!({ "icon": "i", "token": "t" }).as_object().unwrap().clone();
    let renamed = IntegrationChange {
        name: Some("z".to_owned()),
        metadata: Some(new.clone()),
        ..IntegrationChange::default()
    };
    let changed = change(vec![a], renamed).await;
    assert_eq!((changed[0].name.as_str(), &changed[0].metadata), ("z", &new));
    assert_eq!(changed[0].status, ObjectStatus::Disabled);

    let rows = async |new: OrgIntegrationChange| {
        let (ctx, id) =
            (app.ctx.clone(), facade::org_integration(&app.ctx, &mut *conn(&app).await, world.org, a).await);
        let id = id.unwrap().unwrap().id;
        let changed = app.ctx.store.write(move |tx| {
            Box::pin(async move { facade::update_org_integrations(tx, &ctx, &[id], &new).await })
        });
        changed.await.unwrap()
    };
    assert!(rows(OrgIntegrationChange::default()).await.is_empty());
    let end = app.ctx.now();
    let grace = OrgIntegrationChange { grace_period_end: Some(Some(end)), ..OrgIntegrationChange::default() };
    assert_eq!(rows(grace).await[0].grace_period_end, Some(end));
    let config = OrgIntegrationChange {
        config: json!({ "x": 1 }).as_object().cloned(),
        ..OrgIntegrationChange::default()
    };
    let changed = rows(config).await;
    assert_eq!((changed[0].grace_period_end, json!(changed[0].config)), (Some(end), json!({ "x": 1 })));
    let none = OrgIntegrationChange { grace_period_end: Some(None), ..OrgIntegrationChange::default() };
    assert_eq!(rows(none).await[0].grace_period_end, None);
});

api_test!(an_integration_is_shared_and_deleted_at_once, |app| async move {
    let world = app.world().await;
    let [b, ..] = three(&app, &world).await;
    let (ctx, orgs) = (app.ctx.clone(), vec![world.org, world.stranger_org]);
    let added = app
        .ctx
        .store
        .write(move |tx| Box::pin(async move { facade::add_organizations(tx, &ctx, b, &orgs, None).await }));
    added.await.unwrap();
    assert_eq!(rows(&app, OrgIntegrationFilter { integration: Some(b), ..any_row() }).await, 2);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM event WHERE kind = 'integration.added'").await, 4);
    for _ in 0..2 {
        let deleted =
            app.ctx.store.write(move |tx| Box::pin(async move { facade::delete_integration(tx, b).await }));
        deleted.await.unwrap();
    }
    assert_eq!(rows(&app, OrgIntegrationFilter { integration: Some(b), ..any_row() }).await, 0);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM integration").await, 2);
});

api_test!(mapped_projects_are_those_of_the_organization, |app| async move {
    let world = app.world().await;
    let id = World::integrate(&app.ctx, world.org, &json!({ "provider": "jira" })).await;
    let states = json!({ "on_resolve": "Done", "on_unresolve": "To Do" });
    let sent = json!({ "sync_status_forward": { "1": states, "2": states } });
    let path = format!("/api/0/organizations/acme/integrations/{id}/");
    app.post(path).bearer(&world.owner_token).json(&sent).send().await.expect(200);
    let projects = async |org, external_id| {
        let found = facade::integration_external_projects(&mut *conn(&app).await, org, id, external_id).await;
        found.unwrap().into_iter().map(|it| it.external_id).collect::<Vec<_>>()
    };
    assert_eq!(projects(world.org, None).await, ["1", "2"]);
    assert_eq!(projects(world.org, Some("2")).await, ["2"]);
    assert!(projects(world.org, Some("3")).await.is_empty());
    assert!(projects(world.stranger_org, None).await.is_empty());
});

api_test!(accounts_are_found_by_what_is_known_of_them, |app| async move {
    let world = app.world().await;
    execute(
        &app,
        "INSERT INTO identity_provider (type, external_id, config, date_added) VALUES \
        ('slack', 'T1', '{}', 0), ('msteams', 'M1', '{}', 0)",
    )
    .await;
    let slack = count(&app, "SELECT id FROM identity_provider WHERE type = 'slack'").await;
    let teams = count(&app, "SELECT id FROM identity_provider WHERE type = 'msteams'").await;
    for (provider, user, external_id) in
        [(slack, world.owner, "U1"), (slack, world.member, "U2"), (teams, world.owner, "M1")]
    {
        let new = mortise_service::integrations::LinkIdentity {
            provider,
            user,
            external_id: external_id.to_owned(),
            data: json!({ "token": external_id }).as_object().unwrap().clone(),
            scopes: Vec::new(),
        };
        let ctx = app.ctx.clone();
        let linked = app.ctx.store.write(move |tx| {
            Box::pin(async move { mortise_service::integrations::link_identity(tx, &ctx, &new, false).await })
        });
        linked.await.unwrap();
    }
    let ids = async |filter: IdentityFilter| {
        let found = facade::identities(&app.ctx, &mut *conn(&app).await, &filter).await.unwrap();
        found.into_iter().map(|it| it.external_id).collect::<Vec<_>>()
    };
    let any = IdentityFilter::default;
    let nothing = facade::identities(&app.ctx, &mut *conn(&app).await, &any()).await;
    assert!(matches!(nothing, Err(Error::Internal(_))));
    assert_eq!(ids(IdentityFilter { user: Some(world.owner), ..any() }).await, ["U1", "M1"]);
    assert_eq!(ids(IdentityFilter { provider: Some(slack), ..any() }).await, ["U1", "U2"]);
    assert_eq!(ids(IdentityFilter { external_id: Some("U2".to_owned()), ..any() }).await, ["U2"]);
    assert_eq!(
        ids(IdentityFilter { provider_external_id: Some("T1".to_owned()), ..any() }).await,
        ["U1", "U2"]
    );
    assert_eq!(ids(IdentityFilter { provider_type: Some("msteams".to_owned()), ..any() }).await, ["M1"]);
    let by_type = async |without| {
        let mut conn = conn(&app).await;
        let found =
            facade::user_identities_by_type(&app.ctx, &mut conn, world.owner, "msteams", without).await;
        found.unwrap().len()
    };
    assert_eq!((by_type(false).await, by_type(true).await), (1, 0));

    let key = ProviderKey::External { kind: "slack".to_owned(), external_id: "T1".to_owned() };
    let found = facade::identity_provider(&mut *conn(&app).await, &key).await.unwrap().unwrap();
    assert_eq!(found.id, slack);
    let found =
        facade::identity_provider(&mut *conn(&app).await, &ProviderKey::Id(teams)).await.unwrap().unwrap();
    assert_eq!(found.kind, "msteams");

    let first = IdentityFilter { external_id: Some("U1".to_owned()), ..any() };
    let found = facade::identity(&app.ctx, &mut *conn(&app).await, &first).await.unwrap().unwrap();
    assert_eq!(json!(found.data), json!({ "token": "U1" }));
    let (ctx, data) = (app.ctx.clone(), json!({ "token": "new" }).as_object().unwrap().clone());
    let updated = app.ctx.store.write(move |tx| {
        Box::pin(async move { facade::update_identity_data(tx, &ctx, found.id, &data).await })
    });
    assert!(updated.await.unwrap().is_some());
    let found = facade::identity(&app.ctx, &mut *conn(&app).await, &first).await.unwrap().unwrap();
    assert_eq!(json!(found.data), json!({ "token": "new" }));
});

api_test!(who_somebody_on_the_other_side_is_here_is_told_as_far_as_it_is_known, |app| async move {
    let world = app.world().await;
    let new = json!({ "provider": "slack", "external_id": "T1" });
    let id = World::integrate(&app.ctx, world.org, &new).await;
    execute(&app, "INSERT INTO identity_provider (type, external_id, config, date_added) VALUES ('slack', 'T1', '{}', 0)")
        .await;
    let provider = count(&app, "SELECT id FROM identity_provider").await;
    let link = mortise_service::integrations::LinkIdentity {
        provider,
        user: world.member,
        external_id: "U1".to_owned(),
        data: serde_json::Map::new(),
        scopes: Vec::new(),
    };
    let ctx = app.ctx.clone();
    let linked = app.ctx.store.write(move |tx| {
        Box::pin(async move { mortise_service::integrations::link_identity(tx, &ctx, &link, false).await })
    });
    linked.await.unwrap();
    let context = async |integration, identity, origin| {
        let mut conn = conn(&app).await;
        facade::identity_context(&app.ctx, &mut conn, Some("slack"), integration, identity, origin)
            .await
            .unwrap()
    };
    let all = context(Some("T1"), Some("U1"), Some("T1")).await;
    assert_eq!(all.integration.map(|it| it.id), Some(id));
    assert_eq!(all.provider.map(|it| it.id), Some(provider));
    assert_eq!(all.identity.map(|it| it.external_id), Some("U1".to_owned()));
    assert_eq!(all.user.map(|it| it.id), Some(world.member));
    let unknown = context(Some("T2"), Some("U9"), Some("T1")).await;
    assert!(unknown.integration.is_none() && unknown.identity.is_none() && unknown.user.is_none());
    assert!(unknown.provider.is_some());
    let without = context(None, Some("U1"), None).await;
    assert!(without.provider.is_none() && without.identity.is_none());
});
