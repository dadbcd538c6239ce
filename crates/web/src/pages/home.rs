//! Where a visit starts, and the choice of theme.

use axum::{
    Router,
    extract::{Path, State},
    response::IntoResponse,
    routing::{get, post},
};
use mortise_domain::ScopeSet;
use mortise_service::{
    Ctx,
    access::{self, IdOrSlug},
    places::{self, Start},
};

use crate::{
    edge::{Form, Outcome, Signed, Visit, cookies, go, local::local_path},
    routes::{self as to, path},
    view::Theme,
};

pub(super) fn routes() -> Router<Ctx> {
    Router::new()
        .route(path::home, get(home))
        .route(path::organization, get(organization))
        .route(path::theme, post(set_theme))
}

/// Leads to the organization that was visited last, or to the first one, or to the form for a new one.
async fn home(visit: Signed, State(ctx): State<Ctx>) -> Outcome {
    let places = places::of_caller(&ctx, &visit.caller).await?;
    let last = places.iter().find(|place| Some(&place.slug) == visit.last_org.as_ref());
    match last.or(places.first()) {
        Some(place) => start(&visit, &place.slug).await,
        None => Ok(go(&to::new_organization())),
    }
}

async fn organization(visit: Signed, Path(org): Path<String>) -> Outcome {
    start(&visit, &org).await
}

/// Leads to the issues, or to the guide while no project has received an event.
async fn start(visit: &Visit, org: &str) -> Outcome {
    let access =
        access::organization(&visit.ctx, visit.caller.clone(), &IdOrSlug::parse(org), ScopeSet::all())
            .await?;
    let slug = &access.org.slug;
    Ok(go(&match places::start_of(&visit.ctx, &access).await? {
        Start::Issues | Start::NoProject => to::issues(slug),
        Start::Waiting(project) => to::getting_started(slug, &project),
    }))
}

async fn set_theme(visit: Visit, form: Form) -> Outcome {
    let next = local_path(form.get("next")).map_or_else(to::home, str::to_owned);
    Ok((cookies::theme(&visit.ctx, Theme::parse(form.get("theme"))), go(&next)).into_response())
}
