//! Tests of the event pipeline. `event` normalizes at a fixed time for a fixed client.

use mortise_domain::{ProjectId, ProjectKeyId, Time};
use mortise_service::pipeline::{ClientFacts, Intake, Normalized, Processed, Scrubber, normalize, process};
use serde_json::Value;

mod attributes;
mod contexts;
mod display;
mod exceptions;
mod fixtures;
mod grouping;
mod message;
mod parameterize;
mod properties;
mod request;
mod scrub;
mod tags;
mod user;

/// When every event of these tests arrives.
const RECEIVED: &str = "2024-08-12T14:55:10Z";
const FALLBACK_ID: &str = "00000000000000000000000000000abc";

fn intake(scrubber: &Scrubber) -> Intake<'_> {
    Intake {
        received: RECEIVED.parse::<Time>().unwrap(),
        envelope_event_id: None,
        fallback_event_id: FALLBACK_ID,
        client: ClientFacts {
            project_id: ProjectId::new(7),
            key_id: Some(ProjectKeyId::new(3)),
            ip_address: Some("203.0.113.9".parse().unwrap()),
            user_agent: None,
            sdk: None,
        },
        scrubber,
    }
}

fn event(raw: Value) -> Normalized {
    normalize(raw, &intake(&Scrubber::credentials()))
}

fn processed(raw: Value) -> Processed {
    process(raw, &intake(&Scrubber::credentials()))
}

fn hashes(raw: Value) -> Vec<String> {
    processed(raw).hashes
}

fn tag<'a>(event: &'a Normalized, key: &str) -> Option<&'a str> {
    event.tags.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
}

/// The notes of an event as `type name`.
fn notes(event: &Normalized) -> Vec<String> {
    let list = event.data["errors"].as_array().unwrap();
    list.iter()
        .map(|note| format!("{} {}", note["type"].as_str().unwrap(), note["name"].as_str().unwrap()))
        .collect()
}
