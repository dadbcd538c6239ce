//! One call to an app while somebody waits for the answer: signed, bounded in time, recorded for the app's log, never
//! repeated.
//!
//! Calls to one host have a share of their own, so that an app that hangs holds up neither the other apps nor the server.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use mortise_crypto::sign::WebhookMessage;
use mortise_domain::Time;
use mortise_egress::{Answer, Method, Request};
use mortise_store::app_request::{self, NewAppRequest};
use mortise_wire::{errors::ErrorBody, webhook::header};
use serde_json::{Value as Json, json};
use tokio::sync::Semaphore;
use url::Url;

use super::Callee;
use crate::{
    Ctx, Error, Result,
    apps::Secrets,
    delivery::{Attempted, USER_AGENT, attempted},
};

/// How long a call may take.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a call may wait for its turn.
const WAIT_TIMEOUT: Duration = Duration::from_secs(30);
/// Calls to one host at once.
const CALLS_PER_HOST_MAX: usize = 8;
/// Calls to all hosts at once.
const CALLS_MAX: usize = 128;
/// Hosts that are remembered; beyond, those that nobody calls are forgotten.
const HOSTS_MAX: usize = 1_000;
/// Characters of a message of an app that are passed on.
const MESSAGE_CHARS_MAX: usize = 1_000;

/// What clients are told whenever a call to an app fails.
const FAILED: &str = "Error communicating with Sentry App service";
/// The status for no answer at all, where an app's status is passed on.
const BAD_GATEWAY: u16 = 502;

/// How many calls to apps are under way.
#[derive(Debug)]
pub struct Calls {
    all: Semaphore,
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
}

impl Default for Calls {
    fn default() -> Self {
        Self { all: Semaphore::new(CALLS_MAX), hosts: Mutex::default() }
    }
}

impl Calls {
    fn of_host(&self, host: &str) -> Arc<Semaphore> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= HOSTS_MAX && !hosts.contains_key(host) {
            hosts.retain(|_, room| Arc::strong_count(room) > 1);
        }
        let room = || Arc::new(Semaphore::new(CALLS_PER_HOST_MAX));
        Arc::clone(hosts.entry(host.to_owned()).or_insert_with(room))
    }
}

/// Why a call to an app came to nothing, in words for the person who waits.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The status of the app's answer, if there was one and it was one of failure.
    pub status: Option<u16>,
    /// What the app says about it.
    pub message: Option<String>,
    /// What it says, or what was wrong with its answer.
    pub detail: String,
}

impl Failure {
    /// Without an answer of the app that could be quoted.
    pub(super) fn new(detail: impl Into<String>) -> Self {
        Self { status: None, message: None, detail: detail.into() }
    }

    /// As an answer: 400, or the app's own status where the server passes it on.
    pub fn into_error(self, ctx: &Ctx) -> Error {
        let context = match self.status {
            Some(status) => json!({ "status_code": status }),
            None => json!({}),
        };
        let body = ErrorBody::Other(json!({ "error": FAILED, "detail": self.detail, "context": context }));
        match ctx.settings.relay_app_status {
            true => Error::Relayed { status: self.status.unwrap_or(BAD_GATEWAY), body },
            false => Error::Invalid(body),
        }
    }
}

/// What to call of an app.
pub(super) struct Call {
    /// As the app's log names it.
    pub(super) kind: &'static str,
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: String,
}

/// The app's webhook URL with another path. `uri` is a path, with or without a query; it never leads to another host.
pub(super) fn at(callee: &Callee, uri: &str) -> Result<Url, Failure> {
    let name = &callee.app.name;
    let unset = || Failure::new(format!("{name} has no webhook URL."));
    let webhook = callee.app.webhook_url.as_deref().filter(|url| !url.is_empty()).ok_or_else(unset)?;
    let mut url =
        Url::parse(webhook).map_err(|_| Failure::new(format!("The webhook URL of {name} is no URL.")))?;
    let uri = uri.split('#').next().unwrap_or_default();
    if !uri.starts_with('/') {
        return Err(Failure::new("The address at the app must start with a slash."));
    }
    let (path, query) = match uri.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (uri, None),
    };
    url.set_fragment(None);
    url.set_path(path);
    url.set_query(query);
    Ok(url)
}

/// Makes the call. Every status below 400 is an answer; everything else is a failure, with the message of the app if it
/// sent one.
pub(super) async fn call(ctx: &Ctx, callee: &Callee, call: Call) -> Result<Result<Answer, Failure>> {
    let Call { kind, method, url, body } = call;
    let host = url.host_str().unwrap_or_default().to_owned();
    let id = ctx.ids.uuid().simple().to_string();
    let request = request(&callee.secrets, method, &url, body, &id, ctx.now());
    let room = ctx.limits.app_calls.of_host(&host);
    let name = &callee.app.name;
    // Neither is ever closed.
    let turn = async { (room.acquire().await, ctx.limits.app_calls.all.acquire().await) };
    let Ok(_turn) = tokio::time::timeout(WAIT_TIMEOUT, turn).await else {
        return Ok(Err(Failure::new(format!("{name} is asked too much at once. Try again in a moment."))));
    };
    let outcome = ctx.egress.call(request).await;
    record(ctx, callee, kind, &url, attempted(&outcome, ctx.now())).await?;
    Ok(match outcome {
        Ok(answer) if answer.status.as_u16() < 400 => Ok(answer),
        Ok(answer) => {
            let status = answer.status.as_u16();
            let said = message_of(&answer);
            Err(Failure {
                status: Some(status),
                detail: said.clone().unwrap_or_else(|| format!("{name} answered with status {status}.")),
                message: said,
            })
        }
        Err(_) => Err(Failure::new(format!("{name} did not answer."))),
    })
}

/// The request of a call, signed.
fn request(secrets: &Secrets, method: Method, url: &Url, body: String, id: &str, now: Time) -> Request {
    let timestamp = now.as_second();
    let message = WebhookMessage { id, timestamp_seconds: timestamp, body: body.as_bytes() };
    Request::new(method, url.as_str())
        .header("Content-Type", "application/json")
        .header("User-Agent", USER_AGENT)
        .header(header::REQUEST_ID, id)
        .header(header::APP_SIGNATURE, secrets.over_body(body.as_bytes()))
        .header(header::WEBHOOK_ID, id)
        .header(header::WEBHOOK_TIMESTAMP, timestamp.to_string())
        .header(header::WEBHOOK_SIGNATURE, secrets.over_message(message))
        .timeout(CALL_TIMEOUT)
        .body(body)
}

/// The `message` of an answer that is a JSON object.
pub(super) fn message_of(answer: &Answer) -> Option<String> {
    let body: Json = answer.json().ok()?;
    let message = body.get("message")?.as_str().filter(|text| !text.trim().is_empty())?;
    Some(message.chars().take(MESSAGE_CHARS_MAX).collect())
}

async fn record(
    ctx: &Ctx,
    callee: &Callee,
    kind: &'static str,
    url: &Url,
    attempted: Attempted,
) -> Result<()> {
    let now = ctx.now();
    let new = NewAppRequest {
        app: callee.app.id,
        org: callee.logged_org()?,
        kind,
        url: url.to_string(),
        response_code: attempted.response_code.map(i64::from),
        exchange: attempted.exchange,
    };
    let noted = ctx.store.write(move |tx| Box::pin(async move { app_request::insert(tx, &new, now).await }));
    Ok(noted.await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_has_half_a_minute_to_answer() {
        let url = Url::parse("https://b.test/options").unwrap();
        let secrets = Secrets::without_previous("secret".into());
        let request = request(&secrets, Method::GET, &url, String::new(), "1", Time::UNIX_EPOCH);
        assert_eq!(request.time_limit(), Some(Duration::from_secs(30)));
    }
}
