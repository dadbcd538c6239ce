//! `POST /api/0/projects/{org}/{proj}/rules/preview/`

use mortise_service::access::class;
use mortise_wire::issue::Issue;

use crate::{
    Result,
    edge::Json,
    extract::{Body, ProjectOf},
    openapi::ProjectPath,
};

/// For which issues a rule would have fired. The past is not searched, so there are none.
#[utoipa::path(post, path = "/api/0/projects/{org}/{proj}/rules/preview/", tag = "Alert rules", params(ProjectPath),
    request_body = serde_json::Value, responses((status = 200, description = "Always empty", body = [Issue])))]
pub(crate) async fn preview_rule(
    _access: ProjectOf<class::ProjectAlertRule>,
    _body: Body,
) -> Result<Json<Vec<Issue>>> {
    Ok(Json(Vec::new()))
}
