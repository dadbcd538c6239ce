//! `GET /api/0/internal/health/`: the check that the Terraform provider makes before anything else.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use mortise_service::Error as Refusal;
use serde::Serialize;

use crate::{Result, extract::Asker};

/// What superusers are told.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Health {
    /// What is wrong, nothing while the server answers at all.
    problems: Vec<Problem>,
    /// Checks by name.
    healthy: std::collections::BTreeMap<&'static str, bool>,
}

/// Something that is wrong.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Problem {
    id: String,
    message: String,
    severity: String,
    url: Option<String>,
}

#[utoipa::path(get, path = "/api/0/internal/health/", tag = "Root",
    responses((status = 200, description = "The server answers; a body for superusers only", body = Health)))]
pub(crate) async fn get_health(asker: Asker) -> Result<Response> {
    if asker.user.is_none() {
        return Err(Refusal::Forbidden.into());
    }
    if !asker.is_superuser() {
        return Ok(StatusCode::OK.into_response());
    }
    let health = Health { problems: Vec::new(), healthy: [("CeleryAliveCheck", true)].into() };
    Ok(axum::Json(health).into_response())
}
