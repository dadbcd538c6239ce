//! Sentry Apps as those who install them see them: what one may do, installing it.

use askama::Template;

use super::{Avatar, Select, Shell, State, integration::Ask};

/// One app: what it does, what it may do, and installing it.
#[derive(Debug, Clone, Template)]
#[template(path = "app.html")]
pub struct AppPage {
    pub shell: Shell,
    pub app: AppProfile,
    /// `Installed` or `Waits for the app`; `None` when it is not installed.
    pub state: Option<State>,
    pub is_pending: bool,
    /// Whether the organization of the page makes it.
    pub is_own: bool,
    pub may_install: bool,
    /// Asking the owners, for those who may not install it.
    pub ask: Option<Ask>,
    pub may_uninstall: bool,
}

/// What an app says of itself, and what it may do.
#[derive(Debug, Clone)]
pub struct AppProfile {
    pub slug: String,
    pub name: String,
    pub author: String,
    pub avatar: Avatar,
    /// In Markdown; may be empty.
    pub overview: String,
    /// Sentences in Markdown.
    pub features: Vec<String>,
    pub grants: Vec<Grant>,
    /// What it hears of, in words.
    pub hears: Vec<String>,
    /// The host that installing leads to; empty for none.
    pub leads_to: String,
}

/// What an app may do with one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub title: &'static str,
    pub level: &'static str,
    pub about: &'static str,
}

/// Installing an app by a link of its makers: the organization is chosen here.
#[derive(Debug, Clone, Template)]
#[template(path = "external_install.html")]
pub struct ExternalInstallPage {
    pub shell: Shell,
    pub app: AppProfile,
    /// `None` when the visitor belongs to no organization.
    pub org: Option<Select>,
    /// Handed back to the app.
    pub state: String,
    /// Why it was not installed; empty when nothing was tried.
    pub error: String,
}
