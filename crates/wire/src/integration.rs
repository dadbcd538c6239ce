//! First-party integrations: the catalog of providers, and what an organization has of it.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{Written, datetime::WireTime};

/// A provider beside an integration of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Provider {
    /// The word that names it.
    pub key: &'static str,
    /// The same again.
    pub slug: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// Whether an installation starts here.
    pub can_add: bool,
    /// Whether it is disabled rather than removed.
    pub can_disable: bool,
    /// What it can do, sorted.
    pub features: Vec<&'static str>,
    /// What its pages show besides.
    pub aspects: Value,
}

/// A provider in the catalog.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CatalogProvider {
    /// The word that names it.
    pub key: &'static str,
    /// The same again.
    pub slug: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// What people read of it.
    pub metadata: ProviderMetadata,
    /// Whether an installation starts here.
    pub can_add: bool,
    /// Whether it is disabled rather than removed.
    pub can_disable: bool,
    /// What it can do.
    pub features: Vec<&'static str>,
    /// Where it is installed.
    pub setup_dialog: SetupDialog,
}

/// What people read of a provider. Its keys are in snake case.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProviderMetadata {
    /// What it is for; Markdown.
    pub description: &'static str,
    /// Its features in words, in order.
    pub features: Vec<ProviderFeature>,
    /// Who made it.
    pub author: &'static str,
    /// What one installation is called.
    pub noun: &'static str,
    /// Where to report a problem.
    pub issue_url: String,
    /// Where its source is.
    pub source_url: String,
    /// What its pages show besides.
    pub aspects: Value,
}

/// A feature of a provider in words.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProviderFeature {
    /// What it does; Markdown.
    pub description: &'static str,
    /// The feature, with a prefix.
    pub feature_gate: String,
}

/// The window in which a provider is installed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SetupDialog {
    /// A path on this server.
    pub url: String,
    /// Pixels.
    pub width: u16,
    /// Pixels.
    pub height: u16,
}

/// The catalog.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Catalog {
    /// By key.
    pub providers: Vec<CatalogProvider>,
}

/// An integration, without an organization's settings.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Integration {
    /// The id of the account on the other side, in decimal digits.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its picture.
    pub icon: Value,
    /// Its address.
    pub domain_name: Value,
    /// What kind of account it is.
    pub account_type: Value,
    /// What this server may do there.
    pub scopes: Value,
    /// Its life cycle.
    pub status: &'static str,
    /// Its provider.
    #[schema(value_type = Provider)]
    pub provider: Written<Provider>,
}

/// An integration of an organization.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrganizationIntegration {
    /// The integration.
    #[serde(flatten)]
    pub integration: Integration,
    /// The fields of its settings; absent when they were not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    pub config_organization: Option<Vec<Written<Value>>>,
    /// The settings.
    pub config_data: Value,
    /// The id of the account on the other side, there.
    pub external_id: String,
    /// A number here.
    pub organization_id: i64,
    /// The life cycle of the organization's part.
    pub organization_integration_status: &'static str,
    /// Until when it may be used although the plan has it no more.
    pub grace_period_end: Option<WireTime>,
    /// What pages show besides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dynamic_display_information: Option<Value>,
    /// Whether it has to be installed again to do everything.
    pub out_of_date: Option<bool>,
    /// The fields for creating an item on the other side, when they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    pub create_issue_config: Option<Vec<Written<Value>>>,
}

/// The repositories that an integration sees.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct RemoteRepositories {
    /// Those that were not added yet.
    pub repos: Vec<RemoteRepository>,
    /// Whether they are found by typing; absent for an integration that is disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub searchable: Option<bool>,
}

/// A repository on the other side.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RemoteRepository {
    /// As people call it.
    pub name: String,
    /// What names it when it is added.
    pub identifier: String,
    /// The branch that counts.
    pub default_branch: Option<String>,
}

/// A function that runs on the other side.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RemoteFunction {
    /// What names it.
    pub name: String,
    /// What it runs in.
    pub runtime: String,
    /// The version of the layer in it; -1 where there is none.
    pub version: i64,
    /// Whether there is a newer version.
    pub out_of_date: bool,
    /// Whether it reports.
    pub enabled: bool,
}
