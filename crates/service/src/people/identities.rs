//! The accounts that a person has elsewhere. People sign in here with a password, so none of them is needed for that and
//! each may be disconnected.

use mortise_domain::IdentityId;
use mortise_store::{
    Slice,
    integration::identity::{self, Identity, IdentityFilter},
};
use mortise_wire::{Page, PageRequest, identity as wire};
use serde_json::Value;

use super::find_user;
use crate::{Caller, Ctx, Error, Result, paging::slice};

/// The kind of identity that first-party integrations act with, the only one that there is.
const CATEGORY: &str = "global-identity";

/// The accounts of a person, those at one kind of provider if named.
pub async fn list_identities(
    ctx: &Ctx,
    caller: &Caller,
    segment: &str,
    provider: &str,
    request: PageRequest,
) -> Result<Page<wire::Identity>> {
    let user = find_user(ctx, caller, segment).await?;
    let window = request.offset_window()?;
    let kind = Some(provider.to_lowercase()).filter(|kind| !kind.is_empty());
    let filter = IdentityFilter { user: Some(user.id), provider_type: kind, ..IdentityFilter::default() };
    let rows = identity::list(&mut *ctx.store.read().await?, &filter, slice(&window)).await?;
    Ok(window.page(rows).map(|row| wire::Identity {
        id: row.id.to_string(),
        identity_provider: wire::IdentityProvider {
            id: row.provider_id.to_string(),
            kind: row.provider_type,
            external_id: row.provider_external_id,
        },
        external_id: row.external_id,
        status: row.status,
    }))
}

/// Takes away an account that a person signs in with. There is none, so there is nothing to do for whoever may.
pub async fn remove_login_identity(ctx: &Ctx, caller: &Caller, segment: &str) -> Result<()> {
    find_user(ctx, caller, segment).await.map(drop)
}

/// The accounts that legacy plugins act with for a person. No plugin acts with one here, so there is none to show.
pub async fn list_social_identities(ctx: &Ctx, caller: &Caller, segment: &str) -> Result<[Value; 0]> {
    find_user(ctx, caller, segment).await.map(|_| [])
}

/// Disconnects such an account; whether it was there.
pub async fn remove_social_identity(ctx: &Ctx, caller: &Caller, segment: &str) -> Result<bool> {
    find_user(ctx, caller, segment).await.map(|_| false)
}

/// The accounts of a person, of all kinds.
pub async fn list_user_identities(
    ctx: &Ctx,
    caller: &Caller,
    segment: &str,
) -> Result<Vec<wire::UserIdentity>> {
    let user = find_user(ctx, caller, segment).await?;
    let filter = IdentityFilter { user: Some(user.id), ..IdentityFilter::default() };
    let rows = identity::list(&mut *ctx.store.read().await?, &filter, Slice::ALL).await?;
    Ok(rows.into_iter().map(|row| user_identity(ctx, row)).collect())
}

/// One account of a person; `None` when it is not there or somebody else's.
pub async fn get_user_identity(
    ctx: &Ctx,
    caller: &Caller,
    segment: &str,
    category: &str,
    id: &str,
) -> Result<Option<wire::UserIdentity>> {
    let row = find(ctx, caller, segment, category, id).await?;
    Ok(row.map(|row| user_identity(ctx, row)))
}

/// Disconnects an account of a person; whether it was there.
pub async fn remove_user_identity(
    ctx: &Ctx,
    caller: &Caller,
    segment: &str,
    category: &str,
    id: &str,
) -> Result<bool> {
    let Some(row) = find(ctx, caller, segment, category, id).await? else { return Ok(false) };
    let removed = ctx
        .store
        .write(move |tx| Box::pin(async move { Ok::<_, Error>(identity::delete(tx, &[row.id]).await?) }));
    Ok(removed.await? > 0)
}

async fn find(
    ctx: &Ctx,
    caller: &Caller,
    segment: &str,
    category: &str,
    id: &str,
) -> Result<Option<Identity>> {
    let user = find_user(ctx, caller, segment).await?;
    let Some(id) = id.parse::<IdentityId>().ok().filter(|_| category == CATEGORY) else { return Ok(None) };
    let filter = IdentityFilter { id: Some(id), user: Some(user.id), ..IdentityFilter::default() };
    Ok(identity::list(&mut *ctx.store.read().await?, &filter, Slice::ALL).await?.pop())
}

fn user_identity(ctx: &Ctx, row: Identity) -> wire::UserIdentity {
    let known = ctx.providers().get(&row.provider_type);
    let name = known.map_or_else(|| row.provider_type.clone(), |it| it.manifest().name.to_owned());
    wire::UserIdentity {
        category: CATEGORY,
        id: row.id.to_string(),
        provider: wire::UserIdentityProvider { key: row.provider_type, name },
        name: row.external_id,
        status: "can_disconnect",
        is_login: false,
        organization: None,
        date_added: row.date_added.into(),
        date_verified: row.date_verified.into(),
        date_synced: None,
    }
}
