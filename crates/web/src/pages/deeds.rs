//! The history of an issue in words: who did what.

use mortise_domain::Time;
use mortise_service::wire::activity::Activity as Entry;
use serde_json::Value;

use crate::view::{
    Avatar, Choice, When,
    issue::{Activity, Deed},
};

/// Who acts when nobody does.
const NOBODY: &str = "Mortise";

/// An entry of the feed. `viewer` is the id of the signed-in user; `assignees` are known people and teams, by `user:ID`
/// and `team:ID`.
pub fn view(entry: &Entry, viewer: &str, assignees: &[Choice], now: Time) -> Activity {
    let actor = match (&entry.sentry_app, &entry.user) {
        (Some(app), _) => app.name.as_str(),
        (None, Some(user)) => user.name.as_str(),
        (None, None) => NOBODY,
    };
    let is_own = entry.user.as_ref().is_some_and(|user| user.id == viewer);
    let what = match entry.kind.as_str() {
        "note" => Deed::Note { text: text(entry, "text").to_owned(), mine: is_own },
        _ => {
            let (icon, text) = change(entry, is_own, assignees);
            Deed::Change { icon, text }
        }
    };
    Activity {
        id: entry.id.clone(),
        actor: Avatar::new(actor),
        when: When::new(entry.date_created.time(), now),
        what,
    }
}

fn text<'a>(entry: &'a Entry, key: &str) -> &'a str {
    entry.data.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn number(entry: &Entry, key: &str) -> Option<i64> {
    entry.data.get(key).and_then(Value::as_i64)
}

/// The icon and the words behind the name of who did it.
fn change(entry: &Entry, is_own: bool, assignees: &[Choice]) -> (&'static str, String) {
    let said = |icon, text: &str| (icon, text.to_owned());
    match entry.kind.as_str() {
        "set_resolved" => said("check", "resolved this issue"),
        "set_resolved_in_release" => ("check", resolved_in(text(entry, "version"))),
        "set_resolved_by_age" => said("check", "resolved this issue, because it was quiet for long"),
        "set_resolved_in_commit" => said("check", "resolved this issue in a commit"),
        "set_resolved_in_pull_request" => said("link", "opened a pull request that fixes this issue"),
        "set_unresolved" => said("issues", "reopened this issue"),
        "set_regression" => ("alert", regressed(text(entry, "version"))),
        "set_escalating" => said("alert", "marked this issue as escalating"),
        "auto_set_ongoing" => said("issues", "marked this issue as ongoing"),
        "set_ignored" => ("archive", format!("archived this issue{}", archived_until(entry))),
        "assigned" => ("user", assigned(entry, is_own, assignees)),
        "unassigned" => said("user", "removed the assignee"),
        "set_priority" => ("alert", format!("set the priority to {}", text(entry, "priority"))),
        "mark_reviewed" => said("check", "marked this issue as reviewed"),
        "merge" => said("link", "merged other issues into this one"),
        "create_issue" => ("link", created_item(entry)),
        "set_public" => said("link", "made this issue public"),
        "set_private" => said("link", "made this issue private"),
        "first_seen" => said("issues", "first saw this issue"),
        other => ("info", other.replace('_', " ")),
    }
}

fn resolved_in(version: &str) -> String {
    if version.is_empty() {
        "resolved this issue in the next release".to_owned()
    } else {
        format!("resolved this issue in release {version}")
    }
}

fn regressed(version: &str) -> String {
    if version.is_empty() {
        "saw this issue again".to_owned()
    } else {
        format!("saw this issue again in release {version}")
    }
}

fn archived_until(entry: &Entry) -> String {
    if entry.data.get("ignoreUntilEscalating").and_then(Value::as_bool) == Some(true) {
        return " until it escalates".to_owned();
    }
    if let Some(count) = number(entry, "ignoreCount") {
        return format!(" until it happens {count} more times");
    }
    if let Some(count) = number(entry, "ignoreUserCount") {
        return format!(" until {count} more users meet it");
    }
    if number(entry, "ignoreDuration").is_some() || !text(entry, "ignoreUntil").is_empty() {
        return " for some time".to_owned();
    }
    String::new()
}

fn assigned(entry: &Entry, is_own: bool, assignees: &[Choice]) -> String {
    let (id, kind) = (text(entry, "assignee"), text(entry, "assigneeType"));
    if is_own && kind != "team" && entry.user.as_ref().is_some_and(|user| user.id == id) {
        return "took this issue".to_owned();
    }
    let known = assignees
        .iter()
        .find(|choice| choice.value == format!("{kind}:{id}"))
        .map(|choice| choice.text.as_str());
    match known.unwrap_or_else(|| text(entry, "assigneeEmail")) {
        "" => format!("assigned this issue to a {}", if kind == "team" { "team" } else { "person" }),
        name => format!("assigned this issue to {name}"),
    }
}

fn created_item(entry: &Entry) -> String {
    let (title, provider) = (text(entry, "title"), text(entry, "provider"));
    if provider.is_empty() { format!("linked {title}") } else { format!("linked {title} in {provider}") }
}
