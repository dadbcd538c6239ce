//! The apps that an organization owns.

use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use mortise_service::{
    Ctx,
    access::{Permission, class},
    apps,
    wire::sentry_app::SentryApp,
};

use super::{is_internal, needed, state};
use crate::{
    edge::{Outcome, Signed, page},
    pages::{access_to, app_pictures, paging::Walk},
    routes::path,
    view::{
        Section,
        app::{AppRow, DeveloperSettingsPage},
    },
};

/// Apps that are listed at most.
const LISTED_MAX: usize = 500;

pub(super) fn routes() -> Router<Ctx> {
    Router::new().route(path::developer_settings, get(list))
}

async fn list(visit: Signed, State(ctx): State<Ctx>, Path(org): Path<String>) -> Outcome {
    let access = access_to::org(&visit, &org, class::Organization::CLASS, "GET").await?;
    let mut walk = Walk::new(LISTED_MAX);
    while let Some(request) = walk.request() {
        walk.add(apps::list_owned(&ctx, &access, None, request).await?);
    }
    let (internal, public): (Vec<_>, Vec<_>) = walk.rows.iter().partition(|app| is_internal(app));
    page(&DeveloperSettingsPage {
        shell: visit.org_shell(&access, "Developer settings", Section::Developer).await?,
        internal: internal.into_iter().map(row).collect(),
        public: public.into_iter().map(row).collect(),
        is_cut: walk.is_cut,
        may_create: access.has(needed("PUT")),
    })
}

fn row(app: &SentryApp) -> AppRow {
    AppRow {
        slug: app.slug.clone(),
        name: app.name.clone(),
        avatar: app_pictures::of_app(app),
        state: state(&app.status),
        is_disabled: app.is_disabled,
        events: app.events.clone(),
        webhook_url: app.webhook_url.clone().unwrap_or_default(),
    }
}
