//! Environments over HTTP.

use mortise_store::{StoreError, environment};
use mortise_testkit::{TestApp, World, api_test};
use serde_json::json;

async fn with_environments(app: &TestApp) -> World {
    let world = app.world().await;
    let (org, project) = (world.org, world.project);
    let made = app.ctx.store.write::<_, StoreError, _>(move |tx| {
        Box::pin(async move {
            for name in ["staging", "prod", "", "a b"] {
                environment::ensure(tx, org, &[project], name).await?;
            }
            Ok(())
        })
    });
    made.await.unwrap();
    world
}

async fn names(app: &TestApp, token: &str, path: &str) -> Vec<String> {
    let list = app.get(path).bearer(token).send().await.expect(200).json();
    list.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

api_test!(environments_are_hidden_and_shown, |app| async move {
    let world = with_environments(&app).await;
    let (org, project) =
        ("/api/0/organizations/acme/environments/", "/api/0/projects/acme/web/environments/");
    let token = &world.owner_token;
    assert_eq!(names(&app, token, org).await, ["a b", "prod", "staging"]);
    assert_eq!(names(&app, token, project).await, ["a b", "prod", "staging"]);
    let one = format!("{project}a%20b/");
    let hidden =
        app.put(one.clone()).bearer(token).json(&json!({"isHidden": true})).send().await.expect(200).json();
    assert_eq!((&hidden["name"], &hidden["isHidden"]), (&json!("a b"), &json!(true)));
    assert!(hidden["id"].is_string());
    assert_eq!(app.get(one.clone()).bearer(token).send().await.expect(200).json(), hidden);
    for path in [org, project] {
        assert_eq!(names(&app, token, path).await, ["prod", "staging"]);
        assert_eq!(names(&app, token, &format!("{path}?visibility=hidden")).await, ["a b"]);
        assert_eq!(names(&app, token, &format!("{path}?visibility=all")).await, ["a b", "prod", "staging"]);
        let odd = app.get(format!("{path}?visibility=odd")).bearer(token).send().await.expect(400);
        let text = "Invalid value for 'visibility', valid values are: ['all', 'hidden', 'visible']";
        assert_eq!(odd.json(), json!({"detail": text}));
    }
    let missing = app.put(one.clone()).bearer(token).json(&json!({})).send().await.expect(400);
    assert_eq!(missing.json(), json!({"isHidden": ["This field is required."]}));
    app.put(one).bearer(&world.member_token).json(&json!({"isHidden": true})).send().await.expect(403);
    app.get(format!("{project}none/")).bearer(token).send().await.expect(200);
    app.get(format!("{project}nowhere/")).bearer(token).send().await.expect(404);
});

api_test!(environments_of_projects_out_of_reach_are_refused, |app| async move {
    let world = with_environments(&app).await;
    let path = "/api/0/organizations/acme/environments/";
    let foreign = format!("{path}?project={}", world.stranger_project);
    app.get(foreign).bearer(&world.owner_token).send().await.expect(403);
    let own = format!("{path}?project={}", world.project);
    assert_eq!(names(&app, &world.owner_token, &own).await.len(), 3);
    let wrong = app.get(format!("{path}?project=web")).bearer(&world.owner_token).send().await.expect(400);
    assert_eq!(wrong.json(), json!({"detail": "Invalid project parameter. Values must be numbers."}));
});
