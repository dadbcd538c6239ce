//! `PUT /api/0/users/{user}/`

use axum::extract::State;
use mortise_service::{Ctx, people};
use mortise_wire::user::User;

use crate::{
    Result,
    edge::Json,
    extract::{Asker, Body, Segments},
};

/// Changes name, username and preferences.
#[utoipa::path(put, path = "/api/0/users/{user}/", tag = "Users", params(("user" = String, Path, description = "An id, or `me`")), request_body = serde_json::Value,
    responses((status = 200, description = "The user", body = User)))]
pub(crate) async fn update_user(
    asker: Asker,
    path: Segments,
    State(ctx): State<Ctx>,
    body: Result<Body>,
) -> Result<Json<User>> {
    let user = path.text("user")?;
    let body = Body::after(body, people::get_user(&ctx, &asker, user)).await?;
    Ok(Json(people::update_account(&ctx, &asker, user, &body.0).await?))
}
