//! `POST /api/0/auth/login/`: signing in with a JSON body.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use axum_extra::extract::CookieJar;
use mortise_service::{
    Caller, Ctx, Error as Refusal, people,
    sessions::{self, SignIn},
};
use mortise_wire::{
    errors::{ErrorBody, auth as texts},
    user::User,
};
use serde::Serialize;
use serde_json::json;

use super::session::too_often;
use crate::{
    Error, Result,
    edge::cookies,
    extract::{Asker, Body},
};

/// The answer of a sign-in.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignedIn {
    /// Where to go next.
    next_uri: &'static str,
    /// Who is signed in.
    user: User,
}

#[utoipa::path(post, path = "/api/0/auth/login/", tag = "Sign-in", request_body = serde_json::Value, responses(
    (status = 200, description = "Signed in; the session's cookies are set", body = SignedIn),
    (status = 400, description = "Wrong name or password")))]
pub(crate) async fn log_in(
    asker: Asker,
    State(ctx): State<Ctx>,
    jar: CookieJar,
    body: Body,
) -> Result<Response> {
    let mut fields = body.fields();
    let login = fields.string("username").required();
    let password = fields.string("password").untrimmed().required();
    if let Err(errors) = fields.finish() {
        return Err(failed(&serde_json::Value::from(errors)));
    }
    match sessions::sign_in(&ctx, &login, password.into(), &asker.client).await? {
        SignIn::Started(started) => {
            let caller = Caller { user: Some(started.user.clone()), ..asker.0 };
            let user = people::own_user(&ctx, &caller).await?;
            Ok((cookies::begin(&ctx, jar, &started), Json(SignedIn { next_uri: "/", user })).into_response())
        }
        SignIn::Wrong => Err(failed(&json!({"__all__": [texts::SIGN_IN_WRONG]}))),
        SignIn::Inactive => Err(failed(&json!({"__all__": [texts::SIGN_IN_INACTIVE]}))),
        SignIn::TooOften => Err(too_often()),
    }
}

fn failed(errors: &serde_json::Value) -> Error {
    Refusal::Invalid(ErrorBody::Other(json!({"detail": "Login attempt failed", "errors": errors}))).into()
}
