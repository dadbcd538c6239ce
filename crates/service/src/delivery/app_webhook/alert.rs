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
use crate::events::{AlertFacts, Facts, Tell};

/// The kind of these events.
pub(super) const TRIGGERED: &str = "event_alert.triggered";

/// The apps that are told of rules that fired.
pub(super) async fn targets(conn: &mut Conn, events: &[Event]) -> mortise_store::Result<Vec<Target>> {
    let fired: Vec<(&Event, AlertFacts)> = events
        .iter()
        .filter(|event| event.kind == TRIGGERED)
        .filter_map(|event| Some((event, Facts::read(&event.payload).ok()?.alert?)))
        .filter(|(_, alert)| !alert.tell.is_empty())
        .collect();
    if fired.is_empty() {
        return Ok(Vec::new());
    }
    let orgs: HashSet<OrgId> = fired.iter().map(|(event, _)| event.organization_id).collect();
    let listeners = sentry_app::alert_listeners(conn, &orgs.into_iter().collect::<Vec<_>>()).await?;
    let told = fired.iter().flat_map(|(event, alert)| {
        let of_org = listeners.iter().filter(|it| it.organization_id == event.organization_id);
        let named = of_org.filter(|it| alert.tell.iter().any(|tell| is_told(tell, it)));
        named.map(|it| target(event, it.installation_id, it.app_id, None))
    });
    Ok(told.collect())
}

fn is_told(tell: &Tell, listener: &AlertListener) -> bool {
    match tell {
        Tell::Everybody => listener.is_alertable,
        Tell::App { slug } => *slug == listener.slug,
        Tell::Installation { uuid, .. } => *uuid == listener.installation_uuid,
    }
}

/// What an app is told: with the rule and its settings, if it is reached through its component.
pub(super) fn data(event: HookEvent, alert: &AlertFacts, target: &WebhookTarget) -> EventAlertData {
    EventAlertData { event, triggered_rule: alert.title.clone(), issue_alert: rule(alert, target) }
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
