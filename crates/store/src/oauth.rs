//! Grants and tokens of OAuth applications that people registered. Grants of installations are in
//! [`crate::sentry_app`]: they hold their code, sealed, while these do not.

use mortise_domain::{ApplicationId, ScopeSet, Time, TokenId, UserId};

use crate::{Conn, Query, Result, Tx, row, token::Token};

row! {
    /// What a user just let an application do.
    pub struct Grant {
        pub user_id: UserId,
        pub redirect_uri: String,
        pub scopes: ScopeSet,
        pub expires_at: Time,
    }
}

/// Stores a grant under the hash of its code.
pub async fn insert_grant(
    tx: &mut Tx,
    application: ApplicationId,
    code_hash: &str,
    grant: &Grant,
) -> Result<()> {
    let query = Query::new(
        "INSERT INTO api_grant (user_id, application_id, code_hash, code, redirect_uri, scopes, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    );
    let query = query.bind(grant.user_id).bind(application).bind(code_hash).bind(Vec::new());
    tx.execute_one(query.bind(&grant.redirect_uri).bind(grant.scopes).bind(grant.expires_at)).await
}

/// Takes the grant with this code: it is good once.
pub async fn take_grant(tx: &mut Tx, application: ApplicationId, code_hash: &str) -> Result<Option<Grant>> {
    let query = Query::new(
        "DELETE FROM api_grant WHERE application_id = $1 AND code_hash = $2 AND length(code) = 0 \
         RETURNING user_id, redirect_uri, scopes, expires_at",
    );
    tx.optional(query.bind(application).bind(code_hash)).await
}

/// Forgets grants that ended before a time.
pub async fn purge_grants(tx: &mut Tx, before: Time) -> Result<u64> {
    let query = Query::new("DELETE FROM api_grant WHERE length(code) = 0 AND expires_at < $1");
    tx.execute(query.bind(before)).await
}

/// The token of an application that is renewed with a text of this hash.
pub async fn renewable(
    conn: &mut Conn,
    application: ApplicationId,
    refresh_hash: &str,
) -> Result<Option<Token>> {
    let query = Query::new("SELECT * FROM api_token WHERE application_id = $1 AND refresh_token_hash = $2");
    conn.optional(query.bind(application).bind(refresh_hash)).await
}

/// The hashes of a token and of what renews it.
#[derive(Debug, Clone)]
pub struct Hashes {
    /// Of the token.
    pub token: String,
    /// The end of its text.
    pub last_characters: String,
    /// Of what renews it.
    pub refresh: String,
}

/// Gives a token other texts in place of those it was renewed with. Whether it still had these: a renewal is good once.
pub async fn renew(tx: &mut Tx, id: TokenId, from: &str, to: &Hashes, expires_at: Time) -> Result<bool> {
    let query = Query::new(
        "UPDATE api_token SET token_hash = $3, token_last_characters = $4, refresh_token_hash = $5, expires_at = $6 \
         WHERE id = $1 AND refresh_token_hash = $2",
    );
    let query = query.bind(id).bind(from).bind(&to.token).bind(&to.last_characters).bind(&to.refresh);
    Ok(tx.execute(query.bind(expires_at)).await? == 1)
}

/// Ends all but the newest tokens that an application has of a user.
pub async fn keep_newest(tx: &mut Tx, application: ApplicationId, user: UserId, kept: i64) -> Result<u64> {
    let query = Query::new(
        "DELETE FROM api_token WHERE application_id = $1 AND user_id = $2 AND id NOT IN \
         (SELECT id FROM api_token WHERE application_id = $1 AND user_id = $2 ORDER BY id DESC LIMIT $3)",
    );
    tx.execute(query.bind(application).bind(user).bind(kept)).await
}
