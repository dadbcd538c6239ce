//! `/api/0/sentry-apps/{app}/api-tokens/`, for people with a session, and ending one, also with a token.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use mortise_service::{Ctx, Error as Refusal, access::class, apps};
use mortise_wire::token::Token;

use crate::routes::segment::AppSegment;
use crate::{
    Result,
    edge::{Created, Empty, Json},
    extract::{Anyone, Asker, Segments},
};

#[utoipa::path(get, path = "/api/0/sentry-apps/{app}/api-tokens/", tag = "Sentry Apps",
    params(("app" = String, Path, description = "Id or slug")),
    responses((status = 200, description = "The tokens of an internal app, without their texts", body = [Token])))]
pub(crate) async fn list_tokens(
    asker: Asker,
    AppSegment(app): AppSegment,
    State(ctx): State<Ctx>,
) -> Result<Json<Vec<Token>>> {
    let access = apps::app_for_tokens(&ctx, asker.0, &app).await?;
    Ok(Json(apps::list_tokens(&ctx, &access).await?))
}

#[utoipa::path(post, path = "/api/0/sentry-apps/{app}/api-tokens/", tag = "Sentry Apps",
    params(("app" = String, Path, description = "Id or slug")),
    responses((status = 201, description = "A new token, shown this once", body = Token)))]
pub(crate) async fn create_token(
    asker: Asker,
    AppSegment(app): AppSegment,
    State(ctx): State<Ctx>,
) -> Result<Created<Token>> {
    let access = apps::app_for_tokens(&ctx, asker.0, &app).await?;
    Ok(Created(apps::create_token(&ctx, &access).await?))
}

#[utoipa::path(delete, path = "/api/0/sentry-apps/{app}/api-tokens/{token_id}/", tag = "Sentry Apps",
    params(("app" = String, Path, description = "Id or slug"), ("token_id" = String, Path, description = "Id")),
    responses((status = 204, description = "The token ended")))]
pub(crate) async fn delete_token(
    caller: Anyone<class::InternalAppTokens>,
    AppSegment(app): AppSegment,
    path: Segments,
    State(ctx): State<Ctx>,
) -> Result<Response> {
    let access = apps::app_for_tokens(&ctx, caller.0, &app).await?;
    let token = path.id("token_id").map_err(|_| Refusal::NotFound)?;
    apps::delete_token(&ctx, &access, token).await?;
    Ok(Empty(StatusCode::NO_CONTENT).into_response())
}
