//! `POST /api/0/organizations/{org}/members/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, members};
use mortise_wire::member::Member;

use crate::{
    Result,
    edge::Created,
    extract::{Body, Org},
    openapi::OrgPath,
};

/// Invites somebody by address.
#[utoipa::path(post, path = "/api/0/organizations/{org}/members/", tag = "Members", params(OrgPath), request_body = serde_json::Value,
    responses((status = 201, description = "The invitation", body = Member)))]
pub(crate) async fn invite_member(
    access: Org<class::Member>,
    State(ctx): State<Ctx>,
    body: Body,
) -> Result<Created<Member>> {
    Ok(Created(members::invite_member(&ctx, &access, &body.0).await?))
}
