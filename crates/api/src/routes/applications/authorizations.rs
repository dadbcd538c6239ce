//! `GET /api/0/api-authorizations/`

use axum::extract::State;
use mortise_service::{Ctx, applications};
use mortise_wire::application::Authorization;

use crate::{
    Result,
    edge::Paged,
    extract::{Asker, Paging},
};

/// What the caller has let applications do.
#[utoipa::path(get, path = "/api/0/api-authorizations/", tag = "OAuth applications",
    responses((status = 200, description = "The authorizations", body = [Authorization])))]
pub(crate) async fn list_authorizations(
    caller: Asker,
    State(ctx): State<Ctx>,
    paging: Paging,
) -> Result<Paged<Vec<Authorization>>> {
    let page = applications::authorizations(&ctx, &caller, paging.request()?).await?;
    Ok(paging.answer(page))
}
