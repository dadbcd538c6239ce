//! Taking what a sender sent: an envelope with its items, or a single event.
//!
//! | item | what becomes of it |
//! |---|---|
//! | `event` | stored |
//! | `user_report` | stored |
//! | `client_report` | counted |
//! | everything else | dropped and counted: this server has no use for it |

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use mortise_domain::ProjectId;
use mortise_store::{
    StoreError,
    ingest::user_report::{self, UserReport},
};
use mortise_wire::{
    client_report::ClientReport,
    envelope::{Envelope, IngestError, Item},
    ingest_auth::IngestAuthError,
    json_in::parse_lenient,
    rate_limits::{Category, RateLimit},
};
use serde_json::Value;

use super::{Prepared, Rejection, Sender, outcomes, store_event};
use crate::{
    Ctx, Error,
    pipeline::parse_event_id,
    rules::{self, ActiveRule},
};

/// Events from this size on are normalised away from the threads that serve requests.
const INLINE_BYTES_MAX: usize = 64 * 1024;
/// How long the database may take to store an event.
const STORE_TIMEOUT: Duration = Duration::from_secs(20);
/// Longest name or address in a report of a user.
const REPORT_NAME_CHARS_MAX: usize = 128;
/// Longest text of a report of a user.
const REPORT_COMMENTS_CHARS_MAX: usize = 8192;

/// What was taken.
#[derive(Debug, Clone, Default)]
pub struct Accepted {
    /// The id of the event.
    pub id: Option<String>,
    /// Limits that held back a part of it.
    pub limits: Vec<RateLimit>,
}

/// What brought an event.
#[derive(Debug, Clone, Copy)]
enum Carrier<'a> {
    /// A request of its own, whose event must name itself well or not at all.
    Request,
    /// An envelope, perhaps with the event's id. A bad id of the event is replaced.
    Envelope(Option<&'a str>),
}

/// Takes an envelope. Its event is durable when this returns; an event that cannot be read is never acknowledged.
pub async fn accept_envelope(ctx: &Ctx, sender: &Sender, envelope: Envelope) -> Result<Accepted, Rejection> {
    let mut accepted = Accepted { id: envelope.event_id.clone(), limits: Vec::new() };
    let mut kept = false;
    for item in envelope.items.iter().filter(|item| item.kind == "event") {
        match take_event(ctx, sender, &item.payload, Carrier::Envelope(envelope.event_id.as_deref())).await {
            Ok(id) => accepted.id = Some(id),
            Err(Rejection::Limited(limits)) => {
                accepted.limits = limits;
                continue;
            }
            Err(other) => return Err(other),
        }
        kept = true;
    }
    let is_limited = !accepted.limits.is_empty();
    for item in envelope.items.iter().filter(|item| item.kind != "event") {
        if is_limited && belongs_to_event(item) {
            let category = Category::of_item(&item.kind);
            outcomes::count(ctx, sender.project(), "rate_limited", category, "key_quota");
            continue;
        }
        accept_other(ctx, sender, item).await?;
        kept = true;
    }
    if kept || !is_limited { Ok(accepted) } else { Err(Rejection::Limited(accepted.limits)) }
}

/// Whether an item is nothing without the event beside it.
fn belongs_to_event(item: &Item) -> bool {
    matches!(item.kind.as_str(), "attachment" | "form_data")
}

/// Takes the JSON of one event that came by itself, and returns its id. It is durable then.
pub async fn accept_event(ctx: &Ctx, sender: &Sender, json: &Bytes) -> Result<String, Rejection> {
    take_event(ctx, sender, json, Carrier::Request).await
}

async fn take_event(
    ctx: &Ctx,
    sender: &Sender,
    json: &Bytes,
    carrier: Carrier<'_>,
) -> Result<String, Rejection> {
    let count = |source, category, reason| outcomes::count(ctx, sender.project(), source, category, reason);
    if let Err(limit) = sender.take(ctx) {
        count("rate_limited", Category::Error, "key_quota");
        return Err(Rejection::Limited(vec![limit]));
    }
    let Some(_turn) = ctx.ingest().turn().await else {
        count("dropped", Category::Error, "overload");
        return Err(IngestError::Overload.into());
    };
    let rules = match rules::active(ctx, sender.project()).await {
        Ok(rules) => rules,
        Err(error) => {
            tracing::error!(%error, "the alert rules of a project could not be looked up");
            count("dropped", Category::Error, "overload");
            return Err(IngestError::Overload.into());
        }
    };
    let prepared = match prepare(ctx, sender, rules, json, carrier).await {
        Ok(prepared) => prepared,
        Err(rejection) => {
            count("invalid", Category::Error, "malformed");
            return Err(rejection);
        }
    };
    let category = if prepared.event_type == "default" { Category::Default } else { Category::Error };
    let id = prepared.event_id.clone();
    let stored = tokio::time::timeout(STORE_TIMEOUT, store_event(ctx, prepared)).await;
    let rejection = match stored {
        Ok(Ok(stored)) => {
            if stored.issue.is_some() {
                count("accepted", category, "");
            }
            return Ok(id);
        }
        Ok(Err(Error::Store(StoreError::Reference(_)))) => IngestAuthError::ProjectId.into(),
        Ok(Err(error)) => {
            tracing::error!(%error, "an event could not be stored");
            IngestError::Overload.into()
        }
        Err(_) => IngestError::Overload.into(),
    };
    count("dropped", category, "overload");
    Err(rejection)
}

async fn prepare(
    ctx: &Ctx,
    sender: &Sender,
    rules: Arc<[Arc<ActiveRule>]>,
    json: &Bytes,
    carrier: Carrier<'_>,
) -> Result<Prepared, Rejection> {
    let received = ctx.now();
    let fallback = ctx.ids.uuid().simple().to_string();
    let (json, sender) = (json.clone(), sender.clone());
    let (is_alone, envelope_event_id) = match carrier {
        Carrier::Request => (true, None),
        Carrier::Envelope(id) => (false, id.map(str::to_owned)),
    };
    let size = json.len();
    let work = move || {
        let raw = read(&json, is_alone)?;
        let envelope_event_id = envelope_event_id.as_deref();
        let prepared = Prepared::of_sender(raw, &sender, &rules, envelope_event_id, &fallback, received);
        prepared.map_err(|error| {
            tracing::error!(%error, "an event could not be packed");
            Rejection::from(IngestError::InvalidBody)
        })
    };
    if size < INLINE_BYTES_MAX {
        return work();
    }
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "an event could not be prepared");
        Rejection::from(IngestError::InvalidBody)
    })?
}

/// Reads the JSON of an event, which is an object. An event that came by itself must have a good id or none.
fn read(json: &[u8], is_alone: bool) -> Result<Value, IngestError> {
    if json.is_empty() {
        return Err(IngestError::EmptyBody);
    }
    let raw = parse_lenient(json).map_err(|error| IngestError::InvalidJson(error.to_string()))?;
    let Some(event) = raw.as_object() else {
        return Err(IngestError::InvalidJson("an event is an object".to_owned()));
    };
    let is_bad_id = match event.get("event_id") {
        None | Some(Value::Null) => false,
        Some(Value::String(text)) => !text.is_empty() && parse_event_id(text).is_none(),
        Some(_) => true,
    };
    if is_alone && is_bad_id { Err(IngestError::InvalidEventId) } else { Ok(raw) }
}

/// Takes an item that is no event.
async fn accept_other(ctx: &Ctx, sender: &Sender, item: &Item) -> Result<(), Rejection> {
    let project = sender.project();
    match item.kind.as_str() {
        "client_report" => match ClientReport::parse(&item.payload) {
            Some(report) => outcomes::count_report(ctx, project, &report),
            None => outcomes::count(ctx, project, "invalid", Category::Internal, "malformed"),
        },
        "user_report" => match user_report(ctx, project, &item.payload) {
            Some(report) => put_report(ctx, report).await?,
            None => outcomes::count(ctx, project, "invalid", Category::Feedback, "malformed"),
        },
        kind => outcomes::count(ctx, project, "dropped", Category::of_item(kind), "unsupported"),
    }
    Ok(())
}

/// Counts something that was sent to an endpoint of its own and is not kept.
pub fn count_dropped(ctx: &Ctx, sender: &Sender, category: Category) {
    outcomes::count(ctx, sender.project(), "dropped", category, "unsupported");
}

fn user_report(ctx: &Ctx, project: ProjectId, payload: &[u8]) -> Option<UserReport> {
    let report = parse_lenient(payload).ok()?;
    let text = |key: &str, chars_max: usize| -> String {
        let text = report.get(key).and_then(Value::as_str).unwrap_or_default();
        text.chars().take(chars_max).collect()
    };
    Some(UserReport {
        project_id: project,
        event_id: parse_event_id(report.get("event_id")?.as_str()?)?,
        name: text("name", REPORT_NAME_CHARS_MAX),
        email: text("email", REPORT_NAME_CHARS_MAX),
        comments: text("comments", REPORT_COMMENTS_CHARS_MAX),
        date_added: ctx.now(),
    })
}

async fn put_report(ctx: &Ctx, report: UserReport) -> Result<(), Rejection> {
    let put = ctx.store.write(move |tx| Box::pin(async move { user_report::put(tx, &report).await })).await;
    put.map_err(|error| match error {
        StoreError::Reference(_) => IngestAuthError::ProjectId.into(),
        error => {
            tracing::error!(%error, "a report of a user could not be stored");
            IngestError::Overload.into()
        }
    })
}
