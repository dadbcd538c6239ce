//! `/api/0/projects/{org}/{proj}/codeowners/`

use axum::extract::State;
use mortise_service::{
    Ctx,
    access::class,
    code_owners::{self, Shown},
};
use mortise_wire::code_owners::CodeOwners;

use crate::{
    Result,
    edge::{Created, Json},
    extract::{Body, ProjectOf, Query},
    openapi::ProjectPath,
};

/// The files of owners of a project, newest first.
#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/codeowners/", tag = "Code owners",
    params(ProjectPath, ("expand" = Option<Vec<String>>, Query, description = "`codeMapping`, `ownershipSyntax`")),
    responses((status = 200, description = "The files", body = [CodeOwners])))]
pub(crate) async fn list_owners(
    access: ProjectOf<class::Project>,
    State(ctx): State<Ctx>,
    query: Query,
) -> Result<Json<Vec<CodeOwners>>> {
    let is_expanded = |name: &str| query.all("expand").any(|word| word == name);
    let shown = Shown {
        mapping: is_expanded("codeMapping"),
        syntax: is_expanded("ownershipSyntax"),
        targets: true,
        names: true,
    };
    Ok(Json(code_owners::list_owners(&ctx, &access, shown).await?))
}

/// Uploads a file of owners.
#[utoipa::path(post, path = "/api/0/projects/{org}/{proj}/codeowners/", tag = "Code owners", params(ProjectPath),
    request_body = serde_json::Value,
    responses((status = 201, description = "The file", body = CodeOwners)))]
pub(crate) async fn create_owners(
    access: ProjectOf<class::Project>,
    State(ctx): State<Ctx>,
    body: Result<Body>,
) -> Result<Created<CodeOwners>> {
    let sent = body.and_then(|body| Ok(body.0.object_of_either_case()?));
    let sent = Body::after(sent, async { code_owners::require_feature(&access) }).await?;
    Ok(Created(code_owners::create_owners(&ctx, &access, sent).await?))
}
