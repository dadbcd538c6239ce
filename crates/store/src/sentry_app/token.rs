//! The tokens of installations: many of an internal app, one of any other, which is refreshed. The tokens themselves are
//! those of [`crate::token`].

use mortise_domain::{AppId, ApplicationId, InstallationId, ScopeSet, Time, TokenId, UserId};

use crate::{Conn, Query, Result, Tx, row, token::Token};

row! {
    /// The app that wants a token, its secrets, and the installation that it wants one of.
    pub struct Exchanger {
        pub app_id: AppId,
        pub slug: String,
        pub name: String,
        pub proxy_user_id: Option<UserId>,
        pub scopes: ScopeSet,
        pub application_id: ApplicationId,
        pub client_id: String,
        /// Sealed, like the next, as in [`crate::application::Application`].
        pub client_secret: Vec<u8>,
        pub previous_secret: Option<Vec<u8>>,
        pub secret_rotated_at: Option<Time>,
        /// The live installation that was asked for, of whatever app.
        pub installation_id: Option<InstallationId>,
        pub installed_app_id: Option<AppId>,
    }
}

/// The app with this client id, while its application is active, and the live installation with this uuid.
pub async fn exchanger(conn: &mut Conn, client_id: &str, uuid: &str) -> Result<Option<Exchanger>> {
    let query = Query::new(
        "SELECT s.id AS app_id, s.slug, s.name, s.proxy_user_id, s.scopes, a.id AS application_id, a.client_id, \
         a.client_secret, a.previous_secret, a.secret_rotated_at, i.id AS installation_id, \
         i.sentry_app_id AS installed_app_id FROM api_application a \
         JOIN sentry_app s ON s.application_id = a.id AND s.date_deleted IS NULL \
         LEFT JOIN sentry_app_installation i ON i.uuid = $2 AND i.date_deleted IS NULL \
         WHERE a.client_id = $1 AND a.status = 0",
    );
    conn.optional(query.bind(client_id).bind(uuid)).await
}

/// Binds a token to an installation: it is good there only.
pub async fn link_token(tx: &mut Tx, token: TokenId, installation: InstallationId) -> Result<()> {
    let query = Query::new(
        "INSERT INTO sentry_app_installation_token (api_token_id, installation_id) VALUES ($1, $2)",
    );
    tx.execute_one(query.bind(token).bind(installation)).await
}

/// How many tokens an installation has.
pub async fn count_tokens(conn: &mut Conn, installation: InstallationId) -> Result<i64> {
    let query = Query::new("SELECT COUNT(*) FROM sentry_app_installation_token WHERE installation_id = $1");
    conn.one(query.bind(installation)).await
}

/// Every token of an application, oldest first.
pub async fn tokens_of(conn: &mut Conn, application: ApplicationId) -> Result<Vec<Token>> {
    let query = Query::new("SELECT * FROM api_token WHERE application_id = $1 ORDER BY id");
    conn.all(query.bind(application)).await
}

/// What the tokens of an application that are still good may do from now on.
pub async fn set_token_scopes(
    tx: &mut Tx,
    application: ApplicationId,
    scopes: ScopeSet,
    now: Time,
) -> Result<()> {
    let query = Query::new(
        "UPDATE api_token SET scopes = $2 WHERE application_id = $1 AND (expires_at IS NULL OR expires_at > $3)",
    );
    tx.execute(query.bind(application).bind(scopes).bind(now)).await?;
    Ok(())
}

/// A token of an application that is linked to an installation; whether there was one. It is ended.
pub async fn delete_linked(tx: &mut Tx, application: ApplicationId, id: TokenId) -> Result<bool> {
    let query = Query::new(
        "DELETE FROM api_token WHERE id = $1 AND application_id = $2 AND id IN \
         (SELECT api_token_id FROM sentry_app_installation_token WHERE api_token_id = $1)",
    );
    Ok(tx.execute(query.bind(id).bind(application)).await? > 0)
}

/// Ends a token.
pub async fn delete_token(tx: &mut Tx, id: TokenId) -> Result<()> {
    tx.execute_one(Query::new("DELETE FROM api_token WHERE id = $1").bind(id)).await
}

/// Ends this token of an application if it is refreshed with a text of this hash; whether it was.
pub async fn take_refreshable(
    tx: &mut Tx,
    application: ApplicationId,
    id: TokenId,
    hash: &str,
) -> Result<bool> {
    let query =
        Query::new("DELETE FROM api_token WHERE id = $1 AND application_id = $2 AND refresh_token_hash = $3");
    Ok(tx.execute(query.bind(id).bind(application).bind(hash)).await? > 0)
}

/// Gives an installation its one token.
pub async fn set_token(tx: &mut Tx, id: InstallationId, token: TokenId, now: Time) -> Result<()> {
    let query =
        Query::new("UPDATE sentry_app_installation SET api_token_id = $2, date_updated = $3 WHERE id = $1");
    tx.execute_one(query.bind(id).bind(token).bind(now)).await
}

row! {
    /// A refresh token that was used.
    pub struct Refresh {
        pub refresh_token_hash: String,
        pub installation_id: InstallationId,
        /// What came of it, while that is good.
        pub api_token_id: Option<TokenId>,
        /// The texts of that, sealed; bound to `app_token_refresh.answer:<refresh_token_hash>`.
        pub answer: Option<Vec<u8>>,
        pub refreshed_at: Time,
    }
}

/// What is kept of a refresh; the fields are those of [`Refresh`].
#[derive(Debug, Clone)]
pub struct NewRefresh {
    pub refresh_token_hash: String,
    pub installation_id: InstallationId,
    pub api_token_id: TokenId,
    pub answer: Vec<u8>,
}

/// Keeps a refresh.
pub async fn insert_refresh(tx: &mut Tx, new: &NewRefresh, now: Time) -> Result<()> {
    let query = Query::new(
        "INSERT INTO app_token_refresh (refresh_token_hash, installation_id, api_token_id, answer, refreshed_at) \
         VALUES ($1, $2, $3, $4, $5)",
    );
    let query = query.bind(&new.refresh_token_hash).bind(new.installation_id).bind(new.api_token_id);
    tx.execute_one(query.bind(new.answer.clone()).bind(now)).await
}

/// The refresh that an installation made with a text of this hash.
pub async fn refresh_of(
    conn: &mut Conn,
    installation: InstallationId,
    hash: &str,
) -> Result<Option<Refresh>> {
    let query =
        Query::new("SELECT * FROM app_token_refresh WHERE installation_id = $1 AND refresh_token_hash = $2");
    conn.optional(query.bind(installation).bind(hash)).await
}

/// Forgets the answers to the refreshes of an installation.
pub async fn forget_answers(tx: &mut Tx, installation: InstallationId) -> Result<()> {
    let query = Query::new(
        "UPDATE app_token_refresh SET answer = NULL WHERE installation_id = $1 AND answer IS NOT NULL",
    );
    tx.execute(query.bind(installation)).await?;
    Ok(())
}

/// Forgets answers that cannot be asked for any more, refreshes nobody needs to know of, and assertions that ended.
pub async fn purge_refreshes(tx: &mut Tx, answers_before: Time, before: Time, now: Time) -> Result<u64> {
    tx.execute(Query::new("DELETE FROM app_assertion WHERE expires_at < $1").bind(now)).await?;
    let query = Query::new(
        "UPDATE app_token_refresh SET answer = NULL WHERE refreshed_at < $1 AND answer IS NOT NULL",
    );
    let emptied = tx.execute(query.bind(answers_before)).await?;
    let query = Query::new("DELETE FROM app_token_refresh WHERE refreshed_at < $1");
    Ok(emptied + tx.execute(query.bind(before)).await?)
}

/// Uses a client assertion; false when it was used before.
pub async fn use_assertion(tx: &mut Tx, hash: &str, expires_at: Time) -> Result<bool> {
    let query = Query::new(
        "INSERT INTO app_assertion (assertion_hash, expires_at) VALUES ($1, $2) \
         ON CONFLICT (assertion_hash) DO NOTHING",
    );
    Ok(tx.execute(query.bind(hash).bind(expires_at)).await? > 0)
}
