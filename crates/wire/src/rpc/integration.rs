//! `integration`.

use serde::{Deserialize, Serialize};

use super::{
    Few, Object, When,
    identity::{Identity, IdentityProvider},
    user::User,
};
use crate::datetime::WireTime;

/// One installation on the other side, shared by organizations.
#[derive(Debug, Clone, Serialize)]
pub struct Integration {
    pub id: i64,
    pub provider: String,
    pub external_id: String,
    pub name: String,
    /// Credentials included.
    pub metadata: Object,
    pub status: i64,
}

/// What an organization has of it.
#[derive(Debug, Clone, Serialize)]
pub struct OrganizationIntegration {
    pub id: i64,
    pub default_auth_id: Option<i64>,
    pub organization_id: i64,
    pub integration_id: i64,
    pub config: Object,
    pub status: i64,
    pub grace_period_end: Option<WireTime>,
    pub date_added: Option<WireTime>,
}

/// States that the statuses of issues map to.
#[derive(Debug, Clone, Serialize)]
pub struct ExternalProject {
    pub id: i64,
    pub organization_integration_id: i64,
    pub name: String,
    pub external_id: String,
    pub resolved_status: String,
    pub unresolved_status: String,
}

/// An integration and what one organization has of it.
#[derive(Debug, Clone, Serialize)]
pub struct OrganizationContext {
    pub integration: Option<Integration>,
    pub organization_integration: Option<OrganizationIntegration>,
}

/// An integration and what organizations have of it.
#[derive(Debug, Clone, Serialize)]
pub struct OrganizationContextList {
    pub integration: Option<Integration>,
    pub organization_integrations: Vec<OrganizationIntegration>,
}

/// An integration and who somebody on the other side is here.
#[derive(Debug, Clone, Serialize)]
pub struct IdentityContext {
    pub integration: Option<Integration>,
    pub identity_provider: Option<IdentityProvider>,
    pub identity: Option<Identity>,
    pub user: Option<User>,
}

/// One of the two directions of a page.
#[derive(Debug, Clone, Serialize)]
pub struct CursorState {
    pub encoded: String,
    pub has_results: Option<bool>,
}

/// A page of ids. Nothing is counted.
#[derive(Debug, Clone, Serialize)]
pub struct PaginationResult {
    pub ids: Vec<i64>,
    pub hits: Option<i64>,
    pub max_hits: Option<i64>,
    pub next: CursorState,
    pub prev: CursorState,
}

/// Which page.
#[derive(Debug, Deserialize)]
pub struct PaginationArgs {
    pub encoded_cursor: Option<String>,
    #[serde(default = "no_row")]
    pub per_page: i64,
}

fn no_row() -> i64 {
    -1
}

/// Arguments of `page_integration_ids`.
#[derive(Debug, Deserialize)]
pub struct PageIds {
    pub provider_keys: Few<String>,
    pub organization_id: i64,
    pub args: PaginationArgs,
}

/// Arguments of `get_integrations`.
#[derive(Debug, Deserialize)]
pub struct GetIntegrations {
    pub integration_ids: Option<Few<i64>>,
    pub organization_id: Option<i64>,
    pub status: Option<i64>,
    pub providers: Option<Few<String>>,
    pub org_integration_status: Option<i64>,
    pub limit: Option<u32>,
    pub organization_integration_id: Option<i64>,
}

/// Arguments of `get_integration`.
#[derive(Debug, Deserialize)]
pub struct GetIntegration {
    pub integration_id: Option<i64>,
    pub provider: Option<String>,
    pub external_id: Option<String>,
    pub organization_id: Option<i64>,
    pub organization_integration_id: Option<i64>,
    pub status: Option<i64>,
}

/// Arguments of `get_organization_integrations`.
#[derive(Debug, Deserialize)]
pub struct GetOrganizationIntegrations {
    pub org_integration_ids: Option<Few<i64>>,
    pub integration_id: Option<i64>,
    pub organization_id: Option<i64>,
    pub organization_ids: Option<Few<i64>>,
    pub status: Option<i64>,
    pub providers: Option<Few<String>>,
    pub has_grace_period: Option<bool>,
    pub grace_period_expired: Option<bool>,
    pub limit: Option<u32>,
    pub name: Option<String>,
}

/// An integration in an organization.
#[derive(Debug, Deserialize)]
pub struct InOrganization {
    pub integration_id: i64,
    pub organization_id: i64,
}

/// Arguments of `get_organization_ids_with_providers`.
#[derive(Debug, Deserialize)]
pub struct WithProviders {
    pub providers: Few<String>,
    pub status: Option<i64>,
}

/// Arguments of `organization_context`.
#[derive(Debug, Deserialize)]
pub struct OfOrganization {
    pub organization_id: i64,
    #[serde(flatten)]
    pub which: Which,
}

/// Arguments of `organization_contexts`.
#[derive(Debug, Deserialize)]
pub struct OfOrganizations {
    pub organization_id: Option<i64>,
    #[serde(flatten)]
    pub which: Which,
}

/// What names an integration, as far as it is known.
#[derive(Debug, Deserialize)]
pub struct Which {
    pub integration_id: Option<i64>,
    pub provider: Option<String>,
    pub external_id: Option<String>,
}

/// Arguments of `get_integration_external_project`.
#[derive(Debug, Deserialize)]
pub struct GetExternalProject {
    pub organization_id: i64,
    pub integration_id: i64,
    pub external_id: String,
}

/// Arguments of `get_integration_external_projects`.
#[derive(Debug, Deserialize)]
pub struct GetExternalProjects {
    pub organization_id: i64,
    pub integration_id: i64,
    pub external_id: Option<String>,
}

/// Arguments of `get_integration_identity_context`.
#[derive(Debug, Deserialize)]
pub struct GetIdentityContext {
    pub integration_provider: Option<String>,
    pub integration_external_id: Option<String>,
    pub identity_external_id: Option<String>,
    pub identity_provider_external_id: Option<String>,
}

/// Arguments of `add_organization`.
#[derive(Debug, Deserialize)]
pub struct AddOrganization {
    pub integration_id: i64,
    pub org_ids: Few<i64>,
}

/// Arguments of `delete_integration`.
#[derive(Debug, Deserialize)]
pub struct DeleteIntegration {
    pub integration_id: i64,
}

/// Arguments of `update_integration`.
#[derive(Debug, Deserialize)]
pub struct UpdateIntegration {
    pub integration_id: i64,
    #[serde(flatten)]
    pub change: IntegrationChange,
}

/// Arguments of `update_integrations`.
#[derive(Debug, Deserialize)]
pub struct UpdateIntegrations {
    pub integration_ids: Few<i64>,
    #[serde(flatten)]
    pub change: IntegrationChange,
}

/// What changes.
#[derive(Debug, Deserialize)]
pub struct IntegrationChange {
    pub name: Option<String>,
    pub metadata: Option<Object>,
    pub status: Option<i64>,
}

/// Arguments of `update_organization_integration`.
#[derive(Debug, Deserialize)]
pub struct UpdateOrganizationIntegration {
    pub org_integration_id: i64,
    #[serde(flatten)]
    pub change: OrganizationIntegrationChange,
}

/// Arguments of `update_organization_integrations`.
#[derive(Debug, Deserialize)]
pub struct UpdateOrganizationIntegrations {
    pub org_integration_ids: Few<i64>,
    #[serde(flatten)]
    pub change: OrganizationIntegrationChange,
}

/// What changes.
#[derive(Debug, Deserialize)]
pub struct OrganizationIntegrationChange {
    pub config: Option<Object>,
    pub status: Option<i64>,
    pub grace_period_end: Option<When>,
    pub set_grace_period_end_null: Option<bool>,
}

/// Arguments of `start_grace_period_for_provider`.
#[derive(Debug, Deserialize)]
pub struct StartGracePeriod {
    pub organization_id: i64,
    pub provider: String,
    pub grace_period_end: When,
    #[serde(default)]
    pub status: i64,
    #[serde(default)]
    pub skip_oldest: bool,
}

/// Arguments of `send_message`.
#[derive(Debug, Deserialize)]
pub struct SendMessage {
    pub integration_id: i64,
    pub organization_id: i64,
    pub channel: String,
    pub message: String,
}

/// Arguments of `send_msteams_incident_alert_notification`.
#[derive(Debug, Deserialize)]
pub struct SendTeamsIncident {
    pub integration_id: i64,
    pub channel: String,
    pub attachment: Object,
}

/// Arguments of `send_incident_alert_notification`.
#[derive(Debug, Deserialize)]
pub struct SendIncident {
    pub sentry_app_id: i64,
    pub action_id: i64,
    pub incident_id: i64,
    pub new_status: i64,
    /// JSON in a text.
    pub incident_attachment_json: String,
    pub organization_id: i64,
    pub metric_value: f64,
    pub notification_uuid: Option<String>,
}
