//! `GET /api/0/sentry-apps/{app}/requests/`.

use axum::extract::State;
use mortise_service::{
    Ctx,
    access::class,
    apps::{self, RequestQuery},
};
use mortise_wire::sentry_app::AppRequest;

use crate::routes::segment::AppSegment;
use crate::{
    Result,
    edge::Json,
    extract::{Anyone, Query},
};

#[utoipa::path(get, path = "/api/0/sentry-apps/{app}/requests/", tag = "Sentry Apps",
    params(("app" = String, Path, description = "Id or slug"),
        ("start" = Option<String>, Query, description = "`YYYY-MM-DD HH:MM:SS`"),
        ("end" = Option<String>, Query, description = "`YYYY-MM-DD HH:MM:SS`"),
        ("eventType" = Option<String>, Query, description = "`issue.created`, ..."),
        ("errorsOnly" = Option<String>, Query, description = "Any text: only what failed"),
        ("organizationSlug" = Option<String>, Query, description = "For whom the app was called")),
    responses((status = 200, description = "The newest calls, at most 100", body = [AppRequest])))]
pub(crate) async fn list_requests(
    caller: Anyone<class::AppStats>,
    AppSegment(app): AppSegment,
    query: Query,
    State(ctx): State<Ctx>,
) -> Result<Json<Vec<AppRequest>>> {
    let access = apps::app_for_stats(&ctx, caller.0, &app).await?;
    let asked = RequestQuery {
        start: query.one("start"),
        end: query.one("end"),
        event_type: query.one("eventType"),
        errors_only: query.one("errorsOnly"),
        organization_slug: query.one("organizationSlug"),
    };
    Ok(Json(apps::list_requests(&ctx, &access, asked).await?))
}
