//! Alert rules that fired: which apps are told, and of what. An app is told once of each time that a rule fired, however
//! often the rule names it. Neither its subscriptions nor its hook matter: the rule decides.

use std::collections::HashSet;

use mortise_domain::OrgId;
use mortise_store::{
    Conn,
    delivery::Event,
    sentry_app::{self, AlertListener, WebhookTarget},
};
use mortise_wire::{
    event::HookEvent,
    webhook::{AlertSetting, EventAlertData, IssueAlert},
};
use serde_json::Value;

use super::{Target, target};
use crate::{
    apps::subscriptions::resource,
    events::{ALERT_TRIGGERED, AlertFacts, Facts, Tell},
};

/// What kinds of events of metric alert rules begin with.
const METRIC: &str = "metric_alert";

/// The apps that are told of rules that fired.
pub(super) async fn targets(conn: &mut Conn, events: &[Event]) -> mortise_store::Result<Vec<Target>> {
    let fired: Vec<(&Event, Named)> = events
        .iter()
        .filter(|event| event.kind == ALERT_TRIGGERED || resource(&event.kind) == METRIC)
        .filter_map(|event| Some((event, Named::of(Facts::read(&event.payload).ok()?)?)))
        .collect();
    if fired.is_empty() {
        return Ok(Vec::new());
    }
    let orgs: HashSet<OrgId> = fired.iter().map(|(event, _)| event.organization_id).collect();
    let listeners = sentry_app::alert_listeners(conn, &orgs.into_iter().collect::<Vec<_>>()).await?;
    let told = fired.iter().flat_map(|(event, named)| {
        let of_org = listeners.iter().filter(|it| it.organization_id == event.organization_id);
        of_org.filter(|it| named.has(it)).map(|it| target(event, it.installation_id, it.app_id, None))
    });
    Ok(told.collect())
}

/// The apps that a rule names.
enum Named {
    ByIssueRule(Vec<Tell>),
    ByMetricRule(Vec<i64>),
}

impl Named {
    /// `None` where it names nobody.
    fn of(facts: Facts) -> Option<Self> {
        match (facts.alert, facts.metric) {
            (Some(alert), _) => Some(alert.tell).filter(|tell| !tell.is_empty()).map(Self::ByIssueRule),
            (None, metric) => metric.map(|metric| Self::ByMetricRule(metric.apps)),
        }
    }

    fn has(&self, listener: &AlertListener) -> bool {
        match self {
            Self::ByIssueRule(tell) => tell.iter().any(|tell| is_told(tell, listener)),
            Self::ByMetricRule(apps) => apps.contains(&listener.app_id.get()),
        }
    }
}

fn is_told(tell: &Tell, listener: &AlertListener) -> bool {
    match tell {
        Tell::Everybody => listener.is_alertable,
        Tell::App { slug } => *slug == listener.slug,
        Tell::Installation { uuid, .. } => *uuid == listener.installation_uuid,
        Tell::Mail { .. } => false,
    }
}

/// What an app is told: with the rule and its settings, if it is reached through its component.
pub(super) fn data(event: HookEvent, alert: &AlertFacts, target: &WebhookTarget) -> EventAlertData {
    EventAlertData { event, triggered_rule: alert.title.clone(), issue_alert: rule(alert, target) }
}

/// Whether a rule that fired has settings for this app: in its component, or in any action of a metric alert rule.
pub(super) fn has_settings(facts: &Facts, target: &WebhookTarget) -> bool {
    match (&facts.alert, &facts.metric) {
        (Some(alert), _) => rule(alert, target).is_some(),
        (None, Some(metric)) => metric.has_settings(),
        (None, None) => false,
    }
}

fn rule(alert: &AlertFacts, target: &WebhookTarget) -> Option<IssueAlert> {
    let settings = alert.tell.iter().find_map(|tell| match tell {
        Tell::Installation { uuid, settings } if *uuid == target.installation_uuid => Some(settings),
        _ => None,
    })?;
    let setting = |setting: &Value| {
        let name = setting.get("name")?.as_str()?.to_owned();
        Some(AlertSetting { name, value: setting.get("value").cloned().unwrap_or_default() })
    };
    Some(IssueAlert {
        id: alert.rule,
        title: alert.title.clone(),
        sentry_app_id: target.app_id.get(),
        settings: settings.iter().filter_map(setting).collect(),
    })
}
