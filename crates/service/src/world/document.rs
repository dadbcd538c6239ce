//! What a declared world may say. Absent texts are empty until [`super::check`] fills them in.

use mortise_domain::ScopeSet;
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::{Map, Value};

/// People, organizations and what is in them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct World {
    /// People.
    pub users: Vec<Person>,
    /// Organizations.
    pub organizations: Vec<Organization>,
    /// Tokens of people.
    pub tokens: Vec<Token>,
}

/// A person.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Signs in with it.
    pub email: String,
    /// What people read.
    #[serde(default)]
    pub name: String,
    /// Generated when absent.
    pub password: Option<String>,
    /// Whether their sessions may be elevated.
    #[serde(default)]
    pub superuser: bool,
}

/// An organization.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organization {
    /// Its name in addresses.
    pub slug: String,
    /// What people read; the slug when absent.
    #[serde(default)]
    pub name: String,
    /// The owner's address; the first of `users` when absent.
    #[serde(default)]
    pub owner: String,
    /// Teams.
    #[serde(default)]
    pub teams: Vec<Team>,
    /// Further people.
    #[serde(default)]
    pub members: Vec<Member>,
    /// Projects.
    #[serde(default)]
    pub projects: Vec<Project>,
    /// First-party integrations.
    #[serde(default)]
    pub integrations: Vec<Integration>,
    /// Repositories.
    #[serde(default)]
    pub repositories: Vec<Repository>,
    /// Sentry Apps that it owns.
    #[serde(default)]
    pub apps: Vec<App>,
}

/// A team.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Team {
    /// Its name in addresses; made from the name when absent.
    pub slug: String,
    /// What people read; the slug when absent.
    pub name: String,
}

/// A member besides the owner.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Member {
    /// Of one of `users`.
    pub email: String,
    /// `member` when absent.
    pub role: String,
    /// Slugs of teams.
    pub teams: Vec<String>,
}

/// A project.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Project {
    /// Its name in addresses; made from the name when absent.
    pub slug: String,
    /// What people read; the slug when absent.
    pub name: String,
    /// What it is made with.
    pub platform: Option<String>,
    /// Slugs of teams.
    pub teams: Vec<String>,
    /// Issues.
    pub issues: Vec<Issue>,
}

/// An issue, made from one event.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Issue {
    /// Names it in the output; the title when absent.
    pub key: String,
    /// The event's message; the key when absent.
    pub title: String,
    /// Where it happened.
    pub culprit: String,
    /// `error` when absent.
    pub level: String,
    /// The project's, or `other`, when absent.
    pub platform: String,
}

/// A first-party integration.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Integration {
    /// Names it in the output; the name when absent.
    pub key: String,
    /// Such as `vsts`.
    pub provider: String,
    /// The account's name on the other side; the key when absent.
    pub name: String,
    /// The account's id on the other side; the key when absent.
    pub external_id: String,
    /// What the provider needs for the account; kept sealed.
    pub metadata: Map<String, Value>,
    /// The organization's settings of it.
    pub config: Map<String, Value>,
    /// `active` when absent.
    pub status: String,
    /// The account that it acts with.
    pub identity: Option<Identity>,
}

/// A person's account at a provider.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Identity {
    /// The address of one of `users`; the owner's when absent.
    pub user: String,
    /// The account's id on the other side; the user's address when absent.
    pub external_id: String,
    /// Tokens; kept sealed.
    pub data: Map<String, Value>,
}

/// A repository.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Repository {
    /// Names it in the output; the name when absent.
    pub key: String,
    /// As the provider names it; the key when absent.
    pub name: String,
    /// Such as `integrations:github`.
    pub provider: Option<String>,
    /// The key of an integration of the organization.
    pub integration: Option<String>,
    /// The id on the other side.
    pub external_id: Option<String>,
    /// Its page.
    pub url: Option<String>,
    /// What the provider needs for it.
    pub config: Map<String, Value>,
}

/// A Sentry App.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct App {
    /// Names it in the output; the name when absent.
    pub key: String,
    /// What people read; the key when absent.
    pub name: String,
    /// `internal` when absent.
    pub kind: AppKind,
    /// What it may do.
    pub scopes: Scopes,
    /// What it hears of.
    pub events: Vec<String>,
    /// Where it listens.
    pub webhook_url: Option<String>,
    /// What it is for, in Markdown.
    pub overview: Option<String>,
    /// Whether alert rules may use it.
    pub is_alertable: bool,
    /// Whether it confirms its installations; true when absent.
    pub verify_install: Option<bool>,
    /// Its parts of the user interface.
    pub schema: Map<String, Value>,
    /// Slugs of organizations that install it. An internal app is installed in its own anyway.
    pub installed_in: Vec<String>,
}

/// What sort of app.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AppKind {
    /// Private to its organization.
    #[default]
    Internal,
    /// For others, in development.
    Public,
    /// In the directory.
    Published,
}

/// A token of a person.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Token {
    /// Names it in the output; the user's address when absent.
    pub key: String,
    /// The address of one of `users`; the first when absent.
    pub user: String,
    /// Everything when absent.
    pub scopes: Option<Scopes>,
}

/// `"all"` or a list of scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scopes {
    /// All that can be had.
    All,
    /// These.
    Named(ScopeSet),
}

impl Scopes {
    /// The scopes, where these can be had.
    pub fn of(self, all: ScopeSet) -> ScopeSet {
        match self {
            Self::All => all,
            Self::Named(scopes) => scopes,
        }
    }
}

impl Default for Scopes {
    fn default() -> Self {
        Self::Named(ScopeSet::EMPTY)
    }
}

impl<'de> Deserialize<'de> for Scopes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Word(String),
            List(Vec<String>),
        }
        match Form::deserialize(from).map_err(|_| D::Error::custom("expected \"all\" or a list of scopes"))? {
            Form::Word(word) if word == "all" => Ok(Self::All),
            Form::Word(word) => {
                Err(D::Error::custom(format!("expected \"all\" or a list of scopes, not {word:?}")))
            }
            Form::List(list) => {
                let scopes = list.iter().map(|text| text.parse()).collect::<Result<ScopeSet, _>>();
                scopes.map(Self::Named).map_err(D::Error::custom)
            }
        }
    }
}
