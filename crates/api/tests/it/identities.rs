//! The accounts that a user has elsewhere, and the integrations of the user's organizations.

use mortise_domain::UserId;
use mortise_service::integrations::{self, LinkIdentity, Linked};
use mortise_store::integration::identity;
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use crate::ingest::{count, execute};

async fn get(app: &TestApp, token: &str, path: &str) -> Value {
    app.get(format!("/api/0/users/{path}")).bearer(token).send().await.expect(200).json()
}

async fn link(app: &TestApp, user: UserId, kind: &'static str, external_id: &str) -> i64 {
    let (ctx, external_id) = (app.ctx.clone(), external_id.to_owned());
    let linked = app.ctx.store.write(move |tx| {
        Box::pin(async move {
            let provider = identity::identity_provider(tx, kind, "org-1", ctx.now()).await?;
            let data = serde_json::Map::new();
            let new = LinkIdentity { provider, user, external_id, data, scopes: Vec::new() };
            integrations::link_identity(tx, &ctx, &new, false).await
        })
    });
    let Linked::Yes(id) = linked.await.unwrap() else { unreachable!("it is free") };
    id.get()
}

api_test!(the_integrations_of_ones_own_organizations_are_listed, |app| async move {
    let world = app.world().await;
    let integrate = async |org, provider: &str, name: &str| {
        World::integrate(&app.ctx, org, &json!({ "provider": provider, "external_id": name, "name": name }))
            .await
    };
    let jira = integrate(world.org, "jira", "j").await;
    let slack = integrate(world.org, "slack", "s").await;
    integrate(world.stranger_org, "slack", "theirs").await;
    let off = integrate(world.org, "slack", "off").await;
    let query =
        mortise_store::Query::new("UPDATE organization_integration SET status = 1 WHERE integration_id = $1");
    let query = query.bind(off);
    app.ctx.store.write(move |tx| Box::pin(async move { tx.execute(query).await })).await.unwrap();
    integrate(world.org, "slack", "broken").await;
    execute(&app, "UPDATE integration SET status = 1 WHERE name = 'broken'").await;

    let rows = get(&app, &world.member_token, "me/organization-integrations/").await;
    let ids: Vec<_> = rows.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [jira.to_string(), slack.to_string()]);
    let path = format!("/api/0/organizations/acme/integrations/{jira}/");
    let one = app.get(path).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(rows[0], one);
    let rows = get(&app, &world.member_token, "me/organization-integrations/?provider=SLACK").await;
    assert_eq!(rows.as_array().unwrap().len(), 1);
    let first = app.get("/api/0/users/me/organization-integrations/?per_page=1").bearer(&world.member_token);
    assert!(first.send().await.expect(200).next_cursor().is_some());
    let path = format!("/api/0/users/{}/organization-integrations/", world.owner);
    app.get(path).bearer(&world.member_token).send().await.expect(403);
});

api_test!(accounts_elsewhere_are_listed_in_both_forms, |app| async move {
    let world = app.world().await;
    let slack = link(&app, world.owner, "slack", "U1").await;
    let vsts = link(&app, world.owner, "vsts", "azure-1").await;
    link(&app, world.member, "slack", "U2").await;
    execute(&app, "UPDATE identity SET date_added = 0, date_verified = 1000000").await;
    let rows = get(&app, &world.owner_token, "me/identities/").await;
    let provider = |id: i64, kind: &str| json!({ "id": id.to_string(), "type": kind, "externalId": "org-1" });
    let origin = async |kind: &str| {
        rows.as_array().unwrap().iter()
        .find(|row| row["identityProvider"]["type"] == kind).unwrap()["identityProvider"]["id"]
        .as_str().unwrap().parse::<i64>().unwrap()
    };
    let (slack_origin, vsts_origin) = (origin("slack").await, origin("vsts").await);
    let expected = json!([
        { "id": slack.to_string(), "identityProvider": provider(slack_origin, "slack"), "externalId": "U1", "status": 1 },
        { "id": vsts.to_string(), "identityProvider": provider(vsts_origin, "vsts"), "externalId": "azure-1", "status": 1 },
    ]);
    assert_eq!(rows, expected);
    let one = get(&app, &world.owner_token, "me/identities/?provider=VSTS").await;
    assert_eq!(one, json!([expected[1]]));

    let user_identity = |id: i64, key: &str, name: &str, external_id: &str| {
        json!({
            "category": "global-identity", "id": id.to_string(), "provider": { "key": key, "name": name },
            "name": external_id, "status": "can_disconnect", "isLogin": false, "organization": null,
            "dateAdded": "1970-01-01T00:00:00Z", "dateVerified": "1970-01-01T00:00:01Z", "dateSynced": null,
        })
    };
    let all = json!([
        user_identity(slack, "slack", "Slack", "U1"),
        user_identity(vsts, "vsts", "Azure DevOps", "azure-1"),
    ]);
    assert_eq!(get(&app, &world.owner_token, "me/user-identities/").await, all);
    let one = get(&app, &world.owner_token, &format!("me/user-identities/global-identity/{vsts}/")).await;
    assert_eq!(one, all[1]);
    for path in ["identities/", "user-identities/"] {
        let path = format!("/api/0/users/{}/{path}", world.owner);
        app.get(path).bearer(&world.member_token).send().await.expect(403);
    }
});

api_test!(an_account_is_disconnected_by_its_owner_only, |app| async move {
    let world = app.world().await;
    let own = link(&app, world.owner, "slack", "U1").await;
    let theirs = link(&app, world.member, "slack", "U2").await;
    let all = "SELECT COUNT(*) FROM identity";
    for (category, id) in [
        ("global-identity", theirs.to_string()),
        ("global-identity", "99999".to_owned()),
        ("global-identity", "abc".to_owned()),
        ("social-identity", own.to_string()),
        ("org-identity", own.to_string()),
        ("nothing", own.to_string()),
    ] {
        let path = format!("/api/0/users/me/user-identities/{category}/{id}/");
        for method in [http::Method::GET, http::Method::DELETE] {
            let answer = app.request(method, &path).bearer(&world.owner_token).send().await.expect(404);
            assert_eq!(answer.text(), "", "{path}");
        }
    }
    assert_eq!(count(&app, all).await, 2);
    // People sign in with a password, so there is no account of that kind.
    let path = format!("/api/0/users/me/identities/{own}/");
    app.delete(path).bearer(&world.owner_token).send().await.expect(204);
    assert_eq!(count(&app, all).await, 2);
    let path = format!("/api/0/users/me/user-identities/global-identity/{own}/");
    let answer = app.delete(&path).bearer(&world.owner_token).send().await.expect(204);
    assert_eq!(answer.text(), "");
    app.delete(&path).bearer(&world.owner_token).send().await.expect(404);
    assert_eq!(count(&app, all).await, 1);
});
