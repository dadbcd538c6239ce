//! Organizations: the short form of lists and the long form of one.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{
    avatar::Avatar,
    datetime::WireTime,
    project::ProjectSummary,
    role::{OrgRole, RoleName, TeamRole},
    team::Team,
};

/// An organization in a list or inside something else.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrganizationSummary {
    /// Digits.
    pub id: String,
    /// Unique name in addresses.
    pub slug: String,
    /// Whether it is about to be deleted.
    pub status: OrganizationStatus,
    /// What people read.
    pub name: String,
    /// When it was made.
    pub date_created: WireTime,
    /// Sees new features first.
    pub is_early_adopter: bool,
    /// Members need a second factor.
    #[serde(rename = "require2FA")]
    pub require_2fa: bool,
    /// Members need a verified address.
    pub require_email_verification: bool,
    /// The picture.
    pub avatar: Avatar,
    /// Members may make projects.
    pub allow_member_project_creation: bool,
    /// Its addresses.
    pub links: OrganizationLinks,
    /// Signs in elsewhere.
    pub has_auth_provider: bool,
    /// What is switched on; the long form has it only when asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub features: Option<Vec<String>>,
    /// Constants.
    pub extra_options: ExtraOptions,
}

/// What varies between organizations in a list.
#[derive(Debug, Clone)]
pub struct OrganizationFacts {
    /// Digits.
    pub id: String,
    /// Unique name in addresses.
    pub slug: String,
    /// Whether it is about to be deleted.
    pub status: OrganizationStatus,
    /// What people read.
    pub name: String,
    /// When it was made.
    pub date_created: WireTime,
    /// Sees new features first.
    pub is_early_adopter: bool,
    /// Members need a second factor.
    pub require_2fa: bool,
    /// Members need a verified address.
    pub require_email_verification: bool,
    /// Members may make projects.
    pub allow_member_project_creation: bool,
    /// What is switched on, if asked for.
    pub features: Option<Vec<String>>,
    /// The public address of this server, without final slash.
    pub url_prefix: String,
}

impl From<OrganizationFacts> for OrganizationSummary {
    fn from(facts: OrganizationFacts) -> Self {
        Self {
            links: OrganizationLinks {
                organization_url: format!("{}/organizations/{}", facts.url_prefix, facts.slug),
                region_url: facts.url_prefix,
            },
            id: facts.id,
            slug: facts.slug,
            status: facts.status,
            name: facts.name,
            date_created: facts.date_created,
            is_early_adopter: facts.is_early_adopter,
            require_2fa: facts.require_2fa,
            require_email_verification: facts.require_email_verification,
            avatar: Avatar::letter(),
            allow_member_project_creation: facts.allow_member_project_creation,
            has_auth_provider: false,
            features: facts.features,
            extra_options: ExtraOptions::default(),
        }
    }
}

/// Whether an organization is about to be deleted.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrganizationStatus {
    /// `active`, `pending_deletion` or `deletion_in_progress`.
    pub id: &'static str,
    /// The same with spaces.
    pub name: &'static str,
}

impl OrganizationStatus {
    /// In use.
    pub const ACTIVE: Self = Self { id: "active", name: "active" };
    /// To be deleted.
    pub const PENDING_DELETION: Self = Self { id: "pending_deletion", name: "pending deletion" };
    /// Being deleted.
    pub const DELETION_IN_PROGRESS: Self = Self { id: "deletion_in_progress", name: "deletion in progress" };
}

/// The addresses of an organization.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrganizationLinks {
    /// Its pages.
    pub organization_url: String,
    /// Its API.
    pub region_url: String,
}

/// Constants that some clients read.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct ExtraOptions {
    /// Constants about tracing.
    pub traces: TraceOptions,
}

/// Constants about tracing, which does not exist here.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TraceOptions {
    /// Never.
    pub spans_extraction_date: i64,
    /// No.
    pub check_span_extraction_date: bool,
}

/// One organization in full.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrganizationDetail {
    /// The keys of the short form.
    #[serde(flatten)]
    pub summary: OrganizationSummary,
    /// What the caller may do.
    pub access: Vec<String>,
    /// The caller's role; left out for those who have none: apps, keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The same again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org_role: Option<String>,
    /// Members must sign in elsewhere.
    pub requires_sso: bool,
    /// Requests to join teams that wait.
    pub pending_access_requests: i64,
    /// The role new members get.
    pub default_role: String,
    /// Roles by name.
    pub available_roles: Vec<RoleName>,
    /// Organization roles.
    pub org_role_list: Vec<OrgRole>,
    /// Team roles.
    pub team_role_list: Vec<TeamRole>,
    /// Constants about quotas.
    pub quota: Quota,
    /// What owners can change.
    #[serde(flatten)]
    pub settings: OrganizationSettings,
    /// The first organization of this server.
    pub is_default: bool,
    /// Always empty.
    #[schema(value_type = Object)]
    pub experiments: Map<String, Value>,
    /// Always empty.
    #[schema(value_type = Vec<Object>)]
    pub onboarding_tasks: Vec<Value>,
    /// Its teams, unless `detailed=0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub teams: Option<Vec<Team>>,
    /// Its projects, unless `detailed=0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub projects: Option<Vec<ProjectSummary>>,
}

/// Constants about quotas, which do not exist here.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Quota {
    /// No limit.
    pub max_rate: Option<i64>,
    /// Seconds.
    pub max_rate_interval: i64,
    /// No limit.
    pub account_limit: i64,
    /// Percent.
    pub project_limit: i64,
}

impl Default for Quota {
    fn default() -> Self {
        Self { max_rate: None, max_rate_interval: 60, account_limit: 0, project_limit: 100 }
    }
}

/// What owners can change about an organization; stored and sent under the same keys.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct OrganizationSettings {
    /// Members may join and leave teams.
    pub open_membership: bool,
    /// Others may ask to join.
    pub allow_join_requests: bool,
    /// Keep personal data out of messages.
    pub enhanced_privacy: bool,
    /// Issues can be shown to anybody with the link.
    pub allow_shared_issues: bool,
    /// Scrub events.
    pub data_scrubber: bool,
    /// Scrub what is usually private.
    pub data_scrubber_defaults: bool,
    /// Also scrub these fields.
    pub sensitive_fields: Vec<String>,
    /// Never scrub these fields.
    pub safe_fields: Vec<String>,
    /// Drop addresses of users.
    #[serde(rename = "scrubIPAddresses")]
    pub scrub_ip_addresses: bool,
    /// How many crash reports to keep.
    pub store_crash_reports: i64,
    /// Who may read attachments.
    pub attachments_role: String,
    /// Who may read debug files.
    pub debug_files_role: String,
    /// Fetch sources; kept for clients.
    pub scrape_java_script: bool,
    /// Scrubbing rules as text.
    pub relay_pii_config: Option<String>,
    /// Relays that may connect.
    #[schema(value_type = Vec<Object>)]
    pub trusted_relays: Vec<Value>,
    /// Members may delete issues.
    pub events_member_admin: bool,
    /// Members may edit alerts.
    pub alerts_member_write: bool,
    /// A switch of a product that does not exist here, as the following.
    pub codecov_access: bool,
    /// See above.
    pub ai_suggested_solution: bool,
    /// See above.
    #[serde(rename = "githubPRBot")]
    pub github_pr_bot: bool,
    /// See above.
    #[serde(rename = "githubOpenPRBot")]
    pub github_open_pr_bot: bool,
    /// See above.
    pub github_nudge_invite: bool,
    /// See above.
    #[serde(rename = "genAIConsent")]
    pub gen_ai_consent: bool,
    /// See above.
    pub aggregated_data_consent: bool,
    /// See above.
    pub issue_alerts_thread_flag: bool,
    /// See above.
    pub metric_alerts_thread_flag: bool,
    /// See above.
    pub metrics_activate_percentiles: bool,
    /// See above.
    pub metrics_activate_last_for_gauges: bool,
    /// See above.
    pub is_dynamically_sampled: bool,
}

impl Default for OrganizationSettings {
    fn default() -> Self {
        Self {
            open_membership: true,
            allow_join_requests: true,
            enhanced_privacy: false,
            allow_shared_issues: true,
            data_scrubber: false,
            data_scrubber_defaults: false,
            sensitive_fields: Vec::new(),
            safe_fields: Vec::new(),
            scrub_ip_addresses: false,
            store_crash_reports: 0,
            attachments_role: "member".to_owned(),
            debug_files_role: "admin".to_owned(),
            scrape_java_script: true,
            relay_pii_config: None,
            trusted_relays: Vec::new(),
            events_member_admin: true,
            alerts_member_write: true,
            codecov_access: false,
            ai_suggested_solution: false,
            github_pr_bot: false,
            github_open_pr_bot: false,
            github_nudge_invite: false,
            gen_ai_consent: false,
            aggregated_data_consent: false,
            issue_alerts_thread_flag: true,
            metric_alerts_thread_flag: true,
            metrics_activate_percentiles: false,
            metrics_activate_last_for_gauges: false,
            is_dynamically_sampled: false,
        }
    }
}

/// An organization of which the caller is an owner.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwnedOrganization {
    /// Which.
    pub organization: OrganizationSummary,
    /// The caller is its only owner.
    pub single_owner: bool,
}
