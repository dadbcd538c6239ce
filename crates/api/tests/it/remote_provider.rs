//! A provider whose other side is a receiver of the test: everything it does is a call there, made as providers make calls.

use std::collections::BTreeMap;

use http::Method;
use mortise_domain::{IntegrationId, OrgId, UserId};
use mortise_providers::{
    AddedRepository, CATALOG, Client, Connection, Field, FoundRepository, IssueTracker, Manifest, Outcome,
    Provider, ProviderError, RemoteRepository, Renewal, Saved, Settings, SourceHost, Tokens, oauth,
};
use mortise_service::integrations::{self, NewIdentity, NewIntegration};
use mortise_testkit::{Receiver, TestApp};
use mortise_wire::Written;
use serde_json::{Map, Value, json};

/// Stands for GitLab. Accounts have tokens that are renewed where it says so.
#[derive(Debug, Clone, Copy)]
pub struct Remote {
    pub with_tokens: bool,
}

/// The address of the other side, below a path.
pub fn url(receiver: &Receiver, path: &str) -> String {
    receiver.url().replace("/hook", path)
}

/// An integration of this provider at `side`, which acts with the account that holds `tokens` if there are any.
pub async fn integrate(
    app: &TestApp,
    org: OrgId,
    side: &str,
    tokens: Option<(UserId, Value)>,
) -> IntegrationId {
    let map = |value: Value| value.as_object().cloned().unwrap_or_default();
    let identity =
        tokens.map(|(user, data)| NewIdentity { user, external_id: "me".to_owned(), data: map(data) });
    let new = NewIntegration {
        org,
        provider: "gitlab".to_owned(),
        external_id: side.chars().take(64).collect(),
        name: "Remote".to_owned(),
        metadata: map(json!({ "url": side })),
        config: Map::new(),
        status: mortise_domain::status::ObjectStatus::Active,
        identity,
    };
    let ctx = app.ctx.clone();
    let made = app
        .ctx
        .store
        .write(move |tx| Box::pin(async move { integrations::create_integration_in(tx, &ctx, &new).await }));
    made.await.expect("an integration is created")
}

/// The client, with paths below the other side. An inactive account is fatal.
fn client(on: &Connection) -> Client {
    let metadata = on.metadata.open().expect("what was sealed opens");
    let side = metadata["url"].as_str().unwrap_or_default();
    let client = on.client().base_url(side);
    client.fatal_if(|error| error.json.as_ref().is_some_and(|body| body["error"] == "account_inactive"))
}

impl Provider for Remote {
    fn manifest(&self) -> &'static Manifest {
        CATALOG.iter().find(|it| it.key == "gitlab").unwrap()
    }

    fn settings(&self) -> Option<&dyn Settings> {
        Some(self)
    }

    fn source_host(&self) -> Option<&dyn SourceHost> {
        Some(self)
    }

    fn issue_tracker(&self) -> Option<&dyn IssueTracker> {
        Some(self)
    }

    fn tokens(&self) -> Option<&dyn Tokens> {
        self.with_tokens.then_some(self)
    }

    fn fields_of(&self, body: &Value) -> Option<BTreeMap<String, Vec<String>>> {
        let fields = body.get("fields")?.as_object()?;
        let texts = |text: &Value| vec![text.as_str().unwrap_or_default().to_owned()];
        Some(fields.iter().map(|(name, text)| (name.clone(), texts(text))).collect())
    }

    fn uninstall<'a>(&'a self, on: &'a Connection, is_last: bool) -> Outcome<'a, ()> {
        Box::pin(async move {
            let call = client(on).call(Method::DELETE, "/hooks").query("last", is_last.to_string());
            call.send().await.map(drop)
        })
    }
}

impl Tokens for Remote {
    fn renew<'a>(&'a self, client: &'a Client, from: Renewal<'a>) -> Outcome<'a, Map<String, Value>> {
        Box::pin(async move {
            let Renewal { data, now_s, .. } = from;
            let url = data["token_url"].as_str().unwrap_or_default();
            let form = |token: &str| vec![("refresh_token", token.to_owned())];
            oauth::refresh(client, url, form, data, now_s).await
        })
    }
}

impl Settings for Remote {
    fn fields<'a>(&'a self, _on: &'a Connection) -> Outcome<'a, Vec<Written<Value>>> {
        Box::pin(async { Ok(vec![Field::new("note", "string").written()]) })
    }

    fn values<'a>(&'a self, on: &'a Connection) -> Outcome<'a, Map<String, Value>> {
        Box::pin(async move {
            let reply = client(on).get("/values").send().await?;
            Ok(reply.json().as_object().cloned().unwrap_or_default())
        })
    }

    fn save<'a>(&'a self, on: &'a Connection, sent: Map<String, Value>) -> Outcome<'a, Saved> {
        Box::pin(async move {
            client(on).call(Method::POST, "/save").json(&Value::Object(sent.clone())).send().await?;
            let mut config = on.config.clone();
            config.extend(sent);
            Ok(Saved { config, ..Saved::default() })
        })
    }
}

impl SourceHost for Remote {
    fn repositories<'a>(
        &'a self,
        on: &'a Connection,
        _query: Option<&'a str>,
    ) -> Outcome<'a, Vec<RemoteRepository>> {
        Box::pin(async move {
            let reply = client(on).get("/repositories").send().await?;
            let names = reply.json().as_array().cloned().unwrap_or_default();
            let repository = |name: &Value| {
                let name = name.as_str().unwrap_or_default().to_owned();
                RemoteRepository { identifier: name.clone(), name, default_branch: None }
            };
            Ok(names.iter().map(repository).collect())
        })
    }

    fn find<'a>(
        &'a self,
        _on: &'a Connection,
        _body: &'a Map<String, Value>,
    ) -> Outcome<'a, FoundRepository> {
        Box::pin(async { Err(ProviderError::Refused("Nothing is added here.".to_owned())) })
    }

    fn forget<'a>(&'a self, _on: &'a Connection, _repository: &'a AddedRepository) -> Outcome<'a, ()> {
        Box::pin(async { Ok(()) })
    }

    fn file_url(&self, _: &AddedRepository, _: &str, _: &str) -> String {
        String::new()
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
        _on: &'a Connection,
        _repository: &'a AddedRepository,
        _path: &'a str,
        _version: &'a str,
    ) -> Outcome<'a, bool> {
        Box::pin(async { Ok(false) })
    }
}

impl IssueTracker for Remote {
    fn create_fields<'a>(
        &'a self,
        on: &'a Connection,
        sent: &'a Map<String, Value>,
    ) -> Outcome<'a, Vec<Written<Value>>> {
        Box::pin(async move {
            let project = sent.get("project").and_then(Value::as_str).unwrap_or_default();
            client(on).get("/fields").query("project", project).send().await?;
            Ok(vec![Field::new("project", "select").default(project).written()])
        })
    }
}
