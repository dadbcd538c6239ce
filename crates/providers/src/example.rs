//! A provider without another side: every answer is made here. It shows how a provider is written, and it lets people
//! who write clients try everything that a provider can do. It is there only where the operator switched it on.

use mortise_domain::{ChangeKind, FileChange};
use mortise_wire::Written;
use serde_json::{Map, Value, json};

use crate::{
    AddedRepository, Aspects, Connection, Described, Feature, Field, FoundRepository, IssueTracker, Manifest,
    Outcome, Provider, ProviderError, RemoteCommit, RemoteFile, RemoteRepository, SourceHost,
};

const MANIFEST: Manifest = Manifest {
    key: "example",
    integration_key: "example",
    name: "Example",
    is_visible: true,
    is_switched: false,
    can_add: true,
    dialog: (600, 600),
    noun: "example",
    description: "This is an example integration. Descriptions support _markdown rendering_.",
    described: &[Described {
        feature: Feature::IssueBasic,
        text: "This is a feature description. Also *supports markdown*",
    }],
    features: &[Feature::Commits, Feature::IssueBasic, Feature::StacktraceLink],
    aspects: Aspects::NONE,
    report_name: "Example Integration",
};

/// The repository that can be added; it has a file of owners.
const REPOSITORY: &str = "user/repo";

/// The example.
#[derive(Debug, Clone, Copy)]
pub struct Example;

impl Provider for Example {
    fn manifest(&self) -> &'static Manifest {
        &MANIFEST
    }

    fn source_host(&self) -> Option<&dyn SourceHost> {
        Some(self)
    }

    fn issue_tracker(&self) -> Option<&dyn IssueTracker> {
        Some(self)
    }
}

impl SourceHost for Example {
    fn repositories<'a>(
        &'a self,
        _on: &'a Connection,
        _query: Option<&'a str>,
    ) -> Outcome<'a, Vec<RemoteRepository>> {
        let repository = RemoteRepository {
            name: "repo".to_owned(),
            identifier: REPOSITORY.to_owned(),
            default_branch: None,
        };
        Box::pin(async { Ok(vec![repository]) })
    }

    fn find<'a>(&'a self, _on: &'a Connection, body: &'a Map<String, Value>) -> Outcome<'a, FoundRepository> {
        Box::pin(async {
            let identifier = body.get("identifier").and_then(Value::as_str).filter(|text| !text.is_empty());
            let identifier = identifier
                .ok_or_else(|| ProviderError::Refused("Example requires an identifier.".to_owned()))?;
            Ok(FoundRepository {
                name: identifier.to_owned(),
                external_id: identifier.to_owned(),
                url: Some(format!("https://example.com/{identifier}")),
                config: Map::new(),
            })
        })
    }

    fn forget<'a>(&'a self, _on: &'a Connection, _repository: &'a AddedRepository) -> Outcome<'a, ()> {
        Box::pin(async { Ok(()) })
    }

    fn compare<'a>(
        &'a self,
        _on: &'a Connection,
        _repository: &'a AddedRepository,
        start: Option<&'a str>,
        end: &'a str,
    ) -> Outcome<'a, Option<Vec<RemoteCommit>>> {
        let last = RemoteCommit {
            sha: end.to_owned(),
            message: Some(format!("Release {end}")),
            author_name: Some("Mona Lisa".to_owned()),
            author_email: Some("octocat@example.com".to_owned()),
            date: None,
            files: vec![FileChange { path: "README.md".to_owned(), kind: ChangeKind::Modified }],
        };
        let commits = if start == Some(end) { Vec::new() } else { vec![last] };
        Box::pin(async { Ok(Some(commits)) })
    }

    fn pull_request_url(&self, repository: &AddedRepository, key: &str) -> Option<String> {
        Some(format!("https://example.com/{}/pull/{key}", repository.name))
    }

    fn file_url(&self, repository: &AddedRepository, path: &str, branch: &str) -> String {
        format!("https://example.com/{}/blob/{branch}/{path}", repository.name)
    }

    fn owns_url(&self, _on: &Connection, url: &str) -> bool {
        url.starts_with("https://example.com/")
    }

    fn branch_of_url(&self, repository: &AddedRepository, url: &str) -> String {
        split(repository, url).0.to_owned()
    }

    fn path_of_url(&self, repository: &AddedRepository, url: &str) -> String {
        split(repository, url).1.to_owned()
    }

    fn has_file<'a>(
        &'a self,
        _on: &'a Connection,
        _repository: &'a AddedRepository,
        _path: &'a str,
        _version: &'a str,
    ) -> Outcome<'a, bool> {
        Box::pin(async { Ok(true) })
    }

    fn owners_file<'a>(
        &'a self,
        _on: &'a Connection,
        repository: &'a AddedRepository,
        branch: &'a str,
    ) -> Outcome<'a, Option<RemoteFile>> {
        let file = (repository.name == REPOSITORY).then(|| RemoteFile {
            path: "CODEOWNERS".to_owned(),
            html_url: self.file_url(repository, "CODEOWNERS", branch),
            raw: "# Who owns what\n*.py @octocat\n/docs/ @example/writers\n".to_owned(),
        });
        Box::pin(async { Ok(file) })
    }
}

/// Branch and path of the page of a file.
fn split<'a>(repository: &AddedRepository, url: &'a str) -> (&'a str, &'a str) {
    let start = format!("https://example.com/{}/blob/", repository.name);
    url.strip_prefix(&start).and_then(|rest| rest.split_once('/')).unwrap_or_default()
}

impl IssueTracker for Example {
    fn create_fields<'a>(
        &'a self,
        _on: &'a Connection,
        _sent: &'a Map<String, Value>,
    ) -> Outcome<'a, Vec<Written<Value>>> {
        let project = Field::new("project", "select")
            .label("Project")
            .choices([("1", "Project 1"), ("2", "Project 2")])
            .default(json!(""));
        Box::pin(async { Ok(vec![project.written()]) })
    }
}
