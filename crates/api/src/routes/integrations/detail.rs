//! `/api/0/organizations/{org}/integrations/{integration}/`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use mortise_service::{Ctx, Error, access::class, integrations};
use mortise_wire::{errors::ErrorBody, integration::OrganizationIntegration};
use serde_json::{Map, Value};

use crate::{
    Result,
    edge::{Json, NoContent, uncached},
    extract::{Body, Org, Query, Segments},
    openapi::OrgPath,
};

/// An answer that nobody may keep, and whose address nobody elsewhere is told.
fn guarded(ctx: &Ctx, answer: impl IntoResponse) -> Response {
    let mut response = uncached(ctx, answer);
    let policy = HeaderValue::from_static("strict-origin-when-cross-origin");
    response.headers_mut().insert(header::REFERRER_POLICY, policy);
    response
}

/// One integration of an organization.
#[utoipa::path(get, path = "/api/0/organizations/{org}/integrations/{integration}/", tag = "Integrations",
    params(OrgPath, ("integration" = String, Path, description = "Its id"),
        ("action" = Option<String>, Query, description = "`create` adds the fields for creating an item")),
    responses((status = 200, description = "The integration", body = OrganizationIntegration)))]
pub(crate) async fn get_integration(
    access: Org<class::OrganizationIntegrations>,
    State(ctx): State<Ctx>,
    path: Segments,
    query: Query,
) -> Result<Response> {
    let sent = || query.pairs().iter().map(|(name, value)| (name.clone(), Value::from(value.as_str())));
    let creating = (query.one("action") == Some("create")).then(|| sent().collect::<Map<_, _>>());
    let shown = integrations::get_integration(&ctx, &access, path.text("integration")?, creating).await?;
    let shown: Json<OrganizationIntegration> = Json(shown);
    Ok(guarded(&ctx, shown))
}

/// Changes the settings of an integration.
#[utoipa::path(post, path = "/api/0/organizations/{org}/integrations/{integration}/", tag = "Integrations",
    params(OrgPath, ("integration" = String, Path, description = "Its id")),
    request_body = serde_json::Value, responses((status = 200, description = "Changed")))]
pub(crate) async fn update_integration(
    access: Org<class::OrganizationIntegrations>,
    State(ctx): State<Ctx>,
    path: Segments,
    body: Result<Body>,
) -> Result<Response> {
    let id = path.text("integration")?;
    let sent = body.and_then(|body| Ok(body.0.object()?));
    let sent = Body::after(sent, integrations::require_installed(&ctx, &access, id)).await?;
    match integrations::update_config(&ctx, &access, id, sent).await {
        Ok(()) => Ok(guarded(&ctx, StatusCode::OK)),
        // A sentence about the settings is an answer like any; what is wrong with single fields is an error.
        Err(Error::Invalid(body @ ErrorBody::Other(_))) => {
            Ok(guarded(&ctx, (StatusCode::BAD_REQUEST, Json(body))))
        }
        Err(error) => Err(error.into()),
    }
}

/// Takes an integration out of an organization.
#[utoipa::path(delete, path = "/api/0/organizations/{org}/integrations/{integration}/", tag = "Integrations",
    params(OrgPath, ("integration" = String, Path, description = "Its id")),
    responses((status = 204, description = "Removed")))]
pub(crate) async fn remove_integration(
    access: Org<class::OrganizationIntegrations>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<Response> {
    integrations::remove_integration(&ctx, &access, path.text("integration")?).await?;
    Ok(guarded(&ctx, NoContent))
}
