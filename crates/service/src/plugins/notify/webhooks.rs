//! `webhooks`: the event as JSON, to any address.

use mortise_egress::Request;
use serde_json::{Value, json};

use super::{Notice, post_json};
use crate::Ctx;

const USER_AGENT: &str = concat!("sentry-webhooks/", env!("CARGO_PKG_VERSION"));

/// The addresses of a text that has one in each line.
pub(super) fn urls(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

pub(super) fn request(ctx: &Ctx, url: &str, notice: &Notice<'_>) -> Request {
    post_json(url, &body(ctx, notice)).header("User-Agent", USER_AGENT)
}

fn body(ctx: &Ctx, notice: &Notice<'_>) -> Value {
    let mut event = notice.raw.clone();
    event.insert("tags".to_owned(), json!(notice.tags()));
    event.insert("event_id".to_owned(), notice.event.event_id.into());
    event.insert("id".to_owned(), notice.event.event_id.into());
    let rules: Vec<&str> = notice.rules.iter().map(|(_, name)| *name).collect();
    json!({
        "id": notice.issue.id,
        "project": notice.project.slug,
        "project_name": notice.project.name,
        "project_slug": notice.project.slug,
        "logger": notice.tag("logger"),
        "level": notice.tag("level"),
        "culprit": notice.issue.culprit,
        "message": notice.text("message"),
        "url": notice.link(ctx, "webhooks_plugin"),
        "triggering_rules": rules,
        "event": event,
    })
}
