//! What parts of a host change of apps, and tell them.

use mortise_domain::{AppId, IncidentId, OrgId, Time, status::InstallationStatus};
use mortise_store::{
    Tx,
    sentry_app::{self, InstallationFilter},
};
use mortise_wire::{errors::field, fields::Rule as _};
use serde_json::{Map, Value as Json, json};

use super::{AppInfo, installations};
use crate::{
    Ctx, Error, Result,
    apps::{fields, subscriptions},
    events::{self, MetricFacts},
};

/// Bytes of what is told of an incident at most.
const INCIDENT_BYTES_MAX: usize = 256 * 1024;

/// What changes of an app; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct AppChange {
    /// What people read.
    pub name: Option<String>,
    /// What it hears of, families among them, all of it.
    pub events: Option<Vec<String>>,
}

/// Changes an app. Its hooks stay, its address and what it may do too. `None` when it is gone.
pub async fn update_app(ctx: &Ctx, id: AppId, change: AppChange) -> Result<Option<AppInfo>> {
    let now = ctx.now();
    let name = change.name.map(|name| fields::Prose::name().read(&Json::from(name)));
    let name = name.transpose().map_err(|_| Error::field("name", field::BLANK))?;
    let changed = ctx.store.write(move |tx| {
        Box::pin(async move {
            let Some(mut app) = sentry_app::locked(tx, id).await? else { return Ok(None) };
            if let Some(name) = name {
                name.trim().clone_into(&mut app.name);
            }
            if let Some(events) = change.events {
                for event in &events {
                    let family = subscriptions::family_of(event);
                    let family = family.ok_or_else(|| Error::field("events", field::choice(event)))?;
                    if !app.scopes.contains(family.scope) {
                        return Err(Error::invalid(fields::event_needs(family)));
                    }
                }
                app.is_disabled &= events.is_empty();
                app.events = Json::from(subscriptions::expand(&events));
            }
            sentry_app::update(tx, &app, now).await?;
            AppInfo::of(app).map(Some)
        })
    });
    let changed = changed.await?;
    ctx.ingest().keys_changed();
    Ok(changed)
}

/// Switches an app off: it subscribes to nothing until somebody subscribes again. Its hooks and what alert rules send it
/// stay. `None` when it is gone.
pub async fn switch_off(tx: &mut Tx, id: AppId, now: Time) -> Result<Option<AppInfo>> {
    let Some(mut app) = sentry_app::locked(tx, id).await? else { return Ok(None) };
    app.events = json!([]);
    app.is_disabled = true;
    sentry_app::update(tx, &app, now).await?;
    AppInfo::of(app).map(Some)
}

/// What an app is told of an incident of a metric alert rule.
#[derive(Debug, Clone)]
pub struct MetricAlert {
    /// Who is told.
    pub app: AppId,
    /// Where.
    pub org: OrgId,
    /// What is told in order.
    pub incident: IncidentId,
    /// See [`MetricAlert::kind_of`].
    pub kind: &'static str,
    /// What is told.
    pub data: Map<String, Json>,
}

impl MetricAlert {
    /// What it is called that an incident has this status now.
    pub fn kind_of(status: i64) -> Option<&'static str> {
        match status {
            1 => Some("metric_alert.open"),
            2 => Some("metric_alert.resolved"),
            10 => Some("metric_alert.warning"),
            20 => Some("metric_alert.critical"),
            _ => None,
        }
    }
}

/// Has an app told of an incident: the delivery log takes it and keeps trying. Whether the rule has settings of a component
/// of the app; `false` too where the app is not installed, or cannot be told.
pub async fn tell_of_metric_alert(ctx: &Ctx, alert: MetricAlert) -> Result<bool> {
    let MetricAlert { app, org, incident, kind, data } = alert;
    let data = Json::Object(data);
    if data.to_string().len() > INCIDENT_BYTES_MAX {
        return Err(Error::invalid("what is told of an incident is too long"));
    }
    let filter = InstallationFilter {
        apps: Some(vec![app]),
        org: Some(org),
        status: Some(InstallationStatus::Installed),
        ..InstallationFilter::default()
    };
    let found = installations(&mut *ctx.store.read().await?, &filter).await?;
    if !found.iter().any(|it| it.app.webhook_url.is_some()) {
        return Ok(false);
    }
    let facts = MetricFacts { rule: None, apps: vec![app.get()], whom: Vec::new(), data };
    let has_settings = facts.has_settings();
    let now = ctx.now();
    ctx.store
        .write(move |tx| {
            Box::pin(async move { events::metric_alert(tx, kind, org, incident, facts, now).await })
        })
        .await?;
    Ok(has_settings)
}
