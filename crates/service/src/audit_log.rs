//! Reading the audit log. Entries hold facts; the sentence is made here, when somebody reads it.

use std::collections::HashMap;

use mortise_domain::{AuditEvent, UserId};
use mortise_store::audit::{self as store, Entry, Filter};
use mortise_wire::{
    Body, Fields, Page, PageRequest,
    audit::{AuditActor, AuditEntry, AuditLog},
    page::KeyOrder,
    user::User,
};
use serde_json::{Map, Value};

use crate::{
    Ctx, Result,
    access::OrgAccess,
    paging::{TIME_UNIT, range_of},
    people::users_json,
};

/// Stands for an actor of whom nothing is left.
const NOBODY: &str = "(unknown)";

/// What a reader asks for, as it came.
#[derive(Debug, Clone, Default)]
pub struct LogRequest {
    /// The name of an event.
    pub event: Option<String>,
    /// The id of the user who did it.
    pub actor: Option<String>,
    /// Which page.
    pub page: PageRequest,
}

/// A page of the log, newest first. The page has no rows of its own: it carries the cursors.
pub async fn list(ctx: &Ctx, org: &OrgAccess, wanted: &LogRequest) -> Result<(AuditLog, Page<()>)> {
    let (filter, matches_nothing) = filter_of(wanted)?;
    let window = wanted.page.key_window(KeyOrder::Descending, TIME_UNIT);
    let mut conn = ctx.store.read().await?;
    let mut parts: Vec<Vec<Entry>> = Vec::new();
    for range in window.ranges() {
        let range = range_of(range);
        parts.push(if matches_nothing {
            Vec::new()
        } else {
            store::list(&mut conn, org.org.id, filter, &range).await?
        });
    }
    let page = window.page(parts, |entry| entry.date_added.as_microsecond());
    let people: Vec<UserId> =
        page.rows.iter().flat_map(|entry| [entry.actor_id, entry.target_user_id]).flatten().collect();
    let users = users_json(&mut conn, ctx, people).await?;
    let mut rows = Vec::with_capacity(page.rows.len());
    let page = page.replace(|entries| {
        rows.extend(entries.into_iter().map(|entry| to_wire(entry, &users)));
        Vec::new()
    });
    Ok((AuditLog { rows, options: AuditEvent::ALL.iter().map(|event| event.as_str()).collect() }, page))
}

/// The filter, and whether it can match at all: an event that does not exist has no entries.
fn filter_of(wanted: &LogRequest) -> Result<(Filter, bool)> {
    let sent = [("event", &wanted.event), ("actor", &wanted.actor)];
    let sent = sent.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text.clone()?)));
    // A query is read like a form: what is empty does not count.
    let mut fields = Fields::new(&Body::Form(sent.collect()));
    let event = fields.string("event").optional();
    let actor = fields.int("actor").max(i64::from(i32::MAX)).optional().map(UserId::new);
    fields.finish()?;
    let event = event.as_deref().map(str::parse::<AuditEvent>);
    let matches_nothing = matches!(event, Some(Err(_)));
    Ok((Filter { event: event.and_then(Result::ok).map(AuditEvent::number), actor }, matches_nothing))
}

fn to_wire(entry: Entry, users: &HashMap<UserId, User>) -> AuditEntry {
    let user = |id: Option<UserId>| id.and_then(|id| users.get(&id)).cloned();
    let data = match entry.data {
        Value::Object(data) => data,
        _ => Map::new(),
    };
    let event = AuditEvent::try_from(entry.event).ok();
    let actor = match user(entry.actor_id) {
        Some(user) => AuditActor::User(Box::new(user)),
        None => AuditActor::Label { name: entry.actor_label.unwrap_or_else(|| NOBODY.to_owned()) },
    };
    let member = user(entry.target_user_id).map(|user| user.name);
    AuditEntry {
        id: entry.id.to_string(),
        actor,
        event: event.map_or_else(|| entry.event.to_string(), |event| event.as_str().to_owned()),
        ip_address: entry.ip_address,
        note: event.map_or_else(String::new, |event| {
            event.note(&|name| fact(event, name, &data, member.as_deref()))
        }),
        target_object: entry.target_object,
        target_user: user(entry.target_user_id),
        data,
        date_created: entry.date_added.into(),
    }
}

/// A fact of an entry as a text.
fn fact(event: AuditEvent, name: &str, data: &Map<String, Value>, member: Option<&str>) -> Option<String> {
    match name {
        "member" => member.map(str::to_owned),
        "teams" => data.get("teams").or_else(|| data.get("teams_slugs")).and_then(text),
        // An organization's entry holds nothing but its changes.
        "changes" if event == AuditEvent::OrgEdit => changes(data),
        "changes" => data.get("changes").and_then(Value::as_object).and_then(changes),
        _ => data.get(name).and_then(text),
    }
}

/// "slug from a to b, name from c to d"; each value says what became of it.
fn changes(changes: &Map<String, Value>) -> Option<String> {
    let told: Vec<String> =
        changes.iter().filter_map(|(key, value)| Some(format!("{key} {}", text(value)?))).collect();
    Some(told.join(", ")).filter(|told| !told.is_empty())
}

/// A value as part of a sentence: lists with commas.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Object(_) => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => {
            Some(items.iter().filter_map(text).collect::<Vec<_>>().join(", ")).filter(|text| !text.is_empty())
        }
        other => Some(other.to_string()),
    }
}
