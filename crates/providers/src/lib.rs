//! First-party providers. A provider is a [`Manifest`] (data) and, once it is built, implementations of capabilities
//! ([`Settings`], [`SourceHost`], [`IssueTracker`]). The [`Registry`] holds those that a server knows. All of them call
//! the other side with the same [`Client`].
//!
//! Manifests of all providers are here from the start: they say what a stored integration is, so that such rows can be
//! kept and shown. A provider without capabilities is never offered for installation.

mod catalog;
mod client;
mod commits;
mod error;
mod example;
mod feature;
mod form;
mod github;
mod gitlab;
mod issue_sync;
mod jira;
mod jira_server;
mod manifest;
mod metadata;
mod msteams;
pub mod oauth;
mod opsgenie;
mod pagerduty;
mod plugin;
mod predecessor;
mod provider;
mod registry;
mod slack;
mod vsts;

pub use catalog::CATALOG;
pub use client::{
    Call, CallResult, Client, Content, MEMORY_LIFETIME, Memory, Meter, PAGE_SIZE, QUICK_TIMEOUT, Reply,
    TIMEOUT, all_pages,
};
pub use commits::RemoteCommit;
pub use error::{ApiError, ApiErrorKind, ProviderError};
pub use example::Example;
pub use feature::Feature;
pub use form::Field;
pub use github::{GitHub, GitHubApp, GitHubEnterprise};
pub use manifest::{Aspects, Described, Manifest};
pub use metadata::Metadata;
pub use msteams::{MsTeams, TeamsApp};
pub use plugin::{FieldChoices, FieldDefault, PLUGINS, PluginAuth, PluginField, PluginKind, PluginManifest};
pub use predecessor::Predecessor;
pub use provider::{
    Account, AddedRepository, AppInstallation, AppTokens, Cards, Chat, Connection, ExternalProject,
    FoundRepository, FunctionAction, IssueTracker, Outcome, Provider, RemoteFile, RemoteFunction,
    RemoteRepository, RemoteTree, Renewal, RepositoryHooks, Saved, Serverless, Settings, SourceHost, Tokens,
};
pub use registry::{Apps, Registry};
