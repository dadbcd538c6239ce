//! Legacy plugins.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A plugin, as far as an answer shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Plugin {
    /// The word that names it.
    pub id: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// The id again.
    pub slug: &'static str,
    /// The name again.
    pub short_name: &'static str,
    /// `default`, `issue-tracking`, `notification`, `data-forwarding` or `release-tracking`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Whether it can be switched off.
    pub can_disable: bool,
    /// Whether it can be tried out.
    pub is_testable: bool,
    /// Whether anything can be set.
    pub has_configuration: bool,
    /// Always empty.
    #[schema(value_type = Object)]
    pub metadata: Map<String, Value>,
    /// Names of the contexts that it adds to events.
    pub contexts: &'static [&'static str],
    /// Always `unknown`.
    pub status: &'static str,
    /// Always empty.
    pub assets: Vec<Value>,
    /// How to tell this server of releases; HTML.
    pub doc: String,
    /// Always null.
    pub first_party_alternative: Option<String>,
    /// Always null.
    pub deprecation_date: Option<String>,
    /// Always null.
    pub alt_is_sentry_app: Option<bool>,
    /// Whether it is on; only in a project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<Value>,
    /// The version of the server.
    pub version: &'static str,
    /// Who made it.
    pub author: PluginAuthor,
    /// Always false.
    pub is_deprecated: bool,
    /// Whether catalogs leave it out.
    pub is_hidden: bool,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'static str>,
    /// What it can do.
    pub features: Vec<&'static str>,
    /// The same in words.
    pub feature_descriptions: Vec<PluginFeature>,
    /// Where to read on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_links: Option<Vec<PluginLink>>,
    /// In a list over projects: the project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<PluginProject>,
    /// In a list of what is configured: by whom, by slug.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_list: Option<Vec<ConfiguredProject>>,
    /// Its settings, where they are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<Vec<PluginField>>,
    /// Why there are no settings. In snake case.
    #[serde(rename = "config_error", skip_serializing_if = "Option::is_none")]
    pub config_error: Option<String>,
    /// Where to mend that. In snake case.
    #[serde(rename = "auth_url", skip_serializing_if = "Option::is_none")]
    pub auth_url: Option<String>,
}

/// Who made a plugin.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PluginAuthor {
    /// The name.
    pub name: &'static str,
    /// Where to find them.
    pub url: String,
}

/// A feature of a plugin in words.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PluginFeature {
    /// What it does.
    pub description: &'static str,
    /// The feature, without a prefix.
    pub feature_gate: &'static str,
}

/// Where to read on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PluginLink {
    /// What it leads to.
    pub title: &'static str,
    /// The address.
    pub url: String,
}

/// The project in which a plugin is on or off.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PluginProject {
    /// The id; a number.
    pub id: i64,
    /// The slug.
    pub slug: String,
}

/// A project that configured a plugin.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConfiguredProject {
    /// The id; a number.
    pub project_id: i64,
    /// The slug.
    pub project_slug: String,
    /// The name.
    pub project_name: String,
    /// Whether it is on.
    pub enabled: bool,
    /// Always true.
    pub configured: bool,
    /// The platform.
    pub project_platform: Option<String>,
}

/// A field of a plugin's settings.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PluginField {
    /// The name of the option.
    pub name: &'static str,
    /// What stands before it.
    pub label: &'static str,
    /// `text`, `url`, `secret`, ...
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Whether it must be filled in.
    pub required: bool,
    /// What explains it.
    pub help: Option<String>,
    /// What stands in it while it is empty.
    pub placeholder: Option<&'static str>,
    /// What there is to choose from: value and label.
    pub choices: Option<Vec<[String; 2]>>,
    /// Always false.
    pub readonly: bool,
    /// What it holds at first.
    pub default_value: Value,
    /// What is stored; never of a secret.
    pub value: Value,
    /// Always false.
    pub is_deprecated: bool,
    /// Whether catalogs leave the plugin out.
    pub is_hidden: bool,
    /// Of a secret: whether it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_saved_value: Option<bool>,
    /// Of a secret: how it begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
}

/// How this server is told of releases.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReleaseToken {
    /// 32 hex digits.
    pub token: String,
    /// Where releases are posted to.
    pub webhook_url: String,
}
