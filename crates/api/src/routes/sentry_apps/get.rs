//! `GET /api/0/sentry-apps/{app}/`.

use axum::extract::State;
use mortise_service::{Ctx, access::class, apps};
use mortise_wire::sentry_app::SentryApp;

use crate::routes::segment::AppSegment;
use crate::{Result, edge::Json, extract::Anyone};

#[utoipa::path(get, path = "/api/0/sentry-apps/{app}/", tag = "Sentry Apps",
    params(("app" = String, Path, description = "Id or slug")),
    responses((status = 200, description = "The app", body = SentryApp)))]
pub(crate) async fn get_app(
    caller: Anyone<class::SentryApp>,
    AppSegment(app): AppSegment,
    State(ctx): State<Ctx>,
) -> Result<Json<SentryApp>> {
    let access = apps::app_for_reading(&ctx, caller.0, &app).await?;
    Ok(Json(apps::get_app(&ctx, &access).await?))
}
