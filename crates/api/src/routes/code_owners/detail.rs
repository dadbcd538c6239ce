//! `/api/0/projects/{org}/{proj}/codeowners/{owners}/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, code_owners};
use mortise_wire::code_owners::CodeOwners;

use crate::{
    Result,
    edge::{Json, NoContent},
    extract::{Body, ProjectOf, Segments},
    openapi::ProjectPath,
};

/// Changes a file of owners.
#[utoipa::path(put, path = "/api/0/projects/{org}/{proj}/codeowners/{owners}/", tag = "Code owners",
    params(ProjectPath, ("owners" = String, Path, description = "Its id")), request_body = serde_json::Value,
    responses((status = 200, description = "The file", body = CodeOwners)))]
pub(crate) async fn update_owners(
    access: ProjectOf<class::Project>,
    State(ctx): State<Ctx>,
    path: Segments,
    body: Result<Body>,
) -> Result<Json<CodeOwners>> {
    let id = path.text("owners")?;
    let sent = body.and_then(|body| Ok(body.0.object_of_either_case()?));
    let sent = Body::after(sent, code_owners::require_owners(&ctx, &access, id)).await?;
    Ok(Json(code_owners::update_owners(&ctx, &access, id, sent).await?))
}

/// Removes a file of owners.
#[utoipa::path(delete, path = "/api/0/projects/{org}/{proj}/codeowners/{owners}/", tag = "Code owners",
    params(ProjectPath, ("owners" = String, Path, description = "Its id")),
    responses((status = 204, description = "Removed")))]
pub(crate) async fn remove_owners(
    access: ProjectOf<class::Project>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<NoContent> {
    code_owners::remove_owners(&ctx, &access, path.text("owners")?).await?;
    Ok(NoContent)
}
