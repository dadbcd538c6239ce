//! What pages make of a schema while somebody writes it: its components with their forms, or what is wrong with it.

use axum::{Router, extract::Path, routing::post};
use mortise_service::{
    Ctx,
    access::{Permission, class},
    apps,
};
use serde_json::{Map, Value};

use super::form;
use crate::{
    edge::{Form, Outcome, Pairs, Signed, page},
    pages::{
        access_to,
        component_form::{self, Shown},
    },
    routes::path,
    view::component::{Preview, PreviewForm, PreviewPart},
};

pub(super) fn routes() -> Router<Ctx> {
    Router::new().route(path::schema_preview, post(answer))
}

async fn answer(visit: Signed, Path(org): Path<String>, form: Form) -> Outcome {
    access_to::org(&visit, &org, class::SentryApps::CLASS, "POST").await?;
    page(&of_text(form.get("schema")))
}

/// The preview of what was typed.
pub(super) fn of_text(text: &str) -> Preview {
    let schema = match form::schema_of(text) {
        Ok(schema) => schema,
        Err(refused) => return Preview { error: refused.text(), parts: Vec::new() },
    };
    match apps::schema_error(&schema) {
        Some(error) => Preview { error, parts: Vec::new() },
        None => Preview { error: String::new(), parts: parts(&schema) },
    }
}

fn parts(schema: &Value) -> Vec<PreviewPart> {
    let elements = schema.get("elements").and_then(Value::as_array).into_iter().flatten();
    elements.enumerate().map(|(at, element)| part(at, element)).collect()
}

fn part(at: usize, element: &Value) -> PreviewPart {
    let form = |title: &str, name: &'static str| {
        let fields = element.get(name).map(|part| fields(&format!("preview-{at}-{name}"), part));
        PreviewForm { title: title.to_owned(), fields: fields.unwrap_or_default() }
    };
    let title = element.get("title").and_then(Value::as_str).unwrap_or_default();
    let (title, place, forms) = match element.get("type").and_then(Value::as_str) {
        Some("issue-link") => {
            let forms = vec![form("Create", "create"), form("Link", "link")];
            ("Items for issues", "Dialogs on an issue, under Linked items.", forms)
        }
        Some("alert-rule-action") => (title, "An action of alert rules.", vec![form("Settings", "settings")]),
        Some("stacktrace-link") => {
            ("Open in the app", "A link at lines of your own code in a stack trace.", Vec::new())
        }
        _ => (title, "It is kept, but this server does not show it.", Vec::new()),
    };
    PreviewPart { title: title.to_owned(), place, forms }
}

fn fields(prefix: &str, part: &Value) -> Vec<crate::view::component::FormField> {
    let default = |name: &str| match name {
        "issue.title" => "The title of the issue".to_owned(),
        "issue.description" => "Where the issue is, and its stack trace".to_owned(),
        _ => String::new(),
    };
    let (found, errors) = (Pairs::default(), Map::new());
    let shown =
        Shown { prefix, values: None, found: &found, errors: &errors, is_preview: true, default: &default };
    component_form::show(part, &shown)
}
