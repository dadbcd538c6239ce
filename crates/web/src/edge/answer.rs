//! Answers of handlers: a page, or the way to another one.

use askama::Template;
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::StatusCode;

use super::{Outcome, Problem, cookies};
use crate::view::Tone;

/// A page.
pub fn page(template: &impl Template) -> Outcome {
    page_with(StatusCode::OK, template)
}

/// A page with a status of its own, such as a form that was refused.
pub fn page_with(status: StatusCode, template: &impl Template) -> Outcome {
    let markup = template.render().map_err(|error| Problem::internal(&error))?;
    Ok((status, Html(markup)).into_response())
}

/// Leads on to another page, which is asked for with GET.
pub fn go(to: &str) -> Response {
    Redirect::to(to).into_response()
}

/// Leads on to another page, which then says what happened.
pub fn go_saying(to: &str, tone: Tone, text: &str) -> Response {
    (cookies::flash(tone, text), go(to)).into_response()
}
