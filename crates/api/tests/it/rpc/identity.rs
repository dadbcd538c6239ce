//! `identity`.

use mortise_domain::UserId;
use mortise_service::integrations::{LinkIdentity, link_identity};
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Map, Value, json};

use super::{ask, call};
use crate::ingest::{count, execute};

/// Gives somebody an account at an origin; both are there afterwards.
pub async fn link(app: &TestApp, kind: &str, origin: &str, user: UserId, external_id: &str) -> (i64, i64) {
    let (made, found) = (
        format!(
            "INSERT INTO identity_provider (type, external_id, config, date_added) VALUES ('{kind}', '{origin}', '{{}}', 0) \
             ON CONFLICT DO NOTHING"
        ),
        format!("SELECT id FROM identity_provider WHERE type = '{kind}' AND external_id = '{origin}'"),
    );
    execute(app, made.leak()).await;
    let provider = count(app, found.leak()).await;
    let data = Map::from_iter([("access_token".to_owned(), json!(external_id))]);
    let new = LinkIdentity { provider, user, external_id: external_id.to_owned(), data, scopes: Vec::new() };
    let ctx = app.ctx.clone();
    let linked =
        app.ctx.store.write(move |tx| Box::pin(async move { link_identity(tx, &ctx, &new, false).await }));
    linked.await.unwrap();
    let id = format!("SELECT id FROM identity WHERE external_id = '{external_id}'");
    (provider, count(app, id.leak()).await)
}

async fn found(app: &TestApp, filter: Value) -> Vec<String> {
    let found = call(app, "identity", "get_identities", json!({ "filter": filter })).await;
    found.as_array().unwrap().iter().map(|it| it["external_id"].as_str().unwrap().to_owned()).collect()
}

api_test!(accounts_are_found_by_what_is_known_of_them, |app| async move {
    let world = app.world().await;
    let (slack, first) = link(&app, "slack", "T1", world.owner, "U1").await;
    link(&app, "slack", "T1", world.member, "U2").await;
    let (teams, _) = link(&app, "msteams", "M1", world.owner, "M1").await;
    let expected = json!({"id": first, "idp_id": slack, "user_id": world.owner.get(), "external_id": "U1",
        "data": {"access_token": "U1"}});
    let args = json!({"filter": {"id": first}});
    assert_eq!(call(&app, "identity", "get_identities", args.clone()).await, json!([expected]));
    assert_eq!(call(&app, "identity", "get_identity", args).await, expected);
    let none = call(&app, "identity", "get_identity", json!({"filter": {"id": 0}})).await;
    assert_eq!(none, Value::Null);
    assert_eq!(found(&app, json!({"user_id": world.owner.get()})).await, ["U1", "M1"]);
    assert_eq!(found(&app, json!({"identity_ext_id": "U2"})).await, ["U2"]);
    assert_eq!(found(&app, json!({"identity_ext_ids": ["U2", "M1", "X"]})).await, ["U2", "M1"]);
    assert_eq!(found(&app, json!({"identity_ext_ids": []})).await, Vec::<String>::new());
    assert_eq!(found(&app, json!({"provider_id": teams})).await, ["M1"]);
    assert_eq!(found(&app, json!({"provider_ext_id": "T1"})).await, ["U1", "U2"]);
    assert_eq!(found(&app, json!({"provider_type": "slack", "user_id": world.member.get()})).await, ["U2"]);
    ask(&app, "identity", "get_identity", json!({"filter": {}})).await.expect(400);
});

api_test!(origins_and_accounts_of_a_kind_are_found, |app| async move {
    let world = app.world().await;
    let (teams, _) = link(&app, "msteams", "M1", world.owner, "M1").await;
    let provider = json!({"id": teams, "type": "msteams", "external_id": "M1"});
    for args in [json!({"provider_id": teams}), json!({"provider_type": "msteams", "provider_ext_id": "M1"})]
    {
        assert_eq!(call(&app, "identity", "get_provider", args).await, provider);
    }
    for args in [json!({}), json!({"provider_type": "msteams"}), json!({"provider_id": teams + 1})] {
        assert_eq!(call(&app, "identity", "get_provider", args).await, Value::Null);
    }
    let of_type = async |without: bool| {
        let args = json!({"user_id": world.owner.get(), "provider_type": "msteams", "exclude_matching_external_ids": without});
        call(&app, "identity", "get_user_identities_by_provider_type", args).await.as_array().unwrap().len()
    };
    assert_eq!((of_type(false).await, of_type(true).await), (1, 0));
});

api_test!(the_accounts_of_a_person_that_an_organization_acts_with_are_found, |app| async move {
    let world = app.world().await;
    let (_, used) = link(&app, "vsts", "A1", world.owner, "me").await;
    link(&app, "vsts", "A2", world.owner, "me-too").await;
    for org in [world.org, world.stranger_org] {
        let external_id = org.to_string();
        World::integrate(&app.ctx, org, &json!({"provider": "vsts", "external_id": external_id})).await;
    }
    execute(
        &app,
        "UPDATE organization_integration SET default_auth_id = (SELECT id FROM identity WHERE external_id = 'me') \
         WHERE organization_id = (SELECT id FROM organization WHERE slug = 'acme')",
    )
    .await;
    let found = async |org: i64, user: i64, kind: &str| {
        let args = json!({"organization_id": org, "user_id": user, "provider_type": kind});
        call(&app, "identity", "get_org_user_identities_by_provider_type", args).await
    };
    let (acme, owner) = (world.org.get(), world.owner.get());
    let one = call(&app, "identity", "get_identity", json!({"filter": {"id": used}})).await;
    assert_eq!(found(acme, owner, "vsts").await, json!([one]));
    assert_eq!(found(acme, owner, "slack").await, json!([]));
    assert_eq!(found(acme, world.member.get(), "vsts").await, json!([]));
    assert_eq!(found(world.stranger_org.get(), owner, "vsts").await, json!([]));
    // An integration that is being removed acts no more.
    execute(&app, "UPDATE organization_integration SET status = 2").await;
    assert_eq!(found(acme, owner, "vsts").await, json!([]));
});

api_test!(tokens_of_an_account_are_replaced_whole, |app| async move {
    let world = app.world().await;
    let (_, id) = link(&app, "slack", "T1", world.owner, "U1").await;
    let args = json!({"identity_id": id, "data": {"access_token": "new", "more": [1]}});
    let changed = call(&app, "identity", "update_data", args).await;
    assert_eq!(changed["data"], json!({"access_token": "new", "more": [1]}));
    let read = call(&app, "identity", "get_identity", json!({"filter": {"id": id}})).await;
    assert_eq!(read, changed);
    let missing = call(&app, "identity", "update_data", json!({"identity_id": id + 1, "data": {}})).await;
    assert_eq!(missing, Value::Null);
    ask(&app, "identity", "update_data", json!({"identity_id": id, "data": "x"})).await.expect(400);
    // Accounts at providers are no login accounts.
    let args = json!({"user_id": world.owner.get(), "organization_id": world.org.get()});
    assert_eq!(call(&app, "identity", "delete_identities", args).await, Value::Null);
    assert_eq!(found(&app, json!({"id": id})).await, ["U1"]);
});
