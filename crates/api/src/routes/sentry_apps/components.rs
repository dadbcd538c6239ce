//! UI components: of an app, of everything that an organization installed, and the choices of their selects.

use axum::extract::State;
use mortise_service::{
    Ctx,
    access::class,
    apps::{
        self, Use,
        components::{self, SelectQuery},
    },
};
use mortise_wire::sentry_app::Component;
use serde_json::Value;

use crate::routes::segment::AppSegment;
use crate::{
    Result,
    edge::{Json, Paged},
    extract::{Anyone, Asker, Org, Paging, Query, Segments},
};

#[utoipa::path(get, path = "/api/0/sentry-apps/{app}/components/", tag = "Sentry Apps",
    params(("app" = String, Path, description = "Id or slug")),
    responses((status = 200, description = "The UI components of the app, as it sent them", body = [Component])))]
pub(crate) async fn list_components(
    caller: Anyone<class::SentryApp>,
    AppSegment(app): AppSegment,
    paging: Paging,
    State(ctx): State<Ctx>,
) -> Result<Paged<Vec<Component>>> {
    let access = apps::app_for_reading(&ctx, caller.0, &app).await?;
    let window = paging.request()?.offset_window()?;
    Ok(paging.answer(window.of_all(components::app_components(&ctx, &access).await?)))
}

/// Asks every app for the choices of its selects, so it takes as long as the slowest of them.
#[utoipa::path(get, path = "/api/0/organizations/{org}/sentry-app-components/", tag = "Sentry Apps",
    params(("org" = String, Path, description = "Id or slug"),
        ("filter" = Option<String>, Query, description = "Only components of this type")),
    responses((status = 200, description = "The UI components of what is installed, with their choices",
        body = [Component])))]
pub(crate) async fn list_org_components(
    access: Org<class::Organization>,
    query: Query,
    paging: Paging,
    State(ctx): State<Ctx>,
) -> Result<Paged<Vec<Component>>> {
    let window = paging.request()?.offset_window()?;
    let kind = query.one("filter");
    Ok(paging.answer(window.of_all(components::org_components(&ctx, &access, kind).await?)))
}

#[utoipa::path(get, path = "/api/0/sentry-app-installations/{uuid}/external-requests/", tag = "Sentry Apps",
    params(("uuid" = String, Path, description = "The uuid of the installation"),
        ("uri" = String, Query, description = "A path at the app"),
        ("query" = Option<String>, Query, description = "What was typed"),
        ("projectId" = Option<String>, Query, description = "The project it is about"),
        ("dependentData" = Option<String>, Query, description = "Values of other fields, as JSON")),
    responses((status = 200, description = "Choices as pairs of value and label", body = Object),
        (status = 400, description = "The app failed; `detail` says how")))]
pub(crate) async fn list_choices(
    asker: Asker,
    path: Segments,
    query: Query,
    State(ctx): State<Ctx>,
) -> Result<Json<Value>> {
    let access = apps::installation_for(&ctx, asker.0, path.text("uuid")?, Use::Read).await?;
    let text = |name: &str| query.one(name).map(str::to_owned);
    let select = SelectQuery {
        uri: text("uri").unwrap_or_default(),
        project_slug: None,
        query: text("query"),
        dependent_data: text("dependentData"),
    };
    Ok(Json(components::fetch_choices(&ctx, &access, select, query.one("projectId")).await?))
}
