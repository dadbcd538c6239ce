//! An app as an organization meets it, with the installation it has there.

use mortise_domain::status::{AppStatus, OrgStatus};
use mortise_store::sentry_app;
use mortise_wire::sentry_app as wire;

use super::{
    installations::installation_json,
    json::{self, Viewer, status},
};
use crate::{Ctx, Error, Result, access::OrgAccess};

/// An app and its installation in an organization.
#[derive(Debug, Clone)]
pub struct OfferedApp {
    /// The app as the caller sees it.
    pub app: wire::SentryApp,
    /// Where it is installed; `None` when it is not.
    pub installation: Option<wire::Installation>,
}

/// An app that the organization can install or has installed: a published one, its own, or, for superusers, any.
pub async fn offered_app(ctx: &Ctx, access: &OrgAccess, slug: &str) -> Result<OfferedApp> {
    if access.org.status != OrgStatus::Active.number() {
        return Err(Error::NotFound);
    }
    let mut conn = ctx.store.read().await?;
    let app = sentry_app::by_slug(&mut conn, slug).await?.ok_or(Error::NotFound)?;
    let installation = sentry_app::live_installation(&mut conn, app.id, access.org.id).await?;
    let is_open = status(&app)? == AppStatus::Published || app.owner_id == access.org.id;
    if !is_open && installation.is_none() && !access.caller.is_superuser() {
        return Err(Error::NotFound);
    }
    let viewer = Viewer::of(&mut conn, &access.caller).await?;
    let mut seen = json::apps(ctx, &mut conn, &viewer, std::slice::from_ref(&app)).await?;
    drop(conn);
    let installation = match &installation {
        Some(installation) => Some(installation_json(ctx, access, installation).await?),
        None => None,
    };
    Ok(OfferedApp { app: seen.pop().ok_or(Error::NotFound)?, installation })
}
