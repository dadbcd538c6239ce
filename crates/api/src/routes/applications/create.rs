//! `POST /api/0/api-applications/`

use axum::extract::State;
use mortise_service::{Ctx, applications};
use mortise_wire::application::Application;

use crate::{Result, edge::Created, extract::Asker};

/// Registers an application with a made-up name.
#[utoipa::path(post, path = "/api/0/api-applications/", tag = "OAuth applications",
    responses((status = 201, description = "The new application", body = Application)))]
pub(crate) async fn create_application(
    caller: Asker,
    State(ctx): State<Ctx>,
) -> Result<Created<Application>> {
    Ok(Created(applications::create(&ctx, &caller).await?))
}
