//! `GET /api/0/auth/config/`: what a sign-in page needs to know.

use axum::extract::State;
use mortise_service::Ctx;
use serde_json::{Value, json};

use crate::{edge::Json, extract::Asker};

/// Facts for a sign-in page; where to go for somebody who is signed in.
#[utoipa::path(get, path = "/api/0/auth/config/", tag = "Sign-in",
    responses((status = 200, description = "Facts for a sign-in page", body = Value)))]
pub(crate) async fn get_auth_config(asker: Asker, State(ctx): State<Ctx>) -> Json<Value> {
    if asker.user.is_some() {
        return Json(json!({"nextUri": "/"}));
    }
    Json(json!({
        "serverHostname": ctx.settings.public_url.authority(),
        "canRegister": false,
        "hasNewsletter": false,
        "githubLoginLink": null,
        "vstsLoginLink": null,
        "googleLoginLink": null,
    }))
}
