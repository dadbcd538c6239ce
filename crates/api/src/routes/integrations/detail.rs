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
    edge::{Json, NoContent},
    extract::{Body, Org, Query, Segments},
    openapi::OrgPath,
};

/// What every answer says of who may keep it: nobody.
const NEVER_CACHED: &str = "max-age=0, no-cache, no-store, must-revalidate, private";

/// An answer that nobody may keep.
fn uncached(ctx: &Ctx, answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    let headers = response.headers_mut();
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(NEVER_CACHED));
    let now = mortise_wire::datetime::http_date(ctx.now());
    if let Ok(now) = HeaderValue::from_str(&now) {
        headers.insert(header::EXPIRES, now);
    }
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
    Ok(uncached(&ctx, shown))
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
    let body = Body::after(body, integrations::require_installed(&ctx, &access, id)).await?;
    let sent = body.0.object()?;
    match integrations::update_config(&ctx, &access, id, sent).await {
        Ok(()) => Ok(uncached(&ctx, StatusCode::OK)),
        // A sentence about the settings is an answer like any; what is wrong with single fields is an error.
        Err(Error::Invalid(body @ ErrorBody::Other(_))) => {
            Ok(uncached(&ctx, (StatusCode::BAD_REQUEST, Json(body))))
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
    Ok(uncached(&ctx, NoContent))
}
