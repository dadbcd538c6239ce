//! `/api/0/projects/{org}/{proj}/repo-path-parsing/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, code_mappings};
use mortise_wire::code_mapping::ParsedPath;

use crate::{
    Result,
    edge::Json,
    extract::{Body, ProjectOf},
    openapi::ProjectPath,
};

/// What a code mapping would say, worked out from the path of a frame and the address of the same file.
#[utoipa::path(post, path = "/api/0/projects/{org}/{proj}/repo-path-parsing/", tag = "Code mappings",
    params(ProjectPath), request_body = serde_json::Value,
    responses((status = 200, description = "What it would say", body = ParsedPath)))]
pub(crate) async fn parse_repository_path(
    access: ProjectOf<class::ProjectPathParsing>,
    State(ctx): State<Ctx>,
    body: Body,
) -> Result<Json<ParsedPath>> {
    Ok(Json(code_mappings::parse_repository_path(&ctx, &access, body.0.object_of_either_case()?).await?))
}
