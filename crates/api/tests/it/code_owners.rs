//! Code owners: uploading files, whom the names in them stand for, rules that are made again.

use mortise_domain::OrgRole;
use mortise_store::Query;
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use crate::ingest::count;

const LIST: &str = "/api/0/projects/acme/web/codeowners/";
const ASSOCIATIONS: &str = "/api/0/organizations/acme/codeowners-associations/";

async fn change(app: &TestApp, query: Query) {
    app.ctx.store.write(move |tx| Box::pin(async move { tx.execute(query).await })).await.expect("a change");
}

/// An organization with a code mapping from `app/` to `src/`.
struct Place {
    world: World,
    integration: i64,
    mapping: i64,
}

impl Place {
    async fn new(app: &TestApp) -> Self {
        let world = app.world().await;
        let integration =
            World::integrate(&app.ctx, world.org, &json!({ "provider": "example" })).await.get();
        let mut place = Self { world, integration, mapping: 0 };
        place.mapping = place.map(app, "app/").await;
        place
    }

    async fn map(&self, app: &TestApp, stack_root: &str) -> i64 {
        let path = "/api/0/organizations/acme/repos/";
        let body = json!({ "provider": "integrations:example", "installation": self.integration.to_string(),
            "identifier": stack_root });
        let made = app.post(path).bearer(&self.world.owner_token).json(&body).send().await.expect(201).json();
        let path = "/api/0/organizations/acme/code-mappings/";
        let body = json!({ "repositoryId": made["id"], "projectId": self.world.project.get(), "stackRoot": stack_root,
            "sourceRoot": "src/", "defaultBranch": "main", "integrationId": self.integration });
        let made = app.post(path).bearer(&self.world.owner_token).json(&body).send().await.expect(201).json();
        made["id"].as_str().unwrap().parse().unwrap()
    }

    /// A name on the other side, of a person or a team.
    async fn name(&self, app: &TestApp, name: &'static str, user: Option<i64>, team: Option<i64>) {
        let query = Query::new(
            "INSERT INTO external_actor (organization_id, integration_id, provider, external_name, user_id, team_id, \
             date_added, date_updated) VALUES ($1, $2, 200, $3, $4, $5, 0, 0)",
        );
        change(app, query.bind(self.world.org).bind(self.integration).bind(name).bind(user).bind(team)).await;
    }

    async fn post(&self, app: &TestApp, body: &Value, status: u16) -> Value {
        app.post(LIST).bearer(&self.world.owner_token).json(body).send().await.expect(status).json()
    }

    async fn upload(&self, app: &TestApp, raw: &str) -> Value {
        self.post(app, &json!({ "raw": raw, "codeMappingId": self.mapping.to_string() }), 201).await
    }

    async fn get(&self, app: &TestApp, path: &str) -> Value {
        app.get(path).bearer(&self.world.owner_token).send().await.expect(200).json()
    }
}

fn errors(changes: &Value) -> Value {
    let mut errors = json!({ "missing_user_emails": [], "missing_external_users": [], "missing_external_teams": [],
        "teams_without_access": [], "users_without_access": [] });
    for (key, value) in changes.as_object().unwrap() {
        errors[key] = value.clone();
    }
    errors
}

api_test!(a_file_of_owners_is_uploaded_shown_changed_and_removed, |app| async move {
    let place = Place::new(&app).await;
    let (world, team) = (&place.world, place.world.team.get());
    place.name(&app, "@octocat", Some(world.member.get()), None).await;
    place.name(&app, "@acme/core", None, Some(team)).await;
    let raw = "# who\n\n/src/* @octocat @acme/core @nobody\ndocs/ owner@acme.test a@x.io\n/src/a!b @octocat\n\
               lib @acme/none";
    let made = place.upload(&app, raw).await;
    let user = |id: i64, email: &str| json!({ "type": "user", "identifier": email, "id": id });
    let rule = |pattern: &str, owners: Value| json!({ "matcher": { "type": "codeowners", "pattern": pattern }, "owners": owners });
    let octocat = user(world.member.get(), "member@acme.test");
    let core = json!({ "type": "team", "identifier": "core", "id": team });
    let expected = json!({
        "id": made["id"], "raw": raw, "dateCreated": made["dateCreated"], "dateUpdated": made["dateUpdated"],
        "codeMappingId": place.mapping.to_string(), "provider": "example",
        "ownershipSyntax": "codeowners:/app/* member@acme.test #core\ncodeowners:docs/ owner@acme.test\n",
        "errors": errors(&json!({ "missing_user_emails": ["a@x.io"], "missing_external_users": ["@nobody"],
            "missing_external_teams": ["@acme/none"] })),
        "schema": { "$version": 1, "rules": [
            rule("/app/*", json!([octocat, core])),
            rule("docs/", json!([user(world.owner.get(), "owner@acme.test")])),
        ] },
        "codeOwnersUrl": "unknown",
    });
    assert_eq!(made.to_string(), expected.to_string());
    let listed = place.get(&app, LIST).await;
    let named = json!({ "type": "team", "id": team, "name": "core" });
    assert_eq!(listed[0]["schema"]["rules"][0]["owners"][1].to_string(), named.to_string());
    assert_eq!((listed[0].get("codeMapping"), listed[0].get("ownershipSyntax")), (None, None));
    let expanded = place.get(&app, &format!("{LIST}?expand=codeMapping&expand=ownershipSyntax")).await;
    assert_eq!(expanded[0]["codeMapping"]["id"], place.mapping.to_string());
    assert_eq!(expanded[0]["ownershipSyntax"], expected["ownershipSyntax"]);
    let path = format!("{LIST}{}/", made["id"].as_str().unwrap());
    let put = async |body: Value, status: u16| {
        app.put(&path).bearer(&world.owner_token).json(&body).send().await.expect(status).json()
    };
    let changed = put(json!({ "raw": "* @octocat" }), 200).await;
    assert_eq!(changed["ownershipSyntax"], "codeowners:* member@acme.test\n");
    assert_eq!((changed.get("schema"), changed.get("codeOwnersUrl")), (None, None));
    let other = place.map(&app, "lib/").await;
    assert_eq!(put(json!({ "codeMappingId": other }), 200).await["codeMappingId"], other.to_string());
    assert_eq!(place.get(&app, LIST).await[0]["codeMappingId"], other.to_string());
    app.delete(&path).bearer(&world.member_token).send().await.expect(403);
    app.delete(&path).bearer(&world.owner_token).send().await.expect(204);
    let gone = put(json!({}), 404).await;
    assert_eq!(gone, json!({ "detail": "The requested resource does not exist" }));
    assert_eq!(place.get(&app, LIST).await, json!([]));
});

api_test!(what_is_wrong_with_a_file_of_owners_is_told, |app| async move {
    let place = Place::new(&app).await;
    let required = json!(["This field is required."]);
    assert_eq!(
        place.post(&app, &json!({}), 400).await,
        json!({ "codeMappingId": required, "raw": required })
    );
    let mapping = |id: Value| json!({ "raw": "* a@x.io", "codeMappingId": id });
    let missing = json!({ "codeMappingId": ["This code mapping does not exist."] });
    assert_eq!(place.post(&app, &mapping(json!(99999)), 400).await, missing);
    place.upload(&app, "* a@x.io").await;
    let used = json!({ "codeMappingId": ["This code mapping is already in use."] });
    assert_eq!(place.post(&app, &mapping(json!(place.mapping)), 400).await, used);
    let path = format!("/api/0/organizations/acme/code-mappings/{}/", place.mapping);
    let refused = app.delete(&path).bearer(&place.world.owner_token).send().await.expect(409).json();
    let text = "Cannot delete Code Mapping. Must delete Code Owner that uses this mapping first.";
    assert_eq!(refused, json!(text));
    let other = place.map(&app, "lib/").await;
    let long = json!({ "raw": "x".repeat(3_000_001), "codeMappingId": other });
    let text = "Raw needs to be <= 3000000 characters in length";
    assert_eq!(place.post(&app, &long, 400).await, json!({ "raw": [text] }));
    World::user(&app.ctx, "outsider", place.world.org, OrgRole::Member).await;
    let stranger = json!({ "raw": "* outsider@acme.test", "codeMappingId": other });
    let text = "{'raw': ErrorDetail(string='Invalid rule owners: outsider@acme.test', code='invalid')}";
    assert_eq!(place.post(&app, &stranger, 400).await, json!({ "nonFieldErrors": [text] }));
});

api_test!(without_the_feature_there_are_no_code_owners, |app| async move {
    let place = Place::new(&app).await;
    let made = place.upload(&app, "* owner@acme.test").await;
    let path = format!("{LIST}{}/", made["id"].as_str().unwrap());
    let switch = [("integrations-codeowners".to_owned(), false)];
    mortise_service::features::switch_features(&app.ctx, "acme", &switch).await.expect("a switch");
    for (method, path) in [("GET", LIST), ("POST", LIST), ("PUT", path.as_str()), ("DELETE", path.as_str())] {
        let request = app.request(method.parse().unwrap(), path).bearer(&place.world.owner_token);
        let answer = request.json(&json!({})).send().await.expect(403).json();
        assert_eq!(
            answer,
            json!({ "detail": "You do not have permission to perform this action." }),
            "{method}"
        );
    }
});

api_test!(who_has_nothing_to_do_with_the_project_owns_nothing, |app| async move {
    let place = Place::new(&app).await;
    let (user, _) = World::user(&app.ctx, "outsider", place.world.org, OrgRole::Member).await;
    let teams = "/api/0/organizations/acme/teams/";
    let body = json!({ "slug": "others" });
    let team = app.post(teams).bearer(&place.world.owner_token).json(&body).send().await.expect(201).json();
    let team: i64 = team["id"].as_str().unwrap().parse().unwrap();
    place.name(&app, "@out", Some(user.get()), None).await;
    place.name(&app, "@acme/others", None, Some(team)).await;
    let made = place.upload(&app, "* @out @acme/others").await;
    let expected = json!({ "users_without_access": ["outsider"], "teams_without_access": ["#others"] });
    assert_eq!(made["errors"], errors(&expected));
    assert_eq!(made["schema"], json!({ "$version": 1, "rules": [] }));
});

api_test!(associations_are_told_by_project, |app| async move {
    let place = Place::new(&app).await;
    assert_eq!(place.get(&app, ASSOCIATIONS).await, json!({}));
    place.name(&app, "@octocat", Some(place.world.member.get()), None).await;
    place.name(&app, "@acme/core", None, Some(place.world.team.get())).await;
    place.upload(&app, "* @octocat @acme/core @gone owner@acme.test").await;
    let expected = json!({ "web": {
        "associations": { "@octocat": "member@acme.test", "@acme/core": "#core", "owner@acme.test": "owner@acme.test" },
        "errors": errors(&json!({ "missing_external_users": ["@gone"] })),
    } });
    assert_eq!(place.get(&app, ASSOCIATIONS).await.to_string(), expected.to_string());
    assert_eq!(place.get(&app, &format!("{ASSOCIATIONS}?provider=example")).await, expected);
    assert_eq!(place.get(&app, &format!("{ASSOCIATIONS}?provider=github")).await, json!({}));
    let theirs = "/api/0/organizations/globex/codeowners-associations/";
    let theirs = app.get(theirs).bearer(&place.world.stranger_token).send().await.expect(200);
    assert_eq!(theirs.json(), json!({}));
});

api_test!(rules_are_made_again_when_a_mapping_or_a_name_changes, |app| async move {
    let place = Place::new(&app).await;
    place.name(&app, "@octocat", Some(place.world.member.get()), None).await;
    place.upload(&app, "/src/a @octocat").await;
    let run = async || {
        let job = mortise_service::jobs::JOBS.iter().find(|job| job.name == "derive_code_owners").unwrap();
        (job.run)(&app.ctx).await.expect("the job runs")
    };
    let schema = async || {
        let query = Query::new("SELECT schema FROM code_owners");
        let text: String = app.ctx.store.read().await.unwrap().one(query).await.unwrap();
        serde_json::from_str::<Value>(&text).unwrap()
    };
    assert_eq!(run().await, 0);
    let path = format!("/api/0/organizations/acme/code-mappings/{}/", place.mapping);
    let mapping = place.get(&app, "/api/0/organizations/acme/code-mappings/").await[0].clone();
    let body = json!({ "repositoryId": mapping["repoId"], "projectId": mapping["projectId"], "stackRoot": "lib/",
        "sourceRoot": "src/", "defaultBranch": "main" });
    app.put(&path).bearer(&place.world.owner_token).json(&body).send().await.expect(200);
    assert_eq!(run().await, 1);
    assert_eq!(schema().await["rules"][0]["matcher"]["pattern"], "/lib/a");
    let names = "/api/0/organizations/acme/external-users/";
    let body = json!({ "externalName": "@hubot", "provider": "github", "integrationId": place.integration,
        "userId": place.world.member.get() });
    let made = app.post(names).bearer(&place.world.owner_token).json(&body).send().await.expect(201).json();
    assert_eq!((run().await, run().await), (1, 0), "a new name");
    let hubot = format!("{names}{}/", made["id"].as_str().unwrap());
    let body = json!({ "externalName": "@robot" });
    app.put(&hubot).bearer(&place.world.owner_token).json(&body).send().await.expect(200);
    assert_eq!((run().await, run().await), (1, 0), "a changed one");
    app.delete(&hubot).bearer(&place.world.owner_token).send().await.expect(204);
    assert_eq!((run().await, run().await), (1, 0), "one that is gone");
    let id = count(&app, "SELECT id FROM external_actor").await;
    let path = format!("/api/0/organizations/acme/external-users/{id}/");
    app.delete(&path).bearer(&place.world.owner_token).send().await.expect(204);
    assert_eq!((run().await, run().await), (1, 0));
    assert_eq!(schema().await["rules"], json!([]));
    let listed = place.get(&app, LIST).await;
    assert_eq!(listed[0]["errors"]["missing_external_users"], json!(["@octocat"]));
});

api_test!(code_owners_go_with_their_integration, |app| async move {
    let place = Place::new(&app).await;
    place.upload(&app, "* owner@acme.test").await;
    let path = format!("/api/0/organizations/acme/integrations/{}/", place.integration);
    app.delete(path).bearer(&place.world.owner_token).send().await.expect(204);
    for job in mortise_service::jobs::JOBS.iter().filter(|job| job.name == "remove_integrations") {
        (job.run)(&app.ctx).await.expect("the job runs");
    }
    assert_eq!(count(&app, "SELECT COUNT(*) FROM code_owners").await, 0);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM code_mapping").await, 0);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM repository WHERE integration_id IS NULL").await, 1);
});
