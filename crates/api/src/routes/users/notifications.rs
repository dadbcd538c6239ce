//! `GET` and `PUT /api/0/users/{user}/notifications/`

use axum::extract::State;
use mortise_service::{Ctx, people};
use mortise_wire::user::NotificationSettings;

use crate::{
    Result,
    edge::Json,
    extract::{Asker, Body, Segments},
};

/// What a user wants done and told on their behalf.
#[utoipa::path(get, path = "/api/0/users/{user}/notifications/", tag = "Users", params(("user" = String, Path, description = "An id, or `me`")),
    responses((status = 200, description = "The settings", body = NotificationSettings)))]
pub(crate) async fn get_user_notifications(
    asker: Asker,
    path: Segments,
    State(ctx): State<Ctx>,
) -> Result<Json<NotificationSettings>> {
    Ok(Json(people::get_notifications(&ctx, &asker, path.text("user")?).await?))
}

/// Changes what the body names.
#[utoipa::path(put, path = "/api/0/users/{user}/notifications/", tag = "Users", params(("user" = String, Path, description = "An id, or `me`")), request_body = serde_json::Value,
    responses((status = 200, description = "The settings", body = NotificationSettings)))]
pub(crate) async fn update_user_notifications(
    asker: Asker,
    path: Segments,
    State(ctx): State<Ctx>,
    body: Result<Body>,
) -> Result<Json<NotificationSettings>> {
    let user = path.text("user")?;
    let body = Body::after(body, people::get_user(&ctx, &asker, user)).await?;
    Ok(Json(people::update_notifications(&ctx, &asker, user, &body.0).await?))
}
