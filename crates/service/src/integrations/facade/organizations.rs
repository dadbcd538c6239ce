//! What organizations have of integrations, for the rest of a host.

use mortise_domain::{IdentityId, IntegrationId, OrgId, OrgIntegrationId, Time, status::ObjectStatus};
use mortise_store::{
    Conn, Slice, Tx,
    integration::{
        installed::{self, StoredProject, stored_projects},
        search::{self, OrgIntegration, OrgIntegrationFilter, OrgIntegrationOrder},
    },
};
use mortise_wire::{Page, PageRequest};
use serde_json::{Map, Value};

use super::{first, status_of};
use crate::{Ctx, Result, integrations::config, paging::slice};

/// What an organization has of an integration.
#[derive(Debug, Clone, PartialEq)]
pub struct OrgIntegrationInfo {
    /// Its id.
    pub id: OrgIntegrationId,
    /// The account that it acts with.
    pub default_auth: Option<IdentityId>,
    /// Whose.
    pub org: OrgId,
    /// Of what.
    pub integration: IntegrationId,
    /// The settings.
    pub config: Map<String, Value>,
    /// Its state; an unknown one counts as disabled.
    pub status: ObjectStatus,
    /// Until when it may be used although the plan has it no more.
    pub grace_period_end: Option<Time>,
    /// Since when.
    pub date_added: Time,
}

/// What changes of organizations' rows; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct OrgIntegrationChange {
    /// The settings, whole.
    pub config: Option<Map<String, Value>>,
    /// The state.
    pub status: Option<i64>,
    /// The end of the grace period, or that there is none.
    pub grace_period_end: Option<Option<Time>>,
}

/// Ids of the rows of an organization in these states, of one provider if named, by the integration's name.
pub async fn page_org_integration_ids(
    conn: &mut Conn,
    org: OrgId,
    statuses: &[ObjectStatus],
    provider: Option<String>,
    request: PageRequest,
) -> Result<Page<OrgIntegrationId>> {
    let window = request.offset_window()?;
    let filter = OrgIntegrationFilter {
        orgs: Some(vec![org]),
        statuses: Some(statuses.iter().map(|status| status.number()).collect()),
        providers: provider.map(|provider| vec![provider]),
        ..OrgIntegrationFilter::default()
    };
    let rows = search::org_integrations(conn, &filter, OrgIntegrationOrder::Name, slice(&window)).await?;
    Ok(window.page(rows).map(|row| row.id))
}

/// The rows of organizations that a filter describes, by id; none for a filter that says nothing.
pub async fn org_integrations(
    ctx: &Ctx,
    conn: &mut Conn,
    filter: &OrgIntegrationFilter,
    limit: Option<i64>,
) -> Result<Vec<OrgIntegrationInfo>> {
    let OrgIntegrationFilter {
        ids,
        integration,
        orgs,
        statuses,
        providers,
        name,
        has_grace_period,
        grace_period_over,
    } = filter;
    let says_nothing = ids.is_none()
        && integration.is_none()
        && orgs.is_none()
        && statuses.is_none()
        && providers.is_none()
        && name.is_none()
        && has_grace_period.is_none()
        && grace_period_over.is_none();
    if says_nothing {
        return Ok(Vec::new());
    }
    let rows = search::org_integrations(conn, filter, OrgIntegrationOrder::Id, first(limit)).await?;
    rows.iter().map(|row| org_integration_info(ctx, row)).collect()
}

/// What an organization has of an integration, in any state.
pub async fn org_integration(
    ctx: &Ctx,
    conn: &mut Conn,
    org: OrgId,
    integration: IntegrationId,
) -> Result<Option<OrgIntegrationInfo>> {
    Ok(org_integrations(ctx, conn, &of_org(org, integration), Some(1)).await?.pop())
}

/// Changes rows of organizations and returns them; none for a change that changes nothing. That a grace period ends is
/// said as such, apart from leaving it alone. Each keeps its own seal, so settings are written one by one.
pub async fn update_org_integrations(
    tx: &mut Tx,
    ctx: &Ctx,
    ids: &[OrgIntegrationId],
    change: &OrgIntegrationChange,
) -> Result<Vec<OrgIntegrationInfo>> {
    let OrgIntegrationChange { config, status, grace_period_end } = change;
    if config.is_none() && status.is_none() && grace_period_end.is_none() {
        return Ok(Vec::new());
    }
    let now = ctx.now();
    search::update_org_integrations(tx, ids, *status, *grace_period_end, now).await?;
    let filter = OrgIntegrationFilter { ids: Some(ids.to_vec()), ..OrgIntegrationFilter::default() };
    if let Some(new) = config {
        for row in search::org_integrations(tx, &filter, OrgIntegrationOrder::Id, Slice::ALL).await? {
            let sealed = config::seal(ctx, row.organization_id, row.integration_id, new);
            installed::set_config(tx, row.id, &sealed, now).await?;
        }
    }
    org_integrations(ctx, tx, &filter, None).await
}

/// The mapped projects of an integration in an organization, the one with this id on the other side if named.
pub async fn integration_external_projects(
    conn: &mut Conn,
    org: OrgId,
    integration: IntegrationId,
    external_id: Option<&str>,
) -> Result<Vec<StoredProject>> {
    Ok(stored_projects(conn, org, integration, external_id).await?)
}

/// A grace period that begins.
#[derive(Debug, Clone)]
pub struct GracePeriod {
    /// Whose rows.
    pub org: OrgId,
    /// Of which provider.
    pub provider: String,
    /// When it ends.
    pub end: Time,
    /// Which state the rows must be in.
    pub status: ObjectStatus,
    /// Leaves out rows that are the first, in any organization, of their integration.
    pub skip_oldest: bool,
}

/// Begins a grace period for an organization's rows of a provider and returns them.
pub async fn start_grace_period(
    tx: &mut Tx,
    ctx: &Ctx,
    grace: &GracePeriod,
) -> Result<Vec<OrgIntegrationInfo>> {
    let of_provider = OrgIntegrationFilter {
        statuses: Some(vec![grace.status.number()]),
        providers: Some(vec![grace.provider.clone()]),
        ..OrgIntegrationFilter::default()
    };
    let own = OrgIntegrationFilter { orgs: Some(vec![grace.org]), ..of_provider.clone() };
    let mut rows = search::org_integrations(tx, &own, OrgIntegrationOrder::Id, Slice::ALL).await?;
    if grace.skip_oldest {
        let all = search::org_integrations(tx, &of_provider, OrgIntegrationOrder::Id, Slice::ALL).await?;
        let is_oldest = |row: &OrgIntegration| {
            !all.iter().any(|it| it.integration_id == row.integration_id && it.id < row.id)
        };
        rows.retain(|row| !is_oldest(row));
    }
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let change =
        OrgIntegrationChange { grace_period_end: Some(Some(grace.end)), ..OrgIntegrationChange::default() };
    update_org_integrations(tx, ctx, &ids, &change).await
}

fn of_org(org: OrgId, integration: IntegrationId) -> OrgIntegrationFilter {
    OrgIntegrationFilter {
        orgs: Some(vec![org]),
        integration: Some(integration),
        ..OrgIntegrationFilter::default()
    }
}

fn org_integration_info(ctx: &Ctx, row: &OrgIntegration) -> Result<OrgIntegrationInfo> {
    Ok(OrgIntegrationInfo {
        id: row.id,
        default_auth: row.default_auth_id,
        org: row.organization_id,
        integration: row.integration_id,
        config: config::open_row(ctx, row.organization_id, row.integration_id, row.config.as_deref())?,
        status: status_of(row.status),
        grace_period_end: row.grace_period_end,
        date_added: row.date_added,
    })
}
