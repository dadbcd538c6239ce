//! Sentry Apps: what an organization makes (`list`, `form`, `settings`, `preview`, `publication`, `credentials`,
//! `dashboard`), and what it installs
//! (`directory`, `install`, `external_install`, `leaving`).

mod credentials;
mod dashboard;
mod directory;
mod external_install;
mod form;
mod install;
mod leaving;
mod list;
mod preview;
mod publication;
mod settings;

use axum::Router;
use mortise_domain::{Scope, ScopeSet};
use mortise_service::{
    Ctx,
    access::{Class, IdOrSlug, OrgAccess, Permission, class},
    apps::{self, AppAccess},
    wire::sentry_app::SentryApp,
};

use super::{access_to, app_pictures};
use crate::{
    edge::{Outcome, Problem, Visit},
    view::{State, Tone, app::AppHead},
};

const CLASS: Class = class::SentryApp::CLASS;
/// Who may see how an app is used; the use case checks it again.
const MAY_SEE_USE: ScopeSet =
    ScopeSet::of(&[Scope::OrgRead, Scope::OrgIntegrations, Scope::OrgWrite, Scope::OrgAdmin]);

pub(super) fn routes() -> Router<Ctx> {
    Router::new()
        .merge(list::routes())
        .merge(settings::routes())
        .merge(preview::routes())
        .merge(publication::routes())
        .merge(credentials::routes())
        .merge(dashboard::routes())
        .merge(directory::routes())
        .merge(install::routes())
        .merge(external_install::routes())
}

/// What the caller needs to change an app of the organization with this method.
fn needed(method: &str) -> ScopeSet {
    CLASS.scopes(method).unwrap_or(ScopeSet::EMPTY)
}

/// An app in the settings of the organization that owns it. Under any other organization there is no such app.
struct Owned {
    org: OrgAccess,
    app: AppAccess,
}

impl Owned {
    async fn find(visit: &Visit, org: &str, app: &str) -> Outcome<Self> {
        let org = access_to::org(visit, org, class::Organization::CLASS, "GET").await?;
        let app = apps::app_for_reading(&visit.ctx, visit.caller.clone(), &IdOrSlug::parse(app)).await?;
        if app.app.owner_id == org.org.id { Ok(Self { org, app }) } else { Err(Problem::NotFound) }
    }

    /// The same for a visitor who wants to change it.
    async fn to_change(visit: &Visit, org: &str, app: &str, method: &str) -> Outcome<Self> {
        let owned = Self::find(visit, org, app).await?;
        if owned.org.has(needed(method)) { Ok(owned) } else { Err(Problem::Forbidden) }
    }

    fn slug(&self) -> &str {
        &self.app.app.slug
    }

    fn org_slug(&self) -> &str {
        &self.org.org.slug
    }

    fn head(&self, app: &SentryApp) -> AppHead {
        AppHead {
            slug: app.slug.clone(),
            name: app.name.clone(),
            avatar: app_pictures::of_app(app),
            state: state(&app.status),
            is_disabled: app.is_disabled,
            may_see_use: self.org.has(MAY_SEE_USE),
        }
    }
}

/// The status of an app as a badge.
fn state(status: &str) -> State {
    match status {
        "internal" => State::new("Internal", Tone::Neutral),
        "published" => State::new("Published", Tone::Good),
        "publish_request_inprogress" => State::new("Waiting to be published", Tone::Warn),
        "unpublished" => State::new("Unpublished", Tone::Neutral),
        other => State::new(&other.replace('_', " "), Tone::Neutral),
    }
}

fn is_internal(app: &SentryApp) -> bool {
    app.status == "internal"
}
