//! `identity`.

use mortise_domain::{IdentityId, OrgId, UserId};
use mortise_wire::rpc::identity as wire;

use super::{Method, Result, malformed, table};
use crate::{
    Ctx,
    integrations::facade::{self, IdentityFilter, IdentityInfo, IdentityProvider, ProviderKey},
};

pub(super) const METHODS: &[Method] = table![
    delete_identities,
    get_identities,
    get_identity,
    get_org_user_identities_by_provider_type,
    get_provider,
    get_user_identities_by_provider_type,
    update_data,
];

pub(super) fn identity(it: IdentityInfo) -> wire::Identity {
    wire::Identity {
        id: it.id.get(),
        idp_id: it.provider,
        user_id: it.user.get(),
        external_id: it.external_id,
        data: it.data,
    }
}

pub(super) fn provider(it: IdentityProvider) -> wire::IdentityProvider {
    wire::IdentityProvider { id: it.id, kind: it.kind, external_id: it.external_id }
}

/// These are accounts with which people sign in through a provider of their organization. Nobody does here, so none is
/// left.
async fn delete_identities(_: &Ctx, _: wire::DeleteIdentities) -> Result<()> {
    Ok(())
}

async fn get_identities(ctx: &Ctx, args: wire::Find) -> Result<Vec<wire::Identity>> {
    let found = find(ctx, args.filter).await?;
    Ok(found.into_iter().map(identity).collect())
}

async fn get_identity(ctx: &Ctx, args: wire::Find) -> Result<Option<wire::Identity>> {
    Ok(find(ctx, args.filter).await?.into_iter().next().map(identity))
}

async fn find(ctx: &Ctx, sent: wire::Filter) -> Result<Vec<IdentityInfo>> {
    let filter = IdentityFilter {
        id: sent.id.map(IdentityId::new),
        user: sent.user_id.map(UserId::new),
        external_id: sent.identity_ext_id,
        external_ids: sent.identity_ext_ids.map(|few| few.0),
        provider: sent.provider_id,
        provider_external_id: sent.provider_ext_id,
        provider_type: sent.provider_type,
        used_by: None,
    };
    if filter.is_empty() {
        return Err(malformed("the filter says nothing"));
    }
    Ok(facade::identities(ctx, &mut *ctx.store.read().await?, &filter).await?)
}

/// An account that somebody linked for an organization is one that an integration acts with there.
async fn get_org_user_identities_by_provider_type(
    ctx: &Ctx,
    args: wire::OfOrgUser,
) -> Result<Vec<wire::Identity>> {
    let filter = IdentityFilter {
        user: Some(UserId::new(args.user_id)),
        provider_type: Some(args.provider_type),
        used_by: Some(OrgId::new(args.organization_id)),
        ..IdentityFilter::default()
    };
    let found = facade::identities(ctx, &mut *ctx.store.read().await?, &filter).await?;
    Ok(found.into_iter().map(identity).collect())
}

async fn get_provider(ctx: &Ctx, args: wire::GetProvider) -> Result<Option<wire::IdentityProvider>> {
    let wire::GetProvider { provider_id, provider_type, provider_ext_id } = args;
    let key = match (provider_id.filter(|id| *id != 0), provider_type, provider_ext_id) {
        (Some(id), ..) => ProviderKey::Id(id),
        (None, Some(kind), Some(external_id)) => ProviderKey::External { kind, external_id },
        _ => return Ok(None),
    };
    let found = facade::identity_provider(&mut *ctx.store.read().await?, &key).await?;
    Ok(found.map(provider))
}

async fn get_user_identities_by_provider_type(ctx: &Ctx, args: wire::OfUser) -> Result<Vec<wire::Identity>> {
    let wire::OfUser { user_id, provider_type, exclude_matching_external_ids } = args;
    let (mut conn, user) = (ctx.store.read().await?, UserId::new(user_id));
    let found =
        facade::user_identities_by_type(ctx, &mut conn, user, &provider_type, exclude_matching_external_ids);
    Ok(found.await?.into_iter().map(identity).collect())
}

async fn update_data(ctx: &Ctx, args: wire::UpdateData) -> Result<Option<wire::Identity>> {
    let (inner, id) = (ctx.clone(), IdentityId::new(args.identity_id));
    let changed = ctx.store.write(move |tx| {
        Box::pin(async move { facade::update_identity_data(tx, &inner, id, &args.data).await })
    });
    Ok(changed.await?.map(identity))
}
