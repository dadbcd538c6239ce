//! Projects. One struct holds the keys every form has; the other forms add to it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{
    avatar::Avatar, datetime::WireTime, organization::OrganizationSummary, plugin::Plugin, team::TeamRef,
};

/// What every form of a project has.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Project {
    /// Digits.
    pub id: String,
    /// Unique name in the organization.
    pub slug: String,
    /// What people read.
    pub name: String,
    /// What it runs on.
    pub platform: Option<String>,
    /// When it was made.
    pub date_created: WireTime,
    /// The caller has marked it.
    pub is_bookmarked: bool,
    /// The caller is in one of its teams.
    pub is_member: bool,
    /// What is switched on.
    pub features: Vec<String>,
    /// When the first event came.
    pub first_event: Option<WireTime>,
    /// Never: there are no transactions.
    pub first_transaction_event: bool,
    /// What the caller may do.
    pub access: Vec<String>,
    /// The caller may see it.
    pub has_access: bool,
    /// Products that do not exist here.
    #[serde(flatten)]
    pub products: ProjectProducts,
    /// Belongs to the server itself.
    pub is_internal: bool,
    /// Anybody may see it.
    pub is_public: bool,
    /// The picture.
    pub avatar: Avatar,
    /// `#rrggbb`.
    pub color: String,
    /// `active`, `disabled`, `pending_deletion` or `deletion_in_progress`.
    pub status: String,
}

/// Products that do not exist here.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it; all are false")]
pub struct ProjectProducts {
    pub has_custom_metrics: bool,
    pub has_feedbacks: bool,
    pub has_new_feedbacks: bool,
    pub has_minified_stack_trace: bool,
    pub has_monitors: bool,
    pub has_profiles: bool,
    pub has_replays: bool,
    pub has_sessions: bool,
    pub has_insights_http: bool,
    pub has_insights_db: bool,
    pub has_insights_assets: bool,
    pub has_insights_app_start: bool,
    pub has_insights_screen_load: bool,
    pub has_insights_vitals: bool,
    pub has_insights_caches: bool,
    pub has_insights_queues: bool,
    pub has_insights_llm_monitoring: bool,
}

/// What varies between projects.
#[derive(Debug, Clone)]
pub struct ProjectFacts {
    /// Digits.
    pub id: String,
    /// Unique name in the organization.
    pub slug: String,
    /// What people read.
    pub name: String,
    /// What it runs on.
    pub platform: Option<String>,
    /// When it was made.
    pub date_created: WireTime,
    /// The caller has marked it.
    pub is_bookmarked: bool,
    /// The caller is in one of its teams.
    pub is_member: bool,
    /// What is switched on.
    pub features: Vec<String>,
    /// When the first event came.
    pub first_event: Option<WireTime>,
    /// What the caller may do.
    pub access: Vec<String>,
    /// The caller may see it.
    pub has_access: bool,
    /// `active`, `disabled`, `pending_deletion` or `deletion_in_progress`.
    pub status: String,
}

impl From<ProjectFacts> for Project {
    fn from(facts: ProjectFacts) -> Self {
        Self {
            color: color(&facts.slug),
            id: facts.id,
            slug: facts.slug,
            name: facts.name,
            platform: facts.platform,
            date_created: facts.date_created,
            is_bookmarked: facts.is_bookmarked,
            is_member: facts.is_member,
            features: facts.features,
            first_event: facts.first_event,
            first_transaction_event: false,
            access: facts.access,
            has_access: facts.has_access,
            products: ProjectProducts::default(),
            is_internal: false,
            is_public: false,
            avatar: Avatar::letter_without_url(),
            status: facts.status,
        }
    }
}

/// A colour that stays the same for a slug: a muted tone whose hue comes from a hash (FNV-1a) of it.
pub fn color(slug: &str) -> String {
    let hash =
        slug.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let tone = |shift: u32| 0x3f + (hash >> shift) % 0x80;
    format!("#{:02x}{:02x}{:02x}", tone(0), tone(8), tone(16))
}

/// A project with its organization, as in the list over all organizations.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProjectWithOrganization {
    /// The common keys.
    #[serde(flatten)]
    pub project: Project,
    /// The organization.
    pub organization: OrganizationSummary,
}

/// A project with its teams.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProjectWithTeam {
    /// The common keys.
    #[serde(flatten)]
    pub project: Project,
    /// The first team.
    pub team: Option<TeamRef>,
    /// All teams.
    pub teams: Vec<TeamRef>,
}

impl ProjectWithTeam {
    /// A project with its teams, the first of which stands out.
    pub fn new(project: Project, teams: Vec<TeamRef>) -> Self {
        Self { project, team: teams.first().cloned(), teams }
    }
}

/// A project in the list of an organization.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProjectSummary {
    /// The common keys and the teams.
    #[serde(flatten)]
    pub project: ProjectWithTeam,
    /// Names of environments.
    pub environments: Vec<String>,
    /// State of processing.
    pub event_processing: EventProcessing,
    /// Platforms of its events.
    pub platforms: Vec<String>,
    /// The newest release.
    pub latest_release: Option<LatestRelease>,
    /// Users have sent reports.
    pub has_user_reports: bool,
    /// The newest deploy of each environment; left out with `collapse=latestDeploys`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub latest_deploys: Option<Option<Map<String, Value>>>,
    /// Events over time, asked for with `statsPeriod=`: pairs of epoch seconds and a count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stats: Option<Vec<(i64, i64)>>,
    /// Options asked for with `options=`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub options: Option<Map<String, Value>>,
}

/// The form of a project that was made together with its team.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProjectWithNewTeam {
    /// The keys of lists.
    #[serde(flatten)]
    pub project: ProjectSummary,
    /// The new team.
    pub team_slug: String,
}

/// State of processing.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct EventProcessing {
    /// Never: there is no symbolication.
    pub symbolication_degraded: bool,
}

/// A release by name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LatestRelease {
    /// The version.
    pub version: String,
}

/// One project in full.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProjectDetail {
    /// The common keys and the teams.
    #[serde(flatten)]
    pub project: ProjectWithTeam,
    /// The newest release.
    pub latest_release: Option<LatestRelease>,
    /// Options by name.
    #[schema(value_type = Object)]
    pub options: Map<String, Value>,
    /// What project owners can change.
    #[serde(flatten)]
    pub settings: ProjectSettings,
    /// The organization, unless `collapse=organization`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<Box<OrganizationSummary>>,
    /// The legacy plugins that have settings, by name.
    pub plugins: Vec<Plugin>,
    /// Platforms of its events.
    pub platforms: Vec<String>,
    /// Always 0.
    pub processing_issues: i64,
    /// What owners can change and this server only keeps.
    #[serde(flatten)]
    pub kept: ProjectKept,
}

/// What project owners can change; stored and sent under the same keys.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ProjectSettings {
    /// Seconds between digests.
    pub digests_min_delay: i64,
    /// Seconds a digest waits at most.
    pub digests_max_delay: i64,
    /// Put before the subject of mails.
    pub subject_prefix: String,
    /// The subject of mails.
    pub subject_template: String,
    /// Origins that may send events.
    pub allowed_domains: Vec<String>,
    /// Hours after which a quiet issue resolves; 0 is never.
    pub resolve_age: i64,
    /// Scrub events.
    pub data_scrubber: bool,
    /// Scrub what is usually private.
    pub data_scrubber_defaults: bool,
    /// Never scrub these fields.
    pub safe_fields: Vec<String>,
    /// Also scrub these fields.
    pub sensitive_fields: Vec<String>,
    /// How many crash reports to keep.
    pub store_crash_reports: i64,
    /// 32 hex digits.
    pub security_token: String,
    /// The header that carries the token.
    pub security_token_header: Option<String>,
    /// Check certificates when fetching sources.
    #[serde(rename = "verifySSL")]
    pub verify_ssl: bool,
    /// Drop addresses of users.
    #[serde(rename = "scrubIPAddresses")]
    pub scrub_ip_addresses: bool,
    /// Fetch sources; kept for clients.
    pub scrape_java_script: bool,
    /// How events are grouped.
    pub grouping_config: String,
    /// Rules about frames.
    pub grouping_enhancements: String,
    /// Rules about frames that always hold.
    pub grouping_enhancements_base: String,
    /// The grouping before.
    pub secondary_grouping_config: String,
    /// Until when the grouping before counts, epoch seconds.
    pub secondary_grouping_expiry: i64,
    /// Take new groupings as they come.
    pub grouping_auto_update: bool,
    /// Rules about fingerprints.
    pub fingerprinting_rules: String,
}

impl Default for ProjectSettings {
    fn default() -> Self {
        Self {
            digests_min_delay: 300,
            digests_max_delay: 1800,
            subject_prefix: String::new(),
            subject_template: "$shortID - $title".to_owned(),
            allowed_domains: vec!["*".to_owned()],
            resolve_age: 0,
            data_scrubber: true,
            data_scrubber_defaults: true,
            safe_fields: Vec::new(),
            sensitive_fields: Vec::new(),
            store_crash_reports: 0,
            security_token: String::new(),
            security_token_header: None,
            verify_ssl: false,
            scrub_ip_addresses: false,
            scrape_java_script: true,
            grouping_config: crate::event::GROUPING_CONFIG_ID.to_owned(),
            grouping_enhancements: String::new(),
            grouping_enhancements_base: String::new(),
            secondary_grouping_config: String::new(),
            secondary_grouping_expiry: 0,
            grouping_auto_update: true,
            fingerprinting_rules: String::new(),
        }
    }
}

/// What owners can change and this server only keeps, because other clients show it or because it belongs to a product
/// that does not exist here. Stored and sent under the same keys.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ProjectKept {
    /// The environment shown first; empty for all.
    pub default_environment: String,
    /// Scrubbing rules as text.
    pub relay_pii_config: String,
    /// Servers for debug symbols.
    pub builtin_symbol_sources: Vec<String>,
    /// The same, as text.
    pub symbol_sources: String,
    /// What to sample more.
    #[schema(value_type = Vec<Object>)]
    pub dynamic_sampling_biases: Vec<Value>,
    /// State of processing.
    pub event_processing: EventProcessing,
    /// Never.
    pub is_dynamically_sampled: bool,
    /// Tags shown first.
    pub highlight_tags: Vec<String>,
    /// Keys of contexts shown first.
    #[schema(value_type = Object)]
    pub highlight_context: Map<String, Value>,
    /// What is shown first without a choice.
    pub highlight_preset: HighlightPreset,
}

/// Which tags and context a page shows first.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct HighlightPreset {
    /// Tag keys.
    pub tags: Vec<String>,
    /// Context keys.
    #[schema(value_type = Object)]
    pub context: Map<String, Value>,
}

/// Counts of projects.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProjectCounts {
    /// All of the organization.
    pub all_projects: i64,
    /// The caller's.
    pub my_projects: i64,
}
