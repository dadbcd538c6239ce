//! Integrations for the rest of a host: found by whatever is known of them, changed by parts of the server. It checks no
//! authorization, which is the host's, and remembers nothing. Where a filter says nothing, nothing is found: whoever wants
//! all must say so.
//!
//! What is already said elsewhere is not said again: an organization gets an integration through
//! [`super::add_organization`], a person an account through [`super::link_identity`].

mod identities;
mod message;
mod organizations;
mod token;

pub use identities::{
    IdentityContext, IdentityInfo, ProviderKey, identities, identity, identity_context, identity_provider,
    update_identity_data, user_identities_by_type,
};
pub use message::{send_message, show_card};
pub use mortise_store::integration::{
    identity::{IdentityFilter, IdentityProvider},
    installed::StoredProject,
    search::{IntegrationFilter, OrgIntegrationFilter},
};
pub use organizations::{
    GracePeriod, OrgIntegrationChange, OrgIntegrationInfo, integration_external_projects, org_integration,
    org_integrations, page_org_integration_ids, start_grace_period, update_org_integrations,
};
pub use token::with_good_token;

use mortise_domain::{IntegrationId, OrgId, UserId, status::ObjectStatus};
use mortise_store::{
    Conn, Slice, Tx,
    integration::{self, Integration, search},
};
use mortise_wire::{Page, PageRequest};
use serde_json::{Map, Value};

use super::{add_organization, metadata};
use crate::{Ctx, Result, paging::slice};

/// An integration.
#[derive(Debug, Clone, PartialEq)]
pub struct IntegrationInfo {
    /// Its id.
    pub id: IntegrationId,
    /// The word of its provider.
    pub provider: String,
    /// The account's id on the other side.
    pub external_id: String,
    /// The account's name.
    pub name: String,
    /// What the provider keeps for the account, credentials included.
    pub metadata: Map<String, Value>,
    /// Its state; an unknown one counts as disabled.
    pub status: ObjectStatus,
}

/// What changes of integrations; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct IntegrationChange {
    /// The name.
    pub name: Option<String>,
    /// What the provider keeps, whole.
    pub metadata: Option<Map<String, Value>>,
    /// The state.
    pub status: Option<ObjectStatus>,
}

/// Ids of the integrations of these providers that an organization has, by name.
pub async fn page_integration_ids(
    conn: &mut Conn,
    providers: Vec<String>,
    org: OrgId,
    request: PageRequest,
) -> Result<Page<IntegrationId>> {
    let window = request.offset_window()?;
    let filter =
        IntegrationFilter { providers: Some(providers), org: Some(org), ..IntegrationFilter::default() };
    let rows = search::integrations(conn, &filter, slice(&window)).await?;
    Ok(window.page(rows).map(|row| row.id))
}

/// The integrations that a filter describes, at most `limit`; none for a filter that says nothing.
pub async fn integrations(
    ctx: &Ctx,
    conn: &mut Conn,
    filter: &IntegrationFilter,
    limit: Option<i64>,
) -> Result<Vec<IntegrationInfo>> {
    if says_nothing(filter) {
        return Ok(Vec::new());
    }
    let rows = search::integrations(conn, filter, first(limit)).await?;
    rows.iter().map(|row| integration_info(ctx, row)).collect()
}

/// The one integration that a filter describes; none where there are several.
pub async fn integration(
    ctx: &Ctx,
    conn: &mut Conn,
    filter: &IntegrationFilter,
) -> Result<Option<IntegrationInfo>> {
    let mut found = integrations(ctx, conn, filter, Some(2)).await?;
    Ok(if found.len() == 1 { found.pop() } else { None })
}

/// The integration of an organization that a filter describes, and what it has of it.
pub async fn organization_context(
    ctx: &Ctx,
    conn: &mut Conn,
    org: OrgId,
    filter: IntegrationFilter,
) -> Result<(Option<IntegrationInfo>, Option<OrgIntegrationInfo>)> {
    let (found, mut rows) = organization_contexts(ctx, conn, Some(org), filter).await?;
    Ok((found, rows.pop()))
}

/// The integration that a filter describes, in this organization if one is named, and what organizations, or this one, have
/// of it.
pub async fn organization_contexts(
    ctx: &Ctx,
    conn: &mut Conn,
    org: Option<OrgId>,
    filter: IntegrationFilter,
) -> Result<(Option<IntegrationInfo>, Vec<OrgIntegrationInfo>)> {
    let filter = IntegrationFilter { org, ..filter };
    let Some(found) = integration(ctx, conn, &filter).await? else { return Ok((None, Vec::new())) };
    let filter = OrgIntegrationFilter {
        integration: Some(found.id),
        orgs: org.map(|org| vec![org]),
        ..OrgIntegrationFilter::default()
    };
    let rows = org_integrations(ctx, conn, &filter, None).await?;
    Ok((Some(found), rows))
}

/// Changes integrations and returns them; none for a change that changes nothing. Each keeps its own seal, so metadata is
/// written one by one.
pub async fn update_integrations(
    tx: &mut Tx,
    ctx: &Ctx,
    ids: &[IntegrationId],
    change: &IntegrationChange,
) -> Result<Vec<IntegrationInfo>> {
    let IntegrationChange { name, metadata, status } = change;
    if name.is_none() && metadata.is_none() && status.is_none() {
        return Ok(Vec::new());
    }
    let now = ctx.now();
    search::update(tx, ids, name.as_deref(), status.map(ObjectStatus::number), now).await?;
    let filter = IntegrationFilter { ids: Some(ids.to_vec()), ..IntegrationFilter::default() };
    if let Some(new) = metadata {
        for row in search::integrations(tx, &filter, Slice::ALL).await? {
            let (blob, shown) = metadata::seal(ctx, &row.provider, &row.external_id, new);
            integration::set_metadata(tx, row.id, &blob, &shown, now).await?;
        }
    }
    integrations(ctx, tx, &filter, None).await
}

/// Lets organizations use an integration.
pub async fn add_organizations(
    tx: &mut Tx,
    ctx: &Ctx,
    integration: IntegrationId,
    orgs: &[OrgId],
    user: Option<UserId>,
) -> Result<()> {
    for org in orgs {
        add_organization(tx, ctx, integration, *org, user, None).await?;
    }
    Ok(())
}

/// Removes an integration at once, in every organization; nothing happens when it is not there.
pub async fn delete_integration(tx: &mut Tx, id: IntegrationId) -> Result<()> {
    search::delete(tx, id).await?;
    Ok(())
}

fn says_nothing(filter: &IntegrationFilter) -> bool {
    let IntegrationFilter { ids, status, providers, external_id, org, org_status, org_integration } = filter;
    ids.is_none()
        && status.is_none()
        && providers.is_none()
        && external_id.is_none()
        && org.is_none()
        && org_status.is_none()
        && org_integration.is_none()
}

/// The first rows, or all.
fn first(limit: Option<i64>) -> Slice {
    limit.map_or(Slice::ALL, |take| Slice { skip: 0, take })
}

fn status_of(number: i64) -> ObjectStatus {
    ObjectStatus::try_from(number).unwrap_or(ObjectStatus::Disabled)
}

fn integration_info(ctx: &Ctx, row: &Integration) -> Result<IntegrationInfo> {
    Ok(IntegrationInfo {
        id: row.id,
        provider: row.provider.clone(),
        external_id: row.external_id.clone(),
        name: row.name.clone(),
        metadata: metadata::open_row(ctx, &row.provider, &row.external_id, &row.metadata)?,
        status: status_of(row.status),
    })
}
