//! Teams.

use mortise_domain::OrgRole;
use mortise_testkit::{World, api_test};
use serde_json::{Value, json};

use crate::rows;

const TEAMS: &str = "/api/0/organizations/acme/teams/";

api_test!(the_list_shows_teams_as_the_caller_sees_them, |app| async move {
    let world = app.world().await;
    let body = json!({"name": "Alpha Team"});
    app.post(TEAMS).bearer(&world.owner_token).json(&body).send().await.expect(201);
    let list = app.get(TEAMS).bearer(&world.member_token).send().await.expect(200).json();
    let core = &list[1];
    assert_eq!(list[0]["slug"], "alpha-team");
    assert_eq!(list[0]["isMember"], false);
    assert_eq!(list[0]["teamRole"], Value::Null);
    assert_eq!((&core["isMember"], &core["teamRole"]), (&json!(true), &json!("contributor")));
    assert_eq!(
        (&core["memberCount"], &core["hasAccess"], &core["isPending"]),
        (&json!(2), &json!(true), &json!(false))
    );
    assert_eq!(core["flags"], json!({"idp:provisioned": false}));
    assert_eq!(core["avatar"], json!({"avatarType": "letter_avatar", "avatarUuid": null}));
    assert!(core["access"].as_array().unwrap().contains(&json!("team:read")));
    assert_eq!(core["projects"][0]["slug"], "web");
    assert_eq!(core["externalTeams"], json!([]));
    let list = app.get(format!("{TEAMS}?detailed=0")).bearer(&world.member_token).send().await.json();
    assert!(list[1].get("projects").is_none() && list[1].get("externalTeams").is_none());
    let list = app.get(TEAMS).bearer(&world.owner_token).send().await.json();
    assert_eq!(list[1]["teamRole"], "admin");
});

api_test!(the_list_is_searched, |app| async move {
    let world = app.world().await;
    let by_id = format!("?query=id:{}", world.team);
    for (query, found) in [
        ("?query=slug:core", 1),
        ("?query=cor", 1),
        ("?query=query:cor", 1),
        (&by_id, 1),
        ("?query=hasExternalTeams:true", 0),
        ("?query=hasExternalTeams:false", 1),
        ("?query=hasExternalTeams:perhaps", 1),
        ("?query=slug:x", 0),
        ("?query=foo:x", 0),
    ] {
        let list =
            app.get(format!("{TEAMS}{query}")).bearer(&world.member_token).send().await.expect(200).json();
        assert_eq!(list.as_array().unwrap().len(), found, "{query}");
    }
});

api_test!(a_person_who_makes_a_team_joins_it, |app| async move {
    let world = app.world().await;
    let team =
        app.post(TEAMS).bearer(&world.owner_token).json(&json!({"slug": "ops"})).send().await.expect(201);
    let team = team.json();
    assert_eq!((&team["slug"], &team["name"]), (&json!("ops"), &json!("ops")));
    assert_eq!(
        (&team["isMember"], &team["memberCount"], &team["teamRole"]),
        (&json!(true), &json!(1), &json!("admin"))
    );
    assert_eq!(rows::audit(&app, world.org).await.pop().unwrap().0, 20);
    let (_, token) = rows::app_token(&app, world.org, "kanban", &["team:write"]).await;
    let team = app.post(TEAMS).bearer(&token).json(&json!({"name": "Bots"})).send().await.expect(201).json();
    assert_eq!((&team["isMember"], &team["memberCount"]), (&json!(false), &json!(0)));
});

api_test!(making_a_team_refuses_what_is_wrong, |app| async move {
    let world = app.world().await;
    let post = async |token: &str, body: Value| app.post(TEAMS).bearer(token).json(&body).send().await;
    let taken = post(&world.owner_token, json!({"slug": "core"})).await.expect(409).json();
    let text = "A team with this slug already exists.";
    assert_eq!(taken, json!({"non_field_errors": [text], "detail": text}));
    for (body, errors) in [
        (json!({}), json!({"non_field_errors": ["Name or slug is required"]})),
        (json!({"name": ""}), json!({"non_field_errors": ["Name or slug is required"]})),
        (
            json!({"slug": "Not A Slug"}),
            json!({"slug": ["Enter a valid slug consisting of lowercase letters, numbers, underscores or hyphens. It cannot be entirely numeric."]}),
        ),
        (
            json!({"name": "x".repeat(65)}),
            json!({"name": ["Ensure this field has no more than 64 characters."]}),
        ),
    ] {
        assert_eq!(post(&world.owner_token, body).await.expect(400).json(), errors);
    }
    post(&world.member_token, json!({"slug": "mine"})).await.expect(403);
    // A name that is taken gets a slug that is not.
    let other = post(&world.owner_token, json!({"name": "Core"})).await.expect(201).json();
    assert_ne!(other["slug"], "core");
});

api_test!(one_team_is_shown_changed_and_deleted, |app| async move {
    let world = app.world().await;
    let path = "/api/0/teams/acme/core/";
    let team = app.get(path).bearer(&world.member_token).send().await.expect(200).json();
    assert_eq!(team["organization"]["slug"], "acme");
    assert!(team.get("projects").is_none());
    let expanded = format!("{path}?collapse=organization&expand=projects&expand=externalTeams");
    let team = app.get(expanded).bearer(&world.member_token).send().await.expect(200).json();
    assert!(team.get("organization").is_none());
    assert_eq!((&team["projects"][0]["slug"], &team["externalTeams"]), (&json!("web"), &json!([])));
    app.post(TEAMS).bearer(&world.owner_token).json(&json!({"slug": "ops"})).send().await.expect(201);
    let taken = app.put(path).bearer(&world.owner_token).json(&json!({"slug": "ops"})).send().await;
    assert_eq!(taken.expect(400).json(), json!({"slug": ["The slug \"ops\" is already in use."]}));
    let body = json!({"slug": "kernel", "name": "Kernel"});
    app.put(path).bearer(&world.member_token).json(&body).send().await.expect(403);
    let team = app.put(path).bearer(&world.owner_token).json(&body).send().await.expect(200).json();
    assert_eq!((&team["slug"], &team["name"]), (&json!("kernel"), &json!("Kernel")));
    app.get(path).bearer(&world.owner_token).send().await.expect(404);
    let path = "/api/0/teams/acme/kernel/";
    app.delete(path).bearer(&world.owner_token).send().await.expect(204);
    app.get(path).bearer(&world.owner_token).send().await.expect(404);
    app.post(TEAMS).bearer(&world.owner_token).json(&json!({"slug": "kernel"})).send().await.expect(201);
    let events: Vec<i64> = rows::audit(&app, world.org).await.into_iter().map(|(event, _)| event).collect();
    assert_eq!(events, [20, 21, 22, 20]);
});

api_test!(deleting_a_team_takes_a_recent_password, |app| async move {
    let world = app.world().await;
    app.clock.advance(2 * 3600);
    let late = app.delete("/api/0/teams/acme/core/").session(&world.owner_session).send().await.expect(401);
    assert_eq!(late.json()["detail"]["code"], "sudo-required");
});

api_test!(a_team_admin_runs_the_own_team_only, |app| async move {
    let world = app.world().await;
    app.post(TEAMS).bearer(&world.owner_token).json(&json!({"slug": "ops"})).send().await.expect(201);
    let path = format!("/api/0/organizations/acme/members/{}/teams/core/", world.member_id);
    let body = json!({"teamRole": "admin"});
    app.put(path).bearer(&world.owner_token).json(&body).send().await.expect(200);
    let body = json!({"name": "Mine"});
    app.put("/api/0/teams/acme/core/").bearer(&world.member_token).json(&body).send().await.expect(200);
    app.put("/api/0/teams/acme/ops/").bearer(&world.member_token).json(&body).send().await.expect(403);
    app.delete("/api/0/teams/acme/core/").bearer(&world.member_token).send().await.expect(204);
});

api_test!(the_members_of_a_team_have_their_role_there, |app| async move {
    let world = app.world().await;
    World::user(&app.ctx, "outside", world.org, OrgRole::Member).await;
    let path = "/api/0/teams/acme/core/members/";
    let list = app.get(path).bearer(&world.member_token).send().await.expect(200).json();
    let seen: Vec<_> =
        list.as_array().unwrap().iter().map(|m| (&m["email"], &m["teamRole"], &m["teamSlug"])).collect();
    assert_eq!(
        seen,
        [
            (&json!("member@acme.test"), &json!("contributor"), &json!("core")),
            (&json!("owner@acme.test"), &json!("admin"), &json!("core"))
        ]
    );
});

api_test!(teams_of_other_organizations_are_not_there, |app| async move {
    let world = app.world().await;
    app.get("/api/0/teams/globex/core/").bearer(&world.stranger_token).send().await.expect(404);
    app.get(format!("/api/0/teams/globex/{}/", world.team))
        .bearer(&world.stranger_token)
        .send()
        .await
        .expect(404);
    app.get("/api/0/teams/acme/core/").bearer(&world.stranger_token).send().await.expect(403);
    let path = "/api/0/organizations/globex/members/me/teams/core/";
    app.post(path).bearer(&world.stranger_token).send().await.expect(404);
});
