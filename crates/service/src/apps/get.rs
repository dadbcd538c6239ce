//! One app: who may see it and who may manage its tokens.

use mortise_domain::{
    OrgRole, Scope, ScopeSet, kind,
    status::{AppStatus, OrgStatus},
};
use mortise_store::{
    Conn,
    sentry_app::{self, SentryApp},
};
use mortise_wire::sentry_app as wire;

use super::{
    features,
    json::{self, Viewer, status},
};
use crate::{
    Caller, Ctx, Error, Result,
    access::{self, IdOrSlug, OrgAccess},
};

/// Scopes of which one lets members read an app that is not published.
pub(super) const MAY_READ: ScopeSet =
    ScopeSet::of(&[Scope::OrgRead, Scope::OrgIntegrations, Scope::OrgWrite, Scope::OrgAdmin]);
/// Scopes of which one lets members manage tokens.
const MAY_MANAGE_TOKENS: ScopeSet = ScopeSet::of(&[Scope::OrgWrite, Scope::OrgAdmin]);

/// An app and what the caller may do in the organization that owns it.
#[derive(Debug, Clone)]
pub struct AppAccess {
    /// The app.
    pub app: SentryApp,
    /// Who asks.
    pub caller: Caller,
    /// What the caller may do in the organization that owns the app; nothing for strangers.
    pub scopes: ScopeSet,
    /// The caller's role there, for its people.
    pub role: Option<OrgRole>,
}

impl AppAccess {
    /// For a caller with this access to the organization that owns the app, if any.
    pub fn new(app: SentryApp, caller: Caller, owner: Option<OrgAccess>) -> Self {
        let scopes = owner.as_ref().map_or(ScopeSet::EMPTY, |access| access.scopes);
        Self { app, caller, scopes, role: owner.and_then(|access| access.role) }
    }
}

/// An app for a caller who wants to read it. Whoever does not belong to its owner finds only published ones.
pub async fn app_for_reading(ctx: &Ctx, caller: Caller, segment: &IdOrSlug<kind::App>) -> Result<AppAccess> {
    if caller.is_anonymous() {
        return Err(Error::NotAuthenticated);
    }
    let app = find(&mut *ctx.store.read().await?, segment).await?;
    let is_published = status(&app)? == AppStatus::Published;
    let owner = owner_access(ctx, &caller, &app).await?;
    match &owner {
        None if !is_published => return Err(Error::NotFound),
        Some(access) if !is_published => access.require(MAY_READ)?,
        _ => {}
    }
    Ok(AppAccess::new(app, caller, owner))
}

/// An app for a caller who wants to change or remove it, for which one of `needed` is needed.
pub async fn app_for_changing(
    ctx: &Ctx,
    caller: Caller,
    segment: &IdOrSlug<kind::App>,
    needed: ScopeSet,
) -> Result<AppAccess> {
    let app = find(&mut *ctx.store.read().await?, segment).await?;
    let is_published = status(&app)? == AppStatus::Published;
    let hidden = || if is_published { Error::Forbidden } else { Error::NotFound };
    let access = owner_access(ctx, &caller, &app).await?.ok_or_else(hidden)?;
    access.require(needed)?;
    Ok(AppAccess::new(app, caller, Some(access)))
}

/// An app for a caller who wants to know how it is used: also the app itself where it is installed at its owner.
pub async fn app_for_stats(ctx: &Ctx, caller: Caller, segment: &IdOrSlug<kind::App>) -> Result<AppAccess> {
    let app = find(&mut *ctx.store.read().await?, segment).await?;
    match access::organization_by_id(ctx, caller.clone(), app.owner_id).await {
        Ok(access) => access.require(MAY_READ).map(|()| AppAccess::new(app, caller, Some(access))),
        Err(Error::NoSuchResource) => Err(Error::Forbidden),
        Err(other) => Err(other),
    }
}

/// An app for anybody who is signed in and used it.
pub async fn app_for_counting(ctx: &Ctx, caller: Caller, segment: &IdOrSlug<kind::App>) -> Result<AppAccess> {
    let app = find(&mut *ctx.store.read().await?, segment).await?;
    Ok(AppAccess::new(app, caller, None))
}

/// An app for a caller who wants another secret for it.
pub async fn app_for_secret(ctx: &Ctx, caller: Caller, segment: &IdOrSlug<kind::App>) -> Result<AppAccess> {
    let app = find(&mut *ctx.store.read().await?, segment).await?;
    let access = owner_access(ctx, &caller, &app).await?.ok_or(Error::NotFound)?;
    access.require(MAY_MANAGE_TOKENS)?;
    Ok(AppAccess::new(app, caller, Some(access)))
}

/// An app for a caller who wants to manage its tokens.
pub async fn app_for_tokens(ctx: &Ctx, caller: Caller, segment: &IdOrSlug<kind::App>) -> Result<AppAccess> {
    let app = find(&mut *ctx.store.read().await?, segment).await?;
    let access = owner_access(ctx, &caller, &app).await?.ok_or(Error::Forbidden)?;
    access.require(MAY_MANAGE_TOKENS)?;
    Ok(AppAccess::new(app, caller, Some(access)))
}

/// The app as its caller sees it.
pub async fn get_app(ctx: &Ctx, access: &AppAccess) -> Result<wire::SentryApp> {
    let viewer = Viewer::of_app(access);
    let mut conn = ctx.store.read().await?;
    let mut seen = json::apps(ctx, &mut conn, &viewer, std::slice::from_ref(&access.app)).await?;
    seen.pop().ok_or(Error::NotFound)
}

/// What the app is good for.
pub async fn app_features(ctx: &Ctx, access: &AppAccess) -> Result<Vec<wire::AppFeature>> {
    let rows = sentry_app::features(&mut *ctx.store.read().await?, &[access.app.id]).await?;
    Ok(rows.iter().filter_map(|(_, feature)| features::describe(*feature, &access.app.name)).collect())
}

/// Everything that apps can be good for.
pub fn every_feature() -> Vec<wire::FeatureGate> {
    let json =
        |(feature_id, gate): (i64, &str)| wire::FeatureGate { feature_id, feature_gate: gate.to_owned() };
    features::all().map(json).collect()
}

async fn find(conn: &mut Conn, segment: &IdOrSlug<kind::App>) -> Result<SentryApp> {
    let app = match segment {
        IdOrSlug::Id(id) => sentry_app::by_id(conn, *id).await?,
        IdOrSlug::Slug(slug) => sentry_app::by_slug(conn, slug).await?,
    };
    app.ok_or(Error::NotFound)
}

/// What the caller may do in the organization that owns the app; `None` for whoever is no member of it. Proxy users
/// of apps never are.
async fn owner_access(ctx: &Ctx, caller: &Caller, app: &SentryApp) -> Result<Option<OrgAccess>> {
    if caller.user.as_ref().is_none_or(|user| user.is_sentry_app) {
        return Ok(None);
    }
    match access::organization_by_id(ctx, caller.clone(), app.owner_id).await {
        Ok(access) if access.org.status == OrgStatus::Active.number() => Ok(Some(access)),
        Ok(_) | Err(Error::Forbidden | Error::NoSuchResource) => Ok(None),
        Err(other) => Err(other),
    }
}
