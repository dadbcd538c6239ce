//! Installing an app in an organization, and uninstalling it.

use axum::{
    Router,
    extract::{Path, State},
    response::{IntoResponse, Redirect},
    routing::post,
};
use mortise_domain::ScopeSet;
use mortise_service::{
    Ctx,
    access::IdOrSlug,
    apps::{self, Use},
    wire::fields::Body,
};
use serde_json::json;

use super::{directory::CLASS, leaving};
use crate::{
    edge::{Form, Outcome, Problem, Refused, Signed, Visit, go_saying},
    pages::{access_to, sorry},
    routes::{self as to, path},
    view::Tone,
};

pub(super) fn routes() -> Router<Ctx> {
    Router::new().route(path::app_install, post(install)).route(path::app_uninstall, post(uninstall))
}

async fn install(visit: Signed, Path((org, app)): Path<(String, String)>, _form: Form) -> Outcome {
    match install_in(&visit, &org, &app, "").await? {
        Ok(response) => Ok(response),
        Err(refused) => Ok(go_saying(&to::app(&org, &app), Tone::Bad, &refused.text())),
    }
}

/// Installs an app and leads on: to the app, if it has somewhere to go, else to its page. `state` is handed to the app.
pub(super) async fn install_in(
    visit: &Visit,
    org: &str,
    app: &str,
    state: &str,
) -> Outcome<Result<axum::response::Response, Refused>> {
    let needed = CLASS.scopes("POST").unwrap_or(ScopeSet::EMPTY);
    let segment = IdOrSlug::parse(org);
    let access = apps::org_for_installations(&visit.ctx, visit.caller.clone(), &segment, needed).await?;
    let offered = apps::offered_app(&visit.ctx, &access, app).await?;
    let (name, back) = (&offered.app.name, to::app(&access.org.slug, &offered.app.slug));
    if offered.installation.is_some() {
        return Ok(Ok(go_saying(&back, Tone::Neutral, &format!("{name} is installed here already."))));
    }
    let body = Body::Json(json!({ "slug": offered.app.slug }));
    let installation = match apps::install_app(&visit.ctx, &access, &body).await {
        Ok(installation) => installation.ok_or(Problem::NotFound)?,
        Err(error) => return Ok(Err(Refused::of(error)?)),
    };
    Ok(Ok(match leaving::address(&offered.app, &installation, state) {
        Some(address) => Redirect::to(&address).into_response(),
        None if installation.status == "pending" => {
            go_saying(&back, Tone::Good, &format!("{name} is told, and has to confirm the installation."))
        }
        None => go_saying(&back, Tone::Good, &format!("{name} is installed.")),
    }))
}

async fn uninstall(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, app)): Path<(String, String)>,
    _form: Form,
) -> Outcome {
    let access = access_to::org(&visit, &org, CLASS, "GET").await?;
    let offered = apps::offered_app(&ctx, &access, &app).await?;
    let installation = offered.installation.ok_or(Problem::NotFound)?;
    let installation =
        apps::installation_for(&ctx, visit.caller.clone(), &installation.uuid, Use::End).await?;
    match apps::uninstall(&ctx, &installation).await {
        Ok(()) => {
            let text = format!("{} is uninstalled.", offered.app.name);
            Ok(go_saying(&to::integrations(&access.org.slug), Tone::Good, &text))
        }
        Err(error) => sorry(error, &to::app(&org, &app)),
    }
}
