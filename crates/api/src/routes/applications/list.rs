//! `GET /api/0/api-applications/`

use axum::extract::State;
use mortise_service::{Ctx, applications};
use mortise_wire::application::Application;

use crate::{
    Result,
    edge::Paged,
    extract::{Asker, Paging},
};

/// The caller's applications, by name.
#[utoipa::path(get, path = "/api/0/api-applications/", tag = "OAuth applications",
    responses((status = 200, description = "The applications", body = [Application])))]
pub(crate) async fn list_applications(
    caller: Asker,
    State(ctx): State<Ctx>,
    paging: Paging,
) -> Result<Paged<Vec<Application>>> {
    let page = applications::list(&ctx, &caller, paging.request()?).await?;
    Ok(paging.answer(page))
}
