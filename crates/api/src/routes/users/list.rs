//! `GET /api/0/users/`

use axum::extract::State;
use mortise_service::{Ctx, people};
use mortise_wire::user::User;

use crate::{
    Result,
    edge::Paged,
    extract::{Asker, Paging, Query},
};

/// Everybody, newest first; for superusers.
#[utoipa::path(get, path = "/api/0/users/", tag = "Users", params(("query" = Option<String>, Query, description = "`id:`, `email:`, `is:` and free text")),
    responses((status = 200, description = "The users", body = [User])))]
pub(crate) async fn list_users(
    asker: Asker,
    State(ctx): State<Ctx>,
    query: Query,
    paging: Paging,
) -> Result<Paged<Vec<User>>> {
    let text = query.one("query").unwrap_or_default();
    let page = people::list_users(&ctx, &asker, text, &paging.request()?).await?;
    Ok(paging.answer(page))
}
