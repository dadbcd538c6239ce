//! How this server is told of releases of a project: the address that they are posted to, which is a secret.

use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use mortise_service::{
    Ctx,
    access::{Class, Permission, ProjectAccess, class},
    plugins,
};

use super::{access_to, project_settings::head, sorry};
use crate::{
    edge::{Form, Outcome, Signed, Visit, go_saying, page},
    routes::{self as to, path},
    view::{Section, Tone, plugin::ReleaseTrackingPage},
};

/// The permission class of the token, which whoever may not change the project may not see either.
const CLASS: Class = class::ProjectReleaseToken::CLASS;
/// The plugin whose webhooks tell of releases.
const HEROKU: &str = "heroku";

pub(super) fn routes() -> Router<Ctx> {
    Router::new().route(path::release_tracking, get(show).post(renew))
}

async fn show(visit: Signed, Path((org, project)): Path<(String, String)>) -> Outcome {
    let access = access_to::project(&visit, &org, &project, CLASS, "GET").await?;
    page(&release_page(&visit, &access).await?)
}

async fn release_page(visit: &Visit, access: &ProjectAccess) -> Outcome<ReleaseTrackingPage> {
    let ctx = &visit.ctx;
    let told = plugins::get_release_token(ctx, access).await?;
    let heroku = plugins::get_plugin_webhook(ctx, access, HEROKU).await?;
    let curl = format!("curl {} --json '{{\"version\": \"1.4.0\", \"ref\": \"main\"}}'", told.webhook_url);
    Ok(ReleaseTrackingPage {
        shell: visit.org_shell(&access.org, "Release tracking", Section::Projects).await?,
        project: head(access),
        tab: "releases",
        token: told.token,
        url: told.webhook_url,
        curl,
        heroku: format!("heroku webhooks:add -i api:release -l notify -u {heroku} -a YOUR_APP_NAME"),
    })
}

async fn renew(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, project)): Path<(String, String)>,
    _form: Form,
) -> Outcome {
    let access = access_to::project(&visit, &org, &project, CLASS, "POST").await?;
    let back = to::release_tracking(&access.org.org.slug, &access.project.slug);
    match plugins::rotate_release_token(&ctx, &access).await {
        Ok(_) => {
            Ok(go_saying(&back, Tone::Good, "There is another token. The last one does nothing any more."))
        }
        Err(error) => sorry(error, &back),
    }
}
