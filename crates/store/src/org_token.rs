//! Tokens of organizations, and their legacy API keys. Only hashes of the texts are here.

use mortise_domain::{ApiKeyId, OrgId, OrgTokenId, ScopeSet, Time, UserId};

use crate::{Conn, Query, Result, Tx, row};

row! {
    /// A token of an organization.
    pub struct OrgToken {
        pub id: OrgTokenId,
        pub organization_id: OrgId,
        pub name: String,
        pub token_last_characters: String,
        pub scopes: ScopeSet,
        pub date_added: Time,
        pub date_last_used: Option<Time>,
        pub project_last_used_id: Option<i64>,
    }
}

/// What a new token needs.
#[derive(Debug, Clone)]
pub struct NewOrgToken {
    /// Whose it is.
    pub organization_id: OrgId,
    /// What people read.
    pub name: String,
    /// Hash of the whole text.
    pub token_hash: String,
    /// The end of the text.
    pub token_last_characters: String,
    /// What it may do.
    pub scopes: ScopeSet,
    /// Who made it.
    pub created_by_id: Option<UserId>,
}

/// Stores a token.
pub async fn insert(tx: &mut Tx, new: &NewOrgToken, now: Time) -> Result<OrgToken> {
    let query = Query::new(
        "INSERT INTO org_auth_token (organization_id, name, token_hash, token_last_characters, scopes, created_by_id, \
         date_added) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING *",
    );
    let query = query.bind(new.organization_id).bind(&new.name).bind(&new.token_hash);
    let query = query.bind(&new.token_last_characters).bind(new.scopes).bind(new.created_by_id);
    tx.one(query.bind(now)).await
}

/// The active tokens of an organization: the last used first, then those never used, by name, newest first.
pub async fn list(conn: &mut Conn, org: OrgId) -> Result<Vec<OrgToken>> {
    let query = Query::new(
        "SELECT * FROM org_auth_token WHERE organization_id = $1 AND date_deactivated IS NULL \
         ORDER BY COALESCE(date_last_used, 0) DESC, name, date_added DESC, id DESC",
    );
    conn.all(query.bind(org)).await
}

/// An active token of an organization.
pub async fn by_id(conn: &mut Conn, org: OrgId, id: OrgTokenId) -> Result<Option<OrgToken>> {
    let query = Query::new(
        "SELECT * FROM org_auth_token WHERE organization_id = $1 AND id = $2 AND date_deactivated IS NULL",
    );
    conn.optional(query.bind(org).bind(id)).await
}

/// Names a token.
pub async fn rename(tx: &mut Tx, id: OrgTokenId, name: &str) -> Result<()> {
    tx.execute_one(Query::new("UPDATE org_auth_token SET name = $2 WHERE id = $1").bind(id).bind(name)).await
}

/// Ends a token. The row stays, so that its text can never come back.
pub async fn deactivate(tx: &mut Tx, id: OrgTokenId, now: Time) -> Result<()> {
    let query = Query::new("UPDATE org_auth_token SET date_deactivated = $2 WHERE id = $1");
    tx.execute_one(query.bind(id).bind(now)).await
}

/// Stores a legacy API key that may be used from anywhere but browsers.
pub async fn insert_api_key(
    tx: &mut Tx,
    org: OrgId,
    label: &str,
    key_hash: &str,
    scopes: ScopeSet,
    now: Time,
) -> Result<ApiKeyId> {
    let query = Query::new(
        "INSERT INTO api_key (organization_id, label, key_hash, scopes, status, allowed_origins, date_added) \
         VALUES ($1, $2, $3, $4, 0, '', $5) RETURNING id",
    );
    tx.one(query.bind(org).bind(label).bind(key_hash).bind(scopes).bind(now)).await
}
