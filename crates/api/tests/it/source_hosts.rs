//! Repositories, links and files of owners through a provider whose other side does what a test says.

use std::sync::{Arc, Mutex};

use mortise_domain::IntegrationId;
use mortise_providers::{
    AddedRepository, ApiError, ApiErrorKind, CATALOG, Connection, FoundRepository, Manifest, Outcome,
    Provider, ProviderError, RemoteCommit, RemoteFile, RemoteRepository, RemoteTree, SourceHost,
};
use mortise_store::Query;
use mortise_testkit::{TestApp, World};
use serde_json::{Map, Value, json};

use crate::ingest::{count, execute, text};

const REPOS: &str = "/api/0/organizations/acme/repos/";
const MAPPINGS: &str = "/api/0/organizations/acme/code-mappings/";

/// What the other side does.
#[derive(Clone, Default)]
pub(crate) struct Side {
    /// What every call ends with; nothing for success.
    pub(crate) error: Option<ProviderError>,
    /// The versions in which every file is there.
    versions: Vec<&'static str>,
    repositories: Vec<RemoteRepository>,
    pub(crate) owners: Option<RemoteFile>,
    trees: Vec<RemoteTree>,
    /// Names of the repositories that were to be forgotten.
    forgotten: Vec<String>,
    /// What every comparison finds.
    pub(crate) commits: Vec<RemoteCommit>,
    /// Repositories that were compared, from where to where.
    pub(crate) compared: Vec<String>,
}

/// The provider; its other side can be changed at any time.
#[derive(Clone, Default)]
pub(crate) struct Shelf(Arc<Mutex<Side>>);

impl Shelf {
    pub(crate) fn set(&self, change: impl FnOnce(&mut Side)) {
        change(&mut self.0.lock().unwrap());
    }

    pub(crate) fn side(&self) -> Side {
        self.0.lock().unwrap().clone()
    }

    fn answer<T: Send + 'static>(&self, good: T) -> Outcome<'_, T> {
        let error = self.side().error;
        Box::pin(async move { error.map_or(Ok(good), Err) })
    }
}

impl Provider for Shelf {
    fn manifest(&self) -> &'static Manifest {
        CATALOG.iter().find(|it| it.key == "github").unwrap()
    }

    fn source_host(&self) -> Option<&dyn SourceHost> {
        Some(self)
    }
}

impl SourceHost for Shelf {
    fn repositories<'a>(
        &'a self,
        _: &'a Connection,
        _: Option<&'a str>,
    ) -> Outcome<'a, Vec<RemoteRepository>> {
        self.answer(self.side().repositories)
    }

    fn find<'a>(&'a self, _: &'a Connection, body: &'a Map<String, Value>) -> Outcome<'a, FoundRepository> {
        let name = body["identifier"].as_str().unwrap_or_default();
        self.answer(FoundRepository {
            name: name.to_owned(),
            external_id: name.to_owned(),
            url: None,
            config: Map::new(),
        })
    }

    fn forget<'a>(&'a self, _: &'a Connection, repository: &'a AddedRepository) -> Outcome<'a, ()> {
        self.set(|side| side.forgotten.push(repository.name.clone()));
        self.answer(())
    }

    fn compare<'a>(
        &'a self,
        _: &'a Connection,
        repository: &'a AddedRepository,
        start: Option<&'a str>,
        end: &'a str,
    ) -> Outcome<'a, Option<Vec<RemoteCommit>>> {
        self.set(|side| {
            side.compared.push(format!("{} {}..{end}", repository.name, start.unwrap_or_default()));
        });
        self.answer(Some(self.side().commits))
    }

    fn pull_request_url(&self, repository: &AddedRepository, key: &str) -> Option<String> {
        Some(format!("https://git.test/{}/pull/{key}", repository.name))
    }

    fn file_url(&self, repository: &AddedRepository, path: &str, branch: &str) -> String {
        format!("https://git.test/{}/{branch}/{path}", repository.name)
    }

    fn owns_url(&self, _: &Connection, _: &str) -> bool {
        false
    }

    fn branch_of_url(&self, _: &AddedRepository, _: &str) -> String {
        String::new()
    }

    fn path_of_url(&self, _: &AddedRepository, _: &str) -> String {
        String::new()
    }

    fn has_file<'a>(
        &'a self,
        _: &'a Connection,
        _: &'a AddedRepository,
        _: &'a str,
        version: &'a str,
    ) -> Outcome<'a, bool> {
        self.answer(self.side().versions.contains(&version))
    }

    fn trees<'a>(&'a self, _: &'a Connection) -> Outcome<'a, Vec<RemoteTree>> {
        self.answer(self.side().trees)
    }

    fn owners_file<'a>(
        &'a self,
        _: &'a Connection,
        _: &'a AddedRepository,
        _: &'a str,
    ) -> Outcome<'a, Option<RemoteFile>> {
        self.answer(self.side().owners)
    }
}

pub(crate) fn api_error(kind: ApiErrorKind, code: u16, text: &str) -> ProviderError {
    ProviderError::from(ApiError { kind, code: Some(code), text: text.to_owned(), json: None })
}

/// Runs a periodic job; what it did.
pub(crate) async fn run_job(app: &TestApp, name: &str) -> u64 {
    let job = mortise_service::jobs::JOBS.iter().find(|job| job.name == name).unwrap();
    (job.run)(&app.ctx).await.expect("the job runs")
}

/// An organization with that provider.
pub(crate) struct Place {
    pub(crate) app: TestApp,
    pub(crate) shelf: Shelf,
    pub(crate) world: World,
    integration: IntegrationId,
}

impl Place {
    pub(crate) async fn new() -> Self {
        let shelf = Shelf::default();
        let app = TestApp::with_provider(shelf.clone()).await;
        let world = app.world().await;
        let integration = World::integrate(&app.ctx, world.org, &json!({ "provider": "github" })).await;
        Self { app, shelf, world, integration }
    }

    pub(crate) async fn add(&self, name: &str, status: u16) -> Value {
        let body = json!({ "provider": "integrations:github", "installation": self.integration.to_string(),
            "identifier": name });
        self.app.post(REPOS).bearer(&self.world.owner_token).json(&body).send().await.expect(status).json()
    }

    /// A repository with a mapping from `app/` to `src/`: the path of the mapping.
    pub(crate) async fn map(&self) -> String {
        let repository = self.add("a/b", 201).await;
        let body = json!({ "repositoryId": repository["id"], "projectId": self.world.project.get(),
            "stackRoot": "app/", "sourceRoot": "src/", "defaultBranch": "main",
            "integrationId": self.integration.get() });
        let made = self.app.post(MAPPINGS).bearer(&self.world.owner_token).json(&body).send().await;
        format!("{MAPPINGS}{}/", made.expect(201).json()["id"].as_str().unwrap())
    }

    pub(crate) async fn get(&self, path: &str, status: u16) -> Value {
        self.app.get(path).bearer(&self.world.owner_token).send().await.expect(status).json()
    }

    async fn run_jobs(&self) {
        run_job(&self.app, "remove_repositories").await;
    }
}

#[tokio::test]
async fn troubles_with_a_new_repository_are_told_in_shapes_of_their_own() {
    let place = Place::new().await;
    let away = api_error(ApiErrorKind::Host, 503, "Unable to reach host: git.test");
    for (error, status, kind, text) in [
        (ProviderError::Refused("Not today".to_owned()), 400, "validation", "Not today"),
        (ProviderError::Refused("It said 503".to_owned()), 503, "service unavailable", "It said 503"),
        (away, 503, "service unavailable", "Unable to reach host: git.test"),
    ] {
        place.shelf.set(|side| side.error = Some(error));
        let answer = place.add("a/b", status).await;
        assert_eq!(answer["error_type"], kind);
        let said = answer["errors"]["__all__"].as_str().unwrap();
        assert!(said.contains(text), "{said}");
        assert_eq!(answer.as_object().unwrap().len(), 2);
    }
    place.shelf.set(|side| side.error = None);
    let text = "The name or the id of the repository is too long.";
    for name in ["x".repeat(65), "é".repeat(201)] {
        let answer = place.add(&name, 400).await;
        assert_eq!(answer, json!({ "error_type": "validation", "errors": { "__all__": text } }));
    }
    assert_eq!(count(&place.app, "SELECT COUNT(*) FROM repository").await, 0);
}

#[tokio::test]
async fn repositories_of_plugins_that_no_integration_sees_cannot_be_taken_over() {
    let place = Place::new().await;
    let path = format!("{REPOS}?status=unmigratable");
    let repository = |name: &str| {
        Query::new(
            "INSERT INTO repository (organization_id, name, provider, external_id, config, status, date_added) \
             SELECT id, $1, 'github', $1, '{}', 0, 0 FROM organization WHERE slug = 'acme'",
        )
        .bind(name)
    };
    for name in ["a/seen", "a/unseen"] {
        let query = repository(name);
        let write = place.app.ctx.store.write(move |tx| Box::pin(async move { tx.execute(query).await }));
        write.await.unwrap();
    }
    place.add("a/b", 201).await;
    let seen =
        RemoteRepository { name: "seen".to_owned(), identifier: "a/seen".to_owned(), default_branch: None };
    place.shelf.set(|side| side.repositories = vec![seen]);
    World::integrate(&place.app.ctx, place.world.org, &json!({ "provider": "github", "external_id": "2" }))
        .await;
    let found = place.get(&path, 200).await;
    let names: Vec<&Value> = found.as_array().unwrap().iter().map(|it| &it["name"]).collect();
    assert_eq!(names, ["a/unseen"], "once, however many integrations do not see it");
    assert_eq!(found[0]["provider"], json!({ "id": "github", "name": "GitHub" }));
    let theirs = "/api/0/organizations/globex/repos/?status=unmigratable";
    let theirs = place.app.get(theirs).bearer(&place.world.stranger_token).send().await.expect(200).json();
    assert_eq!(theirs, json!([]));
    place.shelf.set(|side| side.error = Some(ProviderError::Refused("Not today".to_owned())));
    assert_eq!(place.get(&path, 200).await, json!([]), "who cannot be asked is passed over");
    place.shelf.set(|side| side.error = None);
    execute(&place.app, "UPDATE integration SET status = 1").await;
    assert_eq!(place.get(&path, 200).await, json!([]));
}

#[tokio::test]
async fn what_a_second_repository_made_on_the_other_side_is_taken_back() {
    let place = Place::new().await;
    place.add("a/b", 201).await;
    assert!(place.shelf.side().forgotten.is_empty());
    assert_eq!(place.add("a/b", 400).await["detail"]["code"], "repo_exists");
    assert_eq!(place.shelf.side().forgotten, ["a/b"]);
    // That this fails changes nothing for the client.
    place.shelf.set(|side| side.forgotten.clear());
    assert_eq!(place.add("a/b", 400).await["detail"]["code"], "repo_exists");
}

#[tokio::test]
async fn a_removed_repository_is_taken_away_on_the_other_side_and_the_actor_hears_where_it_was_not() {
    let told = "SELECT COUNT(*) FROM event WHERE kind = 'repository.hook_left'";
    let cases = [
        (None, None),
        (Some(ProviderError::Refused("Ask your admin".to_owned())), Some("Ask your admin")),
        (Some(ProviderError::Identity("Who are you".to_owned())), Some("Who are you")),
        (Some(api_error(ApiErrorKind::Status, 500, "secret")), Some("An unknown error occurred")),
    ];
    for (error, said) in cases {
        let place = Place::new().await;
        let made = place.add("a/b", 201).await;
        let path = format!("{REPOS}{}/", made["id"].as_str().unwrap());
        place.app.delete(path).bearer(&place.world.owner_token).send().await.expect(202);
        place.shelf.set(|side| side.error = error);
        place.run_jobs().await;
        assert_eq!(place.shelf.side().forgotten, ["a/b"], "by the name that it has there");
        assert_eq!(count(&place.app, "SELECT COUNT(*) FROM repository").await, 0);
        assert_eq!(count(&place.app, told).await, i64::from(said.is_some()));
        if let Some(said) = said {
            let payload =
                text(&place.app, "SELECT payload FROM event WHERE kind = 'repository.hook_left'").await;
            let payload: Value = serde_json::from_str(&payload).unwrap();
            assert_eq!(payload["actor"], place.world.owner.get());
            assert_eq!(payload["text"], said);
        }
    }
}

#[tokio::test]
async fn a_frame_whose_file_is_not_there_is_told_with_the_address_on_the_default_branch() {
    let place = Place::new().await;
    place.map().await;
    let link = "/api/0/projects/acme/web/stacktrace-link/?file=app/a.py";
    let missing = place.get(&format!("{link}&commitId=abc"), 200).await;
    assert_eq!((&missing["error"], &missing["sourceUrl"]), (&json!("file_not_found"), &Value::Null));
    assert_eq!(missing["attemptedUrl"], "https://git.test/a/b/main/src/a.py");
    place.shelf.set(|side| side.versions = vec!["main"]);
    let found = place.get(&format!("{link}&commitId=abc"), 200).await;
    assert_eq!(found["sourceUrl"], "https://git.test/a/b/main/src/a.py", "the commit has no such file");
    assert_eq!((&found["error"], &found["attemptedUrl"]), (&Value::Null, &Value::Null));
    for (error, word) in [
        (api_error(ApiErrorKind::Status, 403, "no"), "integration_link_forbidden"),
        (api_error(ApiErrorKind::Status, 404, "no"), "file_not_found"),
        (ProviderError::Refused("no".to_owned()), "file_not_found"),
    ] {
        place.shelf.set(|side| side.error = Some(error));
        let answer = place.get(link, 200).await;
        assert_eq!((&answer["error"], &answer["sourceUrl"]), (&json!(word), &Value::Null));
        assert_eq!(answer["attemptedUrl"], "https://git.test/a/b/main/src/a.py");
        assert_eq!(answer["config"]["stackRoot"], "app/");
    }
    let away = api_error(ApiErrorKind::Host, 503, "Unable to reach host: git.test");
    place.shelf.set(|side| side.error = Some(away));
    assert_eq!(place.get(link, 503).await["detail"], "Unable to reach host: git.test");
}

#[tokio::test]
async fn the_file_of_owners_of_a_repository_is_fetched() {
    let place = Place::new().await;
    let path = format!("{}codeowners/", place.map().await);
    let owner = &place.world.owner_token;
    assert_eq!(place.app.get(&path).bearer(owner).send().await.expect(404).text(), "");
    place.shelf.set(|side| {
        side.owners = Some(RemoteFile {
            path: ".github/CODEOWNERS".to_owned(),
            html_url: "https://git.test/a/b/main/.github/CODEOWNERS".to_owned(),
            raw: "* @acme/core\n".to_owned(),
        });
    });
    let expected = json!({ "filepath": ".github/CODEOWNERS",
        "html_url": "https://git.test/a/b/main/.github/CODEOWNERS", "raw": "* @acme/core\n" });
    assert_eq!(place.get(&path, 200).await.to_string(), expected.to_string());
    place.shelf.set(|side| side.error = Some(ProviderError::Refused("Not today".to_owned())));
    assert_eq!(place.get(&path, 400).await, json!({ "detail": "Not today" }));
    execute(&place.app, "UPDATE integration SET provider = 'slack'").await;
    assert_eq!(place.app.get(&path).bearer(owner).send().await.expect(404).text(), "");
}

#[tokio::test]
async fn files_that_a_frame_can_come_from_are_found_in_all_repositories() {
    let place = Place::new().await;
    let files = |list: &[&str]| list.iter().map(|file| (*file).to_owned()).collect();
    let tree = |repository: &str, list| RemoteTree {
        repository: repository.to_owned(),
        branch: "main".to_owned(),
        files: files(list),
    };
    place.shelf.set(|side| {
        side.trees = vec![tree("a/b", &["src/app/a.py", "README.md"]), tree("c/d", &["app/a.py"])];
    });
    let path = "/api/0/organizations/acme/derive-code-mappings/?stacktraceFilename=app/a.py";
    let one = |file: &str, repo: &str, stack: &str, source: &str| {
        json!({ "filename": file, "repo_name": repo, "repo_branch": "main", "stacktrace_root": stack,
            "source_path": source })
    };
    let expected = json!([one("src/app/a.py", "a/b", "app/", "src/app/"), one("app/a.py", "c/d", "", "")]);
    assert_eq!(place.get(path, 200).await.to_string(), expected.to_string());
    let too_long = json!({ "projectId": place.world.project.get(), "repoName": "x".repeat(201),
        "defaultBranch": "main", "stackRoot": "a/", "sourceRoot": "b/" });
    let answer = place.app.post("/api/0/organizations/acme/derive-code-mappings/");
    let answer = answer.bearer(&place.world.owner_token).json(&too_long).send().await.expect(400);
    assert_eq!(answer.json(), json!({ "text": "A parameter is too long" }));
}
