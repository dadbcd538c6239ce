//! `DELETE /api/0/projects/{org}/{proj}/keys/{key}/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, keys};

use crate::{
    Result,
    edge::NoContent,
    extract::{ProjectOf, Segments},
    openapi::ProjectPath,
};

/// Removes a client key: nothing sent with it is taken any more.
#[utoipa::path(delete, path = "/api/0/projects/{org}/{proj}/keys/{key}/", tag = "Client keys",
    params(ProjectPath, ("key" = String, Path, description = "The public half of the key")),
    responses((status = 204, description = "The key is gone")))]
pub(crate) async fn delete_key(
    access: ProjectOf<class::Project>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<NoContent> {
    keys::delete(&ctx, &access, path.text("key")?).await?;
    Ok(NoContent)
}
