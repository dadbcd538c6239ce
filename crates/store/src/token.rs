//! Tokens that people make and apps are given. Only hashes of the texts are here; looking a token up by what a
//! request carries is in [`crate::credential`].

use mortise_domain::{ApplicationId, ScopeSet, Time, TokenId, UserId};

use crate::{Conn, Query, Result, Tx, row};

row! {
    /// A token.
    pub struct Token {
        pub id: TokenId,
        pub user_id: UserId,
        pub application_id: Option<ApplicationId>,
        pub name: Option<String>,
        pub token_type: Option<String>,
        pub token_last_characters: String,
        pub scopes: ScopeSet,
        pub expires_at: Option<Time>,
        pub date_added: Time,
        pub last_used_at: Option<Time>,
    }
}

/// What a new token needs.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Whose it is.
    pub user_id: UserId,
    /// The OAuth application it is for.
    pub application_id: Option<ApplicationId>,
    /// What people read.
    pub name: Option<String>,
    /// The word of the kind of token.
    pub token_type: &'static str,
    /// Hash of the whole text.
    pub token_hash: String,
    /// Hash of what it is renewed with.
    pub refresh_token_hash: Option<String>,
    /// The end of the text.
    pub token_last_characters: String,
    /// What it may do: already widened by what the scopes imply.
    pub scopes: ScopeSet,
    /// Until when it is good.
    pub expires_at: Option<Time>,
}

/// Stores a token.
pub async fn insert(tx: &mut Tx, new: &NewToken, now: Time) -> Result<Token> {
    let query = Query::new(
        "INSERT INTO api_token (user_id, application_id, name, token_type, token_hash, refresh_token_hash, \
         token_last_characters, scopes, expires_at, date_added) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING *",
    );
    let query = query.bind(new.user_id).bind(new.application_id).bind(new.name.clone()).bind(new.token_type);
    let query =
        query.bind(&new.token_hash).bind(new.refresh_token_hash.clone()).bind(&new.token_last_characters);
    tx.one(query.bind(new.scopes).bind(new.expires_at).bind(now)).await
}

/// The tokens that a person made, newest first. Tokens of applications are not among them.
pub async fn of_user(conn: &mut Conn, user: UserId) -> Result<Vec<Token>> {
    let query =
        Query::new("SELECT * FROM api_token WHERE user_id = $1 AND application_id IS NULL ORDER BY id DESC");
    conn.all(query.bind(user)).await
}

/// The token with this id.
pub async fn by_id(conn: &mut Conn, id: TokenId) -> Result<Option<Token>> {
    conn.optional(Query::new("SELECT * FROM api_token WHERE id = $1").bind(id)).await
}

/// A token that a person made.
pub async fn one_of_user(conn: &mut Conn, user: UserId, id: TokenId) -> Result<Option<Token>> {
    let query =
        Query::new("SELECT * FROM api_token WHERE user_id = $1 AND id = $2 AND application_id IS NULL");
    conn.optional(query.bind(user).bind(id)).await
}

/// Names a token.
pub async fn rename(tx: &mut Tx, id: TokenId, name: Option<&str>) -> Result<()> {
    tx.execute_one(Query::new("UPDATE api_token SET name = $2 WHERE id = $1").bind(id).bind(name)).await
}

/// Ends a token that a person made; whether there was one.
pub async fn delete_of_user(tx: &mut Tx, user: UserId, id: TokenId) -> Result<bool> {
    let query = Query::new("DELETE FROM api_token WHERE user_id = $1 AND id = $2 AND application_id IS NULL");
    Ok(tx.execute(query.bind(user).bind(id)).await? > 0)
}

/// Ends all tokens of an application, or those of one user.
pub async fn delete_of_application(
    tx: &mut Tx,
    application: ApplicationId,
    user: Option<UserId>,
) -> Result<u64> {
    let mut query = Query::new("DELETE FROM api_token WHERE application_id = ");
    query.arg(application);
    if let Some(user) = user {
        query.push(" AND user_id = ").arg(user);
    }
    tx.execute(query).await
}
