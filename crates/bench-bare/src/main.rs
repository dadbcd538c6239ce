//! The least that a request can cost: the web framework and the store of Mortise, one indexed read, a small JSON answer,
//! and nothing of what makes it a product. `cargo xtask bench apps` measures it beside the API, on the same database.
//!
//! `bench-bare DATABASE_URL IP:PORT` answers `GET /{slug}` with the app of that slug.

use std::net::SocketAddr;

use anyhow::{Context as _, Result};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use mortise_store::{Open, Store, StoreError, sentry_app};
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (url, address) = arguments.next().zip(arguments.next()).context("bench-bare DATABASE_URL IP:PORT")?;
    let address: SocketAddr = address.parse()?;
    let store = Store::open(&Open::url(url)).await?;
    let router =
        Router::new().route("/healthz", get(async || "ok")).route("/{slug}", get(answer)).with_state(store);
    axum::serve(tokio::net::TcpListener::bind(address).await?, router).await?;
    Ok(())
}

async fn answer(State(store): State<Store>, Path(slug): Path<String>) -> Result<Json<Value>, StatusCode> {
    let app = read(&store, &slug).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    app.map(Json).ok_or(StatusCode::NOT_FOUND)
}

async fn read(store: &Store, slug: &str) -> Result<Option<Value>, StoreError> {
    let app = sentry_app::by_slug(&mut *store.read().await?, slug).await?;
    Ok(app.map(|app| json!({ "slug": app.slug, "name": app.name })))
}
