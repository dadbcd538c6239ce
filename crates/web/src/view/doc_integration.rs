//! Documentation integrations: as organizations see them, and as superusers write them.

use askama::Template;

use super::{
    Avatar, Field, Shell, State,
    integration::{Feature, Resource},
};

/// A documentation integration as organizations see it.
#[derive(Debug, Clone, Template)]
#[template(path = "doc_integration.html")]
pub struct DocIntegrationPage {
    pub shell: Shell,
    pub slug: String,
    pub name: String,
    pub author: String,
    pub avatar: Avatar,
    /// In Markdown.
    pub description: String,
    /// Where the instructions are, and on whose host.
    pub instructions: Resource,
    pub features: Vec<Feature>,
    pub resources: Vec<Resource>,
    /// Nobody but superusers sees it.
    pub is_draft: bool,
    /// Whether the visitor may write it.
    pub may_write: bool,
}

/// All documentation integrations of the server.
#[derive(Debug, Clone, Template)]
#[template(path = "doc_integrations.html")]
pub struct DocIntegrationsPage {
    pub shell: Shell,
    pub rows: Vec<DocRow>,
    /// Whether there are more than are listed.
    pub is_cut: bool,
}

/// One of them.
#[derive(Debug, Clone)]
pub struct DocRow {
    pub slug: String,
    pub name: String,
    pub author: String,
    pub avatar: Avatar,
    pub state: State,
    /// What it is good for, in a word each.
    pub categories: Vec<&'static str>,
    /// The host of the instructions.
    pub host: String,
}

/// The form of a documentation integration: a new one, or one that exists.
#[derive(Debug, Clone, Template)]
#[template(path = "doc_integration_form.html")]
pub struct DocFormPage {
    pub shell: Shell,
    /// Where the form is sent.
    pub action: String,
    /// What is wrong with no field in particular; empty when nothing is.
    pub error: String,
    pub name: Field,
    pub author: Field,
    pub description: Field,
    pub url: Field,
    pub popularity: Field,
    pub features: Vec<FeatureChoice>,
    pub features_error: String,
    pub resources: Field,
    /// What exists already; `None` for a new one.
    pub stored: Option<StoredDoc>,
}

/// What can be done with one that exists.
#[derive(Debug, Clone)]
pub struct StoredDoc {
    pub slug: String,
    pub name: String,
    pub avatar: Avatar,
    pub state: State,
    pub is_draft: bool,
    /// Where its picture is; empty when there is none.
    pub picture: String,
}

/// A feature to choose.
#[derive(Debug, Clone)]
pub struct FeatureChoice {
    /// Its number.
    pub id: i64,
    /// What it does, in Markdown.
    pub text: String,
    pub category: Option<&'static str>,
    pub chosen: bool,
}
