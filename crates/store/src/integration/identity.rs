//! The accounts that people have on the other side, and where they come from. An account belongs to one person here, and a
//! person has one account of each origin.

use mortise_domain::{IdentityId, OrgId, Time, UserId};

use crate::{Conn, Query, Result, Slice, Tx, row};

row! {
    /// A person's account and its origin.
    pub struct Identity {
        pub id: IdentityId,
        pub provider_id: i64,
        pub user_id: UserId,
        pub external_id: String,
        /// Sealed JSON.
        pub data: Vec<u8>,
        /// With blanks between.
        pub scopes: String,
        /// 0 unknown, 1 valid, 2 invalid.
        pub status: i64,
        pub date_added: Time,
        pub date_verified: Time,
        /// The kind of its origin.
        pub provider_type: String,
        /// The id of its origin on the other side.
        pub provider_external_id: String,
    }
}

row! {
    /// Where identities come from.
    pub struct IdentityProvider {
        pub id: i64,
        /// The word of the provider.
        pub kind: String,
        /// The id of the account on the other side whose people they are.
        pub external_id: String,
    }
}

/// Which identities; what is `None` does not matter.
#[derive(Debug, Clone, Default)]
pub struct IdentityFilter {
    /// The one with this id.
    pub id: Option<IdentityId>,
    /// Those of this person.
    pub user: Option<UserId>,
    /// Those with this id on the other side.
    pub external_id: Option<String>,
    /// Those with one of these.
    pub external_ids: Option<Vec<String>>,
    /// Those of this origin.
    pub provider: Option<i64>,
    /// Those of origins with this id on the other side.
    pub provider_external_id: Option<String>,
    /// Those of origins of this kind.
    pub provider_type: Option<String>,
    /// Those that an active integration of this organization acts with.
    pub used_by: Option<OrgId>,
}

impl IdentityFilter {
    /// Whether anything matters.
    pub fn is_empty(&self) -> bool {
        let Self {
            id,
            user,
            external_id,
            external_ids,
            provider,
            provider_external_id,
            provider_type,
            used_by,
        } = self;
        id.is_none()
            && user.is_none()
            && external_id.is_none()
            && external_ids.is_none()
            && provider.is_none()
            && provider_external_id.is_none()
            && provider_type.is_none()
            && used_by.is_none()
    }
}

/// Identities by id.
pub async fn list(conn: &mut Conn, filter: &IdentityFilter, slice: Slice) -> Result<Vec<Identity>> {
    let mut query = Query::new(
        "SELECT i.id, i.provider_id, i.user_id, i.external_id, i.data, i.scopes, i.status, i.date_added, \
         i.date_verified, p.type AS provider_type, p.external_id AS provider_external_id \
         FROM identity i JOIN identity_provider p ON p.id = i.provider_id WHERE TRUE",
    );
    if let Some(id) = filter.id {
        query.push(" AND i.id = ").arg(id);
    }
    if let Some(user) = filter.user {
        query.push(" AND i.user_id = ").arg(user);
    }
    if let Some(external_id) = &filter.external_id {
        query.push(" AND i.external_id = ").arg(external_id);
    }
    if let Some(external_ids) = &filter.external_ids {
        query.push(" AND i.external_id IN ").list(external_ids);
    }
    if let Some(provider) = filter.provider {
        query.push(" AND i.provider_id = ").arg(provider);
    }
    if let Some(external_id) = &filter.provider_external_id {
        query.push(" AND p.external_id = ").arg(external_id);
    }
    if let Some(kind) = &filter.provider_type {
        query.push(" AND p.type = ").arg(kind);
    }
    if let Some(org) = filter.used_by {
        query.push(
            " AND EXISTS (SELECT 1 FROM organization_integration o WHERE o.default_auth_id = i.id AND o.status = 0 \
             AND o.organization_id = ",
        );
        query.arg(org).push(")");
    }
    query.push(" ORDER BY i.id").slice(slice);
    conn.all(query).await
}

/// The identity with this id.
pub async fn by_id(conn: &mut Conn, id: IdentityId) -> Result<Option<Identity>> {
    let filter = IdentityFilter { id: Some(id), ..IdentityFilter::default() };
    Ok(list(conn, &filter, Slice::ALL).await?.pop())
}

/// The origin with this id.
pub async fn provider_by_id(conn: &mut Conn, id: i64) -> Result<Option<IdentityProvider>> {
    let query = Query::new("SELECT id, type AS kind, external_id FROM identity_provider WHERE id = $1");
    conn.optional(query.bind(id)).await
}

/// The origin of this kind.
pub async fn provider_by_key(
    conn: &mut Conn,
    kind: &str,
    external_id: &str,
) -> Result<Option<IdentityProvider>> {
    let query = Query::new(
        "SELECT id, type AS kind, external_id FROM identity_provider WHERE type = $1 AND external_id = $2",
    );
    conn.optional(query.bind(kind).bind(external_id)).await
}

/// The identities of an origin that have this id on the other side or are this person's: at most two.
pub async fn touching(
    tx: &mut Tx,
    provider: i64,
    external_id: &str,
    user: UserId,
) -> Result<Vec<(IdentityId, UserId, String)>> {
    let query = Query::new(
        "SELECT id, user_id, external_id FROM identity \
         WHERE provider_id = $1 AND (external_id = $2 OR user_id = $3) ORDER BY id",
    );
    tx.all(query.bind(provider).bind(external_id).bind(user)).await
}

/// Stores what an identity holds now; it counts as valid and as looked at now.
pub async fn renew(tx: &mut Tx, id: IdentityId, data: &[u8], scopes: &str, now: Time) -> Result<()> {
    let query = Query::new(
        "UPDATE identity SET data = $2, scopes = $3, status = 1, date_verified = $4, leased_until = NULL WHERE id = $1",
    );
    tx.execute_one(query.bind(id).bind(data).bind(scopes).bind(now)).await
}

/// Lends an identity to one caller for renewing its tokens; whether nobody has it.
pub async fn lease(tx: &mut Tx, id: IdentityId, until: Time, now: Time) -> Result<bool> {
    let query = Query::new(
        "UPDATE identity SET leased_until = $2 WHERE id = $1 AND (leased_until IS NULL OR leased_until <= $3)",
    );
    Ok(tx.execute(query.bind(id).bind(until).bind(now)).await? == 1)
}

/// Gives an identity back as it was; whether it was still lent.
pub async fn release(tx: &mut Tx, id: IdentityId, until: Time) -> Result<bool> {
    let query = Query::new("UPDATE identity SET leased_until = NULL WHERE id = $1 AND leased_until = $2");
    Ok(tx.execute(query.bind(id).bind(until)).await? == 1)
}

/// Gives an identity back with new tokens; whether it was still lent.
pub async fn release_renewed(tx: &mut Tx, id: IdentityId, until: Time, data: &[u8]) -> Result<bool> {
    let query = Query::new(
        "UPDATE identity SET leased_until = NULL, data = $3, status = 1 WHERE id = $1 AND leased_until = $2",
    );
    Ok(tx.execute(query.bind(id).bind(until).bind(data)).await? == 1)
}

/// Gives an identity back whose tokens cannot be renewed; whether it was still lent.
pub async fn release_invalid(tx: &mut Tx, id: IdentityId, until: Time) -> Result<bool> {
    let query =
        Query::new("UPDATE identity SET leased_until = NULL, status = 2 WHERE id = $1 AND leased_until = $2");
    Ok(tx.execute(query.bind(id).bind(until)).await? == 1)
}

/// Stores the tokens of an identity, and nothing else of it.
pub async fn set_data(tx: &mut Tx, id: IdentityId, data: &[u8]) -> Result<()> {
    tx.execute_one(Query::new("UPDATE identity SET data = $2 WHERE id = $1").bind(id).bind(data)).await
}

/// Removes identities. Whatever acts with them acts with none from then on.
pub async fn delete(tx: &mut Tx, ids: &[IdentityId]) -> Result<u64> {
    let mut query = Query::new("DELETE FROM identity WHERE id IN ");
    query.list(ids.iter().copied());
    tx.execute(query).await
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
    /// With blanks between.
    pub scopes: String,
}

/// Adds a person's account. A second one of the same person or account is a conflict.
pub async fn insert_identity(tx: &mut Tx, new: &NewIdentity, now: Time) -> Result<IdentityId> {
    let query = Query::new(
        "INSERT INTO identity (provider_id, user_id, external_id, data, scopes, status, date_added, date_verified) \
         VALUES ($1, $2, $3, $4, $5, 1, $6, $6) RETURNING id",
    );
    let query = query.bind(new.provider).bind(new.user).bind(&new.external_id).bind(new.data.as_slice());
    tx.one(query.bind(&new.scopes).bind(now)).await
}
