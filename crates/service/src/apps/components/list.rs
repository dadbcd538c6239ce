//! Components as clients see them: those of one app as they were sent, and everything that an organization installed,
//! prepared.

use std::collections::HashMap;

use futures_util::future::try_join_all;
use mortise_domain::AppId;
use mortise_store::sentry_app::{self, Component, SentryApp};
use mortise_wire::sentry_app::{AppAvatar, Component as Shown, ComponentApp};

use super::{InstalledComponent, installed_components, prepare};
use crate::{
    Ctx, Result,
    access::OrgAccess,
    apps::{AppAccess, avatar::avatars},
};

/// The components of an app.
pub async fn app_components(ctx: &Ctx, access: &AppAccess) -> Result<Vec<Shown>> {
    let mut conn = ctx.store.read().await?;
    let rows = sentry_app::components(&mut conn, &[access.app.id]).await?;
    let pictures = avatars(ctx, &mut conn, &[access.app.id]).await?;
    let show = |row: Component| shown(&access.app, &pictures, row, false);
    Ok(rows.into_iter().map(show).collect())
}

/// The components of all apps that are installed in an organization, of one type or of all. One that could not be
/// prepared is listed with its error.
pub async fn org_components(ctx: &Ctx, access: &OrgAccess, kind: Option<&str>) -> Result<Vec<Shown>> {
    let installed = installed_components(ctx, access.org.id, kind).await?;
    let prepared = installed.iter().map(|it| prepare(ctx, it, None, &[]));
    let prepared = try_join_all(prepared).await?;
    let apps: Vec<_> = installed.iter().map(|it| it.callee.app.id).collect();
    let pictures = avatars(ctx, &mut *ctx.store.read().await?, &apps).await?;
    let show = |(it, prepared): (InstalledComponent, super::Prepared)| {
        let component = Component { schema: prepared.schema, ..it.component };
        shown(&it.callee.app, &pictures, component, prepared.failure.is_some())
    };
    Ok(installed.into_iter().zip(prepared).map(show).collect())
}

fn shown(
    app: &SentryApp,
    pictures: &HashMap<AppId, Vec<AppAvatar>>,
    component: Component,
    error: bool,
) -> Shown {
    let Component { uuid, kind, schema, .. } = component;
    let app = ComponentApp {
        uuid: app.uuid.clone(),
        slug: app.slug.clone(),
        name: app.name.clone(),
        avatars: pictures.get(&app.id).cloned().unwrap_or_default(),
    };
    Shown { uuid, kind, schema, error, sentry_app: app }
}
