//! Source repositories of organizations. One that is to be deleted gives its names free at once: `name` and `external_id`
//! are then random, and what they were is kept beside them until the row is gone or restored.

use mortise_domain::{CommitId, IntegrationId, OrgId, ReleaseId, RepositoryId, Time};
use serde_json::Value as Json;

use crate::{Conn, Pattern, Query, Range, Result, Slice, Tx, row};

row! {
    /// A repository. status: an `ObjectStatus`.
    pub struct Repository {
        pub id: RepositoryId,
        pub organization_id: OrgId,
        pub name: String,
        pub url: Option<String>,
        pub provider: Option<String>,
        pub external_id: Option<String>,
        pub integration_id: Option<IntegrationId>,
        pub config: Json,
        pub status: i64,
        /// What it was called before its deletion was asked for.
        pub original_name: Option<String>,
        pub original_external_id: Option<String>,
        pub date_added: Time,
    }
}

/// Which repositories a list shows.
#[derive(Debug, Clone, Default)]
pub struct Filter<'a> {
    /// Only names that contain this, in any case of letters; empty for all.
    pub name: &'a str,
    /// Only those of this integration.
    pub integration: Option<IntegrationId>,
    /// Only those of these providers.
    pub providers: Option<&'a [&'a str]>,
    /// Only the one with this id on the other side.
    pub external_id: Option<&'a str>,
    /// Only those in this state (`true`) or in any other (`false`).
    pub status: Option<(i64, bool)>,
    /// Whether it must have an integration, or must have none.
    pub has_integration: Option<bool>,
    /// Whether it must have a provider, or must have none.
    pub has_provider: Option<bool>,
}

/// What a new repository needs.
#[derive(Debug, Clone)]
pub struct NewRepository {
    /// As the provider names it.
    pub name: String,
    /// Its page.
    pub url: Option<String>,
    /// Such as `integrations:vsts`.
    pub provider: Option<String>,
    /// The id on the other side.
    pub external_id: Option<String>,
    /// The integration that it comes with.
    pub integration: Option<IntegrationId>,
    /// What the provider needs for it.
    pub config: Json,
}

impl NewRepository {
    /// One that only has a name: nobody knows where it is.
    pub fn named(name: String) -> Self {
        Self {
            name,
            url: None,
            provider: None,
            external_id: None,
            integration: None,
            config: Json::Object(serde_json::Map::new()),
        }
    }
}

/// Adds an active repository. A second one with the same provider and external id is a conflict.
pub async fn insert(tx: &mut Tx, org: OrgId, new: &NewRepository, now: Time) -> Result<Repository> {
    let query = Query::new(
        "INSERT INTO repository (organization_id, name, url, provider, external_id, integration_id, config, status, \
         date_added) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8) RETURNING *",
    );
    let query = query.bind(org).bind(&new.name).bind(new.url.clone()).bind(new.provider.clone());
    tx.one(query.bind(new.external_id.clone()).bind(new.integration).bind(&new.config).bind(now)).await
}

/// The repositories of an organization, by name.
pub async fn list(conn: &mut Conn, org: OrgId, filter: &Filter<'_>, slice: Slice) -> Result<Vec<Repository>> {
    let mut query = Query::new("SELECT * FROM repository WHERE organization_id = ");
    query.arg(org);
    if !filter.name.is_empty() {
        query.push(" AND ").matches("name", &[Pattern::contains(filter.name)]);
    }
    if let Some(integration) = filter.integration {
        query.push(" AND integration_id = ").arg(integration);
    }
    if let Some(providers) = filter.providers {
        query.push(" AND provider IN ").list(providers.iter().copied());
    }
    if let Some(external_id) = filter.external_id {
        query.push(" AND external_id = ").arg(external_id);
    }
    if let Some((status, is_it)) = filter.status {
        query.push(if is_it { " AND status = " } else { " AND status <> " }).arg(status);
    }
    match filter.has_integration {
        Some(true) => drop(query.push(" AND integration_id IS NOT NULL")),
        Some(false) => drop(query.push(" AND integration_id IS NULL")),
        None => {}
    }
    match filter.has_provider {
        Some(true) => drop(query.push(" AND provider IS NOT NULL")),
        Some(false) => drop(query.push(" AND provider IS NULL")),
        None => {}
    }
    query.push(" ORDER BY name, id").slice(slice);
    conn.all(query).await
}

/// One repository of an organization, whatever its state.
pub async fn find(conn: &mut Conn, org: OrgId, id: RepositoryId) -> Result<Option<Repository>> {
    let query = Query::new("SELECT * FROM repository WHERE organization_id = $1 AND id = $2");
    conn.optional(query.bind(org).bind(id)).await
}

/// These repositories, by id.
pub async fn by_ids(conn: &mut Conn, ids: &[RepositoryId]) -> Result<Vec<Repository>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new("SELECT * FROM repository WHERE id IN ");
    query.list(ids.iter().copied()).push(" ORDER BY id");
    conn.all(query).await
}

/// The repositories of an organization with this name, by id.
pub async fn by_name(conn: &mut Conn, org: OrgId, name: &str) -> Result<Vec<Repository>> {
    let query = Query::new("SELECT * FROM repository WHERE organization_id = $1 AND name = $2 ORDER BY id");
    conn.all(query.bind(org).bind(name)).await
}

/// The newest repository of an organization of each of these names, whatever its state.
pub async fn newest_by_names(conn: &mut Conn, org: OrgId, names: &[&str]) -> Result<Vec<Repository>> {
    newest(conn, org, names, "").await
}

/// The newest active repository of an organization of each of these names.
pub async fn newest_active_by_names(conn: &mut Conn, org: OrgId, names: &[&str]) -> Result<Vec<Repository>> {
    newest(conn, org, names, " AND status = 0").await
}

async fn newest(conn: &mut Conn, org: OrgId, names: &[&str], and: &'static str) -> Result<Vec<Repository>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new("SELECT * FROM repository WHERE id IN (SELECT MAX(id) FROM repository WHERE ");
    query.push("organization_id = ").arg(org).push(and).push(" AND name IN ").list(names.iter().copied());
    query.push(" GROUP BY name) ORDER BY id");
    conn.all(query).await
}

/// The repository that adding one with this id on the other side brings back: one of the same provider in the state
/// `hidden`, or else one that belongs to no integration.
pub async fn to_bring_back(
    conn: &mut Conn,
    org: OrgId,
    provider: &str,
    external_id: &str,
    hidden: i64,
) -> Result<Option<Repository>> {
    let query = Query::new(
        "SELECT * FROM repository WHERE organization_id = $1 AND external_id = $3 \
         AND ((status = $4 AND provider = $2) OR integration_id IS NULL) \
         ORDER BY CASE WHEN status = $4 AND provider = $2 THEN 0 ELSE 1 END, id LIMIT 1",
    );
    conn.optional(query.bind(org).bind(provider).bind(external_id).bind(hidden)).await
}

/// Stores a repository as it is given.
pub async fn update(tx: &mut Tx, repository: &Repository) -> Result<()> {
    let query = Query::new(
        "UPDATE repository SET name = $2, url = $3, provider = $4, external_id = $5, integration_id = $6, \
         config = $7, status = $8, original_name = $9, original_external_id = $10 WHERE id = $1",
    );
    let it = repository;
    let query = query.bind(it.id).bind(&it.name).bind(it.url.clone()).bind(it.provider.clone());
    let query = query.bind(it.external_id.clone()).bind(it.integration_id).bind(&it.config).bind(it.status);
    tx.execute_one(query.bind(it.original_name.clone()).bind(it.original_external_id.clone())).await
}

/// Moves the repositories of an organization that an integration brought from a state to another; how many.
pub async fn set_status_of_integration(
    tx: &mut Tx,
    org: OrgId,
    integration: IntegrationId,
    provider: &str,
    from: i64,
    to: i64,
) -> Result<u64> {
    let query = Query::new(
        "UPDATE repository SET status = $5 WHERE organization_id = $1 AND integration_id = $2 AND provider = $3 \
         AND status = $4",
    );
    tx.execute(query.bind(org).bind(integration).bind(provider).bind(from).bind(to)).await
}

/// Disables those active repositories of an organization that an integration brought, and that have one of these ids on the
/// other side; how many.
pub async fn disable_by_external_ids(
    tx: &mut Tx,
    org: OrgId,
    integration: IntegrationId,
    provider: &str,
    external_ids: &[String],
) -> Result<u64> {
    let mut query = Query::new(
        "UPDATE repository SET status = 1 WHERE status = 0 AND organization_id = $1 AND integration_id = $2 \
         AND provider = $3 AND external_id IN ",
    )
    .bind(org)
    .bind(integration)
    .bind(provider);
    query.list(external_ids);
    tx.execute(query).await
}

/// Of these ids on the other side, those of active repositories that an integration brought and that had a commit or a pull
/// request since a time.
pub async fn active_since(
    conn: &mut Conn,
    org: OrgId,
    integration: IntegrationId,
    provider: &str,
    external_ids: &[String],
    since: Time,
) -> Result<Vec<String>> {
    let mut query = Query::new(
        "SELECT r.external_id FROM repository r WHERE r.status = 0 AND r.organization_id = $1 \
         AND r.integration_id = $2 AND r.provider = $3 AND \
         (EXISTS (SELECT 1 FROM repository_commit c WHERE c.repository_id = r.id AND c.date_added >= $4) \
         OR EXISTS (SELECT 1 FROM pull_request p WHERE p.repository_id = r.id AND p.date_added >= $4)) \
         AND r.external_id IN ",
    )
    .bind(org)
    .bind(integration)
    .bind(provider)
    .bind(since);
    query.list(external_ids).push(" ORDER BY r.id");
    conn.all(query).await
}

/// Whether a repository has commits.
pub async fn has_commits(conn: &mut Conn, id: RepositoryId) -> Result<bool> {
    let query = Query::new("SELECT id FROM repository_commit WHERE repository_id = $1 LIMIT 1").bind(id);
    Ok(conn.optional::<CommitId>(query).await?.is_some())
}

/// Removes up to `batch` commits of a repository; how many.
pub async fn delete_commits(tx: &mut Tx, id: RepositoryId, batch: i64) -> Result<u64> {
    let query = Query::new(
        "DELETE FROM repository_commit WHERE id IN \
         (SELECT id FROM repository_commit WHERE repository_id = $1 ORDER BY id LIMIT $2)",
    );
    tx.execute(query.bind(id).bind(batch)).await
}

/// Removes up to `batch` pull requests of a repository; how many.
pub async fn delete_pull_requests(tx: &mut Tx, id: RepositoryId, batch: i64) -> Result<u64> {
    let query = Query::new(
        "DELETE FROM pull_request WHERE id IN \
         (SELECT id FROM pull_request WHERE repository_id = $1 ORDER BY id LIMIT $2)",
    );
    tx.execute(query.bind(id).bind(batch)).await
}

/// Removes a repository with all that belongs to it.
pub async fn delete(tx: &mut Tx, id: RepositoryId) -> Result<()> {
    tx.execute(Query::new("DELETE FROM repository WHERE id = $1").bind(id)).await.map(drop)
}

/// The commits of a repository, newest first: ids and times.
pub async fn commits(conn: &mut Conn, id: RepositoryId, range: &Range) -> Result<Vec<(CommitId, Time)>> {
    let mut query = Query::new("SELECT id, date_added FROM repository_commit WHERE repository_id = ");
    query.arg(id).range("date_added", "id", range);
    conn.all(query).await
}

/// The repositories of an organization that the commits of a release are in, by id.
pub async fn of_release(conn: &mut Conn, org: OrgId, release: ReleaseId) -> Result<Vec<Repository>> {
    let query = Query::new(
        "SELECT * FROM repository WHERE organization_id = $1 AND id IN (SELECT c.repository_id FROM release_commit rc \
         JOIN repository_commit c ON c.id = rc.commit_id WHERE rc.release_id = $2) ORDER BY id",
    );
    conn.all(query.bind(org).bind(release)).await
}

/// Lets the repositories of an organization's integration belong to none.
pub async fn leave_integration(tx: &mut Tx, org: OrgId, integration: IntegrationId) -> Result<()> {
    let query = Query::new(
        "UPDATE repository SET integration_id = NULL WHERE organization_id = $1 AND integration_id = $2",
    );
    tx.execute(query.bind(org).bind(integration)).await.map(drop)
}

/// The names of an organization's active repositories, oldest first, at most 1000.
pub async fn names(conn: &mut Conn, org: OrgId) -> Result<Vec<String>> {
    let query = Query::new(
        "SELECT name FROM repository WHERE organization_id = $1 AND status = 0 ORDER BY id LIMIT 1000",
    );
    conn.all(query.bind(org)).await
}
