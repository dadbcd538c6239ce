//! One project in full, and the end of a project.

use mortise_domain::AuditEvent;
use mortise_store::project;
use mortise_wire::project as wire;

use super::{audit_data, json::Summarized, options, organization as org_json, settings};
use crate::{Ctx, Result, access::ProjectAccess, audit};

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
    let organization = with_organization.then(|| Box::new(org_json::summary(ctx, &access.org.org)));
    Ok(wire::ProjectDetail {
        project: found.related().with_teams(&access.org, project),
        latest_release: found.latest_release(project.id),
        options: options::all(project),
        settings: settings::settings_of(project),
        organization,
        plugins: Vec::new(),
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
