//! First-party integrations: accounts on the other side, the organizations that use them ([`installed`]), and the
//! people whose accounts they act with. Credentials are sealed before they get here.

pub mod installed;

use mortise_domain::{IdentityId, IntegrationId, OrgId, OrgIntegrationId, Time, UserId};
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

/// Lets an organization use an account.
pub async fn add_to_organization(
    tx: &mut Tx,
    org: OrgId,
    integration: IntegrationId,
    config: &Json,
    default_auth: Option<IdentityId>,
    now: Time,
) -> Result<OrgIntegrationId> {
    let query = Query::new(
        "INSERT INTO organization_integration \
         (organization_id, integration_id, config, default_auth_id, status, date_added, date_updated) \
         VALUES ($1, $2, $3, $4, 0, $5, $5) RETURNING id",
    );
    tx.one(query.bind(org).bind(integration).bind(config).bind(default_auth).bind(now)).await
}

/// Where identities of a kind come from; made when it is not there.
pub async fn identity_provider(tx: &mut Tx, kind: &str, external_id: &str, now: Time) -> Result<i64> {
    let query = Query::new(
        "INSERT INTO identity_provider (type, external_id, config, date_added) VALUES ($1, $2, '{}', $3) \
         ON CONFLICT (type, external_id) DO UPDATE SET type = excluded.type RETURNING id",
    );
    tx.one(query.bind(kind).bind(external_id).bind(now)).await
}

/// What a new identity needs.
#[derive(Debug, Clone)]
pub struct NewIdentity {
    /// Where it comes from: [`identity_provider`].
    pub provider: i64,
    /// Whose it is here.
    pub user: UserId,
    /// The account's id on the other side.
    pub external_id: String,
    /// Sealed JSON.
    pub data: Vec<u8>,
}

/// Adds a person's account. A second one of the same person or account is a conflict.
pub async fn insert_identity(tx: &mut Tx, new: &NewIdentity, now: Time) -> Result<IdentityId> {
    let query = Query::new(
        "INSERT INTO identity (provider_id, user_id, external_id, data, scopes, status, date_added, date_verified) \
         VALUES ($1, $2, $3, $4, '', 1, $5, $5) RETURNING id",
    );
    tx.one(query.bind(new.provider).bind(new.user).bind(&new.external_id).bind(new.data.as_slice()).bind(now))
        .await
}
