//! `GET /api/0/users/{user}/`

use axum::extract::State;
use mortise_service::{Ctx, people};
use mortise_wire::user::User;

use crate::{
    Result,
    edge::Json,
    extract::{Asker, Segments},
};

/// One user: in full for the user, as others see it for a superuser.
#[utoipa::path(get, path = "/api/0/users/{user}/", tag = "Users", params(("user" = String, Path, description = "An id, or `me`")),
    responses((status = 200, description = "The user", body = User)))]
pub(crate) async fn get_user(asker: Asker, path: Segments, State(ctx): State<Ctx>) -> Result<Json<User>> {
    Ok(Json(people::get_user(&ctx, &asker, path.text("user")?).await?))
}
