//! The accounts that a user has elsewhere, and the integrations of the user's organizations.

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::StatusCode;
use mortise_service::{Ctx, integrations, people};
use mortise_wire::{
    identity::{Identity, UserIdentity},
    integration::OrganizationIntegration,
};

use crate::{
    Result,
    edge::{Empty, Json, NoContent, Paged},
    extract::{Asker, Paging, Query, Segments},
};

/// The integrations that are active in the organizations of whoever asks.
#[utoipa::path(get, path = "/api/0/users/{user}/organization-integrations/", tag = "Users",
    params(("user" = String, Path, description = "An id, or `me`"),
        ("provider" = Option<String>, Query, description = "Only those of this provider")),
    responses((status = 200, description = "The integrations", body = [OrganizationIntegration])))]
pub(crate) async fn list_own_integrations(
    asker: Asker,
    path: Segments,
    State(ctx): State<Ctx>,
    query: Query,
    paging: Paging,
) -> Result<Paged<Vec<OrganizationIntegration>>> {
    let (user, provider) = (path.text("user")?, query.one("provider").unwrap_or_default());
    let request = paging.request()?;
    let page = integrations::list_own_integrations(&ctx, &asker, user, provider, request).await?;
    Ok(paging.answer(page))
}

/// The accounts that integrations act with.
#[utoipa::path(get, path = "/api/0/users/{user}/identities/", tag = "Users",
    params(("user" = String, Path, description = "An id, or `me`"),
        ("provider" = Option<String>, Query, description = "Only those at this provider")),
    responses((status = 200, description = "The accounts", body = [Identity])))]
pub(crate) async fn list_identities(
    asker: Asker,
    path: Segments,
    State(ctx): State<Ctx>,
    query: Query,
    paging: Paging,
) -> Result<Paged<Vec<Identity>>> {
    let (user, provider) = (path.text("user")?, query.one("provider").unwrap_or_default());
    let page = people::list_identities(&ctx, &asker, user, provider, paging.request()?).await?;
    Ok(paging.answer(page))
}

/// Takes away an account that the user signs in with.
#[utoipa::path(delete, path = "/api/0/users/{user}/identities/{identity}/", tag = "Users",
    params(("user" = String, Path, description = "An id, or `me`"),
        ("identity" = String, Path, description = "Its id")),
    responses((status = 204, description = "It is not there any more")))]
pub(crate) async fn remove_login_identity(
    asker: Asker,
    path: Segments,
    State(ctx): State<Ctx>,
) -> Result<NoContent> {
    people::remove_login_identity(&ctx, &asker, path.text("user")?).await?;
    Ok(NoContent)
}

/// The accounts that legacy plugins act with.
#[utoipa::path(get, path = "/api/0/users/{user}/social-identities/", tag = "Users",
    params(("user" = String, Path, description = "An id, or `me`")),
    responses((status = 200, description = "The accounts", body = [serde_json::Value])))]
pub(crate) async fn list_social_identities(
    asker: Asker,
    path: Segments,
    State(ctx): State<Ctx>,
) -> Result<Json<[serde_json::Value; 0]>> {
    Ok(Json(people::list_social_identities(&ctx, &asker, path.text("user")?).await?))
}

/// Disconnects such an account.
#[utoipa::path(delete, path = "/api/0/users/{user}/social-identities/{identity}/", tag = "Users",
    params(("user" = String, Path, description = "An id, or `me`"),
        ("identity" = String, Path, description = "Its id")),
    responses((status = 204, description = "Disconnected"), (status = 404, description = "There is none")))]
pub(crate) async fn remove_social_identity(
    asker: Asker,
    path: Segments,
    State(ctx): State<Ctx>,
) -> Result<Empty> {
    let was_there = people::remove_social_identity(&ctx, &asker, path.text("user")?).await?;
    Ok(Empty(if was_there { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }))
}

/// The accounts of all kinds.
#[utoipa::path(get, path = "/api/0/users/{user}/user-identities/", tag = "Users",
    params(("user" = String, Path, description = "An id, or `me`")),
    responses((status = 200, description = "The accounts", body = [UserIdentity])))]
pub(crate) async fn list_user_identities(
    asker: Asker,
    path: Segments,
    State(ctx): State<Ctx>,
) -> Result<Json<Vec<UserIdentity>>> {
    Ok(Json(people::list_user_identities(&ctx, &asker, path.text("user")?).await?))
}

/// One account.
#[utoipa::path(get, path = "/api/0/users/{user}/user-identities/{category}/{identity}/", tag = "Users",
    params(("user" = String, Path, description = "An id, or `me`"),
        ("category" = String, Path, description = "Its kind: `global-identity`"),
        ("identity" = String, Path, description = "Its id")),
    responses((status = 200, description = "The account", body = UserIdentity),
        (status = 404, description = "There is none")))]
pub(crate) async fn get_user_identity(
    asker: Asker,
    path: Segments,
    State(ctx): State<Ctx>,
) -> Result<Response> {
    let (user, category, id) = (path.text("user")?, path.text("category")?, path.text("identity")?);
    let found = people::get_user_identity(&ctx, &asker, user, category, id).await?;
    Ok(match found {
        Some(identity) => Json(identity).into_response(),
        None => Empty(StatusCode::NOT_FOUND).into_response(),
    })
}

/// Disconnects an account.
#[utoipa::path(delete, path = "/api/0/users/{user}/user-identities/{category}/{identity}/", tag = "Users",
    params(("user" = String, Path, description = "An id, or `me`"),
        ("category" = String, Path, description = "Its kind: `global-identity`"),
        ("identity" = String, Path, description = "Its id")),
    responses((status = 204, description = "Disconnected"), (status = 404, description = "There is none")))]
pub(crate) async fn remove_user_identity(
    asker: Asker,
    path: Segments,
    State(ctx): State<Ctx>,
) -> Result<Empty> {
    let (user, category, id) = (path.text("user")?, path.text("category")?, path.text("identity")?);
    let was_there = people::remove_user_identity(&ctx, &asker, user, category, id).await?;
    Ok(Empty(if was_there { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }))
}
