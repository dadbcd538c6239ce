//! What of `integration` changes integrations.

use mortise_domain::{IntegrationId, OrgId, OrgIntegrationId, status::ObjectStatus};
use mortise_wire::rpc::integration as wire;

use super::{
    Result,
    integration::{integration, of_organization},
    malformed,
};
use crate::{
    Ctx,
    integrations::facade::{self, GracePeriod, IntegrationChange, IntegrationFilter, OrgIntegrationChange},
};

/// A status that is one.
pub(super) fn status(number: i64) -> Result<ObjectStatus> {
    ObjectStatus::try_from(number).map_err(|_| malformed("status"))
}

pub(super) async fn add_organization(
    ctx: &Ctx,
    args: wire::AddOrganization,
) -> Result<Option<wire::Integration>> {
    let (inner, id) = (ctx.clone(), IntegrationId::new(args.integration_id));
    let orgs: Vec<_> = args.org_ids.0.into_iter().map(OrgId::new).collect();
    let filter = IntegrationFilter { ids: Some(vec![id]), ..IntegrationFilter::default() };
    let added = ctx.store.write(move |tx| {
        Box::pin(async move {
            let Some(found) = facade::integration(&inner, tx, &filter).await? else { return Ok(None) };
            facade::add_organizations(tx, &inner, id, &orgs, None).await?;
            Ok::<_, crate::Error>(Some(found))
        })
    });
    Ok(added.await?.map(integration))
}

pub(super) async fn delete_integration(ctx: &Ctx, args: wire::DeleteIntegration) -> Result<()> {
    let id = IntegrationId::new(args.integration_id);
    let deleted =
        ctx.store.write(move |tx| Box::pin(async move { facade::delete_integration(tx, id).await }));
    Ok(deleted.await?)
}

pub(super) async fn update_integration(
    ctx: &Ctx,
    args: wire::UpdateIntegration,
) -> Result<Option<wire::Integration>> {
    Ok(change(ctx, vec![args.integration_id], args.change).await?.pop())
}

pub(super) async fn update_integrations(
    ctx: &Ctx,
    args: wire::UpdateIntegrations,
) -> Result<Vec<wire::Integration>> {
    change(ctx, args.integration_ids.0, args.change).await
}

async fn change(ctx: &Ctx, ids: Vec<i64>, sent: wire::IntegrationChange) -> Result<Vec<wire::Integration>> {
    let wire::IntegrationChange { name, metadata, status: number } = sent;
    let change = IntegrationChange { name, metadata, status: number.map(status).transpose()? };
    let (inner, ids): (_, Vec<_>) = (ctx.clone(), ids.into_iter().map(IntegrationId::new).collect());
    let changed = ctx.store.write(move |tx| {
        Box::pin(async move { facade::update_integrations(tx, &inner, &ids, &change).await })
    });
    Ok(changed.await?.into_iter().map(integration).collect())
}

pub(super) async fn update_organization_integration(
    ctx: &Ctx,
    args: wire::UpdateOrganizationIntegration,
) -> Result<Option<wire::OrganizationIntegration>> {
    Ok(change_of_organizations(ctx, vec![args.org_integration_id], args.change).await?.pop())
}

pub(super) async fn update_organization_integrations(
    ctx: &Ctx,
    args: wire::UpdateOrganizationIntegrations,
) -> Result<Vec<wire::OrganizationIntegration>> {
    change_of_organizations(ctx, args.org_integration_ids.0, args.change).await
}

async fn change_of_organizations(
    ctx: &Ctx,
    ids: Vec<i64>,
    sent: wire::OrganizationIntegrationChange,
) -> Result<Vec<wire::OrganizationIntegration>> {
    let wire::OrganizationIntegrationChange { config, status: number, grace_period_end, .. } = sent;
    let is_ended = sent.set_grace_period_end_null.unwrap_or(false);
    let change = OrgIntegrationChange {
        config,
        status: number.map(status).transpose()?.map(ObjectStatus::number),
        grace_period_end: if is_ended { Some(None) } else { grace_period_end.map(|end| Some(end.0)) },
    };
    let (inner, ids): (_, Vec<_>) = (ctx.clone(), ids.into_iter().map(OrgIntegrationId::new).collect());
    let changed = ctx.store.write(move |tx| {
        Box::pin(async move { facade::update_org_integrations(tx, &inner, &ids, &change).await })
    });
    Ok(changed.await?.into_iter().map(of_organization).collect())
}

pub(super) async fn start_grace_period_for_provider(
    ctx: &Ctx,
    args: wire::StartGracePeriod,
) -> Result<Vec<wire::OrganizationIntegration>> {
    let grace = GracePeriod {
        org: OrgId::new(args.organization_id),
        provider: args.provider,
        end: args.grace_period_end.0,
        status: status(args.status)?,
        skip_oldest: args.skip_oldest,
    };
    let inner = ctx.clone();
    let changed = ctx
        .store
        .write(move |tx| Box::pin(async move { facade::start_grace_period(tx, &inner, &grace).await }));
    Ok(changed.await?.into_iter().map(of_organization).collect())
}
