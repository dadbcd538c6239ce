//! Changing the state of a repository: hiding, deleting, bringing back.

use jiff::SignedDuration;
use mortise_domain::{IntegrationId, status::ObjectStatus};
use mortise_store::{StoreError, deletion as plans, integration::installed, repository};
use mortise_wire::{Fields, errors::ErrorBody, repository as wire};
use serde_json::Value;

use super::{
    create::{INTEGRATIONS, exists},
    deletion::{CONTENTS, MODEL},
    find, repository_json, restore_names,
};
use crate::{Ctx, Error, Result, access::OrgAccess};

/// How long a repository that has commits waits for its deletion, seconds.
const WITH_COMMITS_S: i64 = 3600;

/// What a client wants to change. Names and addresses are checked and left as they are.
struct Change {
    status: Option<ObjectStatus>,
    integration: Option<IntegrationId>,
}

impl Change {
    fn read(mut fields: Fields) -> Result<Self> {
        let status = fields.choice("status", &["visible", "active", "hidden"]).optional();
        let _ = fields.string("name").optional();
        let _ = fields.url("url").allow_blank().optional();
        let is_blank = matches!(fields.raw("integrationId"), Some(Value::String(text)) if text.is_empty());
        let integration = if is_blank { None } else { fields.int("integrationId").nullable().flatten() };
        fields.finish()?;
        Ok(Self {
            status: status.map(|word| match word.as_str() {
                "hidden" => ObjectStatus::Disabled,
                _ => ObjectStatus::Active,
            }),
            integration: integration.filter(|id| *id != 0).map(IntegrationId::new),
        })
    }
}

/// Refuses to change a repository that is not there or is being deleted.
pub async fn require_repository(ctx: &Ctx, access: &OrgAccess, id: &str) -> Result<()> {
    changeable(ctx, access, id).await.map(drop)
}

async fn changeable(ctx: &Ctx, access: &OrgAccess, id: &str) -> Result<repository::Repository> {
    let row = find(ctx, access, id).await?;
    match row.status == ObjectStatus::DeletionInProgress.number() {
        true => Err(Error::Invalid(ErrorBody::Empty)),
        false => Ok(row),
    }
}

/// Changes the state of a repository, or the integration that it belongs to.
pub async fn change_repository(
    ctx: &Ctx,
    access: &OrgAccess,
    id: &str,
    fields: Fields,
) -> Result<wire::Repository> {
    let by = access.caller.user_id().ok_or(Error::Unauthorized(ErrorBody::Empty))?;
    let mut row = changeable(ctx, access, id).await?;
    let change = Change::read(fields)?;
    if let Some(id) = change.integration {
        let found = installed::find(&mut *ctx.store.read().await?, access.org.id, id).await?;
        let found = found.ok_or_else(|| Error::invalid("Invalid integration id"))?;
        row.integration_id = Some(id);
        row.provider = Some(format!("{INTEGRATIONS}{}", found.provider));
    }
    let (was, now, guid) = (row.status, ctx.now(), ctx.ids.uuid().simple().to_string());
    if let Some(status) = change.status {
        row.status = status.number();
    }
    if was == ObjectStatus::PendingDeletion.number() && row.status != was {
        restore_names(&mut row);
    }
    let is_hidden = row.status == ObjectStatus::Disabled.number() && was != row.status;
    let write = ctx.store.write::<_, StoreError, _>(move |tx| {
        Box::pin(async move {
            repository::update(tx, &row).await?;
            if was != row.status {
                plans::cancel(tx, MODEL, row.id.get()).await?;
            }
            if is_hidden {
                plans::schedule(tx, CONTENTS, row.id.get(), &guid, Some(by), now, now).await?;
            }
            Ok(row)
        })
    });
    match write.await {
        Ok(row) => Ok(repository_json(ctx, &row)),
        Err(StoreError::Conflict(_)) => Err(exists()),
        Err(error) => Err(error.into()),
    }
}

/// Gives the names of a repository free and plans its deletion.
pub async fn remove_repository(ctx: &Ctx, access: &OrgAccess, id: &str) -> Result<wire::Repository> {
    let by = access.caller.user_id().ok_or(Error::Unauthorized(ErrorBody::Empty))?;
    let mut row = find(ctx, access, id).await?;
    let removable = [ObjectStatus::Active.number(), ObjectStatus::Disabled.number()];
    if !removable.contains(&row.status) {
        return Ok(repository_json(ctx, &row));
    }
    let fresh = || ctx.ids.uuid().simple().to_string();
    row.status = ObjectStatus::PendingDeletion.number();
    row.original_name = Some(std::mem::replace(&mut row.name, fresh()));
    row.original_external_id = row.external_id.replace(fresh());
    let (guid, now) = (fresh(), ctx.now());
    let write = ctx.store.write::<_, StoreError, _>(move |tx| {
        Box::pin(async move {
            let wait_s = if repository::has_commits(tx, row.id).await? { WITH_COMMITS_S } else { 0 };
            repository::update(tx, &row).await?;
            let at = now + SignedDuration::from_secs(wait_s);
            plans::schedule(tx, MODEL, row.id.get(), &guid, Some(by), at, now).await?;
            Ok(row)
        })
    });
    Ok(repository_json(ctx, &write.await?))
}
