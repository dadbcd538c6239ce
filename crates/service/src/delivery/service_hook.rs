//! Hooks of projects as subscribers.
//!
//! | a hook listens for | is told of |
//! |---|---|
//! | `event.created` | every event that was stored |
//! | `event.alert` | every event for which an alert rule fired, once however many did |

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use futures_util::future::BoxFuture;
use mortise_crypto::sign::{WebhookMessage, hook_signature, webhook_signature};
use mortise_domain::{HookId, IssueId, OrgId, ProjectId};
use mortise_egress::{Method, Request};
use mortise_store::{
    Conn,
    delivery::Event,
    issue, organization, project,
    service_hook::{self as store, ProjectHook},
};
use mortise_wire::{
    event as wire_event,
    issue::Issue,
    webhook::{self, ServiceHookEvent, ServiceHookIssue, ServiceHookPayload, ServiceHookProject, header},
};

use super::{Handover, Prepared, Subscriber, Target, USER_AGENT, call};
use crate::{
    Ctx, Error, Result,
    apps::subscriptions::texts,
    events::{ALERT_TRIGGERED, Facts},
    issues::{
        ListOptions,
        events::{WholeEvent, whole_events},
        list_json,
    },
    service_hooks::{KIND, secret_of, subscriber_of},
};

const CREATED: &str = "event.created";
const ALERT: &str = "event.alert";

/// Hooks of projects.
#[derive(Debug, Clone, Copy, Default)]
pub struct ServiceHooks;

impl Subscriber for ServiceHooks {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn targets<'a>(
        &'a self,
        conn: &'a mut Conn,
        events: &'a [Event],
    ) -> BoxFuture<'a, mortise_store::Result<Vec<Target>>> {
        Box::pin(find(conn, events))
    }

    fn prepare<'a>(
        &'a self,
        ctx: &'a Ctx,
        handovers: &'a [Handover],
    ) -> BoxFuture<'a, Result<Vec<Prepared>>> {
        Box::pin(prepare(ctx, handovers))
    }
}

/// What hooks call an event; `None` for what they never hear of.
fn name_of(event: &Event) -> Option<&'static str> {
    match event.kind.as_str() {
        "error.created" | "event.created" => Some(CREATED),
        ALERT_TRIGGERED => (event.payload["alert"]["is_first"] == true).then_some(ALERT),
        _ => None,
    }
}

async fn find(conn: &mut Conn, events: &[Event]) -> mortise_store::Result<Vec<Target>> {
    let heard = events.iter().filter_map(|event| {
        let project = event.payload["project"].as_i64()?;
        Some((event, name_of(event)?, ProjectId::new(project)))
    });
    let heard: Vec<_> = heard.collect();
    if heard.is_empty() {
        return Ok(Vec::new());
    }
    let projects: HashSet<ProjectId> = heard.iter().map(|(_, _, project)| *project).collect();
    let mut hooks: HashMap<ProjectId, Vec<(HookId, Vec<String>)>> = HashMap::new();
    for (hook, project, events) in store::listening(conn, &projects.into_iter().collect::<Vec<_>>()).await? {
        hooks.entry(project).or_default().push((hook, texts(&events)));
    }
    let mut targets = Vec::new();
    for (event, name, project) in heard {
        let listening = hooks.get(&project).into_iter().flatten();
        for (hook, _) in listening.filter(|(_, events)| events.iter().any(|it| it == name)) {
            let (subscriber, kind) = (subscriber_of(*hook), Some(name.to_owned()));
            targets.push(Target { event_id: event.id, subscriber, kind, app: None });
        }
    }
    Ok(targets)
}

/// What a batch is about: loaded at once.
struct Material {
    hooks: HashMap<HookId, ProjectHook>,
    projects: HashMap<ProjectId, project::Project>,
    orgs: HashMap<OrgId, String>,
    issues: HashMap<i64, Issue>,
    events: HashMap<(ProjectId, String), WholeEvent>,
}

/// The hook behind a subscriber's name.
fn hook_of(subscriber: &str) -> Option<HookId> {
    subscriber.strip_prefix(KIND)?.strip_prefix(':')?.parse().ok()
}

/// Which event a hand-over is about.
fn event_of(facts: &Facts) -> Option<(ProjectId, String)> {
    Some((ProjectId::new(facts.project?), facts.error_event.clone()?))
}

impl Material {
    async fn load(ctx: &Ctx, facts: &[Facts], hooks: &[HookId]) -> Result<Self> {
        let mut conn = ctx.store.read().await?;
        let hooks = store::by_ids(&mut conn, hooks).await?;
        let projects: HashSet<ProjectId> = hooks.iter().map(|hook| hook.project_id).collect();
        let projects = project::by_ids(&mut conn, &projects.into_iter().collect::<Vec<_>>()).await?;
        let orgs: HashSet<OrgId> = hooks.iter().map(|hook| hook.organization_id).collect();
        let orgs = organization::by_ids(&mut conn, &orgs.into_iter().collect::<Vec<_>>()).await?;
        let ids: HashSet<IssueId> = facts.iter().filter_map(|it| it.issue.map(IssueId::new)).collect();
        let rows = issue::by_ids(&mut conn, &ids.into_iter().collect::<Vec<_>>()).await?;
        let issues = list_json(&mut conn, ctx, None, &rows, &ListOptions::default()).await?;
        let wanted: HashSet<_> = facts.iter().filter_map(event_of).collect();
        let events = whole_events(&mut conn, &wanted.into_iter().collect::<Vec<_>>()).await?;
        Ok(Self {
            hooks: hooks.into_iter().map(|hook| (hook.id, hook)).collect(),
            projects: projects.into_iter().map(|project| (project.id, project)).collect(),
            orgs: orgs.into_iter().map(|org| (org.id, org.slug)).collect(),
            issues: issues.into_iter().filter_map(|issue| Some((issue.id.parse().ok()?, issue))).collect(),
            events,
        })
    }
}

async fn prepare(ctx: &Ctx, handovers: &[Handover]) -> Result<Vec<Prepared>> {
    let facts: Vec<_> = handovers.iter().map(|it| Facts::read(&it.payload)).collect::<Result<_>>()?;
    let ids: HashSet<_> = handovers.iter().filter_map(|it| hook_of(&it.delivery.subscriber)).collect();
    let material = Material::load(ctx, &facts, &ids.into_iter().collect::<Vec<_>>()).await?;
    let one = |(handover, facts): (&Handover, &Facts)| {
        let Some((hook, body)) = body(ctx, handover, facts, &material)? else { return Ok(Prepared::Skip) };
        let (request, egress) = (request(ctx, handover, hook, body)?, ctx.egress.clone());
        let now = ctx.now();
        Ok(Prepared::Run(Box::pin(async move { call(&egress, request, now).await })))
    };
    handovers.iter().zip(&facts).map(one).collect()
}

/// The hook and what it is told; nothing when either is gone.
fn body<'m>(
    ctx: &Ctx,
    handover: &Handover,
    facts: &Facts,
    material: &'m Material,
) -> Result<Option<(&'m ProjectHook, String)>> {
    let found = || {
        let hook = material.hooks.get(&hook_of(&handover.delivery.subscriber)?)?;
        let event = material.events.get(&event_of(facts)?)?.row();
        let issue = material.issues.get(&event.group_id)?;
        let org = material.orgs.get(&hook.organization_id)?;
        Some((hook, event, issue, org, material.projects.get(&hook.project_id)?))
    };
    let Some((hook, event, issue, org, project)) = found().filter(|(hook, ..)| hook.status == 0) else {
        return Ok(None);
    };
    let page = ctx.link(&format!("/organizations/{org}/issues/{}/", issue.id));
    let payload = ServiceHookPayload {
        project: ServiceHookProject { slug: project.slug.clone(), name: project.name.clone() },
        group: ServiceHookIssue { issue: issue.clone(), url: page.clone() },
        event: ServiceHookEvent {
            url: format!("{page}events/{}/", event.event_id),
            event: wire_event::Event::new(event),
        },
    };
    let body = webhook::body(&payload).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(Some((hook, body)))
}

fn request(ctx: &Ctx, handover: &Handover, hook: &ProjectHook, body: String) -> Result<Request> {
    let secret = secret_of(ctx, hook)?;
    let (id, timestamp) = (&handover.delivery.uuid, ctx.now().as_second());
    let message = WebhookMessage { id, timestamp_seconds: timestamp, body: body.as_bytes() };
    let request = Request::new(Method::POST, &hook.url)
        .header("Content-Type", "application/json")
        .header("User-Agent", USER_AGENT)
        .header(header::SERVICE_HOOK_TIMESTAMP, timestamp.to_string())
        .header(header::SERVICE_HOOK_GUID, &hook.guid)
        .header(header::SERVICE_HOOK_SIGNATURE, hook_signature(&secret, body.as_bytes()))
        .header(header::WEBHOOK_ID, id)
        .header(header::WEBHOOK_TIMESTAMP, timestamp.to_string())
        .header(header::WEBHOOK_SIGNATURE, webhook_signature(&[&secret], message))
        .timeout(Duration::from_millis(ctx.settings.webhook_timeout_ms));
    Ok(request.body(body))
}
