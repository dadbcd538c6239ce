//! First-party integrations: accounts on the other side, the organizations that use them ([`installed`]), the
//! people whose accounts they act with ([`identity`]), how calls to them go ([`health`]), the names that users and teams
//! have there ([`external_actor`]), and entries of the directory that are documentation only ([`doc`]); and the directory
//! itself ([`directory`]). Credentials are sealed before they get here.

pub mod directory;
pub mod doc;
pub mod external_actor;
pub mod feature;
pub mod health;
pub mod identity;
pub mod installed;
pub mod search;

use mortise_domain::{IdentityId, IntegrationId, OrgId, OrgIntegrationId, Time};
use serde_json::Value as Json;

use crate::{Query, Result, Tx, row};

row! {
    /// An account on the other side.
    pub struct Integration {
        pub id: IntegrationId,
        pub provider: String,
        pub external_id: String,
        pub name: String,
        /// Sealed JSON.
        pub metadata: Vec<u8>,
        /// What clients may see of it.
        pub shown: Json,
        pub status: i64,
        pub date_added: Time,
        pub date_updated: Time,
    }
}

/// What a new integration needs.
#[derive(Debug, Clone)]
pub struct NewIntegration {
    /// The provider's word for stored rows.
    pub provider: String,
    /// The account's id on the other side.
    pub external_id: String,
    /// The account's name.
    pub name: String,
    /// Sealed JSON.
    pub metadata: Vec<u8>,
    /// What clients may see of it.
    pub shown: Json,
    /// An `ObjectStatus`.
    pub status: i64,
}

/// Adds an account. A second one with the same provider and external id is a conflict.
pub async fn insert(tx: &mut Tx, new: &NewIntegration, now: Time) -> Result<Integration> {
    let query = Query::new(
        "INSERT INTO integration (provider, external_id, name, metadata, shown, status, date_added, date_updated) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7) RETURNING *",
    );
    let query =
        query.bind(&new.provider).bind(&new.external_id).bind(&new.name).bind(new.metadata.as_slice());
    tx.one(query.bind(&new.shown).bind(new.status).bind(now)).await
}

/// Stores what a provider keeps for an account.
pub async fn set_metadata(
    tx: &mut Tx,
    id: IntegrationId,
    metadata: &[u8],
    shown: &Json,
    now: Time,
) -> Result<()> {
    let query =
        Query::new("UPDATE integration SET metadata = $2, shown = $3, date_updated = $4 WHERE id = $1");
    tx.execute_one(query.bind(id).bind(metadata).bind(shown).bind(now)).await
}

/// Stores what a provider keeps for an account where that is still there which it was made from; whether it was.
pub async fn replace_metadata(
    tx: &mut Tx,
    id: IntegrationId,
    old: &[u8],
    new: &[u8],
    shown: &Json,
    now: Time,
) -> Result<bool> {
    let query = Query::new(
        "UPDATE integration SET metadata = $3, shown = $4, date_updated = $5 WHERE id = $1 AND metadata = $2",
    );
    Ok(tx.execute(query.bind(id).bind(old).bind(new).bind(shown).bind(now)).await? == 1)
}

/// Lets an organization use an account; `None` when it has a row for it already.
pub async fn add_to_organization(
    tx: &mut Tx,
    org: OrgId,
    integration: IntegrationId,
    default_auth: Option<IdentityId>,
    now: Time,
) -> Result<Option<OrgIntegrationId>> {
    let query = Query::new(
        "INSERT INTO organization_integration \
         (organization_id, integration_id, integration_name, default_auth_id, status, date_added, date_updated) \
         SELECT $1, id, name, $3, 0, $4, $4 FROM integration WHERE id = $2 \
         ON CONFLICT (organization_id, integration_id) DO NOTHING RETURNING id",
    );
    tx.optional(query.bind(org).bind(integration).bind(default_auth).bind(now)).await
}

/// Lets an organization use an account again: a row that waits for its deletion is active again, the identity is replaced
/// where there is a new one, and the settings stay. `None` when the row is gone.
pub async fn return_to_organization(
    tx: &mut Tx,
    org: OrgId,
    integration: IntegrationId,
    default_auth: Option<IdentityId>,
    now: Time,
) -> Result<Option<OrgIntegrationId>> {
    let query = Query::new(
        "UPDATE organization_integration SET default_auth_id = COALESCE($3, default_auth_id), \
         status = CASE status WHEN 2 THEN 0 ELSE status END, date_updated = $4 \
         WHERE organization_id = $1 AND integration_id = $2 RETURNING id",
    );
    tx.optional(query.bind(org).bind(integration).bind(default_auth).bind(now)).await
}
