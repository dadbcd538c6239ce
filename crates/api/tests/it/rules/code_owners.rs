//! Whom rules mail that mail the owners of an issue: whoever it is assigned to, else code owners, else the fallback.

use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use super::{
    create, execute,
    mailing::{assign, mailing, owners, person, readers},
};

/// Gives the project a file of owners for what begins with `app/` in stack traces.
async fn upload(app: &TestApp, world: &World, raw: &str) {
    let id = World::integrate(&app.ctx, world.org, &json!({ "provider": "example" })).await;
    execute(
        app,
        "INSERT INTO external_actor (organization_id, integration_id, provider, external_name, team_id, date_added, \
         date_updated) SELECT t.organization_id, i.id, 200, '@acme/' || t.slug, t.id, 0, 0 FROM team t, integration i \
         WHERE t.slug = 'backend'",
    )
    .await;
    let post = async |path: &str, body: Value| {
        app.post(path).bearer(&world.owner_token).json(&body).send().await.expect(201).json()
    };
    let body = json!({ "provider": "integrations:example", "installation": id.to_string(), "identifier": "user/repo" });
    let repository = post("/api/0/organizations/acme/repos/", body).await;
    let body = json!({ "repositoryId": repository["id"], "projectId": world.project.get(), "stackRoot": "app/",
        "sourceRoot": "src/", "defaultBranch": "main", "integrationId": id.get() });
    let mapping = post("/api/0/organizations/acme/code-mappings/", body).await;
    let body = json!({ "raw": raw, "codeMappingId": mapping["id"] });
    post("/api/0/projects/acme/web/codeowners/", body).await;
}

/// An error in a file.
fn error_in(path: &str) -> Value {
    let frames =
        json!([{ "filename": "lib/dict.py", "in_app": false }, { "filename": path, "in_app": true }]);
    json!({ "exception": { "values": [{ "type": "E", "value": path, "stacktrace": { "frames": frames } }] },
        "fingerprint": ["one"] })
}

api_test!(code_owners_of_an_event_are_mailed_where_nobody_has_the_issue, |app| async move {
    let world = app.world().await;
    person(&app, &world, "ann", Some("core")).await;
    for name in ["ben", "eve"] {
        person(&app, &world, name, Some("backend")).await;
    }
    execute(
        &app,
        "INSERT INTO project_team (project_id, team_id) SELECT p.id, t.id FROM project p, team t \
         WHERE p.slug = 'web' AND t.slug = 'backend'",
    )
    .await;
    let raw = "*.py ann@acme.test\n/src/api/ @acme/backend\n/src/api/v1.py member@acme.test ann@acme.test\n";
    upload(&app, &world, raw).await;
    create(&app, &world, &mailing("R", owners("AllMembers"))).await;
    assert_eq!(readers(&app, &world, &error_in("app/views.py")).await, ["ann"]);
    assert_eq!(readers(&app, &world, &error_in("app/api/users.rs")).await, ["ben", "eve"], "a team");
    let both = readers(&app, &world, &error_in("app/api/v1.py")).await;
    assert_eq!(both, ["ann", "member"], "the last rule that matches counts, with all of its owners");
    let nobody = readers(&app, &world, &error_in("app/main.rs")).await;
    assert_eq!(nobody, ["ann", "ben", "eve", "member", "owner"], "no rule matches: the fallback");
    execute(
        &app,
        "UPDATE user_account SET is_active = FALSE WHERE email IN ('ann@acme.test', 'member@acme.test')",
    )
    .await;
    let before = readers(&app, &world, &error_in("app/api/v1.py")).await;
    assert_eq!(before, ["ben", "eve"], "a rule that reaches nobody leaves it to the one before it");
    assign(&app, &world, &format!("user:{}", world.owner)).await;
    assert_eq!(
        readers(&app, &world, &error_in("app/api/v1.py")).await,
        ["owner"],
        "who has the issue comes first"
    );
});

api_test!(rules_of_another_project_own_nothing_here, |app| async move {
    let world = app.world().await;
    person(&app, &world, "ann", Some("core")).await;
    upload(&app, &world, "*.py ann@acme.test\n").await;
    let body = json!({ "name": "Other", "slug": "other" });
    let path = "/api/0/teams/acme/core/projects/";
    app.post(path).bearer(&world.owner_token).json(&body).send().await.expect(201);
    create(&app, &world, &mailing("R", owners("NoOne"))).await;
    assert_eq!(readers(&app, &world, &error_in("app/views.py")).await, ["ann"]);
    let moved = "UPDATE code_owners SET project_id = (SELECT id FROM project WHERE slug = 'other')";
    execute(&app, moved).await;
    assert!(readers(&app, &world, &error_in("app/views.py")).await.is_empty());
});
