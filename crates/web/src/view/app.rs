//! Sentry Apps as those who make them see them: the list, the form, credentials, the dashboard.

use askama::Template;

use super::{
    Avatar, Count, Field, Link, Select, Shell, State, Svg, Switch, When, component::Preview, event::Pair,
    token::ScopeChoice,
};

/// The apps that an organization owns.
#[derive(Debug, Clone, Template)]
#[template(path = "developer_settings.html")]
pub struct DeveloperSettingsPage {
    pub shell: Shell,
    /// Whether there are more apps than the list takes.
    pub is_cut: bool,
    pub internal: Vec<AppRow>,
    pub public: Vec<AppRow>,
    pub may_create: bool,
}

/// An app in the list.
#[derive(Debug, Clone)]
pub struct AppRow {
    pub slug: String,
    pub name: String,
    pub avatar: Avatar,
    pub state: State,
    /// Sending is switched off after too many failures.
    pub is_disabled: bool,
    /// Families of events it hears of.
    pub events: Vec<String>,
    /// Where they are sent; empty for nowhere.
    pub webhook_url: String,
}

/// Which app the pages are about.
#[derive(Debug, Clone)]
pub struct AppHead {
    pub slug: String,
    pub name: String,
    pub avatar: Avatar,
    pub state: State,
    /// Sending is switched off after too many failures.
    pub is_disabled: bool,
    /// Whether the reader may see the dashboard.
    pub may_see_use: bool,
}

/// The form of an app: a new one, or the settings of one that exists.
#[derive(Debug, Clone, Template)]
#[template(path = "app_form.html")]
pub struct AppFormPage {
    pub shell: Shell,
    /// The app that is changed; `None` for a new one.
    pub app: Option<AppHead>,
    pub tab: &'static str,
    pub is_internal: bool,
    /// Where the form is sent.
    pub action: String,
    /// What is wrong with no field in particular; empty when nothing is.
    pub error: String,
    pub name: Field,
    pub author: Field,
    pub overview: Field,
    pub webhook_url: Field,
    pub redirect_url: Field,
    pub switches: Vec<Switch>,
    pub resources: Vec<ScopeChoice>,
    pub scopes_error: String,
    /// The scopes were agreed to by others and stay as they are.
    pub scopes_fixed: bool,
    pub events: Vec<EventGroup>,
    pub events_error: String,
    pub headers: Field,
    pub schema: Field,
    /// What pages make of the schema.
    pub preview: Preview,
    pub origins: Field,
    pub publication: Publication,
    pub may_write: bool,
    pub may_delete: bool,
}

/// Events that an app can hear of, by what they are about.
#[derive(Debug, Clone)]
pub struct EventGroup {
    pub title: &'static str,
    pub events: Vec<EventChoice>,
}

/// One event of a group.
#[derive(Debug, Clone)]
pub struct EventChoice {
    /// As in `issue.created`.
    pub value: &'static str,
    pub text: &'static str,
    pub chosen: bool,
}

/// What can be done about publishing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Publication {
    /// Nothing: it is internal, published, or the reader may not.
    Nothing,
    /// The reader may ask for it, once there are pictures.
    Ask(Pictures),
    /// The owners have asked; an operator decides.
    Waiting,
    /// The reader is an operator and may publish it now.
    Decide,
}

/// The pictures of an app that publishing needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pictures {
    /// Where the logo in colour is; empty when there is none.
    pub logo: String,
    /// Where the black icon is; empty when there is none.
    pub icon: String,
    /// Its components are shown with the icon.
    pub needs_icon: bool,
}

impl Pictures {
    /// Whether every picture is there that is needed.
    pub fn are_complete(&self) -> bool {
        !self.logo.is_empty() && (!self.needs_icon || !self.icon.is_empty())
    }
}

/// Client id, secret, tokens.
#[derive(Debug, Clone, Template)]
#[template(path = "app_credentials.html")]
pub struct AppCredentialsPage {
    pub shell: Shell,
    pub app: AppHead,
    pub tab: &'static str,
    pub client_id: String,
    pub secret: Secret,
    /// Tokens of an internal app; `None` where there are none to manage here.
    pub tokens: Option<Vec<AppTokenRow>>,
    /// The token just made, shown this one time.
    pub new_token: Option<String>,
    pub may_manage: bool,
}

/// What the reader may see of the client secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// The secret.
    Shown(String),
    /// The secret, made just now and shown this one time.
    New(String),
    /// Only those who may do all that the app may do see it.
    Hidden,
    /// It was shown long enough.
    Gone,
}

/// A token of an internal app; only its last characters are known.
#[derive(Debug, Clone)]
pub struct AppTokenRow {
    pub id: String,
    pub last_characters: String,
    pub scopes: Vec<String>,
    pub created: When,
}

/// How an app is used, and what it was called with.
#[derive(Debug, Clone, Template)]
#[template(path = "app_dashboard.html")]
pub struct AppDashboardPage {
    pub shell: Shell,
    pub app: AppHead,
    pub tab: &'static str,
    /// The windows of time.
    pub periods: Vec<Link>,
    /// The window in words, as in "last 24 hours".
    pub span: &'static str,
    /// Installations there are.
    pub installed: Count,
    /// Installations there ever were.
    pub installs: Count,
    pub uninstalls: Count,
    pub charts: Vec<Dial>,
    pub event: Select,
    pub organization: Select,
    pub from: Field,
    pub to: Field,
    pub failed_only: bool,
    /// What the filter keeps.
    pub keep: Vec<(&'static str, String)>,
    /// Newest first.
    pub calls: Vec<AppCall>,
    pub filtered: bool,
}

/// A chart with its title and its sum.
#[derive(Debug, Clone)]
pub struct Dial {
    pub title: String,
    pub total: Count,
    pub chart: Svg,
}

/// A request that the app was sent.
#[derive(Debug, Clone)]
pub struct AppCall {
    pub event: String,
    pub state: State,
    pub url: String,
    /// The slug of the organization that it was about; empty for internal apps.
    pub organization: String,
    pub when: When,
    /// What was sent and received, where it failed.
    pub failure: Option<FailedCall>,
    /// The page of the error that the app reported for it; empty for none.
    pub error_href: String,
}

/// More about a request that failed.
#[derive(Debug, Clone)]
pub struct FailedCall {
    pub request_headers: Vec<Pair>,
    pub request_body: String,
    pub response_body: String,
}
