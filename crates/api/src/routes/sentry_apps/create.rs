//! `POST /api/0/sentry-apps/`.

use axum::extract::State;
use mortise_service::{Ctx, Error as Refusal, access::class, apps};
use mortise_wire::sentry_app::SentryApp;
use serde_json::Value;

use crate::{
    Result,
    edge::Created,
    extract::{Anyone, JsonBody},
};

/// Texts that may be sent as numbers. They are kept as texts, and this answer shows them as they were sent.
const SHOWN_AS_SENT: [&str; 3] = ["name", "author", "overview"];

#[utoipa::path(post, path = "/api/0/sentry-apps/", tag = "Sentry Apps", request_body = Object,
    responses((status = 201, description = "The new app, without its credentials", body = SentryApp)))]
pub(crate) async fn create_app(
    caller: Anyone<class::SentryApps>,
    State(ctx): State<Ctx>,
    JsonBody(body): JsonBody,
) -> Result<Created<Value>> {
    let app = apps::create_app(&ctx, &caller, body.as_ref()).await?;
    let mut answer = serde_json::to_value(app).map_err(|error| Refusal::Internal(error.to_string()))?;
    let sent = |key: &&str| body.as_ref().and_then(|body| body.get(*key)).filter(|value| value.is_number());
    for (key, number) in SHOWN_AS_SENT.iter().filter_map(|key| Some((*key, sent(key)?))) {
        answer[key] = number.clone();
    }
    Ok(Created(answer))
}
