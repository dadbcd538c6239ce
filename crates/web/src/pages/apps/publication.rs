//! Publishing an app: its pictures, asking for it, and deciding.

use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, State},
    routing::post,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use mortise_service::{
    Ctx, apps,
    wire::{fields::Body, sentry_app::SentryApp},
};
use serde_json::json;

use super::{Owned, needed};
use crate::{
    edge::{Form, Outcome, Problem, Signed, Upload, Visit, go_saying, upload::UPLOAD_BYTES_MAX},
    pages::{app_pictures, sorry},
    routes::{self as to, path},
    view::{
        Tone,
        app::{Pictures, Publication},
    },
};

/// Components that are shown with the icon.
const WITH_ICON: [&str; 2] = ["stacktrace-link", "issue-link"];
/// The side in which a picture is shown beside its form, pixels.
const PICTURE_PX: u32 = 48;
/// What is asked of those who want to publish an app.
const QUESTION: &str = "What is it for, and who will use it?";

pub(super) fn routes() -> Router<Ctx> {
    Router::new()
        .route(path::app_picture, post(picture).layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX)))
        .route(path::app_publish_request, post(ask))
        .route(path::app_publish, post(publish))
}

/// What the visitor can do about publishing the app.
pub(super) fn of(visit: &Visit, owned: &Owned, app: &SentryApp) -> Publication {
    match app.status.as_str() {
        "unpublished" | "publish_request_inprogress" if visit.caller.is_superuser() => Publication::Decide,
        "publish_request_inprogress" => Publication::Waiting,
        "unpublished" if owned.org.has(needed("POST")) => Publication::Ask(pictures(app)),
        _ => Publication::Nothing,
    }
}

fn pictures(app: &SentryApp) -> Pictures {
    let photo = |color| app_pictures::photo(&app.avatars, color, PICTURE_PX);
    let elements = app.schema.get("elements").and_then(serde_json::Value::as_array).into_iter().flatten();
    let mut kinds = elements.filter_map(|element| element.get("type")?.as_str());
    Pictures {
        logo: photo(true),
        icon: photo(false),
        needs_icon: kinds.any(|kind| WITH_ICON.contains(&kind)),
    }
}

async fn picture(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, app)): Path<(String, String)>,
    upload: Upload,
) -> Outcome {
    let owned = Owned::to_change(&visit, &org, &app, "PUT").await?;
    let back = to::app_settings(owned.org_slug(), owned.slug());
    let body = json!({
        "color": upload.texts.is_on("color"),
        "avatar_type": "upload",
        "avatar_photo": STANDARD.encode(&upload.file),
    });
    match apps::set_avatar(&ctx, &owned.app, &Body::Json(body)).await {
        Ok(_) => Ok(go_saying(&back, Tone::Good, "The picture is saved.")),
        Err(error) => sorry(error, &back),
    }
}

async fn ask(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, app)): Path<(String, String)>,
    form: Form,
) -> Outcome {
    let owned = Owned::to_change(&visit, &org, &app, "POST").await?;
    let back = to::app_settings(owned.org_slug(), owned.slug());
    let body = json!({ "questionnaire": [{ "question": QUESTION, "answer": form.get("answer") }] });
    match apps::request_publication(&ctx, &owned.app, &Body::Json(body)).await {
        Ok(()) => Ok(go_saying(&back, Tone::Good, "An operator of this server is asked to publish it.")),
        Err(error) => sorry(error, &back),
    }
}

async fn publish(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, app)): Path<(String, String)>,
    _form: Form,
) -> Outcome {
    let owned = Owned::to_change(&visit, &org, &app, "PUT").await?;
    if !visit.caller.is_superuser() {
        return Err(Problem::Forbidden);
    }
    let back = to::app_settings(owned.org_slug(), owned.slug());
    match apps::update_app(&ctx, &owned.app, Some(&json!({ "status": "published" }))).await {
        Ok(app) => Ok(go_saying(&back, Tone::Good, &format!("{} is published.", app.name))),
        Err(error) => sorry(error, &back),
    }
}
