//! `GET /api/0/users/{user}/regions/`

use axum::extract::State;
use mortise_service::{Ctx, people};
use mortise_wire::user::Region;
use serde::Serialize;

use crate::{
    Result,
    edge::Json,
    extract::{Asker, Segments},
};

/// Where the organizations of a user are.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Regions {
    /// The one region there is.
    regions: Vec<Region>,
}

/// The regions of a user: always this server alone.
#[utoipa::path(get, path = "/api/0/users/{user}/regions/", tag = "Users",
    params(("user" = String, Path, description = "An id, or `me`")),
    responses((status = 200, description = "The one region", body = Regions)))]
pub(crate) async fn list_user_regions(
    asker: Asker,
    path: Segments,
    State(ctx): State<Ctx>,
) -> Result<Json<Regions>> {
    let region = people::own_regions(&ctx, &asker, path.text("user")?).await?;
    Ok(Json(Regions { regions: vec![region] }))
}
