//! Webhooks of Sentry Apps. The subscriber is an installation; it hears of what its app subscribed to and its hook
//! listens for, and of its own coming and going.
//!
//! | event | who hears of it |
//! |---|---|
//! | `issue.created`, `error.created` | listeners whose app and hook both name it |
//! | other `issue.*`, `comment.*` | listeners whose app names any event of the family and whose hook names it |
//! | `event_alert.*`, `metric_alert.*` | the installations that the rule names; neither subscriptions nor hooks matter |
//! | `installation.*` | that installation, whatever its state |
//!
//! A listener is an installation that is installed, with an active hook, of an app with a webhook URL. A hook that is limited
//! to projects hears of what happens in these only. Some events are told only while the organization has a feature.

mod alert;
mod payload;
mod request;

use std::collections::{HashMap, HashSet};

use futures_util::future::BoxFuture;
use mortise_domain::{AppId, EventId, InstallationId, OrgId, ProjectId};
use mortise_store::{
    Conn,
    delivery::Event,
    organization,
    sentry_app::{self, Listener},
    service_hook,
};

use super::{Handover, Prepared, Subscriber, Target};
use crate::{
    Ctx, Result,
    apps::subscriptions::{resource, texts},
    events::Facts,
    features,
};

/// What the names of these subscribers begin with.
const KIND: &str = "installation";
/// How older apps name `issue.ignored`.
const LEGACY_IGNORED: &str = "issue.archived";
/// Events and the features without which listeners do not hear of them.
const GATES: [(&str, &str); 2] =
    [("error.created", "integrations-event-hooks"), ("issue.unresolved", "webhooks-unresolved")];

/// Webhooks of Sentry Apps.
#[derive(Debug, Clone, Copy, Default)]
pub struct AppWebhooks;

/// The subscriber's name of an installation.
pub fn subscriber_of(installation: InstallationId) -> String {
    format!("{KIND}:{installation}")
}

/// The installation behind a subscriber's name.
fn installation_of(subscriber: &str) -> Option<InstallationId> {
    subscriber.strip_prefix(KIND)?.strip_prefix(':')?.parse().ok()
}

impl Subscriber for AppWebhooks {
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
        Box::pin(request::prepare(ctx, handovers))
    }
}

async fn find(conn: &mut Conn, events: &[Event]) -> mortise_store::Result<Vec<Target>> {
    let mut orgs: Vec<OrgId> = events.iter().map(|event| event.organization_id).collect();
    orgs.sort_unstable();
    orgs.dedup();
    let mut listeners: HashMap<OrgId, Vec<Hears>> = HashMap::new();
    for listener in sentry_app::listeners(conn, &orgs).await? {
        listeners.entry(listener.organization_id).or_default().push(Hears::new(&listener));
    }
    for (installation, project) in service_hook::limits(conn, &orgs).await? {
        let mut of_orgs = listeners.values_mut().flatten();
        if let Some(hears) = of_orgs.find(|hears| hears.installation == installation) {
            hears.only_of.insert(project);
        }
    }
    let is_heard = |event: &&Event| listeners.contains_key(&event.organization_id);
    let withheld = withheld(conn, events.iter().filter(is_heard)).await?;
    let own: HashMap<EventId, InstallationId> = events.iter().filter_map(own_installation).collect();
    let ids: Vec<_> = own.values().copied().collect();
    let apps: HashMap<_, _> = sentry_app::apps_of(conn, &ids).await?.into_iter().collect();
    let mut targets = alert::targets(conn, events).await?;
    for event in events {
        if resource(&event.kind) == KIND {
            let of_app = own.get(&event.id).and_then(|id| Some((*id, *apps.get(id)?)));
            targets.extend(of_app.map(|(id, app)| target(event, id, app, None)));
            continue;
        }
        if withheld.contains(&(event.organization_id, event.kind.as_str())) {
            continue;
        }
        for hears in listeners.get(&event.organization_id).into_iter().flatten() {
            if hears.is_in_reach(event)
                && let Some(kind) = hears.name_of(&event.kind)
            {
                targets.push(target(event, hears.installation, hears.of_app, kind));
            }
        }
    }
    Ok(targets)
}

/// Of which kinds of events listeners of which organizations do not hear.
async fn withheld(
    conn: &mut Conn,
    events: impl Iterator<Item = &Event>,
) -> mortise_store::Result<HashSet<(OrgId, &'static str)>> {
    let gated = events.filter(|event| GATES.iter().any(|(kind, _)| *kind == event.kind));
    let orgs: HashSet<OrgId> = gated.map(|event| event.organization_id).collect();
    let orgs = organization::by_ids(conn, &orgs.into_iter().collect::<Vec<_>>()).await?;
    let closed = orgs.iter().flat_map(|org| {
        GATES.iter().filter(|(_, feature)| !features::has(org, feature)).map(|(kind, _)| (org.id, *kind))
    });
    Ok(closed.collect())
}

/// The installation that an event of its coming and going is about.
fn own_installation(event: &Event) -> Option<(EventId, InstallationId)> {
    let facts = Facts::read(&event.payload).ok().filter(|_| resource(&event.kind) == KIND)?;
    Some((event.id, InstallationId::new(facts.installation?)))
}

fn target(event: &Event, installation: InstallationId, app: AppId, kind: Option<String>) -> Target {
    Target { event_id: event.id, subscriber: subscriber_of(installation), kind, app: Some(app) }
}

/// What a listener hears of.
struct Hears {
    installation: InstallationId,
    of_app: AppId,
    app: Vec<String>,
    hook: Vec<String>,
    /// The projects that it hears of; all when there is none.
    only_of: HashSet<ProjectId>,
}

impl Hears {
    fn new(listener: &Listener) -> Self {
        let (app, hook) = (texts(&listener.app_events), texts(&listener.hook_events));
        Self {
            installation: listener.installation_id,
            of_app: listener.app_id,
            app,
            hook,
            only_of: HashSet::new(),
        }
    }

    fn is_in_reach(&self, event: &Event) -> bool {
        let project = || event.payload["project"].as_i64().map(ProjectId::new);
        self.only_of.is_empty() || project().is_some_and(|project| self.only_of.contains(&project))
    }

    /// Whether it hears of an event, and under which name if that is another.
    #[expect(clippy::option_option, reason = "hearing of it and its name are two answers")]
    fn name_of(&self, kind: &str) -> Option<Option<String>> {
        let has = |events: &[String], kind: &str| events.iter().any(|event| event == kind);
        let is_new = kind == "issue.created" || kind == "error.created";
        let subscribed = match is_new {
            true => has(&self.app, kind),
            false => self.app.iter().any(|event| resource(event) == resource(kind)),
        };
        match () {
            () if subscribed && has(&self.hook, kind) => Some(None),
            () if kind == "issue.ignored" && subscribed && has(&self.hook, LEGACY_IGNORED) => {
                Some(Some(LEGACY_IGNORED.to_owned()))
            }
            () => None,
        }
    }
}
