//! `POST /api/0/projects/{org}/{proj}/rule-actions/` and `.../rules/actions/`

use axum::extract::State;
use http::StatusCode;
use mortise_service::{Ctx, access::class, rules};

use crate::{
    Result,
    edge::Empty,
    extract::{Body, ProjectOf},
    openapi::ProjectPath,
};

/// Does what actions say, for a sample event.
#[utoipa::path(post, path = "/api/0/projects/{org}/{proj}/rule-actions/", tag = "Alert rules", params(ProjectPath),
    request_body = serde_json::Value, responses((status = 200, description = "The actions are under way")))]
pub(crate) async fn try_rule_actions(
    access: ProjectOf<class::ProjectAlertRule>,
    State(ctx): State<Ctx>,
    body: Body,
) -> Result<Empty> {
    rules::try_out(&ctx, &access, body.fields()).await?;
    Ok(Empty(StatusCode::OK))
}
