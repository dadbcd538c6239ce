//! Apps that are or can be installed in an organization, and what one of them does and may do.

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

use super::leaving;
use crate::{
    edge::{Outcome, Signed, Visit, headers::let_forms_lead_away, page},
    markup,
    pages::{
        access_to, app_pictures,
        paging::{self, Walk},
        permissions,
    },
    routes::path,
    view::{
        Section, State as Badge, Tone,
        directory::{AppCard, AppPage, AppProfile, AppsPage},
    },
};

/// Apps of one kind that are listed at most; published ones are paged.
const LISTED_MAX: usize = 500;
/// Characters shown of what an app says of itself.
const OVERVIEW_CHARS_MAX: usize = 140;
/// The permission class of installations.
pub(super) const CLASS: Class = class::OrganizationIntegrations::CLASS;
/// Who may uninstall apps; the use case checks it again.
const MAY_UNINSTALL: ScopeSet = ScopeSet::of(&[Scope::OrgIntegrations, Scope::OrgWrite, Scope::OrgAdmin]);

pub(super) fn routes() -> Router<Ctx> {
    Router::new().route(path::apps, get(list)).route(path::app, get(one))
}

async fn list(visit: Signed, State(ctx): State<Ctx>, Path(org): Path<String>) -> Outcome {
    let access = access_to::org(&visit, &org, CLASS, "GET").await?;
    let (mut installed, mut own) = (Walk::new(LISTED_MAX), Walk::new(LISTED_MAX));
    while let Some(request) = installed.request() {
        installed.add(apps::list_installed_apps(&ctx, &access, request).await?);
    }
    while let Some(request) = own.request() {
        own.add(apps::list_owned(&ctx, &access, None, request).await?);
    }
    let request = paging::request(&visit, paging::ROWS)?;
    let published = apps::list_apps(&ctx, &visit.caller, Some("published"), request).await?;
    let pager = paging::pager(&visit, &published, "");
    let is_there = |app: &&SentryApp| installed.rows.iter().any(|other| other.app.uuid == app.uuid);
    let is_own = |app: &&SentryApp| own.rows.iter().any(|other| other.uuid == app.uuid);
    page(&AppsPage {
        shell: visit.org_shell(&access, "Apps", Section::Apps).await?,
        installed: installed.rows.iter().map(|it| card(&it.app, state(it))).collect(),
        own: own.rows.iter().filter(|app| !is_there(app)).map(|app| card(app, None)).collect(),
        published: published
            .rows
            .iter()
            .filter(|app| !is_there(app) && !is_own(app))
            .map(|app| card(app, None))
            .collect(),
        pager,
    })
}

fn card(app: &SentryApp, state: Option<Badge>) -> AppCard {
    let overview = markup::plain(app.overview.as_deref().unwrap_or_default());
    let mut short: String = overview.chars().take(OVERVIEW_CHARS_MAX).collect();
    if short.len() < overview.len() {
        short.push('…');
    }
    AppCard {
        slug: app.slug.clone(),
        name: app.name.clone(),
        author: app.author.clone().unwrap_or_default(),
        overview: short,
        avatar: app_pictures::of_app(app),
        state,
    }
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
        shell: visit.org_shell(&access, &app.name, Section::Apps).await?,
        state: state(&offered),
        is_pending: is_pending(&offered),
        is_own,
        may_install: may_install && offered.installation.is_none(),
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
    let hears = app.webhook_events.iter().map(|event| hears_of(event)).collect();
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

/// "issue resolved", "preprod artifact size analysis completed".
fn hears_of(event: &str) -> String {
    event.replace(['.', '_'], " ")
}
