//! Reading the audit log. Entries hold facts; the sentence is made here, when somebody reads it.

use std::collections::HashMap;

use mortise_domain::{AuditEvent, UserId};
use mortise_store::audit::{self as store, Entry, Filter};
use mortise_wire::{
    Fields, Page, PageRequest,
    audit::{AuditActor, AuditEntry, AuditLog},
    page::KeyOrder,
    user::User,
};
use serde_json::{Map, Value, json};

use crate::{
    Ctx, Result,
    access::OrgAccess,
    paging::{TIME_UNIT, range_of},
    people::short_users,
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
    let people = page.rows.iter().flat_map(|entry| [entry.actor_id, entry.target_user_id]).flatten();
    let users = short_users(&mut conn, ctx, people, org.caller.user_id()).await?;
    let mut rows = Vec::with_capacity(page.rows.len());
    let page = page.replace(|entries| {
        rows.extend(entries.into_iter().map(|entry| to_wire(entry, &users)));
        Vec::new()
    });
    Ok((AuditLog { rows, options: AuditEvent::ALL.iter().map(|event| event.as_str()).collect() }, page))
}

/// The filter, and whether it can match at all: an event that does not exist has no entries.
fn filter_of(wanted: &LogRequest) -> Result<(Filter, bool)> {
    let mut body = Map::new();
    if let Some(actor) = &wanted.actor {
        body.insert("actor".to_owned(), json!(actor));
    }
    let mut fields = Fields::of_map(body);
    let actor = fields.int("actor").optional().map(UserId::new);
    fields.finish()?;
    let event = wanted.event.as_deref().map(str::parse::<AuditEvent>);
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
        note: event
            .map_or_else(String::new, |event| event.note(&|name| fact(name, &data, member.as_deref()))),
        target_object: entry.target_object,
        target_user: user(entry.target_user_id),
        data,
        date_created: entry.date_added.into(),
    }
}

/// A fact of an entry as a text.
fn fact(name: &str, data: &Map<String, Value>, member: Option<&str>) -> Option<String> {
    match (name, data.get(name)) {
        ("member", _) => member.map(str::to_owned),
        (_, found) => found.and_then(text),
    }
}

/// A value as part of a sentence: lists with commas, changes as "name to Web, slug to web".
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => {
            Some(items.iter().filter_map(text).collect::<Vec<_>>().join(", ")).filter(|text| !text.is_empty())
        }
        Value::Object(changes) => {
            let change = |(key, value): (&String, &Value)| {
                format!("{key} to {}", text(value).unwrap_or_else(|| "nothing".to_owned()))
            };
            Some(changes.iter().map(change).collect::<Vec<_>>().join(", ")).filter(|text| !text.is_empty())
        }
        other => Some(other.to_string()),
    }
}
