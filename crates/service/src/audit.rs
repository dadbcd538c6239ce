//! The audit log: written in the transaction of the change it tells of.

use mortise_domain::{AuditEvent, OrgId, Time, UserId};
use mortise_store::{Tx, sentry_app::Exchanger};
use serde_json::Value as Json;

use crate::{Auth, Caller, Client, Result};

/// An entry to write.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Whose log.
    pub org: OrgId,
    /// What happened.
    pub event: AuditEvent,
    /// The row it happened to.
    pub target: Option<i64>,
    /// The person it happened to.
    pub target_user: Option<UserId>,
    /// The facts that the note is rendered from.
    pub data: Json,
}

impl Entry {
    /// An entry without targets.
    pub fn new(org: OrgId, event: AuditEvent, data: Json) -> Self {
        Self { org, event, target: None, target_user: None, data }
    }

    /// Names the row it happened to.
    #[must_use]
    pub fn target(mut self, id: i64) -> Self {
        self.target = Some(id);
        self
    }

    /// Names the person it happened to.
    #[must_use]
    pub fn target_user(mut self, id: UserId) -> Self {
        self.target_user = Some(id);
        self
    }
}

/// Who is written down as the actor: taken from the caller before the transaction begins.
#[derive(Debug, Clone)]
pub struct Actor {
    id: Option<UserId>,
    label: Option<String>,
    ip: Option<String>,
}

impl Actor {
    /// The server itself, under the name that clients know for it.
    pub fn system() -> Self {
        Self { id: None, label: Some("Sentry".to_owned()), ip: None }
    }

    /// Whoever runs the server, at its command line.
    pub fn operator() -> Self {
        Self { id: None, label: Some("operator of the server".to_owned()), ip: None }
    }

    /// The caller.
    pub fn of(caller: &Caller) -> Self {
        if caller.is_operator {
            return Self::operator();
        }
        let label = match (&caller.user, &caller.auth) {
            (Some(user), _) => Some(user.username.clone()),
            (None, Some(Auth::OrgToken { id, .. })) => Some(format!("organization token {id}")),
            (None, Some(Auth::ApiKey { id, .. })) => Some(format!("API key {id}")),
            _ => None,
        };
        Self { id: caller.user_id(), label, ip: caller.client.ip.map(|ip| ip.to_string()) }
    }

    /// An app that proved who it is by its secret.
    pub fn app(app: &Exchanger, client: &Client) -> Self {
        let ip = client.ip.map(|ip| ip.to_string());
        Self { id: app.proxy_user_id, label: Some(app.slug.clone()), ip }
    }
}

/// Writes an entry.
pub async fn record(tx: &mut Tx, actor: &Actor, entry: &Entry, now: Time) -> Result<()> {
    mortise_store::audit::insert(
        tx,
        &mortise_store::audit::NewEntry {
            organization_id: entry.org,
            actor_id: actor.id,
            actor_label: actor.label.clone(),
            event: entry.event.number(),
            target_object: entry.target,
            target_user_id: entry.target_user,
            data: entry.data.clone(),
            ip_address: actor.ip.clone(),
            date_added: now,
        },
    )
    .await?;
    Ok(())
}

/// A changed value as entries tell it: "from a to b".
pub fn change(old: &Json, new: &Json) -> Json {
    Json::from(format!("from {} to {}", plain(old), plain(new)))
}

/// A value as people read it.
fn plain(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}
