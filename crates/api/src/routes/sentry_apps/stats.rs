//! How often apps are installed, looked at and used.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use mortise_service::{
    Ctx,
    access::class,
    apps::{self, WindowQuery},
};
use mortise_wire::sentry_app::{AppInstalls, InstallStats, Interactions};
use serde_json::json;

use crate::routes::segment::AppSegment;
use crate::{
    Error, Result,
    edge::Json,
    extract::{Anyone, Asker, Body, Query},
};

const PER_PAGE: &str = "Invalid per_page parameter.";

fn window(query: &Query) -> WindowQuery<'_> {
    WindowQuery { since: query.one("since"), until: query.one("until"), resolution: query.one("resolution") }
}

#[utoipa::path(get, path = "/api/0/sentry-apps/{app}/stats/", tag = "Sentry Apps",
    params(("app" = String, Path, description = "Id or slug"),
        ("since" = Option<f64>, Query, description = "Epoch seconds"),
        ("until" = Option<f64>, Query, description = "Epoch seconds")),
    responses((status = 200, description = "When it was installed and uninstalled", body = InstallStats)))]
pub(crate) async fn get_install_stats(
    caller: Anyone<class::AppStats>,
    AppSegment(app): AppSegment,
    query: Query,
    State(ctx): State<Ctx>,
) -> Result<Json<InstallStats>> {
    let access = apps::app_for_stats(&ctx, caller.0, &app).await?;
    Ok(Json(apps::install_stats(&ctx, &access, window(&query)).await?))
}

#[utoipa::path(get, path = "/api/0/sentry-apps/{app}/interaction/", tag = "Sentry Apps",
    params(("app" = String, Path, description = "Id or slug"),
        ("since" = Option<f64>, Query, description = "Epoch seconds"),
        ("until" = Option<f64>, Query, description = "Epoch seconds"),
        ("resolution" = Option<String>, Query, description = "`10s`, `1h` or `1d`")),
    responses((status = 200, description = "How often it was looked at and used", body = Interactions)))]
pub(crate) async fn get_interactions(
    caller: Anyone<class::AppStats>,
    AppSegment(app): AppSegment,
    query: Query,
    State(ctx): State<Ctx>,
) -> Result<Json<Interactions>> {
    let access = apps::app_for_stats(&ctx, caller.0, &app).await?;
    Ok(Json(apps::interactions(&ctx, &access, window(&query)).await?))
}

#[utoipa::path(post, path = "/api/0/sentry-apps/{app}/interaction/", tag = "Sentry Apps",
    params(("app" = String, Path, description = "Id or slug")), request_body = Object,
    responses((status = 201, description = "Counted", body = Object)))]
pub(crate) async fn count_interaction(
    caller: Anyone<class::AppStats>,
    AppSegment(app): AppSegment,
    State(ctx): State<Ctx>,
    body: Result<Body>,
) -> Result<Response> {
    let access = apps::app_for_counting(&ctx, caller.0, &app).await?;
    apps::count_interaction(&ctx, &access, &body?.0).await?;
    Ok((StatusCode::CREATED, Json(json!({}))).into_response())
}

#[utoipa::path(get, path = "/api/0/sentry-apps-stats/", tag = "Sentry Apps",
    params(("per_page" = Option<i64>, Query, description = "At most so many; all without it")),
    responses((status = 200, description = "Apps by how often they are installed", body = [AppInstalls])))]
pub(crate) async fn list_install_counts(
    asker: Asker,
    query: Query,
    State(ctx): State<Ctx>,
) -> Result<Json<Vec<AppInstalls>>> {
    // Who may ask is decided before what is asked.
    apps::require_superuser(&asker.0)?;
    let limit = query.one("per_page").map(|text| text.trim().parse::<i64>()).transpose();
    let limit = limit.map_err(|_| Error::detail(StatusCode::BAD_REQUEST, PER_PAGE))?;
    Ok(Json(apps::all_install_counts(&ctx, limit).await?))
}
