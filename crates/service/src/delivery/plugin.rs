//! Legacy plugins of projects as subscribers: those that notify hear of alert rules that fired and name them, alone or
//! with everybody. They hear once of an event, with all of its rules that name them; so they wait for the first of the rules
//! that fired, which knows the others. Every receiver of a plugin is a subscriber of its own, `plugin:<project>/<plugin>/<receiver>`, so that
//! one that fails holds up none of the others.

use std::collections::{HashMap, HashSet};

use futures_util::future::BoxFuture;
use mortise_domain::{DeliveryId, ProjectId};
use mortise_providers::PluginManifest;
use mortise_store::{
    Conn,
    delivery::{self, Event},
};

use super::{Handover, Prepared, Subscriber, Target, call};
use crate::{
    Ctx, Result,
    events::{ALERT_TRIGGERED, Facts},
    plugins::{
        Options,
        notify::{Material, key_of, receivers, rules_naming},
    },
};

/// What the names of these subscribers begin with.
const KIND: &str = "plugin";
/// How often a receiver is told in a minute at most; what comes beyond is skipped.
const PER_MINUTE_MAX: u32 = 10;

/// Legacy plugins of projects.
#[derive(Debug, Clone, Copy, Default)]
pub struct Plugins;

impl Subscriber for Plugins {
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

async fn find(conn: &mut Conn, events: &[Event]) -> mortise_store::Result<Vec<Target>> {
    let fired = events.iter().filter(|event| event.kind == ALERT_TRIGGERED).filter_map(|event| {
        let facts = Facts::read(&event.payload).ok()?;
        Some((event, ProjectId::new(facts.project?), facts.alert.filter(|alert| alert.is_first)?))
    });
    let fired: Vec<_> = fired.collect();
    if fired.is_empty() {
        return Ok(Vec::new());
    }
    let projects: HashSet<ProjectId> = fired.iter().map(|(_, project, _)| *project).collect();
    let options: HashMap<ProjectId, Options> =
        Options::of_all(conn, &projects.into_iter().collect::<Vec<_>>()).await?;
    let mut targets = Vec::new();
    for (event, project, alert) in &fired {
        let Some(options) = options.get(project) else { continue };
        for plugin in options.notifying().filter(|plugin| !rules_naming(alert, plugin).is_empty()) {
            let names =
                receivers(plugin, options).into_iter().map(|it| name_of(*project, plugin, &key_of(&it)));
            let target = |subscriber| Target { event_id: event.id, subscriber, kind: None, app: None };
            targets.extend(names.map(target));
        }
    }
    Ok(targets)
}

/// The name of a plugin's receivers together.
pub(super) fn receivers_of(project: ProjectId, plugin: &PluginManifest) -> String {
    name_of(project, plugin, "")
}

/// The name of a receiver.
fn name_of(project: ProjectId, plugin: &PluginManifest, key: &str) -> String {
    match key {
        "" => format!("{KIND}:{project}/{}", plugin.slug),
        key => format!("{KIND}:{project}/{}/{key}", plugin.slug),
    }
}

/// The plugin and the key behind the name of a receiver.
fn parts_of(subscriber: &str) -> Option<(&'static PluginManifest, &str)> {
    let (_, rest) = subscriber.strip_prefix(KIND)?.strip_prefix(':')?.split_once('/')?;
    let (slug, key) = rest.split_once('/').unwrap_or((rest, ""));
    Some((PluginManifest::find(slug)?, key))
}

async fn prepare(ctx: &Ctx, handovers: &[Handover]) -> Result<Vec<Prepared>> {
    let facts: Vec<_> = handovers.iter().map(|it| Facts::read(&it.payload)).collect::<Result<_>>()?;
    let material = Material::load(ctx, &facts).await?;
    let ids: Vec<DeliveryId> = handovers.iter().map(|it| it.delivery.id).collect();
    let beyond = delivery::beyond_rate(&mut *ctx.store.read().await?, &ids, PER_MINUTE_MAX).await?;
    let one = |(handover, facts): (&Handover, &Facts)| {
        let Some((plugin, key)) = parts_of(&handover.delivery.subscriber) else { return Ok(Prepared::Skip) };
        if beyond.contains(&handover.delivery.id) || !material.is_on(plugin, facts) {
            return Ok(Prepared::Skip);
        }
        let requests = material.requests(ctx, plugin, facts)?;
        let Some((_, request)) = requests.into_iter().find(|(own, _)| own == key) else {
            return Ok(Prepared::Skip);
        };
        let (egress, now) = (ctx.egress.clone(), ctx.now());
        Ok(Prepared::Run(Box::pin(async move { call(&egress, request, now).await })))
    };
    handovers.iter().zip(&facts).map(one).collect()
}
