//! Mails as deliveries. The subscriber is a person, or the operator's people who decide about publishing; there are none
//! while the operator names no mail server.
//!
//! | event | who gets a mail |
//! |---|---|
//! | `app.publication_requested` | those who decide about publishing |
//! | `app.disabled`, `integration.disabled`, `integration.requested` | every owner of the organization |
//! | `code_owners.not_fetched` | every owner of the organization |
//! | `repository.hook_left` | who asked for the repository to be deleted |
//! | `release.commits_not_fetched` | who released, or else every owner of the organization |
//! | `event_alert.triggered` | the people of the project whom the rule names |
//! | `metric_alert.*` | the people of the organization whom the threshold names |

mod alert;
mod letter;
mod metric;
mod recipients;
mod sample;
mod text;

use std::collections::{HashMap, HashSet};

use futures_util::future::BoxFuture;
use mortise_domain::{
    IssueId, OrgId, ProjectId, UserId,
    issue::Level,
    org::{OrgFlag, OrgFlags},
};
use mortise_egress::{Mail, MailError, Mailer};
use mortise_store::{
    Conn,
    delivery::Event,
    issue::{self, Issue, assignable},
    member,
    organization::{self, Organization},
    project::{self, Project},
    user::{self, User},
};
use serde_json::{Value as Json, json};

use self::{
    alert::{Alert, Issue as Seen},
    text::Wish,
};
pub use self::{letter::Written, sample::sample_mails};
use super::{Attempted, Handover, Prepared, Subscriber, Target, Verdict};
use crate::{
    Ctx, Result,
    apps::facade::{self, AppInfo},
    events::{ALERT_TRIGGERED, CODE_OWNERS_NOT_FETCHED, COMMITS_NOT_FETCHED, Facts, REPOSITORY_HOOK_LEFT},
    issues::{permalink, short_id},
};

const KIND: &str = "mail";
/// The subscriber that stands for those who decide about publishing.
const PARTNERS: &str = "mail:partners";

/// From this code on a mail server refuses for good.
const REFUSED_FOR_GOOD_MIN: u16 = 500;

/// The operator's mail server, and whom to tell of requests.
#[derive(Debug, Clone)]
pub struct MailRoute {
    /// Sends mails.
    pub mailer: Mailer,
    /// Who decides about publishing apps; nobody is told when it is empty.
    pub partners_to: Option<String>,
}

/// Mails.
#[derive(Debug, Clone)]
pub struct Mails(pub MailRoute);

impl Subscriber for Mails {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn targets<'a>(
        &'a self,
        conn: &'a mut Conn,
        events: &'a [Event],
    ) -> BoxFuture<'a, mortise_store::Result<Vec<Target>>> {
        Box::pin(find(conn, events, self.0.partners_to.is_some()))
    }

    fn prepare<'a>(
        &'a self,
        ctx: &'a Ctx,
        handovers: &'a [Handover],
    ) -> BoxFuture<'a, Result<Vec<Prepared>>> {
        Box::pin(prepare(ctx, &self.0, handovers))
    }
}

fn is_for_owners(event: &Event) -> bool {
    match event.kind.as_str() {
        "app.disabled" | "integration.disabled" | "integration.requested" | CODE_OWNERS_NOT_FETCHED => true,
        COMMITS_NOT_FETCHED => actor_of(event).is_none(),
        _ => false,
    }
}

fn is_for_actor(event: &Event) -> bool {
    [REPOSITORY_HOOK_LEFT, COMMITS_NOT_FETCHED].contains(&event.kind.as_str())
}

fn actor_of(event: &Event) -> Option<UserId> {
    Facts::read(&event.payload).ok().and_then(|facts| facts.actor).map(UserId::new)
}

async fn find(conn: &mut Conn, events: &[Event], has_partners: bool) -> mortise_store::Result<Vec<Target>> {
    let mut targets = recipients::targets(conn, events).await?;
    targets.extend(metric::targets(conn, events).await?);
    for event in events.iter().filter(|event| has_partners && event.kind == "app.publication_requested") {
        targets.push(target(event, PARTNERS.to_owned()));
    }
    for event in events.iter().filter(|event| is_for_actor(event)) {
        targets.extend(actor_of(event).map(|id| target(event, subscriber_of(id))));
    }
    let orgs: HashSet<OrgId> =
        events.iter().filter(|it| is_for_owners(it)).map(|it| it.organization_id).collect();
    if orgs.is_empty() {
        return Ok(targets);
    }
    let owners = member::owner_users(conn, &orgs.into_iter().collect::<Vec<_>>()).await?;
    for event in events.iter().filter(|event| is_for_owners(event)) {
        let of_org = owners.iter().filter(|(org, _)| *org == event.organization_id);
        targets.extend(of_org.map(|(_, user)| target(event, subscriber_of(*user))));
    }
    Ok(targets)
}

fn target(event: &Event, subscriber: String) -> Target {
    Target { event_id: event.id, subscriber, kind: None, app: None }
}

fn subscriber_of(reader: UserId) -> String {
    format!("{KIND}:{reader}")
}

/// What mails of a batch are about.
struct Material {
    people: HashMap<UserId, User>,
    apps: HashMap<i64, AppInfo>,
    orgs: HashMap<OrgId, Organization>,
    projects: HashMap<i64, Project>,
    issues: HashMap<i64, Issue>,
    /// Who still is in a team of which project.
    works_on: HashSet<(ProjectId, UserId)>,
    /// Who of the readers of metric alerts still is in which organization.
    colleagues: HashSet<(OrgId, UserId)>,
}

fn reader_of(subscriber: &str) -> Option<UserId> {
    subscriber.strip_prefix(KIND)?.strip_prefix(':')?.parse().ok()
}

impl Material {
    async fn load(ctx: &Ctx, handovers: &[Handover], facts: &[Facts]) -> Result<Self> {
        let mut conn = ctx.store.read().await?;
        let readers: Vec<_> = handovers.iter().filter_map(|it| reader_of(&it.delivery.subscriber)).collect();
        let actors = facts.iter().filter_map(|facts| facts.actor.map(UserId::new));
        let people: HashSet<_> = readers.iter().copied().chain(actors).collect();
        let people = user::by_ids(&mut conn, &people.into_iter().collect::<Vec<_>>()).await?;
        let apps: HashSet<_> = facts.iter().filter_map(|it| it.app.map(mortise_domain::AppId::new)).collect();
        let apps = facade::apps_by_ids(&mut conn, &apps.into_iter().collect::<Vec<_>>()).await?;
        let orgs: HashSet<_> = handovers.iter().map(|it| it.delivery.organization_id).collect();
        let orgs: Vec<_> = orgs.into_iter().collect();
        let colleagues = match facts.iter().any(|it| it.metric.is_some()) {
            true => member::recipients::of_organizations(&mut conn, &orgs, &readers, &[]).await?,
            false => Vec::new(),
        };
        let orgs = organization::by_ids(&mut conn, &orgs).await?;
        let projects: HashSet<_> = facts.iter().filter_map(|it| it.project.map(ProjectId::new)).collect();
        let projects: Vec<_> = projects.into_iter().collect();
        let issues: HashSet<_> = facts.iter().filter_map(|it| it.issue.map(IssueId::new)).collect();
        let issues = issue::by_ids(&mut conn, &issues.into_iter().collect::<Vec<_>>()).await?;
        let (works_on, projects) = match projects.is_empty() {
            true => (Vec::new(), Vec::new()),
            false => {
                let works_on = assignable::people(&mut conn, &projects, &readers).await?;
                (works_on, project::by_ids(&mut conn, &projects).await?)
            }
        };
        Ok(Self {
            projects: projects.into_iter().map(|project| (project.id.get(), project)).collect(),
            issues: issues.into_iter().map(|issue| (issue.id.get(), issue)).collect(),
            works_on: works_on.into_iter().collect(),
            colleagues: colleagues.into_iter().map(|it| (it.organization_id, it.user_id)).collect(),
            people: people.into_iter().map(|user| (user.id, user)).collect(),
            apps: apps.into_iter().map(|app| (app.id.get(), app)).collect(),
            orgs: orgs.into_iter().map(|org| (org.id, org)).collect(),
        })
    }
}

async fn prepare(ctx: &Ctx, route: &MailRoute, handovers: &[Handover]) -> Result<Vec<Prepared>> {
    let facts: Vec<_> = handovers.iter().map(|it| Facts::read(&it.payload)).collect::<Result<_>>()?;
    let material = Material::load(ctx, handovers, &facts).await?;
    let one = |(handover, facts): (&Handover, &Facts)| {
        let Some(mail) = mail(ctx, route, handover, facts, &material) else { return Prepared::Skip };
        let mailer = route.mailer.clone();
        Prepared::Run(Box::pin(async move { send(&mailer, mail).await }))
    };
    Ok(handovers.iter().zip(&facts).map(one).collect())
}

/// The mail, or nothing when its reader or what it is about is gone.
fn mail(
    ctx: &Ctx,
    route: &MailRoute,
    handover: &Handover,
    facts: &Facts,
    material: &Material,
) -> Option<Mail> {
    let delivery = &handover.delivery;
    let org = material.orgs.get(&delivery.organization_id)?;
    let actor = facts.actor.and_then(|id| material.people.get(&UserId::new(id)));
    let app = facts.app.and_then(|id| material.apps.get(&id));
    let reader = reader_of(&delivery.subscriber).and_then(|id| material.people.get(&id));
    let site = ctx.settings.public_url.as_str();
    let written = match delivery.kind.as_str() {
        "app.publication_requested" => {
            text::publication(&org.slug, &actor?.email, &app?.slug, facts.text.as_deref())
        }
        "app.disabled" => {
            let app = app?;
            let page = format!("{site}/settings/{}/developer-settings/{}", org.slug, app.slug);
            text::disabled(&page, &app.name, app.webhook_url.as_deref().unwrap_or_default())
        }
        "integration.disabled" => text::broken(site, &org.slug, facts.provider.as_ref()?),
        "integration.requested" => text::requested(&Wish {
            site,
            org_slug: &org.slug,
            org_name: &org.name,
            requester: actor?.display_name(),
            provider: facts.provider.as_ref()?,
            message: facts.text.as_deref(),
        }),
        REPOSITORY_HOOK_LEFT => text::hook_left(facts.text.as_deref()?),
        COMMITS_NOT_FETCHED => text::no_commits(facts.release.as_ref()?, facts.text.as_deref()?),
        CODE_OWNERS_NOT_FETCHED => {
            let project = material.projects.get(&facts.project?)?;
            text::no_owners(site, &org.slug, &project.slug, facts.text.as_deref()?)
        }
        ALERT_TRIGGERED => {
            let (project, issue) =
                (material.projects.get(&facts.project?)?, material.issues.get(&facts.issue?)?);
            let is_reader = material.works_on.contains(&(project.id, reader?.id));
            fired(ctx, org, project, issue, facts).filter(|_| is_reader)?
        }
        kind => {
            let is_reader = material.colleagues.contains(&(org.id, reader?.id));
            metric::crossed(kind, &facts.metric.as_ref()?.data).filter(|_| is_reader)?
        }
    };
    let to = match delivery.subscriber.as_str() {
        PARTNERS => route.partners_to.clone()?,
        _ => reader.filter(|user| user.is_active && !user.email.is_empty())?.email.clone(),
    };
    let reply_to = actor.map(|actor| actor.email.clone()).filter(|email| !email.is_empty());
    let Written { subject, text, html } = written;
    Some(Mail { to, reply_to, subject, text, html: Some(html), id: delivery.uuid.clone() })
}

/// The mail of an alert rule; nothing for events that are no alerts.
fn fired(ctx: &Ctx, org: &Organization, project: &Project, issue: &Issue, facts: &Facts) -> Option<Written> {
    let rule = facts.alert.as_ref()?;
    let is_private = OrgFlags::from_bits(org.flags).is_on(OrgFlag::EnhancedPrivacy);
    let page = permalink(ctx, &org.slug, issue.id);
    let mut links = vec![("The issue", page.clone())];
    if let Some(event) = &facts.error_event {
        links.push(("The event", format!("{page}events/{event}/")));
    }
    // Trying out actions has no rule.
    if rule.rule > 0 {
        let path = format!("/organizations/{}/alerts/rules/{}/{}/", org.slug, project.slug, rule.rule);
        links.push(("The rule, to change or mute it", ctx.link(&path)));
    }
    Some(alert::fired(Alert {
        rule: &rule.title,
        project: &project.slug,
        short_id: &short_id(&project.slug, issue.short_id),
        issue: (!is_private).then(|| Seen { title: &issue.title, culprit: &issue.culprit }),
        level: Level::try_from(issue.level).unwrap_or(Level::Error).as_str(),
        times_seen: issue.times_seen,
        first_seen: issue.first_seen.strftime("%F %T UTC").to_string(),
        links,
    }))
}

async fn send(mailer: &Mailer, mail: Mail) -> Attempted {
    let (verdict, code, error) = match mailer.send(&mail).await {
        Ok(code) => (Verdict::Delivered, Some(code), Json::Null),
        Err(error) => {
            let (verdict, code) = match &error {
                MailError::Refused { code, .. } if *code >= REFUSED_FOR_GOOD_MIN => {
                    (Verdict::Failed, Some(*code))
                }
                MailError::Refused { code, .. } => (Verdict::Retry { after: None }, Some(*code)),
                MailError::Unreachable { .. } => (Verdict::Retry { after: None }, None),
                MailError::Unwritable { .. } => (Verdict::Failed, None),
            };
            (verdict, code, json!({ "kind": "mail", "message": error.to_string() }))
        }
    };
    // Who the reader is stands in the delivery; addresses are not kept twice.
    let sent = json!({
        "method": "MAIL", "url": "", "headers": [["Subject", mail.subject]], "body": mail.text,
        "body_bytes": mail.text.len(),
    });
    let exchange = json!({ "request": sent, "response": null, "duration_us": 0, "error": error });
    Attempted { verdict, response_code: code, exchange }
}
