//! Issue alert rules, from their making to their firing.

use std::time::Duration;

use mortise_store::Query;
use mortise_testkit::{TestApp, World};
use serde_json::{Value, json};

mod code_owners;
mod disabling;
mod evaluation;
mod frequency;
mod history;
mod mailing;
mod reading;
mod releases;
mod snoozing;
pub mod telling;
mod writing;

pub const RULES: &str = "/api/0/projects/acme/web/rules/";
pub const FIRST_SEEN: &str = "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition";
pub const EVERY: &str = "sentry.rules.conditions.every_event.EveryEventCondition";
pub const NOTIFY: &str = "sentry.rules.actions.notify_event.NotifyEventAction";

/// A rule for new issues that notifies every app.
pub fn rule(name: &str) -> Value {
    json!({
        "name": name, "actionMatch": "all", "frequency": 30,
        "conditions": [{"id": FIRST_SEEN}], "actions": [{"id": NOTIFY}],
    })
}

/// The same with other fields.
pub fn rule_with(name: &str, mut more: Value) -> Value {
    let mut rule = rule(name);
    rule.as_object_mut().unwrap().append(more.as_object_mut().unwrap());
    rule
}

/// Makes a rule.
pub async fn create(app: &TestApp, world: &World, rule: &Value) -> Value {
    app.post(RULES).bearer(&world.owner_token).json(rule).send().await.expect(200).json()
}

/// What is said of a rule that is refused.
pub async fn refusal(app: &TestApp, world: &World, rule: &Value) -> Value {
    app.post(RULES).bearer(&world.owner_token).json(rule).send().await.expect(400).json()
}

/// The path of a rule.
pub fn path_of(rule: &Value) -> String {
    format!("{RULES}{}/", rule["id"].as_str().unwrap())
}

/// Sends an event of the error "it broke"; `more` is added to it.
pub async fn send(app: &TestApp, world: &World, more: &Value) {
    let mut event = json!({"message": "it broke", "level": "error", "platform": "python"});
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let auth = format!("Sentry sentry_key={}, sentry_version=7", world.key);
    let request = app.post(format!("/api/{}/store/", world.project)).header("x-sentry-auth", &auth);
    request.body(event.to_string()).send().await.expect(200);
}

/// How often rules fired.
pub async fn fired(app: &TestApp) -> i64 {
    count(app, "SELECT COUNT(*) FROM rule_fire").await
}

/// One number of the database.
pub async fn count(app: &TestApp, sql: &'static str) -> i64 {
    app.ctx.store.read().await.unwrap().one(Query::new(sql)).await.unwrap()
}

/// Changes the database behind the API.
pub async fn execute(app: &TestApp, sql: &'static str) {
    app.ctx.store.write(move |tx| Box::pin(async move { tx.execute(Query::new(sql)).await })).await.unwrap();
    app.ctx.ingest().rules_changed();
}

/// Waits until every event is handed over and no delivery is left to make.
pub async fn settled(app: &TestApp) {
    let sql = "SELECT (SELECT COUNT(*) FROM event WHERE dispatched_at IS NULL) + \
        (SELECT COUNT(*) FROM delivery WHERE state = 0)";
    while count(app, sql).await > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
