//! What is sent to Sentry Apps and service hooks: bodies and the names of headers.
//!
//! Bodies are written by [`body`], so that receivers who sign `JSON.stringify(JSON.parse(body))` agree with those who
//! sign the bytes.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    datetime::WireTime,
    event::HookEvent,
    issue::{Assignee, Issue},
    js_json,
    sentry_app::Installation,
};

/// Names of headers.
pub mod header {
    /// A new one for each delivery.
    pub const REQUEST_ID: &str = "Request-ID";
    /// What the event is about, such as `issue`.
    pub const HOOK_RESOURCE: &str = "Sentry-Hook-Resource";
    /// Epoch seconds.
    pub const HOOK_TIMESTAMP: &str = "Sentry-Hook-Timestamp";
    /// Hex HMAC-SHA256 of the body with the client secret.
    pub const HOOK_SIGNATURE: &str = "Sentry-Hook-Signature";
    /// The same for requests of UI components.
    pub const APP_SIGNATURE: &str = "Sentry-App-Signature";
    /// Standard Webhooks: id of the delivery.
    pub const WEBHOOK_ID: &str = "webhook-id";
    /// Standard Webhooks: epoch seconds.
    pub const WEBHOOK_TIMESTAMP: &str = "webhook-timestamp";
    /// Standard Webhooks: signatures.
    pub const WEBHOOK_SIGNATURE: &str = "webhook-signature";
    /// Service hooks: epoch seconds.
    pub const SERVICE_HOOK_TIMESTAMP: &str = "X-ServiceHook-Timestamp";
    /// Service hooks: id of the hook.
    pub const SERVICE_HOOK_GUID: &str = "X-ServiceHook-GUID";
    /// Service hooks: hex HMAC-SHA256 of the body with the hook's secret.
    pub const SERVICE_HOOK_SIGNATURE: &str = "X-ServiceHook-Signature";
}

/// The body to send and to sign.
pub fn body(payload: &impl Serialize) -> Result<String, serde_json::Error> {
    Ok(js_json::signed_body(&serde_json::to_value(payload)?))
}

/// What an app is told.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HookPayload<D> {
    /// What happened, such as `created`; the resource is in a header.
    pub action: String,
    /// The installation that is told.
    pub installation: HookInstallation,
    /// Facts, by event.
    pub data: D,
    /// Who did it.
    pub actor: HookActor,
}

/// The installation that is told.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HookInstallation {
    /// Dashed UUID.
    pub uuid: String,
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum HookActor {
    /// The server itself, or an app.
    Application {
        /// `sentry`, or the UUID of the receiving app.
        id: String,
        /// What people read.
        name: String,
    },
    /// A person.
    User {
        /// A number here.
        id: i64,
        /// What people read.
        name: String,
    },
}

impl HookActor {
    /// The server itself: nobody did it, or nobody known.
    pub fn server() -> Self {
        Self::Application { id: "sentry".to_owned(), name: "Sentry".to_owned() }
    }
}

/// Facts of `installation.*`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InstallationData {
    /// The installation.
    pub installation: Installation,
}

/// Facts of `issue.*`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IssueData {
    /// With `issue.resolved`: `now`, `in_release` ...
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution_type: Option<String>,
    /// With `issue.assigned`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<HookAssignee>,
    /// The issue.
    pub issue: HookIssue,
}

/// Who was assigned; the id is a number here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HookAssignee {
    /// `user` or `team`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// What people read; the slug of a team.
    pub name: String,
    /// Of the user or team.
    pub id: i64,
    /// Users only, and not where the organization wants privacy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

impl HookAssignee {
    /// The assignee of an issue; `None` when the id is no number.
    pub fn new(assignee: &Assignee) -> Option<Self> {
        let (kind, id, name, email) = match assignee {
            Assignee::User { id, name, email } => ("user", id, name, email.clone()),
            Assignee::Team { id, name } => ("team", id, name, None),
        };
        Some(Self { kind, name: name.clone(), id: id.parse().ok()?, email })
    }
}

/// An issue with its addresses.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HookIssue {
    /// The issue in the API.
    pub url: String,
    /// Its page.
    pub web_url: String,
    /// The page of its project's issues.
    pub project_url: String,
    /// The keys of the list form.
    #[serde(flatten)]
    pub issue: Issue,
}

impl HookIssue {
    /// The issue with its addresses below `site`, the public address of this server without final slash.
    pub fn new(issue: Issue, site: &str, org_slug: &str) -> Self {
        let mut issue = issue.for_webhook();
        let page = format!("{site}/organizations/{org_slug}/issues/");
        let web_url = format!("{page}{}/", issue.id);
        issue.permalink.get_or_insert_with(|| web_url.clone());
        Self {
            url: format!("{site}/api/0/organizations/{org_slug}/issues/{}/", issue.id),
            web_url,
            project_url: format!("{page}?project={}", issue.project.id),
            issue,
        }
    }

    /// Leaves out the assignee's address, for organizations that want privacy.
    pub fn hide_addresses(&mut self) {
        if let Some(Assignee::User { email, .. }) = &mut self.issue.assigned_to {
            *email = None;
        }
    }
}

/// Facts of `error.created`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ErrorData {
    /// The event.
    pub error: HookEvent,
}

/// Facts of `event_alert.triggered`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EventAlertData {
    /// The event.
    pub event: HookEvent,
    /// The rule's label.
    pub triggered_rule: String,
    /// When the rule uses the app's component.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issue_alert: Option<IssueAlert>,
}

/// The rule behind an [`EventAlertData`]; ids are numbers here.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IssueAlert {
    /// Of the rule.
    pub id: i64,
    /// The rule's label.
    pub title: String,
    /// Of the app.
    pub sentry_app_id: i64,
    /// What was chosen in the component.
    pub settings: Vec<AlertSetting>,
}

/// A field of a component.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AlertSetting {
    /// The field.
    pub name: String,
    /// What was chosen.
    #[schema(value_type = Object)]
    pub value: Value,
}

/// Facts of `comment.*`; ids are numbers here.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CommentData {
    /// The comment.
    pub comment_id: i64,
    /// The issue.
    pub issue_id: i64,
    /// The project.
    pub project_slug: String,
    /// When the comment was made, also when it was changed or deleted.
    #[serde(serialize_with = "six_digits")]
    pub timestamp: WireTime,
    /// The text; of a deleted comment the last one.
    pub comment: String,
}

fn six_digits<S: serde::Serializer>(time: &WireTime, serializer: S) -> Result<S::Ok, S::Error> {
    time.with_six_digits().serialize(serializer)
}

/// The body of a service hook.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ServiceHookPayload {
    /// The project.
    pub project: ServiceHookProject,
    /// The issue with `url`.
    pub group: ServiceHookIssue,
    /// The event with `url`.
    pub event: ServiceHookEvent,
}

/// The project of a [`ServiceHookPayload`].
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ServiceHookProject {
    /// Unique name in the organization.
    pub slug: String,
    /// What people read.
    pub name: String,
}

/// The issue of a [`ServiceHookPayload`].
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ServiceHookIssue {
    /// The keys of the list form.
    #[serde(flatten)]
    pub issue: Issue,
    /// Its page.
    pub url: String,
}

/// The event of a [`ServiceHookPayload`].
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ServiceHookEvent {
    /// The event in full.
    #[serde(flatten)]
    pub event: crate::event::Event,
    /// Its page.
    pub url: String,
}

/// A service hook in the API.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceHook {
    /// 32 hex digits.
    pub id: String,
    /// Where to.
    pub url: String,
    /// 64 hex digits.
    pub secret: String,
    /// `active` or `disabled`.
    pub status: String,
    /// `event.alert`, `event.created`.
    pub events: Vec<String>,
    /// When it was made.
    pub date_created: WireTime,
}
