//! Asking the owners of an organization to install an app or to set up a plugin. Pages of providers do not offer it while
//! this server can't connect to any: owners would be asked for what they can't do.

use axum::{
    Router,
    extract::{Path, State},
    response::Response,
    routing::post,
};
use mortise_service::{
    Ctx,
    access::{Permission, class},
    integrations::{self, Requested},
};
use serde_json::json;

use crate::{
    edge::{Form, Outcome, Signed, Visit, go_saying},
    pages::{access_to, input, sorry},
    routes::{self as to, path},
    view::{Tone, integration::Ask},
};

/// Characters of a message that the form takes.
const MESSAGE_CHARS_MAX: u32 = 2000;

pub(super) fn routes() -> Router<Ctx> {
    Router::new().route(path::app_request, post(for_app)).route(path::legacy_plugin_request, post(for_plugin))
}

/// The dialog for something of this name; the form is sent to `target`. A server without mails names the owners instead.
pub fn ask(visit: &Visit, org: &str, name: &str, target: String) -> Ask {
    Ask {
        csrf: visit.csrf.clone(),
        name: name.to_owned(),
        target,
        message_chars_max: MESSAGE_CHARS_MAX,
        owners_href: if visit.ctx.settings.sends_mail { String::new() } else { to::members(org) },
    }
}

async fn for_app(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, app)): Path<(String, String)>,
    form: Form,
) -> Outcome {
    pass_on(&visit, &ctx, &org, ("sentry_app", &app), &form, &to::app(&org, &app)).await
}

async fn for_plugin(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, plugin)): Path<(String, String)>,
    form: Form,
) -> Outcome {
    pass_on(&visit, &ctx, &org, ("plugin", &plugin), &form, &to::legacy_plugin(&org, &plugin)).await
}

async fn pass_on(
    visit: &Visit,
    ctx: &Ctx,
    org: &str,
    (kind, slug): (&str, &str),
    form: &Form,
    back: &str,
) -> Outcome<Response> {
    let access = access_to::org(visit, org, class::IntegrationRequest::CLASS, "POST").await?;
    let body = json!({ "providerType": kind, "providerSlug": slug, "message": form.get("message") });
    match integrations::request_installation(ctx, &access, &input::body(body)).await {
        Ok(Requested::Passed) => Ok(go_saying(back, Tone::Good, "The owners are asked by mail.")),
        Ok(Requested::Needless) => Ok(go_saying(back, Tone::Neutral, "You may install it yourself.")),
        Err(error) => sorry(error, back),
    }
}
