//! `GET /api/0/projects/{org}/{proj}/rule-task/{task}/` and `.../alert-rule-task/{task}/`

use mortise_service::{Error, access::class};

use crate::{Result, edge::Json, extract::ProjectOf, openapi::ProjectPath};

/// A rule that is still being saved. Rules are saved before they are answered, so no task has ever been made.
#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/rule-task/{task}/", tag = "Alert rules",
    params(ProjectPath, ("task" = String, Path, description = "Uuid of the task")),
    responses((status = 404, description = "There is no such task")))]
pub(crate) async fn get_rule_task(_access: ProjectOf<class::ProjectSetting>) -> Result<Json<()>> {
    Err(Error::NoSuchResource.into())
}
