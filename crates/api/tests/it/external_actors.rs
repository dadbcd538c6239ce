//! The names that members and teams have at other services.

use mortise_domain::OrgRole;
use mortise_testkit::{Answer, TestApp, World, api_test};
use serde_json::{Value, json};

use crate::ingest::{count, execute};

const USERS: &str = "/api/0/organizations/acme/external-users/";
const TEAMS: &str = "/api/0/teams/acme/core/external-teams/";
const TAKEN: &str = "There already exists an external association with this external_name and provider.";

async fn github(app: &TestApp, world: &World) -> i64 {
    World::integrate(&app.ctx, world.org, &json!({ "provider": "github" })).await.get()
}

async fn post(app: &TestApp, world: &World, path: &str, body: Value) -> Answer {
    app.post(path).bearer(&world.owner_token).json(&body).send().await
}

async fn put(app: &TestApp, world: &World, path: &str, body: Value) -> Answer {
    app.put(path).bearer(&world.owner_token).json(&body).send().await
}

async fn get(app: &TestApp, world: &World, path: &str) -> Value {
    app.get(path).bearer(&world.owner_token).send().await.expect(200).json()
}

fn octocat(integration: i64, world: &World) -> Value {
    json!({ "externalName": "@octocat", "provider": "github", "integrationId": integration,
        "userId": world.member.get() })
}

api_test!(a_member_gets_a_name_is_listed_with_it_and_loses_it, |app| async move {
    let world = app.world().await;
    let github = github(&app, &world).await;
    let body = json!({ "external_name": " @octocat ", "provider": "github", "integration_id": github.to_string(),
        "externalId": "99", "user_id": world.member.get(), "id": 77 });
    let made = post(&app, &world, USERS, body).await.expect(201);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(
        made.text(),
        format!(
            r#"{{"id":"{id}","provider":"github","externalName":"@octocat","integrationId":"{github}","externalId":"99","userId":"{}"}}"#,
            world.member
        )
    );
    let members = "/api/0/organizations/acme/members/";
    let listed =
        get(&app, &world, &format!("{members}?expand=externalUsers&query=hasExternalUsers:true")).await;
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(listed[0]["externalUsers"], json!([made.json()]));
    let others =
        get(&app, &world, &format!("{members}?expand=externalUsers&query=hasExternalUsers:false")).await;
    assert_eq!(others.as_array().unwrap().len(), 1);
    assert_eq!((&others[0]["email"], &others[0]["externalUsers"]), (&json!("owner@acme.test"), &json!([])));
    let one = get(&app, &world, &format!("{members}{}/?expand=externalUsers", world.member_id)).await;
    assert_eq!(one["externalUsers"], json!([made.json()]));

    let item = format!("{USERS}{id}/");
    for path in [USERS, &item] {
        app.get(path).bearer(&world.owner_token).send().await.expect(405);
    }
    let changed = put(&app, &world, &item, json!({ "externalName": "not strict", "externalId": "" })).await;
    assert_eq!(
        changed.expect(200).text(),
        format!(
            r#"{{"id":"{id}","provider":"github","externalName":"not strict","integrationId":"{github}"}}"#
        )
    );
    app.delete(&item).bearer(&world.owner_token).send().await.expect(204);
    let gone = app.delete(&item).bearer(&world.owner_token).send().await.expect(404);
    assert_eq!(gone.json(), json!({ "detail": "Not found." }));
    put(&app, &world, &format!("{USERS}many/"), json!({})).await.expect(404);
});

api_test!(what_is_wrong_with_a_name_is_said_field_by_field, |app| async move {
    let world = app.world().await;
    let github = github(&app, &world).await;
    let elsewhere = World::integrate(&app.ctx, world.stranger_org, &json!({ "provider": "gitlab" })).await;
    let required = ["This field is required."];
    let empty = post(&app, &world, USERS, json!({})).await.expect(400);
    assert_eq!(
        empty.json(),
        json!({ "userId": required, "externalName": required, "provider": required, "integrationId": required })
    );
    let keys: Vec<String> = empty.json().as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["userId", "externalName", "provider", "integrationId"]);
    let bare = post(&app, &world, USERS, json!([])).await.expect(400).json();
    assert_eq!(bare["nonFieldErrors"], json!(["Invalid data. Expected a dictionary, but got list."]));
    let refused = async |change: Value| {
        let mut body = octocat(github, &world);
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        post(&app, &world, USERS, body).await.expect(400).json()
    };
    let strict = "External Name must start with '@' and can't contain special characters or spaces.";
    for (change, answer) in [
        (json!({ "userId": world.stranger.get() }), json!({ "userId": ["This member does not exist."] })),
        (json!({ "userId": "me" }), json!({ "userId": ["A valid integer is required."] })),
        (json!({ "externalName": " " }), json!({ "externalName": ["This field may not be blank."] })),
        (json!({ "externalName": "octocat" }), json!({ "externalName": [strict] })),
        (json!({ "externalName": "@octo cat" }), json!({ "externalName": [strict] })),
        (json!({ "externalName": "@" }), json!({ "externalName": [strict] })),
        (json!({ "externalName": "octocat", "provider": "gitlab" }), json!({ "externalName": [strict] })),
        (
            json!({ "externalName": format!("@{}", "x".repeat(255)) }),
            json!({ "externalName": ["External Name has invalid length: 256. Length must be between 1 and 255"] }),
        ),
        (
            json!({ "provider": "slack", "externalName": "x".repeat(513) }),
            json!({ "externalName": ["Ensure this field has no more than 512 characters."] }),
        ),
        (
            json!({ "externalId": "7".repeat(65) }),
            json!({ "externalId": ["external_id has invalid length: 65. Length must be between 1 and 64"] }),
        ),
        (json!({ "provider": "pagerduty" }), json!({ "provider": ["\"pagerduty\" is not a valid choice."] })),
        (
            json!({ "integrationId": elsewhere.get() }),
            json!({ "integrationId": ["Integration does not exist for this organization"] }),
        ),
        (
            json!({ "integrationId": 99_999 }),
            json!({ "integrationId": ["Integration does not exist for this organization"] }),
        ),
    ] {
        assert_eq!(refused(change).await, answer);
    }
    assert_eq!(count(&app, "SELECT COUNT(*) FROM external_actor").await, 0);
    for provider in ["github_enterprise", "slack", "msteams", "custom_scm"] {
        let mut body = octocat(github, &world);
        body["externalName"] = json!("any name: é\u{1f980}".repeat(40));
        body["provider"] = json!(provider);
        post(&app, &world, USERS, body).await.expect(201);
    }
    let mut body = octocat(github, &world);
    body["externalName"] = json!("@acme/back.end_é-1");
    post(&app, &world, USERS, body).await.expect(201);
});

api_test!(a_name_that_is_there_is_shown_and_stays_whose_it_is, |app| async move {
    let world = app.world().await;
    let github = github(&app, &world).await;
    let first = post(&app, &world, USERS, octocat(github, &world)).await.expect(201).json();
    let mut other = octocat(github, &world);
    other["userId"] = json!(world.owner.get());
    assert_eq!(post(&app, &world, USERS, other.clone()).await.expect(200).json(), first);
    // One with an id of its own is another name, unless its bearer has that name already.
    other["externalId"] = json!("5");
    let second = post(&app, &world, USERS, other.clone()).await.expect(201).json();
    assert_eq!((&second["userId"], &second["externalId"]), (&json!(world.owner.to_string()), &json!("5")));
    other["externalId"] = json!("6");
    assert_eq!(post(&app, &world, USERS, other).await.expect(400).json(), json!([TAKEN]));
    let item = format!("{USERS}{}/", second["id"].as_str().unwrap());
    let body = json!({ "userId": world.member.get() });
    assert_eq!(put(&app, &world, &item, body).await.expect(400).json(), json!([TAKEN]));
    let team_body = json!({ "externalName": "@octocat", "provider": "github", "integrationId": github });
    assert_eq!(post(&app, &world, TEAMS, team_body.clone()).await.expect(200).text(), "");
    // A team has each name once, too.
    let mut named = team_body;
    named["externalName"] = json!("@acme/core");
    post(&app, &world, TEAMS, named.clone()).await.expect(201);
    named["externalId"] = json!("7");
    assert_eq!(post(&app, &world, TEAMS, named).await.expect(400).json(), json!([TAKEN]));
    execute(&app, "DELETE FROM external_actor WHERE team_id IS NOT NULL").await;
    assert_eq!(count(&app, "SELECT COUNT(*) FROM external_actor").await, 2);
});

api_test!(a_team_gets_a_name_is_listed_with_it_and_takes_it_along_when_it_goes, |app| async move {
    let world = app.world().await;
    let github = github(&app, &world).await;
    let body =
        json!({ "externalName": "@acme/core", "provider": "github", "integrationId": github, "teamId": 9 });
    let made = post(&app, &world, TEAMS, body.clone()).await.expect(201);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(
        made.json(),
        json!({ "id": id, "provider": "github", "externalName": "@acme/core", "integrationId": github.to_string(),
            "teamId": world.team.to_string() })
    );
    let mut user_body = octocat(github, &world);
    user_body["externalName"] = json!("@acme/core");
    assert_eq!(post(&app, &world, USERS, user_body).await.expect(200).text(), "");

    let listed = get(&app, &world, "/api/0/organizations/acme/teams/?query=hasExternalTeams:true").await;
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(listed[0]["externalTeams"], json!([made.json()]));
    let one = get(&app, &world, "/api/0/teams/acme/core/?expand=externalTeams").await;
    assert_eq!(one["externalTeams"], json!([made.json()]));
    let without = get(&app, &world, "/api/0/organizations/acme/teams/?query=hasExternalTeams:false").await;
    assert!(without.as_array().unwrap().iter().all(|team| team["slug"] != "core"));

    let made_team = post(&app, &world, "/api/0/organizations/acme/teams/", json!({ "slug": "edge" })).await;
    let edge = made_team.expect(201).json();
    let path = format!("/api/0/teams/acme/edge/external-teams/{id}/");
    let moved = put(&app, &world, &path, json!({ "externalName": "@acme/edge" })).await.expect(200).json();
    assert_eq!((&moved["externalName"], moved.get("teamId")), (&json!("@acme/edge"), None));
    let one = get(&app, &world, "/api/0/teams/acme/edge/?expand=externalTeams").await;
    assert_eq!(one["externalTeams"][0]["teamId"], edge["id"]);
    app.delete("/api/0/teams/acme/edge/").bearer(&world.owner_token).send().await.expect(204);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM external_actor").await, 0);
    let again = post(&app, &world, TEAMS, body).await.expect(201).json();
    let path = format!("{TEAMS}{}/", again["id"].as_str().unwrap());
    app.delete(&path).bearer(&world.owner_token).send().await.expect(204);
});

api_test!(
    names_are_kept_from_other_organizations_and_from_those_without_scope_or_feature,
    |app| async move {
        let world = app.world().await;
        let github = github(&app, &world).await;
        let body = octocat(github, &world);
        let id = post(&app, &world, USERS, body.clone()).await.expect(201).json()["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let item = format!("{USERS}{id}/");
        app.post(USERS).json(&body).send().await.expect(401);
        app.post(USERS).bearer(&world.stranger_token).json(&body).send().await.expect(403);
        app.post(USERS).bearer(&world.member_token).json(&body).send().await.expect(403);
        app.post(TEAMS).bearer(&world.member_token).json(&body).send().await.expect(403);
        let (manager, _) = World::user(&app.ctx, "manager", world.org, OrgRole::Manager).await;
        let write = World::token(&app.ctx, manager, &["org:write"]).await;
        app.put(&item).bearer(&write).json(&json!({})).send().await.expect(200);
        app.delete(&item).bearer(&write).send().await.expect(403);
        let there = format!("/api/0/organizations/globex/external-users/{id}/");
        app.put(&there).bearer(&world.stranger_token).json(&json!({})).send().await.expect(404);
        app.delete(&there).bearer(&world.stranger_token).send().await.expect(404);

        let switches = [("integrations-codeowners".to_owned(), false)];
        mortise_service::features::switch_features(&app.ctx, "acme", &switches).await.unwrap();
        for (path, answer) in [
            (USERS, post(&app, &world, USERS, json!({})).await),
            (&item, put(&app, &world, &item, json!({})).await),
        ] {
            let detail = "You do not have permission to perform this action.";
            assert_eq!(answer.expect(403).json(), json!({ "detail": detail }), "{path}");
        }
        post(&app, &world, TEAMS, json!({})).await.expect(403);
        app.delete(&item).bearer(&world.owner_token).send().await.expect(204);
    }
);
