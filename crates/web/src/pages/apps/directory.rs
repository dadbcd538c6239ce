//! An app that is or can be installed in an organization: what it does and may do.

use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use mortise_domain::{Scope, ScopeSet};
use mortise_service::{
    Ctx,
    access::{Class, IdOrSlug, Permission, class},
    apps::{self, OfferedApp},
    wire::{fields::Body, sentry_app::SentryApp},
};
use serde_json::json;

use super::{form, leaving};
use crate::{
    edge::{Outcome, Signed, Visit, headers::let_forms_lead_away, page},
    pages::{access_to, app_pictures, integrations, permissions},
    routes::{self as to, path},
    view::{
        Section, State as Badge, Tone,
        directory::{AppPage, AppProfile},
    },
};

/// The permission class of installations.
pub(super) const CLASS: Class = class::OrganizationIntegrations::CLASS;
/// Who may uninstall apps; the use case checks it again.
const MAY_UNINSTALL: ScopeSet = ScopeSet::of(&[Scope::OrgIntegrations, Scope::OrgWrite, Scope::OrgAdmin]);

pub(super) fn routes() -> Router<Ctx> {
    Router::new().route(path::app, get(one))
}

fn is_pending(offered: &OfferedApp) -> bool {
    offered.installation.as_ref().is_some_and(|it| it.status == "pending")
}

fn state(offered: &OfferedApp) -> Option<Badge> {
    offered.installation.as_ref().map(|_| match is_pending(offered) {
        true => Badge::new("Waits for the app", Tone::Warn),
        false => Badge::new("Installed", Tone::Good),
    })
}

async fn one(visit: Signed, State(ctx): State<Ctx>, Path((org, app)): Path<(String, String)>) -> Outcome {
    let access = access_to::org(&visit, &org, CLASS, "GET").await?;
    let offered = apps::offered_app(&ctx, &access, &app).await?;
    let is_own = offered.app.private.as_ref().is_some_and(|it| it.owner.id == access.org.id.get());
    let may_install = access.has(CLASS.scopes("POST").unwrap_or(ScopeSet::EMPTY));
    let app = profile(&offered.app);
    let shown = page(&AppPage {
        shell: visit.org_shell(&access, &app.name, Section::Integrations).await?,
        state: state(&offered),
        is_pending: is_pending(&offered),
        is_own,
        may_install: may_install && offered.installation.is_none(),
        ask: (!may_install && offered.installation.is_none()).then(|| {
            integrations::ask(
                &visit,
                &access.org.slug,
                &app.name,
                to::app_request(&access.org.slug, &app.slug),
            )
        }),
        may_uninstall: access.has(MAY_UNINSTALL) && offered.installation.is_some(),
        app,
    })?;
    count_view(&visit, &offered.app).await?;
    Ok(let_forms_lead_away(shown))
}

/// Counts that somebody looked at an app that could be installed.
pub(super) async fn count_view(visit: &Visit, app: &SentryApp) -> Outcome<()> {
    let access =
        apps::app_for_counting(&visit.ctx, visit.caller.clone(), &IdOrSlug::parse(&app.slug)).await?;
    let body = Body::Json(json!({ "tsdbField": "sentry_app_viewed" }));
    Ok(apps::count_interaction(&visit.ctx, &access, &body).await?)
}

/// What people read before they install an app.
pub(super) fn profile(app: &SentryApp) -> AppProfile {
    let hears = app.webhook_events.iter().map(|event| form::event_words(event)).collect();
    AppProfile {
        slug: app.slug.clone(),
        name: app.name.clone(),
        author: app.author.clone().unwrap_or_default(),
        avatar: app_pictures::of_app(app),
        overview: app.overview.clone().unwrap_or_default(),
        features: app.feature_data.iter().map(|feature| feature.description.clone()).collect(),
        grants: permissions::grants(&app.scopes),
        hears: if app.webhook_url.as_deref().is_some_and(|url| !url.is_empty()) { hears } else { Vec::new() },
        leads_to: leaving::host(app).unwrap_or_default(),
    }
}
