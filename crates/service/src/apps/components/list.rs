//! Components as clients see them: those of one app as they were sent, and everything that an organization installed,
//! prepared.

use futures_util::future::try_join_all;
use mortise_store::sentry_app::{self, Component, SentryApp};
use mortise_wire::sentry_app::{Component as Shown, ComponentApp};
use serde_json::Value as Json;

use super::{InstalledComponent, installed_components, prepare};
use crate::{Ctx, Result, access::OrgAccess, apps::AppAccess};

/// The components of an app.
pub async fn app_components(ctx: &Ctx, access: &AppAccess) -> Result<Vec<Shown>> {
    let mut conn = ctx.store.read().await?;
    let rows = sentry_app::components(&mut conn, &[access.app.id]).await?;
    let show = |row: Component| shown(&access.app, row.uuid, row.kind, row.schema, false);
    Ok(rows.into_iter().map(show).collect())
}

/// The components of all apps that are installed in an organization, of one type or of all. One that could not be
/// prepared is listed with its error.
pub async fn org_components(ctx: &Ctx, access: &OrgAccess, kind: Option<&str>) -> Result<Vec<Shown>> {
    let installed = installed_components(ctx, access.org.id, kind).await?;
    let prepared = installed.iter().map(|it| prepare(ctx, it, None, &[]));
    let prepared = try_join_all(prepared).await?;
    let show = |(it, prepared): (InstalledComponent, super::Prepared)| {
        let (uuid, kind) = (it.component.uuid, it.component.kind);
        shown(&it.callee.app, uuid, kind, prepared.schema, prepared.failure.is_some())
    };
    Ok(installed.into_iter().zip(prepared).map(show).collect())
}

fn shown(app: &SentryApp, uuid: String, kind: String, schema: Json, error: bool) -> Shown {
    let app = ComponentApp {
        uuid: app.uuid.clone(),
        slug: app.slug.clone(),
        name: app.name.clone(),
        avatars: Vec::new(),
    };
    Shown { uuid, kind, schema, error, sentry_app: app }
}
