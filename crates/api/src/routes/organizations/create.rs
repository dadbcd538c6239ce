//! `POST /api/0/organizations/`

use axum::extract::State;
use mortise_service::{Ctx, organizations};
use mortise_wire::organization::OrganizationDetail;

use crate::{
    Result,
    edge::Created,
    extract::{Asker, Body},
};

/// Makes an organization; the caller becomes its owner.
#[utoipa::path(post, path = "/api/0/organizations/", tag = "Organizations", request_body = serde_json::Value,
    responses((status = 201, description = "The organization", body = OrganizationDetail)))]
pub(crate) async fn create_organization(
    asker: Asker,
    State(ctx): State<Ctx>,
    body: Body,
) -> Result<Created<OrganizationDetail>> {
    Ok(Created(organizations::create_organization(&ctx, &asker, &body.0).await?))
}
