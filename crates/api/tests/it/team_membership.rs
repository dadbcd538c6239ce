//! Joining and leaving teams, roles there, wishes to join.

use base64::{Engine, engine::general_purpose::STANDARD};
use mortise_domain::OrgRole;
use mortise_testkit::{TestApp, World, api_test};
use serde_json::json;

use crate::rows;

/// A member who is in no team: their token and the path of their place in `core`.
async fn newcomer(app: &TestApp, world: &World) -> (String, String) {
    let (user, id) = World::user(&app.ctx, "newcomer", world.org, OrgRole::Member).await;
    let token = World::token(&app.ctx, user, &["org:read", "member:read", "team:read"]).await;
    (token, format!("/api/0/organizations/acme/members/{id}/teams/core/"))
}

async fn close_membership(app: &TestApp, world: &World) {
    let body = json!({"openMembership": false});
    app.put("/api/0/organizations/acme/").bearer(&world.owner_token).json(&body).send().await.expect(200);
}

api_test!(in_an_open_organization_everybody_joins, |app| async move {
    let world = app.world().await;
    let (token, path) = newcomer(&app, &world).await;
    let me = "/api/0/organizations/acme/members/me/teams/core/";
    let team = app.post(me).bearer(&token).send().await.expect(201).json();
    assert_eq!((&team["isMember"], &team["memberCount"]), (&json!(true), &json!(3)));
    app.post(&path).bearer(&token).send().await.expect(204);
    assert_eq!(rows::audit(&app, world.org).await.pop().unwrap().0, 6);
    let team = app.delete(me).bearer(&token).send().await.expect(200).json();
    assert_eq!((&team["isMember"], &team["memberCount"]), (&json!(false), &json!(2)));
    assert_eq!(rows::audit(&app, world.org).await.pop().unwrap().0, 7);
    app.delete(me).bearer(&token).send().await.expect(404);
});

api_test!(a_place_in_a_team_is_shown_and_nobody_takes_one, |app| async move {
    let world = app.world().await;
    let me = "/api/0/organizations/acme/members/me/teams/core/";
    let place = app.get(me).bearer(&world.member_token).send().await.expect(200);
    assert_eq!(place.json(), json!({"isActive": true, "teamRole": null}));
    let (token, path) = newcomer(&app, &world).await;
    app.get(&path).bearer(&token).send().await.expect(404);
    let scopes = mortise_domain::ScopeSet::from_texts(["org:write"]);
    let key = mortise_service::tokens::create_api_key(&app.ctx, world.org, "old", scopes).await.unwrap();
    let basic = format!("Basic {}", STANDARD.encode(format!("{key}:")));
    let nobody = app.post(&path).header("authorization", &basic).send().await.expect(401);
    assert_eq!((nobody.text().as_str(), nobody.header("content-type")), ("", ""));
});

api_test!(in_a_closed_organization_somebody_has_to_approve, |app| async move {
    let world = app.world().await;
    close_membership(&app, &world).await;
    let (token, path) = newcomer(&app, &world).await;
    app.post(&path).bearer(&token).send().await.expect(202);
    app.post(&path).bearer(&token).send().await.expect(202);
    let teams = app.get("/api/0/organizations/acme/teams/").bearer(&token).send().await.json();
    assert_eq!((&teams[0]["isPending"], &teams[0]["hasAccess"]), (&json!(true), &json!(false)));
    let requests = "/api/0/organizations/acme/access-requests/";
    assert_eq!(app.get(requests).bearer(&token).send().await.expect(200).json(), json!([]));
    let list = app.get(requests).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert_eq!(
        (&list[0]["member"]["email"], &list[0]["team"]["slug"]),
        (&json!("newcomer@acme.test"), &json!("core"))
    );
    let answer = format!("{requests}{}/", list[0]["id"].as_str().unwrap());
    let body = json!({"isApproved": true});
    app.put(&answer).bearer(&token).json(&body).send().await.expect(403);
    app.put(&answer).bearer(&world.owner_token).json(&body).send().await.expect(204);
    app.put(&answer).bearer(&world.owner_token).json(&body).send().await.expect(404);
    app.post(&path).bearer(&token).send().await.expect(204);
});

api_test!(a_refused_wish_is_forgotten, |app| async move {
    let world = app.world().await;
    close_membership(&app, &world).await;
    let (token, path) = newcomer(&app, &world).await;
    app.post(&path).bearer(&token).send().await.expect(202);
    let requests = "/api/0/organizations/acme/access-requests/";
    let list = app.get(requests).bearer(&world.owner_token).send().await.json();
    let answer = format!("{requests}{}/", list[0]["id"].as_str().unwrap());
    app.put(&answer).bearer(&world.owner_token).json(&json!({"isApproved": false})).send().await.expect(204);
    assert_eq!(app.get(requests).bearer(&world.owner_token).send().await.json(), json!([]));
    app.delete(&path).bearer(&token).send().await.expect(404);
});

api_test!(those_who_run_a_closed_organization_add_at_once, |app| async move {
    let world = app.world().await;
    close_membership(&app, &world).await;
    let (_, path) = newcomer(&app, &world).await;
    app.post(&path).bearer(&world.owner_token).send().await.expect(201);
    app.delete(&path).bearer(&world.member_token).send().await.expect(400);
    app.delete(&path).bearer(&world.owner_token).send().await.expect(200);
    // An app that may only read waits like a member; one that writes teams does not.
    let (_, reader) = rows::app_token(&app, world.org, "reader", &["org:read"]).await;
    app.post(&path).bearer(&reader).send().await.expect(202);
    let (_, writer) = rows::app_token(&app, world.org, "writer", &["org:read", "team:write"]).await;
    app.post(&path).bearer(&writer).send().await.expect(201);
});

api_test!(roles_in_a_team_are_set_by_those_who_run_it, |app| async move {
    let world = app.world().await;
    let path = format!("/api/0/organizations/acme/members/{}/teams/core/", world.member_id);
    let body = json!({"teamRole": "admin"});
    let refused = app.put(&path).bearer(&world.member_token).json(&body).send().await.expect(400).json();
    assert_eq!(refused, json!({"detail": "You do not have permission to edit that user's membership."}));
    let set = app.put(&path).bearer(&world.owner_token).json(&body).send().await.expect(200).json();
    assert_eq!(set, json!({"isActive": true, "teamRole": "admin"}));
    let bad = json!({"teamRole": "king"});
    let refused = app.put(&path).bearer(&world.owner_token).json(&bad).send().await.expect(400).json();
    assert_eq!(refused, json!({"teamRole": ["Invalid team-role"]}));
    let (_, other) = newcomer(&app, &world).await;
    app.put(&other).bearer(&world.owner_token).json(&body).send().await.expect(404);
    let place = app.get(&path).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(place, json!({"isActive": true, "teamRole": "admin"}));
});
