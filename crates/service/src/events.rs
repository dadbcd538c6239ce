//! What happens, said in one place: use cases call these in the transaction of the change, subscribers read the facts
//! back with [`Facts`]. The outbox's order is kept per subject: an issue, an installation.
//!
//! An event carries only what the rows do not tell afterwards: who did it, how it was resolved, the text of a comment
//! that is gone. Everything else is read when it is delivered.

use mortise_domain::{
    AppId, CodeOwnersId, EventId, IncidentId, InstallationId, IntegrationId, IssueId, OrgId, ProjectId,
    RepositoryId, Time, UserId,
};
use mortise_store::{
    Tx,
    outbox::{NewEvent, append},
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{Error, Result};

/// The kind of event that tells of an alert rule that fired.
pub const ALERT_TRIGGERED: &str = "event_alert.triggered";
/// The kind of event that tells that the commits of a release could not be fetched.
pub const COMMITS_NOT_FETCHED: &str = "release.commits_not_fetched";
/// The kind of event that tells that a file of owners could not be fetched.
pub const CODE_OWNERS_NOT_FETCHED: &str = "code_owners.not_fetched";
/// The kind of event that tells of a webhook that stays behind on the other side.
pub const REPOSITORY_HOOK_LEFT: &str = "repository.hook_left";

/// An issue and where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IssueRef {
    /// The organization of the project.
    pub org: OrgId,
    /// The project.
    pub project: ProjectId,
    /// The issue.
    pub issue: IssueId,
}

/// Who an issue was assigned to, as it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum AssigneeFacts {
    /// A person.
    User {
        /// The name shown.
        name: String,
        /// The id.
        id: i64,
        /// The address; left out where the organization wants privacy.
        #[serde(skip_serializing_if = "Option::is_none")]
        email: Option<String>,
    },
    /// A team.
    Team {
        /// The slug.
        name: String,
        /// The id.
        id: i64,
    },
}

/// A comment at the time of the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentFacts {
    /// The id.
    pub id: i64,
    /// The text; of a deleted comment, what it was.
    pub text: String,
    /// When it was written, epoch microseconds.
    pub written_at: i64,
}

/// A release, and a repository of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseFacts {
    /// The version.
    pub version: String,
    /// The name of the repository.
    pub repository: String,
}

/// Whom a rule tells when it fires.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "lowercase")]
pub enum Tell {
    /// Every alertable app that is installed.
    Everybody,
    /// The app with this slug.
    App {
        /// The slug.
        slug: String,
    },
    /// An app through its component.
    Installation {
        /// Its installation.
        uuid: String,
        /// What was chosen in the component: `{"name", "value"}`.
        settings: Vec<Json>,
    },
    /// People of the project, by mail.
    Mail {
        /// Which.
        whom: Whom,
    },
}

/// Which people of a project a rule mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "who", rename_all = "snake_case")]
pub enum Whom {
    /// Whoever the issue is assigned to, a person or a team; else the code owners of the event; when that is nobody, these.
    Owners {
        /// Instead of nobody.
        fallback: Fallback,
    },
    /// A team.
    Team {
        /// The id.
        id: i64,
    },
    /// A person.
    Member {
        /// The id.
        id: i64,
    },
}

/// Who is mailed about an issue that nobody owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fallback {
    /// Those people of the project who were active last.
    ActiveMembers,
    /// Everybody of the project.
    AllMembers,
    /// Nobody.
    NoOne,
}

/// A rule that fired.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertFacts {
    /// The rule; -1 while it is tried out and not stored.
    pub rule: i64,
    /// Its name at that time.
    pub title: String,
    /// Whether it is the first that fired for its event: for those who hear once of every event that made one fire.
    pub is_first: bool,
    /// Whom it tells.
    pub tell: Vec<Tell>,
    /// The other rules that fired for its event and tell apps or plugins, in their order. Only the first has them: it is
    /// the one for those who hear once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<AlsoFired>,
}

/// A rule that fired together with others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlsoFired {
    /// The rule.
    pub rule: i64,
    /// Its name at that time.
    pub title: String,
    /// Which apps and plugins it tells: everybody, or by slug.
    pub tell: Vec<Tell>,
}

/// Something that can be installed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderFacts {
    /// `first_party`, `plugin` or `sentry_app`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name in addresses.
    pub slug: String,
    /// What people call it.
    pub name: String,
}

/// A metric alert rule crossed a threshold, or came back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricFacts {
    /// The rule; nothing where another part of the host keeps it.
    pub rule: Option<i64>,
    /// The apps that are told.
    pub apps: Vec<i64>,
    /// Whom it mails.
    pub whom: Vec<Whom>,
    /// What they are told: the incident as it was then.
    pub data: Json,
}

impl MetricFacts {
    /// Whether any action of the rule has settings of a component.
    pub fn has_settings(&self) -> bool {
        let triggers = self.data["metric_alert"]["alert_rule"]["triggers"].as_array();
        let actions = triggers.into_iter().flatten().filter_map(|trigger| trigger["actions"].as_array());
        actions.flatten().any(|action| action["settings"].is_array())
    }
}

/// What an event says beyond the current state.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Who did it; nobody when it happened by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<i64>,
    /// The issue it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue: Option<i64>,
    /// The project of the issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<i64>,
    /// How the issue was resolved: `now`, `in_next_release`, ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution_type: Option<String>,
    /// Who the issue was assigned to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<AssigneeFacts>,
    /// The comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<CommentFacts>,
    /// The installation it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installation: Option<i64>,
    /// The first-party integration it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration: Option<i64>,
    /// The app it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<i64>,
    /// The provider that somebody wants installed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<ProviderFacts>,
    /// What somebody wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The release it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<ReleaseFacts>,
    /// The event of an SDK: 32 hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_event: Option<String>,
    /// The rule that fired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert: Option<AlertFacts>,
    /// The metric alert rule that crossed a threshold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<MetricFacts>,
}

impl Facts {
    /// Reads the payload of an event.
    pub fn read(payload: &Json) -> Result<Self> {
        Self::deserialize(payload).map_err(|error| Error::Internal(format!("payload of an event: {error}")))
    }

    fn of(issue: IssueRef, actor: Option<UserId>) -> Self {
        Self {
            actor: actor.map(UserId::get),
            issue: Some(issue.issue.get()),
            project: Some(issue.project.get()),
            ..Self::default()
        }
    }
}

/// The first event of an issue came in.
pub async fn issue_created(tx: &mut Tx, issue: IssueRef, now: Time) -> Result<EventId> {
    of_issue(tx, "issue.created", issue, Facts::of(issue, None), now).await
}

/// An SDK sent an event; with an error, apps are told too.
pub async fn event_created(
    tx: &mut Tx,
    issue: IssueRef,
    is_error: bool,
    event_id: &str,
    now: Time,
) -> Result<EventId> {
    let kind = if is_error { "error.created" } else { "event.created" };
    let facts = Facts { error_event: Some(event_id.to_owned()), ..Facts::of(issue, None) };
    of_issue(tx, kind, issue, facts, now).await
}

/// A rule fired for an event of an issue. One of these for each rule.
pub async fn alert_triggered(
    tx: &mut Tx,
    issue: IssueRef,
    event_id: &str,
    alert: AlertFacts,
    now: Time,
) -> Result<EventId> {
    let facts =
        Facts { error_event: Some(event_id.to_owned()), alert: Some(alert), ..Facts::of(issue, None) };
    of_issue(tx, ALERT_TRIGGERED, issue, facts, now).await
}

/// A metric alert rule crossed a threshold (`metric_alert.critical`, `.warning`), or came back (`.resolved`).
pub async fn metric_alert(
    tx: &mut Tx,
    kind: &'static str,
    org: OrgId,
    incident: IncidentId,
    metric: MetricFacts,
    now: Time,
) -> Result<EventId> {
    let facts = Facts { metric: Some(metric), ..Facts::default() };
    write(tx, kind, org, format!("incident:{incident}"), &facts, now).await
}

/// An issue was resolved. `resolution` is `now`, `in_next_release`, `in_upcoming_release`, `in_release`, `in_commit`,
/// `with_commit` or `with_third_party_app`.
pub async fn issue_resolved(
    tx: &mut Tx,
    issue: IssueRef,
    actor: Option<UserId>,
    resolution: &str,
    now: Time,
) -> Result<EventId> {
    let facts = Facts { resolution_type: Some(resolution.to_owned()), ..Facts::of(issue, actor) };
    of_issue(tx, "issue.resolved", issue, facts, now).await
}

/// An issue is unresolved again: by hand, by a regression, by escalating or by becoming ongoing. Not when somebody
/// takes it out of the archive.
pub async fn issue_unresolved(
    tx: &mut Tx,
    issue: IssueRef,
    actor: Option<UserId>,
    now: Time,
) -> Result<EventId> {
    of_issue(tx, "issue.unresolved", issue, Facts::of(issue, actor), now).await
}

/// An issue was archived.
pub async fn issue_ignored(
    tx: &mut Tx,
    issue: IssueRef,
    actor: Option<UserId>,
    now: Time,
) -> Result<EventId> {
    of_issue(tx, "issue.ignored", issue, Facts::of(issue, actor), now).await
}

/// An issue got another assignee. Not for taking one away or setting the same again.
pub async fn issue_assigned(
    tx: &mut Tx,
    issue: IssueRef,
    actor: Option<UserId>,
    assignee: AssigneeFacts,
    now: Time,
) -> Result<EventId> {
    let facts = Facts { assignee: Some(assignee), ..Facts::of(issue, actor) };
    of_issue(tx, "issue.assigned", issue, facts, now).await
}

/// Somebody took an issue out of the archive. Apps are not told.
pub async fn issue_unarchived(
    tx: &mut Tx,
    issue: IssueRef,
    actor: Option<UserId>,
    now: Time,
) -> Result<EventId> {
    of_issue(tx, "issue.unarchived", issue, Facts::of(issue, actor), now).await
}

/// An issue lost its assignee. Apps are not told.
pub async fn issue_unassigned(
    tx: &mut Tx,
    issue: IssueRef,
    actor: Option<UserId>,
    now: Time,
) -> Result<EventId> {
    of_issue(tx, "issue.unassigned", issue, Facts::of(issue, actor), now).await
}

/// What happened to a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommentChange {
    /// Written.
    Created,
    /// Edited.
    Updated,
    /// Taken away.
    Deleted,
}

/// A comment was written, edited or deleted.
pub async fn comment_changed(
    tx: &mut Tx,
    issue: IssueRef,
    actor: Option<UserId>,
    change: CommentChange,
    comment: CommentFacts,
    now: Time,
) -> Result<EventId> {
    let kind = match change {
        CommentChange::Created => "comment.created",
        CommentChange::Updated => "comment.updated",
        CommentChange::Deleted => "comment.deleted",
    };
    let facts = Facts { comment: Some(comment), ..Facts::of(issue, actor) };
    of_issue(tx, kind, issue, facts, now).await
}

/// An app was installed.
pub async fn installation_created(
    tx: &mut Tx,
    org: OrgId,
    installation: InstallationId,
    actor: Option<UserId>,
    now: Time,
) -> Result<EventId> {
    of_installation(tx, "installation.created", org, installation, actor, now).await
}

/// An app was uninstalled. The row must stay, marked deleted, because its app is told with it.
pub async fn installation_deleted(
    tx: &mut Tx,
    org: OrgId,
    installation: InstallationId,
    actor: Option<UserId>,
    now: Time,
) -> Result<EventId> {
    of_installation(tx, "installation.deleted", org, installation, actor, now).await
}

/// Somebody asked for an app to be published; `text` are their answers to our questions.
pub async fn app_publication_requested(
    tx: &mut Tx,
    org: OrgId,
    app: AppId,
    actor: Option<UserId>,
    text: String,
    now: Time,
) -> Result<EventId> {
    let (actor, id) = (actor.map(UserId::get), Some(app.get()));
    let facts = Facts { actor, app: id, text: Some(text), ..Facts::default() };
    write(tx, "app.publication_requested", org, format!("app:{app}"), &facts, now).await
}

/// An internal app was switched off, because its webhook is broken.
pub async fn app_disabled(tx: &mut Tx, org: OrgId, app: AppId, now: Time) -> Result<EventId> {
    let facts = Facts { app: Some(app.get()), ..Facts::default() };
    write(tx, "app.disabled", org, format!("app:{app}"), &facts, now).await
}

/// An organization got a first-party integration that it did not have.
pub async fn integration_added(
    tx: &mut Tx,
    org: OrgId,
    integration: IntegrationId,
    actor: Option<UserId>,
    now: Time,
) -> Result<EventId> {
    let facts =
        Facts { actor: actor.map(UserId::get), integration: Some(integration.get()), ..Facts::default() };
    write(tx, "integration.added", org, format!("integration:{integration}"), &facts, now).await
}

/// Somebody who may not install a provider asked those who may.
pub async fn integration_requested(
    tx: &mut Tx,
    org: OrgId,
    provider: ProviderFacts,
    actor: Option<UserId>,
    text: String,
    now: Time,
) -> Result<EventId> {
    let (actor, text) = (actor.map(UserId::get), Some(text).filter(|text| !text.is_empty()));
    let facts = Facts { actor, provider: Some(provider), text, ..Facts::default() };
    write(tx, "integration.requested", org, format!("organization:{org}"), &facts, now).await
}

/// A first-party integration was switched off, because it is broken. `org` is the organization that is told.
pub async fn integration_disabled(
    tx: &mut Tx,
    org: OrgId,
    integration: IntegrationId,
    provider: ProviderFacts,
    now: Time,
) -> Result<EventId> {
    let facts = Facts { integration: Some(integration.get()), provider: Some(provider), ..Facts::default() };
    write(tx, "integration.disabled", org, format!("integration:{integration}"), &facts, now).await
}

/// What adding a repository made on the other side could not be taken away; `text` says why.
pub async fn repository_hook_left(
    tx: &mut Tx,
    org: OrgId,
    repository: RepositoryId,
    actor: UserId,
    text: String,
    now: Time,
) -> Result<EventId> {
    let facts = Facts { actor: Some(actor.get()), text: Some(text), ..Facts::default() };
    write(tx, REPOSITORY_HOOK_LEFT, org, format!("repository:{repository}"), &facts, now).await
}

/// The commits of a release could not be fetched from a repository; `text` says why. `actor` is who released.
pub async fn commits_not_fetched(
    tx: &mut Tx,
    org: OrgId,
    release: ReleaseFacts,
    actor: Option<UserId>,
    text: String,
    now: Time,
) -> Result<EventId> {
    let subject = format!("release:{}", release.version);
    let facts =
        Facts { actor: actor.map(UserId::get), release: Some(release), text: Some(text), ..Facts::default() };
    write(tx, COMMITS_NOT_FETCHED, org, subject, &facts, now).await
}

/// The file of owners of a project could not be fetched after a commit touched it; `text` says why.
pub async fn code_owners_not_fetched(
    tx: &mut Tx,
    org: OrgId,
    project: ProjectId,
    id: CodeOwnersId,
    text: String,
    now: Time,
) -> Result<EventId> {
    let facts = Facts { project: Some(project.get()), text: Some(text), ..Facts::default() };
    write(tx, CODE_OWNERS_NOT_FETCHED, org, format!("code_owners:{id}"), &facts, now).await
}

async fn of_issue(
    tx: &mut Tx,
    kind: &'static str,
    issue: IssueRef,
    facts: Facts,
    now: Time,
) -> Result<EventId> {
    write(tx, kind, issue.org, format!("issue:{}", issue.issue), &facts, now).await
}

async fn of_installation(
    tx: &mut Tx,
    kind: &'static str,
    org: OrgId,
    installation: InstallationId,
    actor: Option<UserId>,
    now: Time,
) -> Result<EventId> {
    let (actor, id) = (actor.map(UserId::get), Some(installation.get()));
    let facts = Facts { actor, installation: id, ..Facts::default() };
    write(tx, kind, org, format!("installation:{installation}"), &facts, now).await
}

async fn write(
    tx: &mut Tx,
    kind: &'static str,
    org: OrgId,
    subject: String,
    facts: &Facts,
    now: Time,
) -> Result<EventId> {
    let payload = serde_json::to_value(facts).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(append(tx, &NewEvent { kind, org, subject, payload }, now).await?)
}
