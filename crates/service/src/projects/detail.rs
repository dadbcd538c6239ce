//! One project in full, and the end of a project.

use mortise_domain::AuditEvent;
use mortise_store::{StoreError, project, retention};
use mortise_wire::project as wire;

use super::{audit_data, json::Summarized, options, settings};
use crate::{Ctx, Result, access::ProjectAccess, audit, organizations::summary_json, plugins};

/// Random bytes of the slug that a project has while it is being deleted.
const GONE_SLUG_BYTES: usize = 16;

/// One project in full; with its organization unless that is to be left out.
pub async fn detail(
    ctx: &Ctx,
    access: &ProjectAccess,
    with_organization: bool,
) -> Result<wire::ProjectDetail> {
    let project = &access.project;
    let mut conn = ctx.store.read().await?;
    let found = Summarized::load(&mut conn, &access.org.caller, &[project.id]).await?;
    let organization = match with_organization {
        true => Some(Box::new(summary_json(ctx, &access.org.org, true)?)),
        false => None,
    };
    let mut plugins = plugins::of_project(&mut conn, ctx, access).await?;
    plugins.retain(|plugin| plugin.has_configuration);
    Ok(wire::ProjectDetail {
        project: found.related().with_teams(&access.org, project),
        latest_release: found.latest_release(project.id),
        options: options::all(project),
        settings: settings::settings_of(project),
        organization,
        plugins,
        platforms: found.platforms(project.id),
        processing_issues: 0,
        kept: settings::kept_of(project),
    })
}

/// Schedules the end of a project: from now on nobody finds it and its slug is free. What it holds is removed in the
/// background.
pub async fn delete_project(ctx: &Ctx, access: &ProjectAccess) -> Result<()> {
    access.org.caller.require_sudo(ctx.now())?;
    let project = access.project.clone();
    let (actor, now) = (audit::Actor::of(&access.org.caller), ctx.now());
    let gone_slug = format!("gone-{}", ctx.ids.hex(GONE_SLUG_BYTES));
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                project::schedule_deletion(tx, project.id, &gone_slug).await?;
                let data = audit_data(&project);
                let entry = audit::Entry::new(project.organization_id, AuditEvent::ProjectRemove, data);
                audit::record(tx, &actor, &entry.target(project.id.get()), now).await
            })
        })
        .await
}

/// Removes projects that were scheduled for it, a batch of rows at a time; how many projects are gone.
pub async fn remove_scheduled(ctx: &Ctx) -> Result<u64> {
    let ids = project::scheduled_for_deletion(&mut *ctx.store.read().await?).await?;
    for id in &ids {
        let id = *id;
        let step = || {
            ctx.store.write::<bool, StoreError, _>(move |tx| {
                Box::pin(async move { project::delete_some(tx, id, retention::BATCH).await })
            })
        };
        while step().await? {}
    }
    Ok(ids.len() as u64)
}
