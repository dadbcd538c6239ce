//! What apps can subscribe to: families of events (`issue`), or single events of them (`issue.resolved`).

use mortise_domain::Scope;
use serde_json::Value as Json;

/// A family of events.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    /// Its name, the part of an event's kind before the dot.
    pub name: &'static str,
    /// Its events.
    pub events: &'static [&'static str],
    /// What an app must be allowed to do to hear of it.
    pub scope: Scope,
}

/// Every family.
pub const FAMILIES: &[Family] = &[
    Family {
        name: "issue",
        events: &["issue.created", "issue.resolved", "issue.ignored", "issue.assigned", "issue.unresolved"],
        scope: Scope::EventRead,
    },
    Family { name: "error", events: &["error.created"], scope: Scope::EventRead },
    Family {
        name: "comment",
        events: &["comment.created", "comment.updated", "comment.deleted"],
        scope: Scope::EventRead,
    },
    Family {
        name: "seer",
        events: &[
            "seer.root_cause_started",
            "seer.root_cause_completed",
            "seer.solution_started",
            "seer.solution_completed",
            "seer.coding_started",
            "seer.coding_completed",
            "seer.pr_created",
        ],
        scope: Scope::EventRead,
    },
    Family {
        name: "preprod_artifact",
        events: &[
            "preprod_artifact.size_analysis_completed",
            "preprod_artifact.build_distribution_completed",
        ],
        scope: Scope::ProjectRead,
    },
];

/// The family that a subscription names or belongs to.
pub fn family_of(subscription: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|family| family.name == subscription || family.events.contains(&subscription))
}

/// Single events from families and single events, each once, in the order of [`FAMILIES`].
pub fn expand(subscriptions: &[String]) -> Vec<String> {
    let wanted = |family: &Family, event: &str| {
        subscriptions.iter().any(|subscription| subscription == family.name || subscription == event)
    };
    let events = FAMILIES.iter().flat_map(|family| family.events.iter().map(move |event| (family, *event)));
    events.filter(|(family, event)| wanted(family, event)).map(|(_, event)| event.to_owned()).collect()
}

/// The shortest subscriptions that come to these events: families where all of it is there, else single events.
pub fn shortest(events: &[String]) -> Vec<String> {
    let of_family = |family: &Family| {
        let heard: Vec<_> =
            family.events.iter().filter(|event| events.iter().any(|it| it == *event)).copied().collect();
        if heard.len() == family.events.len() { vec![family.name] } else { heard }
    };
    FAMILIES.iter().flat_map(of_family).map(str::to_owned).collect()
}

/// The families of which any event is among these.
pub fn consolidate(events: &[String]) -> Vec<String> {
    let heard: Vec<&str> = events.iter().map(|event| resource(event)).collect();
    FAMILIES
        .iter()
        .filter(|family| heard.contains(&family.name))
        .map(|family| family.name.to_owned())
        .collect()
}

/// The part of an event's kind before the dot.
pub fn resource(kind: &str) -> &str {
    kind.split_once('.').map_or(kind, |(resource, _)| resource)
}

/// A stored JSON list of texts.
pub fn texts(stored: &Json) -> Vec<String> {
    let items = stored.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(Json::as_str).map(str::to_owned).collect()
}
