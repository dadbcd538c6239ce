//! Looking up what a request authenticates with, by hash: one statement each.

use mortise_domain::{ApiKeyId, ApplicationId, InstallationId, OrgId, OrgTokenId, ScopeSet, Time, TokenId};

use crate::{Conn, FromRow, Query, Result, Row, Tx, row, user::User};

row! {
    /// A user's or an app's token with what decides whether it may be used.
    pub struct TokenFacts {
        pub token_id: TokenId,
        pub scopes: ScopeSet,
        pub expires_at: Option<Time>,
        pub last_used_at: Option<Time>,
        pub application_id: Option<ApplicationId>,
        pub application_status: Option<i64>,
        pub allowed_origins: Option<String>,
        /// The live installation that the token belongs to, waiting to be verified or installed.
        pub installation_id: Option<InstallationId>,
        pub installation_org_id: Option<OrgId>,
    }
}

/// A token and whose it is.
#[derive(Debug, Clone)]
pub struct KnownToken {
    /// The token.
    pub facts: TokenFacts,
    /// Its user, active or not.
    pub user: User,
}

impl FromRow for KnownToken {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self { facts: TokenFacts::from_row(row)?, user: User::from_row(row)? })
    }
}

/// The token with this hash.
pub async fn token(conn: &mut Conn, hash: &str) -> Result<Option<KnownToken>> {
    let query = Query::new(
        "SELECT u.*, t.id AS token_id, t.scopes, t.expires_at, t.last_used_at, t.application_id, \
         a.status AS application_status, a.allowed_origins, i.id AS installation_id, \
         i.organization_id AS installation_org_id \
         FROM api_token t JOIN user_account u ON u.id = t.user_id LEFT JOIN api_application a ON a.id = t.application_id \
         LEFT JOIN sentry_app_installation_token it ON it.api_token_id = t.id \
         LEFT JOIN sentry_app_installation i ON (i.id = it.installation_id OR i.api_token_id = t.id) \
         AND i.date_deleted IS NULL \
         WHERE t.token_hash = $1 LIMIT 1",
    );
    conn.optional(query.bind(hash)).await
}

/// Notes that a token was used.
pub async fn touch_token(tx: &mut Tx, id: TokenId, now: Time) -> Result<()> {
    tx.execute(Query::new("UPDATE api_token SET last_used_at = $2 WHERE id = $1").bind(id).bind(now)).await?;
    Ok(())
}

row! {
    /// A token of an organization.
    pub struct OrgTokenFacts {
        pub id: OrgTokenId,
        pub organization_id: OrgId,
        pub scopes: ScopeSet,
        pub date_last_used: Option<Time>,
    }
}

/// The active organization token with this hash.
pub async fn org_token(conn: &mut Conn, hash: &str) -> Result<Option<OrgTokenFacts>> {
    let query = Query::new(
        "SELECT id, organization_id, scopes, date_last_used FROM org_auth_token \
         WHERE token_hash = $1 AND date_deactivated IS NULL",
    );
    conn.optional(query.bind(hash)).await
}

/// Notes that an organization token was used.
pub async fn touch_org_token(tx: &mut Tx, id: OrgTokenId, now: Time) -> Result<()> {
    tx.execute(Query::new("UPDATE org_auth_token SET date_last_used = $2 WHERE id = $1").bind(id).bind(now))
        .await?;
    Ok(())
}

row! {
    /// A legacy API key of an organization.
    pub struct ApiKeyFacts {
        pub id: ApiKeyId,
        pub organization_id: OrgId,
        pub scopes: ScopeSet,
        pub status: i64,
        pub allowed_origins: String,
    }
}

/// The API key with this hash.
pub async fn api_key(conn: &mut Conn, hash: &str) -> Result<Option<ApiKeyFacts>> {
    let query = Query::new(
        "SELECT id, organization_id, scopes, status, allowed_origins FROM api_key WHERE key_hash = $1",
    );
    conn.optional(query.bind(hash)).await
}
