//! Deleting organizations: marking, and clearing away what was marked long enough ago.

use mortise_domain::{AuditEvent, OrgId, status::OrgStatus};
use mortise_store::{
    Conn, Tx,
    organization::{self, Organization},
    outbox::{self, NewEvent},
};
use mortise_wire::organization::OrganizationDetail;
use serde_json::json;

use super::{Form, detail_json};
use crate::{
    Ctx, Error, Result,
    access::OrgAccess,
    audit::{self, Actor, Entry},
    authenticate::after,
};

/// How long an organization can be brought back after somebody asked for its deletion, seconds.
pub const DELETION_DELAY_S: i64 = 24 * 3600;
const IS_DEFAULT: &str = "You cannot remove the default organization.";
const OWNS_PUBLISHED: &str = "Cannot delete an organization that owns a published integration. \
                              Contact support if you need assistance.";

/// Marks the organization for deletion and answers with it. A session must have entered its password recently.
pub async fn delete_organization(ctx: &Ctx, access: OrgAccess) -> Result<OrganizationDetail> {
    access.caller.require_sudo(ctx.now())?;
    refuse_deletion(&mut *ctx.store.read().await?, access.org.id).await?;
    let (inner, actor, org) = (ctx.clone(), Actor::of(&access.caller), access.org.clone());
    ctx.store
        .write(move |tx| Box::pin(async move { mark_for_deletion(tx, &inner, &actor, &org).await }))
        .await?;
    ctx.ingest().keys_changed();
    let org = Organization { status: OrgStatus::PendingDeletion.number(), ..access.org };
    let access = OrgAccess { org, ..access };
    detail_json(ctx, &mut *ctx.store.read().await?, &access, Form::USUAL).await
}

/// Refuses what must not be deleted: the server's default organization and owners of published apps.
pub(crate) async fn refuse_deletion(conn: &mut Conn, org: OrgId) -> Result<()> {
    if organization::default_id(conn).await? == Some(org) {
        return Err(Error::invalid(IS_DEFAULT));
    }
    if organization::owns_published_app(conn, org).await? {
        return Err(Error::invalid(OWNS_PUBLISHED));
    }
    Ok(())
}

/// Marks an active organization, audited. One that is marked already stays as it is.
pub(crate) async fn mark_for_deletion(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    org: &Organization,
) -> Result<()> {
    let now = ctx.now();
    let (active, pending) = (OrgStatus::Active.number(), OrgStatus::PendingDeletion.number());
    if !organization::set_status(tx, org.id, active, pending, now).await? {
        return Ok(());
    }
    let data = json!({"name": org.name, "slug": org.slug, "status": pending});
    let entry = Entry::new(org.id, AuditEvent::OrgRemove, data).target(org.id.get());
    audit::record(tx, actor, &entry, now).await?;
    let event = NewEvent {
        kind: "organization.deletion_requested",
        org: org.id,
        subject: format!("organization:{}", org.id),
        payload: json!({}),
    };
    outbox::append(tx, &event, now).await?;
    Ok(())
}

/// Deletes the organizations that were marked at least [`DELETION_DELAY_S`] ago, with everything in them; how many.
/// To be called now and then.
pub async fn purge_deleted(ctx: &Ctx) -> Result<u64> {
    let before = after(ctx.now(), -DELETION_DELAY_S);
    let due = organization::due_for_deletion(&mut *ctx.store.read().await?, before).await?;
    for id in &due {
        let id = *id;
        ctx.store.write(move |tx| Box::pin(async move { organization::delete(tx, id).await })).await?;
    }
    Ok(due.len() as u64)
}
