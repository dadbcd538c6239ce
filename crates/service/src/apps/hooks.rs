//! The hooks through which apps listen, for the rest of a host: plain values, no permissions. An installation has one at
//! most, or its app would hear everything twice. What an app is told goes to the webhook URL of the app; a hook says which
//! events and of which projects.

use mortise_domain::{ApplicationId, HookId, InstallationId, OrgId, ProjectId};
use mortise_store::{
    Conn, Tx, project,
    sentry_app::{self, AppHook, InstallationFilter},
    service_hook,
};

use super::{install::hook_of, subscriptions};
use crate::{Ctx, Error, Result};

/// A hook.
#[derive(Debug, Clone)]
pub struct HookInfo {
    /// Its id.
    pub id: HookId,
    /// 32 hex digits.
    pub guid: String,
    /// The application that listens.
    pub application: Option<ApplicationId>,
    /// Its installation.
    pub installation: Option<InstallationId>,
    /// The project that it belongs to, where it is no app's.
    pub project: Option<ProjectId>,
    /// Where.
    pub org: Option<OrgId>,
    /// Where it leads.
    pub url: String,
    /// Single events.
    pub events: Vec<String>,
    /// 0 while it is active.
    pub status: i64,
}

impl From<AppHook> for HookInfo {
    fn from(it: AppHook) -> Self {
        Self {
            events: subscriptions::texts(&it.events),
            id: it.id,
            guid: it.guid,
            application: it.application_id,
            installation: it.installation_id,
            project: None,
            org: it.organization_id,
            url: it.url,
            status: it.status,
        }
    }
}

/// The installation that a hook is of.
#[derive(Debug, Clone, Copy)]
pub struct OfInstallation {
    /// The app's application.
    pub application: ApplicationId,
    /// The installation.
    pub installation: InstallationId,
    /// Where it must be.
    pub org: OrgId,
}

/// Points all hooks of an application to a URL, for these events, families among them; without a URL they go. Those that
/// are left.
pub async fn set_hooks(
    ctx: &Ctx,
    application: ApplicationId,
    url: Option<String>,
    events: Vec<String>,
) -> Result<Vec<HookInfo>> {
    let changed = ctx.store.write(move |tx| {
        Box::pin(async move {
            match url {
                Some(url) => {
                    sentry_app::set_hooks(tx, application, &url, subscriptions::expand(&events)).await?;
                }
                None => sentry_app::delete_hooks(tx, application).await?,
            }
            Ok::<_, Error>(sentry_app::hooks_of(tx, application, None).await?)
        })
    });
    let changed = changed.await?;
    ctx.ingest().keys_changed();
    Ok(changed.into_iter().map(HookInfo::from).collect())
}

/// Makes or changes the hook of an installation; without a URL it goes. What is left, if anything.
pub async fn put_hook(
    ctx: &Ctx,
    of: OfInstallation,
    url: Option<String>,
    events: Vec<String>,
) -> Result<Option<HookInfo>> {
    let inner = ctx.clone();
    let put = ctx.store.write(move |tx| {
        Box::pin(async move {
            require_all(tx, of.application, &[(of.installation, of.org)]).await?;
            let had = sentry_app::hooks_of(tx, of.application, Some(&[of.installation])).await?;
            match (url, had.first()) {
                (Some(url), Some(hook)) => {
                    sentry_app::set_hook(tx, hook.id, &url, subscriptions::expand(&events)).await?;
                }
                (Some(url), None) => insert(tx, &inner, of, url, subscriptions::expand(&events)).await?,
                (None, Some(hook)) => service_hook::delete(tx, hook.id).await?,
                (None, None) => {}
            }
            Ok::<_, Error>(sentry_app::hooks_of(tx, of.application, Some(&[of.installation])).await?.pop())
        })
    });
    let put = put.await?;
    ctx.ingest().keys_changed();
    Ok(put.map(HookInfo::from))
}

/// Makes the hook of an installation that has none, limited to projects of its organization if any are named.
pub async fn add_hook(
    ctx: &Ctx,
    of: OfInstallation,
    url: String,
    events: Vec<String>,
    projects: Vec<ProjectId>,
) -> Result<HookInfo> {
    let inner = ctx.clone();
    let added = ctx.store.write(move |tx| {
        Box::pin(async move {
            require_all(tx, of.application, &[(of.installation, of.org)]).await?;
            require_projects(tx, of.org, &projects).await?;
            if service_hook::of_installation(tx, of.installation).await?.is_some() {
                return Err(Error::invalid("the installation has a hook"));
            }
            insert(tx, &inner, of, url, subscriptions::expand(&events)).await?;
            let hook = sentry_app::hooks_of(tx, of.application, Some(&[of.installation])).await?.pop();
            let hook = hook.ok_or_else(|| Error::Internal("a new hook is gone".to_owned()))?;
            if !projects.is_empty() {
                service_hook::set_projects(tx, hook.id, &projects).await?;
            }
            Ok(hook)
        })
    });
    let added = added.await?;
    ctx.ingest().keys_changed();
    Ok(added.into())
}

/// Makes the hooks of these installations of an application that have none; those that were made.
pub async fn add_hooks(
    ctx: &Ctx,
    application: ApplicationId,
    of: Vec<(InstallationId, OrgId)>,
    url: String,
    events: Vec<String>,
) -> Result<Vec<HookInfo>> {
    let inner = ctx.clone();
    let added = ctx.store.write(move |tx| {
        Box::pin(async move {
            require_all(tx, application, &of).await?;
            let ids: Vec<InstallationId> = of.iter().map(|(id, _)| *id).collect();
            let had = sentry_app::hooks_of(tx, application, Some(&ids)).await?;
            let events = subscriptions::expand(&events);
            for (installation, org) in of {
                if !had.iter().any(|hook| hook.installation_id == Some(installation)) {
                    let of = OfInstallation { application, installation, org };
                    insert(tx, &inner, of, url.clone(), events.clone()).await?;
                }
            }
            let mut all = sentry_app::hooks_of(tx, application, Some(&ids)).await?;
            all.retain(|hook| !had.iter().any(|it| it.id == hook.id));
            Ok::<_, Error>(all)
        })
    });
    let added = added.await?;
    ctx.ingest().keys_changed();
    Ok(added.into_iter().map(HookInfo::from).collect())
}

/// Refuses unless all of these are live installations of the application, where they are said to be, each named once.
async fn require_all(
    conn: &mut Conn,
    application: ApplicationId,
    of: &[(InstallationId, OrgId)],
) -> Result<()> {
    let app = sentry_app::of_application(conn, application).await?.ok_or(Error::NotFound)?;
    let filter = InstallationFilter {
        ids: Some(of.iter().map(|(id, _)| *id).collect()),
        apps: Some(vec![app.id]),
        ..InstallationFilter::default()
    };
    let found = sentry_app::installations(conn, &filter).await?;
    let is_there = |(id, org): &(InstallationId, OrgId)| {
        found.iter().any(|it| it.id == *id && it.organization_id == *org)
    };
    if found.len() == of.len() && of.iter().all(is_there) { Ok(()) } else { Err(Error::NotFound) }
}

async fn require_projects(conn: &mut Conn, org: OrgId, projects: &[ProjectId]) -> Result<()> {
    let found = project::by_ids(conn, projects).await?;
    let is_there = |id: &ProjectId| found.iter().any(|it| it.id == *id && it.organization_id == org);
    if projects.iter().all(is_there) { Ok(()) } else { Err(Error::NotFound) }
}

async fn insert(tx: &mut Tx, ctx: &Ctx, of: OfInstallation, url: String, events: Vec<String>) -> Result<()> {
    let hook = hook_of(ctx, of.application, (of.installation, of.org), url, events);
    sentry_app::insert_hook(tx, &hook, ctx.now()).await?;
    Ok(())
}
