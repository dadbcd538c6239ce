//! From the JSON of an event to everything that its transaction writes, so that the transaction only writes.

use std::sync::Arc;

use mortise_domain::{OrgId, ProjectId, Time};
use mortise_store::{error_event::Packed, ingest::issue::Shown, issue::tag::USER_FIELDS};
use serde_json::{Map, Value};

use super::Sender;
use crate::{
    Result,
    pipeline::{ClientFacts, Intake, Normalized, Processed, limits::TAG_VALUE_CHARS_MAX, process},
    rules::{self, ActiveRule, Candidate},
};

/// An event that is ready to be stored.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub(super) org: OrgId,
    pub(super) project: ProjectId,
    /// Whether somebody is told of it.
    pub(super) has_event_hooks: bool,
    /// The alert rules that it may make fire.
    pub(super) candidates: Vec<Candidate>,
    /// 32 lowercase hex digits.
    pub event_id: String,
    /// `error`, `default`, ...
    pub event_type: &'static str,
    pub(super) timestamp: Time,
    pub(super) received: Time,
    pub(super) priority: i64,
    pub(super) release: Option<String>,
    pub(super) environment: Option<String>,
    pub(super) user_tag: Option<String>,
    /// What is counted by value: the tags, and what is known of the user.
    pub(super) counted: Vec<(String, String)>,
    pub(super) tags: Vec<(String, String)>,
    pub(super) shown: Shown,
    pub(super) hashes: Vec<String>,
    pub(super) data: Packed,
}

impl Prepared {
    /// Prepares what a sender sent. `event_id` is that of the envelope, `fallback_event_id` for events that have none.
    pub(super) fn of_sender(
        raw: Value,
        sender: &Sender,
        rules: &[Arc<ActiveRule>],
        event_id: Option<&str>,
        fallback_event_id: &str,
        received: Time,
    ) -> Result<Self> {
        let intake = Intake {
            received,
            envelope_event_id: event_id,
            fallback_event_id,
            client: ClientFacts {
                project_id: sender.project(),
                key_id: Some(sender.key()),
                ip_address: sender.ip_address,
                user_agent: sender.user_agent.as_deref(),
                sdk: sender.sdk.as_deref(),
            },
            scrubber: sender.scrubber(),
        };
        let processed = process(raw, &intake);
        let candidates = rules::candidates(rules, &processed.event);
        let mut prepared = Self::new(processed, sender.organization(), sender.project())?;
        prepared.candidates = candidates;
        prepared.has_event_hooks = sender.has_hooks_for(prepared.event_type);
        Ok(prepared)
    }

    /// Prepares an event that was processed already. It makes no rule fire.
    pub fn new(processed: Processed, org: OrgId, project: ProjectId) -> Result<Self> {
        let Processed { event, hashes } = processed;
        Ok(Self {
            org,
            project,
            has_event_hooks: false,
            candidates: Vec::new(),
            event_type: event.event_type,
            timestamp: event.timestamp,
            received: event.received,
            priority: event.level.initial_priority().number(),
            user_tag: event.user_tag.clone(),
            counted: counted(&event),
            tags: event.tags,
            data: Packed::pack(&event.data)?,
            hashes,
            shown: Shown {
                event_type: event.event_type,
                level: event.level.number(),
                title: event.title,
                message: event.message,
                culprit: event.culprit,
                location: event.location,
                platform: event.platform,
                logger: event.logger,
                metadata: Value::Object(event.metadata),
                is_unhandled: event.is_unhandled,
            },
            event_id: event.event_id,
            release: event.release,
            environment: event.environment,
        })
    }
}

/// The tags and the fields of the user, each key once.
fn counted(event: &Normalized) -> Vec<(String, String)> {
    let mut counted: Vec<(String, String)> =
        event.tags.iter().filter(|(key, _)| !USER_FIELDS.contains(&key.as_str())).cloned().collect();
    let empty = Map::new();
    let user = event.data.get("user").and_then(Value::as_object).unwrap_or(&empty);
    for (key, field) in USER_FIELDS.into_iter().zip(["id", "email", "username", "ip_address"]) {
        let value: Option<String> = match user.get(field) {
            Some(Value::String(text)) => Some(text.chars().take(TAG_VALUE_CHARS_MAX).collect()),
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        };
        counted.extend(value.filter(|value| !value.is_empty()).map(|value| (key.to_owned(), value)));
    }
    counted
}
