//! `GET /api/0/`: who am I, and with which scopes.

use axum::extract::State;
use mortise_service::{Auth, Ctx, people};
use mortise_wire::user::{ApiRoot, ApiRootAuth};

use crate::{Result, edge::Json, extract::Asker};

/// Tells who asks: a token what it may do, nobody that they are nobody. Bad credentials are refused.
#[utoipa::path(get, path = "/api/0/", tag = "Root", responses((status = 200, description = "Who asks", body = ApiRoot)))]
pub(crate) async fn get_root(asker: Asker, State(ctx): State<Ctx>) -> Result<Json<ApiRoot>> {
    let user = match &asker.user {
        Some(_) => Some(people::own_user_in_short(&ctx, &asker).await?),
        None => None,
    };
    let scopes = |auth: &Auth| auth.scopes().sorted().into_iter().map(str::to_owned).collect();
    let auth = asker.auth.as_ref().map(|auth| ApiRootAuth { scopes: scopes(auth) });
    Ok(Json(ApiRoot { version: "0", auth, user }))
}
