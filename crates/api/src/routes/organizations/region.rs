//! `GET /api/0/organizations/{org}/region/`

use axum::extract::State;
use mortise_service::{Ctx, access::class};
use mortise_wire::user::Region;

use crate::{Result, edge::Json, extract::Org, openapi::OrgPath};

/// Where the organization is: this server.
#[utoipa::path(get, path = "/api/0/organizations/{org}/region/", tag = "Organizations", params(OrgPath),
    responses((status = 200, description = "The one region", body = Region)))]
pub(crate) async fn get_organization_region(
    _access: Org<class::OrganizationRead>,
    State(ctx): State<Ctx>,
) -> Result<Json<Region>> {
    Ok(Json(Region::only(ctx.settings.public_url.as_str())))
}
