//! `GET /api/0/users/{user}/emails/`

use axum::extract::State;
use mortise_service::{Ctx, people};
use mortise_wire::user::UserEmail;

use crate::{
    Result,
    edge::Json,
    extract::{Asker, Segments},
};

/// The addresses of a user.
#[utoipa::path(get, path = "/api/0/users/{user}/emails/", tag = "Users", params(("user" = String, Path, description = "An id, or `me`")),
    responses((status = 200, description = "The addresses", body = [UserEmail])))]
pub(crate) async fn list_user_emails(
    asker: Asker,
    path: Segments,
    State(ctx): State<Ctx>,
) -> Result<Json<Vec<UserEmail>>> {
    Ok(Json(people::list_emails(&ctx, &asker, path.text("user")?).await?))
}
