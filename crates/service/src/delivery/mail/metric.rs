//! Mails of metric alert rules that crossed a threshold or came back: whom they reach, and what they say.

use std::collections::{BTreeSet, HashSet};

use mortise_domain::{MetricRuleId, OrgId, TeamId, UserId};
use mortise_store::{
    Conn,
    delivery::Event,
    member::recipients::{self, Colleague},
    rule::snooze::{self, Muted},
};
use serde_json::Value as Json;

use super::{
    Target,
    letter::{Letter, Span, Written, one_line},
    subscriber_of, target,
};
use crate::events::{Facts, MetricFacts, Whom};

/// An event of a rule that mails somebody.
fn of(event: &Event) -> Option<(&Event, MetricRuleId, MetricFacts)> {
    if !event.kind.starts_with("metric_alert.") {
        return None;
    }
    let metric = Facts::read(&event.payload).ok()?.metric?;
    let rule = MetricRuleId::new(metric.rule?);
    (!metric.whom.is_empty()).then_some((event, rule, metric))
}

/// Who is mailed of which of these events: people and teams that the rule names, each person once. Who muted the rule for
/// oneself gets nothing.
pub(super) async fn targets(conn: &mut Conn, events: &[Event]) -> mortise_store::Result<Vec<Target>> {
    let told: Vec<(&Event, MetricRuleId, MetricFacts)> = events.iter().filter_map(of).collect();
    if told.is_empty() {
        return Ok(Vec::new());
    }
    let (mut people, mut teams) = (HashSet::new(), HashSet::new());
    for whom in told.iter().flat_map(|(.., metric)| &metric.whom) {
        match whom {
            Whom::Member { id } => _ = people.insert(UserId::new(*id)),
            Whom::Team { id } => _ = teams.insert(TeamId::new(*id)),
            Whom::Owners { .. } => {}
        }
    }
    let (people, teams): (Vec<_>, Vec<_>) = (people.into_iter().collect(), teams.into_iter().collect());
    let orgs: HashSet<OrgId> = told.iter().map(|(event, ..)| event.organization_id).collect();
    let orgs: Vec<_> = orgs.into_iter().collect();
    let found = recipients::of_organizations(conn, &orgs, &people, &teams).await?;
    let rules: HashSet<_> = told.iter().map(|(_, rule, _)| Muted::Metric(*rule)).collect();
    let mute = snooze::of_people(conn, &rules.into_iter().collect::<Vec<_>>()).await?;
    let mut targets = Vec::new();
    for (event, rule, metric) in &told {
        let is_mute = |reader: &UserId| {
            mute.iter().any(|it| it.metric_rule_id == Some(*rule) && it.is_mute(*reader, event.created_at))
        };
        let readers = readers(event.organization_id, &metric.whom, &found);
        let readers = readers.into_iter().filter(|reader| !is_mute(reader));
        targets.extend(readers.map(|reader| target(event, subscriber_of(reader))));
    }
    Ok(targets)
}

fn readers(org: OrgId, whom: &[Whom], found: &[Colleague]) -> BTreeSet<UserId> {
    let is_named = |one: &&Colleague| {
        whom.iter().any(|whom| match whom {
            Whom::Member { id } => one.user_id == UserId::new(*id),
            Whom::Team { id } => one.team_id == Some(TeamId::new(*id)),
            Whom::Owners { .. } => false,
        })
    };
    found.iter().filter(|one| one.organization_id == org).filter(is_named).map(|one| one.user_id).collect()
}

/// What the mail says; `kind` is the event's.
pub(super) fn crossed(kind: &str, data: &Json) -> Option<Written> {
    let text = |value: &Json| one_line(value.as_str().unwrap_or_default());
    let incident = &data["metric_alert"];
    let rule = &incident["alert_rule"];
    let (word, became) = match kind {
        "metric_alert.resolved" => ("Resolved", " is back within its thresholds: "),
        "metric_alert.warning" => ("Warning", " crossed its warning threshold: "),
        _ => ("Critical", " crossed its critical threshold: "),
    };
    let name = text(&rule["name"]);
    let projects: Vec<&str> = incident["projects"].as_array()?.iter().filter_map(Json::as_str).collect();
    let projects = projects.join(", ");
    let counted = format!("Counted: {} {}", text(&rule["aggregate"]), text(&rule["query"]));
    let written = Letter::new(&format!("[{word}] {name} - {projects}"))
        .paragraph(&[
            Span::Plain("The metric alert rule "),
            Span::Title(&name),
            Span::Plain(" of "),
            Span::Name(&projects),
            Span::Plain(became),
            Span::Plain(&text(&data["description_text"])),
            Span::Plain("."),
        ])
        .headed("", &[counted.trim_end()])
        .button("Look at the incident", data["web_url"].as_str()?.to_owned())
        .written();
    Some(written)
}
