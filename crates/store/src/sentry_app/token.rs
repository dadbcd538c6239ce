//! The tokens of internal apps. The tokens themselves are those of [`crate::token`].

use mortise_domain::{ApplicationId, InstallationId, TokenId};

use crate::{Conn, Query, Result, Tx, token::Token};

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
