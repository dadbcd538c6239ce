//! Integrations as organizations have them: the account on the other side and the organization's own row in one.

use mortise_domain::{IdentityId, IntegrationId, OrgId, OrgIntegrationId, Time};

use crate::{Conn, Query, Result, Slice, Tx, row};

row! {
    /// An integration of an organization.
    pub struct Installed {
        pub id: IntegrationId,
        pub provider: String,
        pub external_id: String,
        pub name: String,
        /// Sealed JSON.
        pub metadata: Vec<u8>,
        /// What clients may see of it, as JSON.
        pub shown: String,
        pub status: i64,
        pub org_integration_id: OrgIntegrationId,
        pub organization_id: OrgId,
        /// Sealed JSON; `None` while nothing is set.
        pub config: Option<Vec<u8>>,
        pub default_auth_id: Option<IdentityId>,
        pub org_status: i64,
        pub grace_period_end: Option<Time>,
    }
}

row! {
    /// The states that statuses of issues map to in a project of the other side.
    pub struct ExternalProject {
        pub organization_integration_id: OrgIntegrationId,
        pub external_id: String,
        pub name: String,
        pub resolved_status: String,
        pub unresolved_status: String,
    }
}

const COLUMNS: &str = "SELECT i.id, i.provider, i.external_id, i.name, i.metadata, i.shown, i.status, \
     o.id AS org_integration_id, o.organization_id, o.config, o.default_auth_id, o.status AS org_status, \
     o.grace_period_end FROM organization_integration o JOIN integration i ON i.id = o.integration_id WHERE ";

/// The integrations of an organization by name, whatever their state but for those whose deletion is under way; those of
/// one provider if named.
pub async fn list(
    conn: &mut Conn,
    org: OrgId,
    provider: Option<&str>,
    slice: Slice,
) -> Result<Vec<Installed>> {
    let mut query = Query::new(COLUMNS);
    query.push("o.status IN (0, 1, 2) AND o.organization_id = ").arg(org);
    if let Some(provider) = provider {
        query.push(" AND i.provider = ").arg(provider);
    }
    query.push(" ORDER BY o.integration_name, o.integration_id").slice(slice);
    conn.all(query).await
}

/// One integration of an organization, whatever its state.
pub async fn find(conn: &mut Conn, org: OrgId, id: IntegrationId) -> Result<Option<Installed>> {
    let mut query = Query::new(COLUMNS);
    query.push("o.organization_id = ").arg(org).push(" AND o.integration_id = ").arg(id);
    conn.optional(query).await
}

/// The integration behind an organization's row.
pub async fn by_row(conn: &mut Conn, id: OrgIntegrationId) -> Result<Option<Installed>> {
    let mut query = Query::new(COLUMNS);
    query.push("o.id = ").arg(id);
    conn.optional(query).await
}

/// The organization that had an integration first, of those that have it.
pub async fn first_org(conn: &mut Conn, id: IntegrationId) -> Result<Option<OrgId>> {
    let query = Query::new(
        "SELECT organization_id FROM organization_integration WHERE integration_id = $1 ORDER BY id LIMIT 1",
    );
    Ok(conn.optional::<(OrgId,)>(query.bind(id)).await?.map(|(org,)| org))
}

/// An integration as the organization has it that had it first, of those in which it is active.
pub async fn first_active(conn: &mut Conn, id: IntegrationId) -> Result<Option<Installed>> {
    let mut query = Query::new(COLUMNS);
    query
        .push("o.status = 0 AND i.status = 0 AND o.integration_id = ")
        .arg(id)
        .push(" ORDER BY o.id LIMIT 1");
    conn.optional(query).await
}

/// Disables an integration in every organization; whether it was not disabled before.
pub async fn disable(tx: &mut Tx, id: IntegrationId, disabled: i64, now: Time) -> Result<bool> {
    let query =
        Query::new("UPDATE integration SET status = $2, date_updated = $3 WHERE id = $1 AND status <> $2");
    Ok(tx.execute(query.bind(id).bind(disabled).bind(now)).await? == 1)
}

/// Whether an organization has an integration through another row than this one.
pub async fn is_used_besides(conn: &mut Conn, id: IntegrationId, row: OrgIntegrationId) -> Result<bool> {
    let query =
        Query::new("SELECT COUNT(*) FROM organization_integration WHERE integration_id = $1 AND id <> $2");
    Ok(conn.one::<i64>(query.bind(id).bind(row)).await? > 0)
}

/// The integrations of these organizations that are active on both sides, by row.
pub async fn active_of(
    conn: &mut Conn,
    orgs: &[OrgId],
    provider: Option<&str>,
    slice: Slice,
) -> Result<Vec<Installed>> {
    let mut query = Query::new(COLUMNS);
    query.push("o.status = 0 AND i.status = 0 AND o.organization_id IN ").list(orgs.iter().copied());
    if let Some(provider) = provider {
        query.push(" AND i.provider = ").arg(provider);
    }
    query.push(" ORDER BY o.id").slice(slice);
    conn.all(query).await
}

/// Names of the repositories that an organization has from an integration, but for those that are hidden.
pub async fn repository_names(conn: &mut Conn, org: OrgId, id: IntegrationId) -> Result<Vec<String>> {
    let query = Query::new(
        "SELECT name FROM repository WHERE organization_id = $1 AND integration_id = $2 AND status <> 1",
    );
    conn.all(query.bind(org).bind(id)).await
}

/// The mapped projects of these rows, by row and id.
pub async fn external_projects(conn: &mut Conn, of: &[OrgIntegrationId]) -> Result<Vec<ExternalProject>> {
    if of.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "SELECT organization_integration_id, external_id, name, resolved_status, unresolved_status \
         FROM external_project WHERE organization_integration_id IN ",
    );
    query.list(of.iter().copied()).push(" ORDER BY organization_integration_id, id");
    conn.all(query).await
}

row! {
    /// A mapped project as it is stored.
    pub struct StoredProject {
        pub id: i64,
        pub organization_integration_id: OrgIntegrationId,
        pub external_id: String,
        pub name: String,
        pub resolved_status: String,
        pub unresolved_status: String,
    }
}

/// The mapped projects of an organization's integration by id, the one with this id on the other side if named.
pub async fn stored_projects(
    conn: &mut Conn,
    org: OrgId,
    integration: IntegrationId,
    external_id: Option<&str>,
) -> Result<Vec<StoredProject>> {
    let mut query = Query::new(
        "SELECT p.id, p.organization_integration_id, p.external_id, p.name, p.resolved_status, p.unresolved_status \
         FROM external_project p JOIN organization_integration o ON o.id = p.organization_integration_id \
         WHERE o.organization_id = ",
    );
    query.arg(org).push(" AND o.integration_id = ").arg(integration);
    if let Some(external_id) = external_id {
        query.push(" AND p.external_id = ").arg(external_id);
    }
    query.push(" ORDER BY p.id");
    conn.all(query).await
}

/// Replaces the mapped projects of a row.
pub async fn replace_external_projects(
    tx: &mut Tx,
    of: OrgIntegrationId,
    projects: &[ExternalProject],
    now: Time,
) -> Result<()> {
    let old = Query::new("DELETE FROM external_project WHERE organization_integration_id = $1").bind(of);
    tx.execute(old).await?;
    if projects.is_empty() {
        return Ok(());
    }
    let mut query = Query::new(
        "INSERT INTO external_project (organization_integration_id, external_id, name, resolved_status, \
         unresolved_status, date_added) VALUES ",
    );
    for (index, project) in projects.iter().enumerate() {
        query.push(if index == 0 { "(" } else { ", (" }).arg(of);
        query.push(", ").arg(&project.external_id).push(", ").arg(&project.name);
        query.push(", ").arg(&project.resolved_status).push(", ").arg(&project.unresolved_status);
        query.push(", ").arg(now).push(")");
    }
    tx.execute(query).await.map(drop)
}

/// Stores the organization's settings where those are still there that they were made from; whether they were.
pub async fn replace_config(
    tx: &mut Tx,
    id: OrgIntegrationId,
    old: Option<&[u8]>,
    new: &[u8],
    now: Time,
) -> Result<bool> {
    let query = Query::new(
        "UPDATE organization_integration SET config = $3, date_updated = $4 \
         WHERE id = $1 AND config IS NOT DISTINCT FROM $2",
    );
    Ok(tx.execute(query.bind(id).bind(old.map(<[u8]>::to_vec)).bind(new).bind(now)).await? == 1)
}

/// Stores the organization's settings, whatever was there.
pub async fn set_config(tx: &mut Tx, id: OrgIntegrationId, config: &[u8], now: Time) -> Result<()> {
    let query =
        Query::new("UPDATE organization_integration SET config = $2, date_updated = $3 WHERE id = $1");
    tx.execute_one(query.bind(id).bind(config).bind(now)).await
}

/// Moves an organization's row from one of these states to another; whether it was in one of them.
pub async fn set_status(tx: &mut Tx, id: OrgIntegrationId, from: &[i64], to: i64, now: Time) -> Result<bool> {
    let mut query = Query::new("UPDATE organization_integration SET status = ");
    query.arg(to).push(", date_updated = ").arg(now).push(" WHERE id = ").arg(id).push(" AND status IN ");
    query.list(from.iter().copied());
    Ok(tx.execute(query).await? == 1)
}

/// Removes an organization's row with what hangs on it: the identity that it acted with, mappings of code and of
/// statuses. Repositories stay and belong to no integration from then on; so do links to items on the other side.
pub async fn remove(tx: &mut Tx, id: OrgIntegrationId) -> Result<()> {
    for text in [
        "UPDATE repository SET integration_id = NULL WHERE (organization_id, integration_id) = \
         (SELECT organization_id, integration_id FROM organization_integration WHERE id = $1)",
        "DELETE FROM code_mapping WHERE organization_integration_id = $1",
        "DELETE FROM identity WHERE id = (SELECT default_auth_id FROM organization_integration WHERE id = $1)",
        "DELETE FROM organization_integration WHERE id = $1",
    ] {
        tx.execute(Query::new(text).bind(id)).await?;
    }
    Ok(())
}
