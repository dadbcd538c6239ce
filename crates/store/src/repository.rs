//! Source repositories of organizations.

use mortise_domain::{IntegrationId, OrgId, RepositoryId, Time};
use serde_json::Value as Json;

use crate::{Query, Result, Tx, row};

row! {
    /// A repository.
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
        pub date_added: Time,
    }
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

/// Adds an active repository. A second one with the same provider and external id is a conflict.
pub async fn insert(tx: &mut Tx, org: OrgId, new: &NewRepository, now: Time) -> Result<Repository> {
    let query = Query::new(
        "INSERT INTO repository (organization_id, name, url, provider, external_id, integration_id, config, status, \
         date_added) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8) RETURNING *",
    );
    let query = query.bind(org).bind(&new.name).bind(new.url.clone()).bind(new.provider.clone());
    tx.one(query.bind(new.external_id.clone()).bind(new.integration).bind(&new.config).bind(now)).await
}
