//! The contract of a provider: a manifest, and the capabilities that it has. The service asks for a capability and never
//! for a provider by name; what is not there is answered as "not supported".

use std::{collections::BTreeMap, sync::Arc};

use futures_util::future::BoxFuture;
use mortise_domain::{IntegrationId, OrgId, OrgIntegrationId};
use mortise_wire::Written;
use serde_json::{Map, Value};

use crate::{Client, Manifest, Metadata, Predecessor, ProviderError, RemoteCommit};

/// What an operation of a provider comes to.
pub type Outcome<'a, T> = BoxFuture<'a, Result<T, ProviderError>>;

/// A provider.
pub trait Provider: Send + Sync {
    /// What it is.
    fn manifest(&self) -> &'static Manifest;

    /// Its settings in an organization; without, they are a plain object that nobody reads.
    fn settings(&self) -> Option<&dyn Settings> {
        None
    }

    /// Repositories on its side.
    fn source_host(&self) -> Option<&dyn SourceHost> {
        None
    }

    /// Webhooks that its repositories have on its side.
    fn repository_hooks(&self) -> Option<&dyn RepositoryHooks> {
        None
    }

    /// Items on its side.
    fn issue_tracker(&self) -> Option<&dyn IssueTracker> {
        None
    }

    /// Functions that run on its side.
    fn serverless(&self) -> Option<&dyn Serverless> {
        None
    }

    /// Conversations on its side.
    fn chat(&self) -> Option<&dyn Chat> {
        None
    }

    /// Cards that its conversations show.
    fn cards(&self) -> Option<&dyn Cards> {
        None
    }

    /// How the tokens of its accounts are renewed; without, they are good until they are taken back.
    fn tokens(&self) -> Option<&dyn Tokens> {
        None
    }

    /// How the app of the operator gets tokens for an installation, where calls bear those and not the ones of an account.
    fn app_tokens(&self) -> Option<&dyn AppTokens> {
        None
    }

    /// The legacy plugin whose settings its installations can take over.
    fn predecessor(&self) -> Option<&'static Predecessor> {
        None
    }

    /// What an error's body says to people.
    fn message_of(&self, body: &Value) -> Option<String> {
        crate::error::message_of(body)
    }

    /// What an error's body says of the fields of a form: messages by field.
    fn fields_of(&self, _body: &Value) -> Option<BTreeMap<String, Vec<String>>> {
        None
    }

    /// Takes away on the other side what installing made there, before the installation is removed here. `is_last` says
    /// that no other organization uses the account. It may be asked again after an error, or after it worked.
    fn uninstall<'a>(&'a self, _on: &'a Connection, _is_last: bool) -> Outcome<'a, ()> {
        Box::pin(async { Ok(()) })
    }
}

/// One installation in one organization: what an operation acts on, and with.
#[derive(Clone)]
pub struct Connection {
    /// The stored integration.
    pub integration: IntegrationId,
    /// What the organization has of it.
    pub org_integration: OrgIntegrationId,
    /// The organization that it acts for.
    pub org: OrgId,
    /// Its slug.
    pub org_slug: String,
    /// The account's id on the other side.
    pub external_id: String,
    /// The account's name there.
    pub name: String,
    /// What the provider keeps for the account, credentials included.
    pub metadata: Metadata,
    /// The organization's settings.
    pub config: Map<String, Value>,
    /// States of projects on the other side that statuses map to.
    pub projects: Vec<ExternalProject>,
    /// Whether the organization may keep issues in step.
    pub may_sync: bool,
    /// Where links of this server begin.
    pub public_url: String,
    /// Makes the way to the network. Most operations call nobody, so it is made by whoever does.
    pub make_client: Arc<dyn Fn() -> Client + Send + Sync>,
}

impl Connection {
    /// The way to the network, with the account that it acts with if there is one; calls are counted.
    pub fn client(&self) -> Client {
        (self.make_client)()
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { integration, org, .. } = self;
        f.debug_struct("Connection")
            .field("integration", integration)
            .field("org", org)
            .finish_non_exhaustive()
    }
}

/// The account that an installation acts with. Whoever implements it renews tokens for one caller at a time.
pub trait Account: Send + Sync {
    /// A token that is good now. `refused` is one that the other side did not take, which is then renewed.
    fn token<'a>(&'a self, refused: Option<&'a str>) -> Outcome<'a, String>;
}

/// Tokens that are renewed from time to time.
pub trait Tokens: Send + Sync {
    /// What an account holds after its tokens were renewed; see [`crate::oauth::refresh`].
    fn renew<'a>(&'a self, client: &'a Client, from: Renewal<'a>) -> Outcome<'a, Map<String, Value>>;
}

/// What tokens are renewed from.
#[derive(Debug, Clone, Copy)]
pub struct Renewal<'a> {
    /// What the account holds until then.
    pub data: &'a Map<String, Value>,
    /// What is kept for the installation.
    pub kept: &'a Metadata,
    /// Where links of this server begin.
    pub public_url: &'a str,
    /// The time, epoch seconds.
    pub now_s: i64,
}

/// Tokens that the other side gives to the app of the operator, for one installation. They lie among what is kept for the
/// account.
pub trait AppTokens: Send + Sync {
    /// The token among what is kept, where it is good for long enough. `now_s` is the time, epoch seconds.
    fn held<'a>(&self, kept: &'a Map<String, Value>, now_s: i64) -> Option<&'a str>;

    /// Asks the other side for one: what is to be kept, beside or in place of what is kept until then.
    fn issue<'a>(
        &'a self,
        client: &'a Client,
        to: AppInstallation<'a>,
        now_s: i64,
    ) -> Outcome<'a, Map<String, Value>>;
}

/// The installation that a token is for.
#[derive(Debug, Clone, Copy)]
pub struct AppInstallation<'a> {
    /// Its id on the other side.
    pub external_id: &'a str,
    /// What is kept for it.
    pub kept: &'a Map<String, Value>,
}

/// The states that the statuses of issues map to in one project of the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalProject {
    /// Its id there.
    pub external_id: String,
    /// Its name there.
    pub name: String,
    /// The state of a resolved issue.
    pub resolved: String,
    /// The state of an open one.
    pub unresolved: String,
}

/// What becomes of settings that are saved.
#[derive(Debug, Clone, Default)]
pub struct Saved {
    /// The settings to keep, whole.
    pub config: Map<String, Value>,
    /// What the provider keeps for the account, whole, where that changes too.
    pub metadata: Option<Map<String, Value>>,
    /// The mapping of statuses, whole, where it was among them.
    pub projects: Option<Vec<ExternalProject>>,
}

/// Settings of an installation in an organization.
pub trait Settings: Send + Sync {
    /// The fields. What the other side does not tell is a field that is disabled and says why.
    fn fields<'a>(&'a self, on: &'a Connection) -> Outcome<'a, Vec<Written<Value>>>;

    /// The values that clients see. An integration that cannot tell them is shown as disabled.
    fn values<'a>(&'a self, on: &'a Connection) -> Outcome<'a, Map<String, Value>> {
        Box::pin(async { Ok(on.config.clone()) })
    }

    /// Checks what a client sends and says what becomes of it.
    fn save<'a>(&'a self, on: &'a Connection, sent: Map<String, Value>) -> Outcome<'a, Saved>;

    /// What pages show besides; `None` for nothing.
    fn display(&self, _on: &Connection) -> Option<Value> {
        None
    }
}

/// A repository on the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteRepository {
    /// As people call it.
    pub name: String,
    /// What names it when it is added.
    pub identifier: String,
    /// The branch that counts.
    pub default_branch: Option<String>,
}

/// A repository to add.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundRepository {
    /// As people call it.
    pub name: String,
    /// Its id on the other side.
    pub external_id: String,
    /// Its page.
    pub url: Option<String>,
    /// What the provider keeps for it.
    pub config: Map<String, Value>,
}

/// A repository that was added, as far as a provider needs to know it.
#[derive(Debug, Clone)]
pub struct AddedRepository {
    /// Its name.
    pub name: String,
    /// Its id on the other side.
    pub external_id: Option<String>,
    /// Its page.
    pub url: Option<String>,
    /// What the provider keeps for it.
    pub config: Map<String, Value>,
}

/// A file on the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteFile {
    /// Its path in the repository.
    pub path: String,
    /// Its page.
    pub html_url: String,
    /// What is in it.
    pub raw: String,
}

/// The files of a repository on the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteTree {
    /// The repository.
    pub repository: String,
    /// The branch that counts.
    pub branch: String,
    /// Paths of its files.
    pub files: Vec<String>,
}

/// Repositories, files and links of a provider.
pub trait SourceHost: Send + Sync {
    /// Whether repositories are found by typing.
    fn is_searchable(&self) -> bool {
        false
    }

    /// The repositories that the installation sees, those that match `query` where it is searchable.
    fn repositories<'a>(
        &'a self,
        on: &'a Connection,
        query: Option<&'a str>,
    ) -> Outcome<'a, Vec<RemoteRepository>>;

    /// The repository that a client wants to add, looked up on the other side.
    fn find<'a>(&'a self, on: &'a Connection, body: &'a Map<String, Value>) -> Outcome<'a, FoundRepository>;

    /// Takes away on the other side what adding made there.
    fn forget<'a>(&'a self, on: &'a Connection, repository: &'a AddedRepository) -> Outcome<'a, ()>;

    /// The commits that are in `end` and not in `start`, both hashes, newest first; without `start` the last few up to `end`.
    /// `None` where the provider does not tell.
    fn compare<'a>(
        &'a self,
        _on: &'a Connection,
        _repository: &'a AddedRepository,
        _start: Option<&'a str>,
        _end: &'a str,
    ) -> Outcome<'a, Option<Vec<RemoteCommit>>> {
        Box::pin(async { Ok(None) })
    }

    /// The name by which the other side knows a repository.
    fn external_slug(&self, repository: &AddedRepository) -> String {
        repository.name.clone()
    }

    /// The page of a pull request, by its number there; `None` where it has none.
    fn pull_request_url(&self, _repository: &AddedRepository, _key: &str) -> Option<String> {
        None
    }

    /// The page of a file.
    fn file_url(&self, repository: &AddedRepository, path: &str, branch: &str) -> String;

    /// Whether a page belongs to this installation.
    fn owns_url(&self, on: &Connection, url: &str) -> bool;

    /// The branch in the page of a file.
    fn branch_of_url(&self, repository: &AddedRepository, url: &str) -> String;

    /// The path in the page of a file.
    fn path_of_url(&self, repository: &AddedRepository, url: &str) -> String;

    /// Whether a file is there.
    fn has_file<'a>(
        &'a self,
        on: &'a Connection,
        repository: &'a AddedRepository,
        path: &'a str,
        version: &'a str,
    ) -> Outcome<'a, bool>;

    /// The files of every repository that the installation sees, for working out code mappings; nothing where the provider
    /// does not tell.
    fn trees<'a>(&'a self, _on: &'a Connection) -> Outcome<'a, Vec<RemoteTree>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    /// The file of owners; `None` when there is none, or when the provider has no such thing.
    fn owners_file<'a>(
        &'a self,
        _on: &'a Connection,
        _repository: &'a AddedRepository,
        _branch: &'a str,
    ) -> Outcome<'a, Option<RemoteFile>> {
        Box::pin(async { Ok(None) })
    }
}

/// Webhooks that adding a repository made on the other side.
pub trait RepositoryHooks: Send + Sync {
    /// Lets the webhook of a repository be as one that is made today; `false` where adding the repository made none.
    fn update<'a>(&'a self, on: &'a Connection, repository: &'a AddedRepository) -> Outcome<'a, bool>;
}

/// Items of a provider, such as work items.
pub trait IssueTracker: Send + Sync {
    /// The fields for creating an item. `sent` is what was chosen so far. Title and description are added by the caller
    /// where an issue is at hand.
    fn create_fields<'a>(
        &'a self,
        on: &'a Connection,
        sent: &'a Map<String, Value>,
    ) -> Outcome<'a, Vec<Written<Value>>>;
}

/// A function that runs on the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteFunction {
    /// What names it.
    pub name: String,
    /// What it runs in, such as `nodejs20.x`.
    pub runtime: String,
    /// The version of our layer in it; -1 where there is none.
    pub version: i64,
    /// Whether there is a newer version.
    pub is_outdated: bool,
    /// Whether it reports to us.
    pub is_enabled: bool,
}

/// What is done to a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionAction {
    /// Adds our layer.
    Enable,
    /// Takes it away.
    Disable,
    /// Brings it up to date.
    Update,
}

/// Functions of a provider.
pub trait Serverless: Send + Sync {
    /// Those that the installation sees.
    fn functions<'a>(&'a self, on: &'a Connection) -> Outcome<'a, Vec<RemoteFunction>>;

    /// Changes one and tells how it is afterwards.
    fn change<'a>(
        &'a self,
        on: &'a Connection,
        action: FunctionAction,
        name: &'a str,
    ) -> Outcome<'a, RemoteFunction>;
}

/// Conversations of a provider.
pub trait Chat: Send + Sync {
    /// Says something in a channel, by the channel's id on the other side.
    fn say<'a>(&'a self, on: &'a Connection, channel: &'a str, text: &'a str) -> Outcome<'a, ()>;
}

/// Cards in the conversations of a provider, in the form of that provider.
pub trait Cards: Send + Sync {
    /// Shows a card in a channel, by the channel's id on the other side.
    fn show<'a>(
        &'a self,
        on: &'a Connection,
        channel: &'a str,
        card: &'a Map<String, Value>,
    ) -> Outcome<'a, ()>;
}
