//! Ingestion, called as SDKs call it.

use mortise_store::Query;
use mortise_testkit::{Answer, RequestBuilder, TestApp, World};
use serde_json::{Value, json};

mod auth;
mod bodies;
mod grouping;
mod limits;
mod retention;
mod rows;
mod transitions;

/// An event id.
pub const ID: &str = "9ec79c33ec9942ab8353589fcb2e04dc";

/// A message event.
pub fn message(text: &str) -> Value {
    json!({"event_id": ID, "message": text, "level": "info", "platform": "python"})
}

/// An envelope with one event.
pub fn envelope(event: &Value) -> String {
    let payload = event.to_string();
    format!("{{\"event_id\":\"{ID}\"}}\n{{\"type\":\"event\",\"length\":{}}}\n{payload}\n", payload.len())
}

/// A request to the envelope endpoint of the world's project with its key.
pub fn to_envelope(app: &TestApp, world: &World) -> RequestBuilder {
    app.post(format!("/api/{}/envelope/", world.project)).header("x-sentry-auth", &auth(&world.key))
}

/// A request to the store endpoint of the world's project with its key.
pub fn to_store(app: &TestApp, world: &World) -> RequestBuilder {
    app.post(format!("/api/{}/store/", world.project)).header("x-sentry-auth", &auth(&world.key))
}

/// The header's value.
pub fn auth(key: &str) -> String {
    format!("Sentry sentry_key={key}, sentry_version=7, sentry_client=sentry.python/2.75.0")
}

/// Checks that an answer is a refusal with this text in all its places.
#[track_caller]
pub fn assert_refused(answer: &Answer, status: u16, detail: &str) {
    assert_eq!((answer.status, answer.json()), (status, json!({"detail": detail, "causes": []})));
    assert_eq!(answer.header("x-sentry-error"), detail);
}

/// One number of the database.
pub async fn count(app: &TestApp, sql: &'static str) -> i64 {
    app.ctx.store.read().await.unwrap().one(Query::new(sql)).await.unwrap()
}

/// One text of the database.
pub async fn text(app: &TestApp, sql: &'static str) -> String {
    app.ctx.store.read().await.unwrap().one(Query::new(sql)).await.unwrap()
}

/// Changes the database behind the API; keys are looked up again.
pub async fn execute(app: &TestApp, sql: &'static str) {
    app.ctx.store.write(move |tx| Box::pin(async move { tx.execute(Query::new(sql)).await })).await.unwrap();
    app.ctx.ingest().keys_changed();
}

/// The counts of outcomes as `source category reason quantity`.
pub async fn outcomes(app: &TestApp) -> Vec<String> {
    mortise_service::ingest::flush_outcomes(&app.ctx).await.unwrap();
    let sql = "SELECT source || ' ' || category || ' ' || reason || ' ' || CAST(quantity AS TEXT) FROM outcome ORDER BY 1";
    app.ctx.store.read().await.unwrap().all(Query::new(sql)).await.unwrap()
}
