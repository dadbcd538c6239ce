//! The handlers: one module per area. A handler asks for access, calls one use case, fills the page's struct and
//! answers with it, or leads on after a change. Every module has `routes()`, which [`router`] puts together.

mod access_to;
mod app_pictures;
mod apps;
mod audit;
mod auth;
mod code_owners;
mod component_form;
mod deeds;
mod deliveries;
mod doc_integrations;
mod event_view;
mod home;
mod input;
mod integrations;
mod invitations;
mod issue;
mod issue_actions;
mod issue_apps;
mod issue_list;
mod issue_words;
mod members;
mod oauth;
mod operator;
mod organizations;
mod paging;
mod people_choices;
mod periods;
mod permissions;
mod plugins;
mod project_keys;
mod project_settings;
mod projects;
mod release_tracking;
mod repositories;
mod rules;
mod team;
mod teams;
mod tokens;
mod words;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{Method, StatusCode, Uri};
use mortise_service::{Ctx, Error};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    assets,
    edge::{Outcome, Problem, Refused, form::FORM_BYTES_MAX, go_saying, local::local_path, visit},
    view::Tone,
};

/// All pages and their files. Whatever no page has is answered with the "not found" page, so this router goes last.
pub fn router(ctx: Ctx) -> Router {
    Router::new()
        .merge(home::routes())
        .merge(auth::routes())
        .merge(operator::routes())
        .merge(doc_integrations::routes())
        .merge(invitations::routes())
        .merge(issue_list::routes())
        .merge(issue::routes())
        .merge(issue_actions::routes())
        .merge(issue_apps::routes())
        .merge(projects::routes())
        .merge(repositories::routes())
        .merge(code_owners::routes())
        .merge(project_settings::routes())
        .merge(project_keys::routes())
        .merge(plugins::routes())
        .merge(release_tracking::routes())
        .merge(deliveries::routes())
        .merge(apps::routes())
        .merge(integrations::routes())
        .merge(rules::routes())
        .merge(oauth::routes())
        .merge(organizations::routes())
        .merge(members::routes())
        .merge(teams::routes())
        .merge(team::routes())
        .merge(audit::routes())
        .merge(tokens::routes())
        .fallback(unmatched)
        .method_not_allowed_fallback(async || Problem::NotFound)
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(CatchPanicLayer::custom(|_| Problem::internal(&"a handler panicked").into_response()))
        .layer(from_fn_with_state(ctx.clone(), visit::layer))
        .route("/assets/{version}/{*file}", get(assets::serve))
        .route("/favicon.ico", get(assets::favicon))
        .with_state(ctx)
}

/// Leads to the address with its slash, or says that there is nothing.
async fn unmatched(method: Method, uri: Uri) -> Response {
    let path = uri.path();
    if path.starts_with("/api/") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let may_lack_slash = method == Method::GET && !path.ends_with('/') && !path.contains('.');
    match local_path(path).filter(|_| may_lack_slash) {
        Some(path) => {
            let query = uri.query().map_or_else(String::new, |query| format!("?{query}"));
            axum::response::Redirect::permanent(&format!("{path}/{query}")).into_response()
        }
        None => Problem::NotFound.into_response(),
    }
}

/// Leads back to the page of a form that was refused, which then says why. Every other error is a problem of its own.
fn sorry(error: Error, back: &str) -> Outcome {
    Ok(go_saying(back, Tone::Bad, &Refused::of(error)?.text()))
}
