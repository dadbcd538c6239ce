//! What apps are good for.

use axum::extract::State;
use mortise_service::{Ctx, access::class, apps};
use mortise_wire::sentry_app::{AppFeature, FeatureGate};

use crate::routes::segment::AppSegment;
use crate::{
    Result,
    edge::{Json, Paged},
    extract::{Anyone, Paging},
};

#[utoipa::path(get, path = "/api/0/sentry-apps/{app}/features/", tag = "Sentry Apps",
    params(("app" = String, Path, description = "Id or slug")),
    responses((status = 200, description = "What the app is good for", body = [AppFeature])))]
pub(crate) async fn list_features(
    caller: Anyone<class::SentryApp>,
    AppSegment(app): AppSegment,
    paging: Paging,
    State(ctx): State<Ctx>,
) -> Result<Paged<Vec<AppFeature>>> {
    let access = apps::app_for_reading(&ctx, caller.0, &app).await?;
    let window = paging.request()?.offset_window()?;
    Ok(paging.answer(window.of_all(apps::app_features(&ctx, &access).await?)))
}

#[utoipa::path(get, path = "/api/0/integration-features/", tag = "Sentry Apps",
    responses((status = 200, description = "Everything that apps can be good for", body = [FeatureGate])))]
pub(crate) async fn list_every_feature(_caller: Anyone<class::DocIntegrations>) -> Json<Vec<FeatureGate>> {
    Json(apps::every_feature())
}
