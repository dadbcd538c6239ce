//! Finding integrations, and what organizations have of them, by whatever is known.

use mortise_domain::{IdentityId, IntegrationId, OrgId, OrgIntegrationId, Time};

use super::Integration;
use crate::{Conn, Query, Result, Slice, Tx, row};

/// Which integrations; what is `None` does not matter.
#[derive(Debug, Clone, Default)]
pub struct IntegrationFilter {
    /// Those with these ids.
    pub ids: Option<Vec<IntegrationId>>,
    /// Those in this state.
    pub status: Option<i64>,
    /// Those of these providers.
    pub providers: Option<Vec<String>>,
    /// Those with this id on the other side.
    pub external_id: Option<String>,
    /// Those that this organization has.
    pub org: Option<OrgId>,
    /// Those that some organization has in this state.
    pub org_status: Option<i64>,
    /// The one behind this row of an organization.
    pub org_integration: Option<OrgIntegrationId>,
}

row! {
    /// What an organization has of an integration.
    pub struct OrgIntegration {
        pub id: OrgIntegrationId,
        pub organization_id: OrgId,
        pub integration_id: IntegrationId,
        /// Sealed JSON; `None` while nothing is set.
        pub config: Option<Vec<u8>>,
        pub default_auth_id: Option<IdentityId>,
        pub status: i64,
        pub grace_period_end: Option<Time>,
        pub date_added: Time,
    }
}

/// Which rows of organizations; what is `None` does not matter.
#[derive(Debug, Clone, Default)]
pub struct OrgIntegrationFilter {
    /// Those with these ids.
    pub ids: Option<Vec<OrgIntegrationId>>,
    /// Those of this integration.
    pub integration: Option<IntegrationId>,
    /// Those of these organizations.
    pub orgs: Option<Vec<OrgId>>,
    /// Those in any of these states.
    pub statuses: Option<Vec<i64>>,
    /// Those of these providers.
    pub providers: Option<Vec<String>>,
    /// Those of integrations with this name.
    pub name: Option<String>,
    /// Those that have, or have not, a grace period.
    pub has_grace_period: Option<bool>,
    /// Those whose grace period is over, or is not, at a time.
    pub grace_period_over: Option<(bool, Time)>,
}

/// In which order rows of organizations are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrgIntegrationOrder {
    /// By id.
    Id,
    /// By the name of the integration.
    Name,
}

/// Integrations by name, each once.
pub async fn integrations(
    conn: &mut Conn,
    filter: &IntegrationFilter,
    slice: Slice,
) -> Result<Vec<Integration>> {
    let mut query = Query::new("SELECT i.* FROM integration i WHERE TRUE");
    if let Some(ids) = &filter.ids {
        query.push(" AND i.id IN ").list(ids.iter().copied());
    }
    if let Some(status) = filter.status {
        query.push(" AND i.status = ").arg(status);
    }
    if let Some(providers) = &filter.providers {
        query.push(" AND i.provider IN ").list(providers);
    }
    if let Some(external_id) = &filter.external_id {
        query.push(" AND i.external_id = ").arg(external_id);
    }
    let IntegrationFilter { org, org_status, org_integration, .. } = filter;
    if org.is_some() || org_status.is_some() || org_integration.is_some() {
        query.push(" AND EXISTS (SELECT 1 FROM organization_integration o WHERE o.integration_id = i.id");
        if let Some(org) = org {
            query.push(" AND o.organization_id = ").arg(*org);
        }
        if let Some(status) = org_status {
            query.push(" AND o.status = ").arg(*status);
        }
        if let Some(id) = org_integration {
            query.push(" AND o.id = ").arg(*id);
        }
        query.push(")");
    }
    query.push(" ORDER BY i.name, i.id").slice(slice);
    conn.all(query).await
}

/// What organizations have.
pub async fn org_integrations(
    conn: &mut Conn,
    filter: &OrgIntegrationFilter,
    order: OrgIntegrationOrder,
    slice: Slice,
) -> Result<Vec<OrgIntegration>> {
    let mut query = Query::new(
        "SELECT o.id, o.organization_id, o.integration_id, o.config, o.default_auth_id, o.status, \
         o.grace_period_end, o.date_added FROM organization_integration o JOIN integration i ON i.id = o.integration_id WHERE TRUE",
    );
    if let Some(ids) = &filter.ids {
        query.push(" AND o.id IN ").list(ids.iter().copied());
    }
    if let Some(integration) = filter.integration {
        query.push(" AND o.integration_id = ").arg(integration);
    }
    if let Some(orgs) = &filter.orgs {
        query.push(" AND o.organization_id IN ").list(orgs.iter().copied());
    }
    if let Some(statuses) = &filter.statuses {
        query.push(" AND o.status IN ").list(statuses.iter().copied());
    }
    if let Some(providers) = &filter.providers {
        query.push(" AND i.provider IN ").list(providers);
    }
    if let Some(name) = &filter.name {
        query.push(" AND i.name = ").arg(name);
    }
    match filter.has_grace_period {
        Some(true) => drop(query.push(" AND o.grace_period_end IS NOT NULL")),
        Some(false) => drop(query.push(" AND o.grace_period_end IS NULL")),
        None => {}
    }
    match filter.grace_period_over {
        Some((true, now)) => drop(query.push(" AND o.grace_period_end <= ").arg(now)),
        Some((false, now)) => drop(query.push(" AND o.grace_period_end > ").arg(now)),
        None => {}
    }
    query.push(match order {
        OrgIntegrationOrder::Id => " ORDER BY o.id",
        OrgIntegrationOrder::Name => " ORDER BY i.name, o.id",
    });
    query.slice(slice);
    conn.all(query).await
}

/// Changes name or state of integrations; what is `None` stays.
pub async fn update(
    tx: &mut Tx,
    ids: &[IntegrationId],
    name: Option<&str>,
    status: Option<i64>,
    now: Time,
) -> Result<u64> {
    let mut query = Query::new("UPDATE integration SET date_updated = ");
    query.arg(now);
    if let Some(name) = name {
        query.push(", name = ").arg(name);
    }
    if let Some(status) = status {
        query.push(", status = ").arg(status);
    }
    query.push(" WHERE id IN ").list(ids.iter().copied());
    tx.execute(query).await
}

/// Changes state, or the end of the grace period, of organizations' rows; what is `None` stays.
pub async fn update_org_integrations(
    tx: &mut Tx,
    ids: &[OrgIntegrationId],
    status: Option<i64>,
    grace_period_end: Option<Option<Time>>,
    now: Time,
) -> Result<u64> {
    let mut query = Query::new("UPDATE organization_integration SET date_updated = ");
    query.arg(now);
    if let Some(status) = status {
        query.push(", status = ").arg(status);
    }
    if let Some(end) = grace_period_end {
        query.push(", grace_period_end = ").arg(end);
    }
    query.push(" WHERE id IN ").list(ids.iter().copied());
    tx.execute(query).await
}

/// Removes an integration with all that hangs on it, in every organization; whether it was there.
pub async fn delete(tx: &mut Tx, id: IntegrationId) -> Result<bool> {
    Ok(tx.execute(Query::new("DELETE FROM integration WHERE id = $1").bind(id)).await? == 1)
}
