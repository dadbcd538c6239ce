//! `DELETE /api/0/users/{user}/`

use axum::extract::State;
use mortise_service::{Ctx, people};

use crate::{
    Result,
    edge::NoContent,
    extract::{Asker, Body, Segments},
};

/// Closes the caller's own account and deletes organizations that nobody else owns.
#[utoipa::path(delete, path = "/api/0/users/{user}/", tag = "Users", params(("user" = String, Path, description = "An id, or `me`")), request_body = serde_json::Value,
    responses((status = 204, description = "The account is closed")))]
pub(crate) async fn delete_user(
    asker: Asker,
    path: Segments,
    State(ctx): State<Ctx>,
    body: Result<Body>,
) -> Result<NoContent> {
    let user = path.text("user")?;
    let body = Body::after(body, people::get_user(&ctx, &asker, user)).await?;
    people::delete_account(&ctx, &asker, user, &body.0).await?;
    Ok(NoContent)
}
