//! `app`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Few, Object, not_null, nullable};
use crate::datetime::WireTime;

/// An app.
#[derive(Debug, Clone, Serialize)]
pub struct App {
    pub id: i64,
    pub scope_list: Vec<String>,
    /// -1 for none.
    pub application_id: i64,
    pub application: Option<Application>,
    pub proxy_user_id: Option<i64>,
    pub owner_id: i64,
    pub name: String,
    pub slug: String,
    pub uuid: String,
    pub events: Vec<String>,
    pub webhook_url: Option<String>,
    pub webhook_headers: Vec<String>,
    pub is_alertable: bool,
    pub is_disabled: bool,
    pub is_published: bool,
    pub is_unpublished: bool,
    pub is_internal: bool,
    pub is_publish_request_inprogress: bool,
    pub status: String,
    pub metadata: Object,
    pub avatars: Vec<Avatar>,
    pub creator_label: Option<String>,
}

/// The OAuth application of an app.
#[derive(Debug, Clone, Serialize)]
pub struct Application {
    pub id: i64,
    pub client_id: String,
    pub client_secret: String,
}

/// A picture of an app.
#[derive(Debug, Clone, Serialize)]
pub struct Avatar {
    pub id: i64,
    pub ident: Option<String>,
    pub sentry_app_id: i64,
    /// A number of [`AVATAR_TYPES`].
    pub avatar_type: i64,
    pub color: bool,
    #[serde(rename = "AVATAR_TYPES")]
    pub avatar_types: [(i64, &'static str); 2],
    pub url_path: &'static str,
    #[serde(rename = "FILE_TYPE")]
    pub file_type: &'static str,
}

/// What pictures can be.
pub const AVATAR_TYPES: [(i64, &str); 2] = [(0, "default"), (1, "upload")];

/// An app in an organization.
#[derive(Debug, Clone, Serialize)]
pub struct Installation {
    pub id: i64,
    pub organization_id: i64,
    pub status: i64,
    pub sentry_app: App,
    /// Only live ones are found: always null.
    pub date_deleted: Option<WireTime>,
    pub uuid: String,
    /// Only a hash of it is kept: always null.
    pub api_token: Option<String>,
}

/// An app that alert rules name by its slug.
#[derive(Debug, Clone, Serialize)]
pub struct Service {
    pub title: String,
    pub slug: String,
    /// `sentry_app`.
    pub service_type: &'static str,
}

/// An element of an app's schema.
#[derive(Debug, Clone, Serialize)]
pub struct Component {
    pub uuid: String,
    pub sentry_app_id: i64,
    #[serde(rename = "type")]
    pub kind: String,
    pub app_schema: Object,
}

/// A component where it is installed.
#[derive(Debug, Clone, Serialize)]
pub struct ComponentContext {
    pub installation: Installation,
    pub component: Option<Component>,
}

/// What an app made of the settings of an alert rule.
#[derive(Debug, Clone, Serialize)]
pub struct AlertRuleActionResult {
    pub success: bool,
    pub message: String,
    /// `client`, `integrator` or `sentry`: who made the mistake.
    pub error_type: Option<&'static str>,
    pub webhook_context: Option<Object>,
    pub public_context: Option<Object>,
    pub status_code: Option<u16>,
}

/// Which installations.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    #[serde(deserialize_with = "not_null")]
    pub installation_ids: Option<Few<i64>>,
    #[serde(deserialize_with = "not_null")]
    pub app_ids: Option<Few<i64>>,
    #[serde(deserialize_with = "not_null")]
    pub organization_id: Option<i64>,
    #[serde(deserialize_with = "not_null")]
    pub uuids: Option<Few<String>>,
    #[serde(deserialize_with = "not_null")]
    pub status: Option<i64>,
    #[serde(deserialize_with = "not_null")]
    pub api_token_id: Option<i64>,
    #[serde(deserialize_with = "not_null")]
    pub api_installation_token_id: Option<i64>,
}

/// Arguments of `get_many`.
#[derive(Debug, Deserialize)]
pub struct GetMany {
    pub filter: Filter,
}

/// Arguments of `serialize_many`.
#[derive(Debug, Deserialize)]
pub struct SerializeMany {
    pub filter: Filter,
    pub as_user: Option<Object>,
    pub auth_context: Option<Object>,
}

/// One by its id.
#[derive(Debug, Deserialize)]
pub struct ById {
    pub id: i64,
}

/// One by its slug.
#[derive(Debug, Deserialize)]
pub struct BySlug {
    pub slug: String,
}

/// Several by their ids.
#[derive(Debug, Deserialize)]
pub struct ByIds {
    pub ids: Few<i64>,
}

/// Those of an organization.
#[derive(Debug, Deserialize)]
pub struct OfOrganization {
    pub organization_id: i64,
}

/// Arguments of `find_app_components`.
#[derive(Debug, Deserialize)]
pub struct FindComponents {
    pub app_id: i64,
}

/// Arguments of `find_installation_by_proxy_user`.
#[derive(Debug, Deserialize)]
pub struct ByProxyUser {
    pub proxy_user_id: i64,
    pub organization_id: i64,
}

/// Arguments of `get_sentry_apps_by_proxy_users`.
#[derive(Debug, Deserialize)]
pub struct ByProxyUsers {
    pub proxy_user_ids: Few<i64>,
}

/// Arguments of `find_service_hook_sentry_app`.
#[derive(Debug, Deserialize)]
pub struct ByApplication {
    pub api_application_id: i64,
}

/// Arguments of `get_installation_org_id_by_token_id`.
#[derive(Debug, Deserialize)]
pub struct ByToken {
    pub token_id: i64,
}

/// Arguments of `get_installation_token`.
#[derive(Debug, Deserialize)]
pub struct GetToken {
    pub organization_id: i64,
    pub provider: String,
}

/// Arguments of `get_component_contexts`.
#[derive(Debug, Deserialize)]
pub struct GetContexts {
    pub filter: Filter,
    pub component_type: String,
}

/// Arguments of `get_installation_component_contexts`.
#[derive(Debug, Deserialize)]
pub struct GetInstallationContexts {
    pub filter: Filter,
    pub component_type: String,
    pub include_contexts_without_component: bool,
}

/// Arguments of `get_custom_alert_rule_actions`.
#[derive(Debug, Deserialize)]
pub struct GetActions {
    pub event_data: EventData,
    pub organization_id: i64,
    #[serde(deserialize_with = "nullable")]
    pub project_slug: Option<String>,
}

/// As what actions are offered.
#[derive(Debug, Deserialize)]
#[serde(default)]
pub struct EventData {
    pub id: String,
    pub label: String,
    pub action_type: String,
    pub enabled: bool,
}

impl Default for EventData {
    fn default() -> Self {
        Self { id: String::new(), label: String::new(), action_type: String::new(), enabled: true }
    }
}

/// Arguments of `get_internal_integrations`.
#[derive(Debug, Deserialize)]
pub struct GetInternal {
    pub organization_id: i64,
    pub integration_name: String,
}

/// Arguments of `create_internal_integration_for_channel_request`.
#[derive(Debug, Deserialize)]
pub struct CreateInternal {
    pub organization_id: i64,
    pub integration_name: String,
    pub integration_scopes: Few<String>,
    pub integration_creator_id: i64,
    pub metadata: Option<Object>,
}

/// Arguments of `get_notification_emails_for_sentry_app`.
#[derive(Debug, Deserialize)]
pub struct GetEmails {
    pub organization_id: i64,
    #[serde(deserialize_with = "nullable")]
    pub creator_label: Option<String>,
}

/// Arguments of `prepare_sentry_app_components`.
#[derive(Debug, Deserialize)]
pub struct PrepareComponents {
    pub installation_id: i64,
    pub component_type: String,
    pub project_slug: Option<String>,
}

/// Arguments of `trigger_sentry_app_action_creators`.
#[derive(Debug, Deserialize)]
pub struct TriggerActions {
    pub fields: Few<Value>,
    #[serde(deserialize_with = "nullable")]
    pub install_uuid: Option<String>,
}

/// Arguments of `update_sentry_app`.
#[derive(Debug, Deserialize)]
pub struct UpdateApp {
    pub id: i64,
    pub attrs: AppChange,
}

/// What changes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct AppChange {
    #[serde(deserialize_with = "not_null")]
    pub events: Option<Few<String>>,
    #[serde(deserialize_with = "not_null")]
    pub name: Option<String>,
}
