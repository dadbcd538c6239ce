//! Tokens of the operator's apps, for parts of a host that call the other side themselves.

use mortise_domain::{IntegrationId, OrgId, status::ObjectStatus};
use mortise_store::{
    integration::{installed, search::IntegrationFilter},
    organization,
};

use super::{IntegrationInfo, integration};
use crate::{
    Ctx, Result,
    integrations::{
        connection::{connect_row, told},
        json::provider_of,
    },
};

/// The integration with a token among what is kept that is good for a while, asked for where there was none; `None` where the
/// organization has no active integration of these providers with this id.
pub async fn with_good_token(
    ctx: &Ctx,
    org: OrgId,
    id: IntegrationId,
    providers: &[&str],
) -> Result<Option<IntegrationInfo>> {
    let mut conn = ctx.store.read().await?;
    let row = installed::find(&mut conn, org, id).await?;
    let org = organization::by_id(&mut conn, org).await?;
    drop(conn);
    let active = ObjectStatus::Active.number();
    let is_meant = |row: &installed::Installed| {
        row.status == active && row.org_status == active && providers.contains(&row.provider.as_str())
    };
    let Some((row, org)) = row.filter(is_meant).zip(org) else { return Ok(None) };
    let on = connect_row(ctx, &org, &row).await?;
    let provider = provider_of(ctx, &row)?;
    on.client().ready().await.map_err(|error| told(provider, &error))?;
    let filter = IntegrationFilter { ids: Some(vec![id]), ..IntegrationFilter::default() };
    integration(ctx, &mut *ctx.store.read().await?, &filter).await
}
