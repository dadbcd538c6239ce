//! `/api/0/projects/{org}/{proj}/releases/token/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, plugins};
use mortise_wire::plugin::ReleaseToken;

use crate::{Result, edge::Json, extract::ProjectOf, openapi::ProjectPath};

/// How this server is told of releases; makes a token where there is none.
#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/releases/token/", tag = "Plugins", params(ProjectPath),
    responses((status = 200, description = "The token", body = ReleaseToken)))]
pub(crate) async fn get_release_token(
    access: ProjectOf<class::ProjectReleaseToken>,
    State(ctx): State<Ctx>,
) -> Result<Json<ReleaseToken>> {
    Ok(Json(plugins::get_release_token(&ctx, &access).await?))
}

/// Makes another token.
#[utoipa::path(post, path = "/api/0/projects/{org}/{proj}/releases/token/", tag = "Plugins", params(ProjectPath),
    responses((status = 200, description = "The token", body = ReleaseToken)))]
pub(crate) async fn rotate_release_token(
    access: ProjectOf<class::ProjectReleaseToken>,
    State(ctx): State<Ctx>,
) -> Result<Json<ReleaseToken>> {
    Ok(Json(plugins::rotate_release_token(&ctx, &access).await?))
}
