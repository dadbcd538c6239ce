//! Serves every page with sample data, for those who work on templates and styles:
//! `cargo run -p mortise-web --example gallery`, then open http://127.0.0.1:8123/. `?theme=dark` forces a theme.

#[path = "../tests/it/samples/mod.rs"]
mod samples;

use std::collections::HashMap;

use axum::{Router, extract::Path, response::Html, routing::get};
use axum_extra::extract::Query;
use http::header::{CONTENT_SECURITY_POLICY, HeaderName};
use mortise_web::{assets, view::Theme};

const ADDRESS: &str = "127.0.0.1:8123";

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let app = Router::new()
        .route("/", get(index))
        .route("/page/{name}", get(show))
        .route("/assets/{version}/{*file}", get(assets::serve));
    axum::serve(tokio::net::TcpListener::bind(ADDRESS).await?, app).await
}

async fn index() -> Html<String> {
    let links = samples::all(Theme::System)
        .into_iter()
        .map(|(name, _)| format!("<li><a href=/page/{name}>{name}</a>"));
    Html(format!(
        "<!doctype html><meta name=viewport content='width=device-width'><ul>{}</ul>",
        links.collect::<String>()
    ))
}

async fn show(
    Path(name): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> ([(HeaderName, &'static str); 1], Html<String>) {
    let theme = match query.get("theme").map(String::as_str) {
        Some("dark") => Theme::Dark,
        Some("light") => Theme::Light,
        _ => Theme::System,
    };
    let page = samples::all(theme).into_iter().find(|(page, _)| *page == name);
    let markup = page.map_or_else(|| "no such page".to_owned(), |(_, markup)| markup);
    ([(CONTENT_SECURITY_POLICY, assets::CONTENT_SECURITY_POLICY)], Html(markup))
}
