//! What a webhook says: rendered from the state at the time of the attempt, so that a late one is not stale.

use std::collections::{HashMap, HashSet};

use mortise_domain::{
    IssueId, ProjectId, Time, UserId,
    org::{OrgFlag, OrgFlags},
    status::InstallationStatus,
};
use mortise_store::{Conn, issue, project, sentry_app::WebhookTarget, user};
use mortise_wire::{
    WireTime,
    event::HookEvent,
    issue::Issue,
    sentry_app::{Installation, InstallationOrganization, InstalledApp},
    webhook::{
        self, CommentData, ErrorData, HookActor, HookAssignee, HookInstallation, HookIssue, HookPayload,
        InstallationData, IssueData,
    },
};
use serde::Serialize;

use crate::{
    Ctx, Error, Result,
    apps::install::open_code,
    delivery::Handover,
    events::{AssigneeFacts, Facts},
    issues::{
        ListOptions,
        events::{WholeEvent, whole_events},
        list_json,
    },
};

/// What a batch of webhooks is about: loaded at once.
pub(super) struct Material {
    issues: HashMap<i64, Issue>,
    projects: HashMap<i64, String>,
    events: HashMap<(ProjectId, String), WholeEvent>,
    people: HashMap<i64, user::User>,
}

impl Material {
    pub(super) async fn load(ctx: &Ctx, conn: &mut Conn, handovers: &[Handover]) -> Result<Self> {
        let facts: Vec<_> = handovers.iter().filter_map(|it| Facts::read(&it.payload).ok()).collect();
        // What an event says of its issue it says itself.
        let with_issue = facts.iter().filter(|facts| facts.comment.is_none() && facts.error_event.is_none());
        let ids = distinct(with_issue.filter_map(|facts| facts.issue));
        let rows = match ids.is_empty() {
            true => Vec::new(),
            false => issue::by_ids(conn, &ids.into_iter().map(IssueId::new).collect::<Vec<_>>()).await?,
        };
        let issues = list_json(conn, ctx, None, &rows, &ListOptions::default()).await?;
        let issues = issues.into_iter().filter_map(|issue| Some((issue.id.parse().ok()?, issue))).collect();
        let mut projects = HashMap::new();
        let in_project = facts.iter().filter(|facts| facts.comment.is_some() || facts.error_event.is_some());
        let ids: Vec<_> =
            distinct(in_project.filter_map(|facts| facts.project)).into_iter().map(ProjectId::new).collect();
        for project in project::by_ids(conn, &ids).await? {
            projects.insert(project.id.get(), project.slug);
        }
        let wanted: HashSet<_> = facts.iter().filter_map(event_of).collect();
        let events = whole_events(conn, &wanted.into_iter().collect::<Vec<_>>()).await?;
        let ids: Vec<_> =
            distinct(facts.iter().filter_map(|facts| facts.actor)).into_iter().map(UserId::new).collect();
        let people = user::by_ids(conn, &ids).await?.into_iter().map(|user| (user.id.get(), user)).collect();
        Ok(Self { issues, projects, events, people })
    }
}

impl Material {
    /// The slug of a project that a comment or an error is in.
    pub(super) fn project_slug(&self, id: i64) -> Option<&str> {
        self.projects.get(&id).map(String::as_str)
    }
}

/// The event of an SDK that something is about.
fn event_of(facts: &Facts) -> Option<(ProjectId, String)> {
    Some((ProjectId::new(facts.project?), facts.error_event.clone()?))
}

fn distinct(ids: impl Iterator<Item = i64>) -> Vec<i64> {
    let mut ids: Vec<_> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The body, or nothing when what it would be about is gone.
pub(super) fn body(
    ctx: &Ctx,
    handover: &Handover,
    target: &WebhookTarget,
    material: &Material,
) -> Result<Option<String>> {
    let facts = Facts::read(&handover.payload)?;
    let kind = handover.delivery.kind.as_str();
    let (resource, action) = kind.split_once('.').unwrap_or((kind, ""));
    let envelope = Envelope { action, target, actor: actor(&facts, target, material) };
    match resource {
        "issue" => {
            let Some(issue) = facts.issue.and_then(|id| material.issues.get(&id)) else { return Ok(None) };
            let site = ctx.settings.public_url.as_str();
            let mut issue = HookIssue::new(issue.clone(), site, &target.organization_slug);
            let mut assignee = facts.assignee.as_ref().map(assignee);
            if OrgFlags::from_bits(target.organization_flags).is_on(OrgFlag::EnhancedPrivacy) {
                issue.hide_addresses();
                assignee.iter_mut().for_each(|assignee| assignee.email = None);
            }
            let resolution_type = facts.resolution_type.clone();
            envelope.seal(IssueData { resolution_type, assignee, issue }).map(Some)
        }
        "error" => error(ctx, &facts, target, material).map(|data| envelope.seal(data)).transpose(),
        "comment" => comment(&facts, material).map(|data| envelope.seal(data)).transpose(),
        "installation" => {
            envelope.seal(InstallationData { installation: installation(ctx, action, target)? }).map(Some)
        }
        "metric_alert" => facts.metric.as_ref().map(|metric| envelope.seal(&metric.data)).transpose(),
        "event_alert" => {
            let fired = error(ctx, &facts, target, material).zip(facts.alert.as_ref());
            fired
                .map(|(told, alert)| envelope.seal(super::alert::data(told.error, alert, target)))
                .transpose()
        }
        _ => Ok(None),
    }
}

struct Envelope<'a> {
    action: &'a str,
    target: &'a WebhookTarget,
    actor: HookActor,
}

impl Envelope<'_> {
    fn seal(self, data: impl Serialize) -> Result<String> {
        let payload = HookPayload {
            action: self.action.to_owned(),
            installation: HookInstallation { uuid: self.target.installation_uuid.clone() },
            data,
            actor: self.actor,
        };
        webhook::body(&payload).map_err(|error| Error::Internal(error.to_string()))
    }
}

/// A person by name, an app as the receiving one, anything else as the server.
fn actor(facts: &Facts, target: &WebhookTarget, material: &Material) -> HookActor {
    match facts.actor.and_then(|id| material.people.get(&id)) {
        None => HookActor::server(),
        Some(user) if user.is_sentry_app => {
            HookActor::Application { id: target.app_uuid.clone(), name: target.app_name.clone() }
        }
        Some(user) => HookActor::User { id: user.id.get(), name: user.display_name().to_owned() },
    }
}

fn assignee(facts: &AssigneeFacts) -> HookAssignee {
    match facts.clone() {
        AssigneeFacts::User { name, id, email } => HookAssignee { kind: "user", name, id, email },
        AssigneeFacts::Team { name, id } => HookAssignee { kind: "team", name, id, email: None },
    }
}

fn error(ctx: &Ctx, facts: &Facts, target: &WebhookTarget, material: &Material) -> Option<ErrorData> {
    let event = material.events.get(&event_of(facts)?)?;
    let project = material.projects.get(&facts.project?)?;
    let site = ctx.settings.public_url.as_str();
    Some(ErrorData { error: HookEvent::new(event.row(), site, &target.organization_slug, project) })
}

fn comment(facts: &Facts, material: &Material) -> Option<CommentData> {
    let comment = facts.comment.as_ref()?;
    let written_at = Time::from_microsecond(comment.written_at).ok()?;
    Some(CommentData {
        comment_id: comment.id,
        issue_id: facts.issue?,
        project_slug: material.projects.get(&facts.project?)?.clone(),
        timestamp: WireTime::new(written_at),
        comment: comment.text.clone(),
    })
}

/// The installation; with its code while that is unused, since an app may have no other way to learn it.
fn installation(ctx: &Ctx, action: &str, target: &WebhookTarget) -> Result<Installation> {
    let grant = target.grant_code_hash.as_ref().zip(target.grant_code.as_ref());
    let code = match grant.filter(|_| action == "created") {
        Some((hash, sealed)) => Some(open_code(ctx, hash, sealed)?),
        None => None,
    };
    let status = InstallationStatus::try_from(target.installation_status);
    Ok(Installation {
        app: InstalledApp {
            uuid: target.app_uuid.clone(),
            slug: target.app_slug.clone(),
            sentry_app_id: target.app_id.get(),
        },
        organization: InstallationOrganization {
            slug: target.organization_slug.clone(),
            id: Some(target.organization_id.get()),
        },
        uuid: target.installation_uuid.clone(),
        status: status.map_err(|error| Error::Internal(error.to_string()))?.to_string(),
        code,
    })
}
