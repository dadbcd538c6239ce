//! `GET /api/0/`: who am I, and with which scopes.

use mortise_service::Auth;
use serde::Serialize;

use crate::{edge::Json, extract::Asker};

/// What the root tells.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Root {
    /// The version of the API, always `0`.
    version: &'static str,
    /// The token, where one was used.
    auth: Option<RootAuth>,
    /// The user, where there is one.
    user: Option<RootUser>,
}

/// The token of the request.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct RootAuth {
    /// Its scopes.
    scopes: Vec<&'static str>,
}

/// The user of the request.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct RootUser {
    id: String,
    name: String,
    username: String,
    email: String,
}

#[utoipa::path(get, path = "/api/0/", tag = "Root", responses((status = 200, description = "Who asks", body = Root)))]
pub(crate) async fn get_root(asker: Asker) -> Json<Root> {
    let user = asker.user.as_ref().map(|user| RootUser {
        id: user.id.to_string(),
        name: user.display_name().to_owned(),
        username: user.username.clone(),
        email: user.email.clone(),
    });
    let auth = asker.auth.as_ref().map(|auth: &Auth| RootAuth { scopes: auth.scopes().sorted() });
    axum::Json(Root { version: "0", auth, user })
}
