//! OAuth applications, and what users have let them do. Lists of URLs are stored one a line.

use mortise_domain::{ApplicationId, AuthorizationId, ScopeSet, Time, UserId};

use crate::{Conn, Query, Result, Slice, Tx, row};

row! {
    /// An application.
    pub struct Application {
        pub id: ApplicationId,
        pub client_id: String,
        /// Sealed; bound to `api_application.client_secret:<client_id>`.
        pub client_secret: Vec<u8>,
        /// The secret before; sealed; bound to `api_application.previous_secret:<client_id>`.
        pub previous_secret: Option<Vec<u8>>,
        /// When it was replaced.
        pub secret_rotated_at: Option<Time>,
        pub name: String,
        pub owner_id: UserId,
        pub status: i64,
        pub allowed_origins: String,
        pub redirect_uris: String,
        pub homepage_url: Option<String>,
        pub privacy_url: Option<String>,
        pub terms_url: Option<String>,
        pub date_added: Time,
    }
}

/// Creates an active application with nothing but a name.
pub async fn insert(
    tx: &mut Tx,
    owner: UserId,
    name: &str,
    client_id: &str,
    sealed_secret: Vec<u8>,
    now: Time,
) -> Result<Application> {
    let query = Query::new(
        "INSERT INTO api_application (client_id, client_secret, name, owner_id, status, allowed_origins, redirect_uris, \
         date_added) VALUES ($1, $2, $3, $4, 0, '', '', $5) RETURNING *",
    );
    tx.one(query.bind(client_id).bind(sealed_secret).bind(name).bind(owner).bind(now)).await
}

/// The application with this id.
pub async fn by_id(conn: &mut Conn, id: ApplicationId) -> Result<Option<Application>> {
    conn.optional(Query::new("SELECT * FROM api_application WHERE id = $1").bind(id)).await
}

/// The active application with this client id.
pub async fn by_client_id(conn: &mut Conn, client_id: &str) -> Result<Option<Application>> {
    let query = Query::new("SELECT * FROM api_application WHERE client_id = $1 AND status = 0");
    conn.optional(query.bind(client_id)).await
}

/// The applications with these ids, by id.
pub async fn by_ids(conn: &mut Conn, ids: &[ApplicationId]) -> Result<Vec<Application>> {
    let mut query = Query::new("SELECT * FROM api_application WHERE id IN ");
    query.list(ids.iter().copied()).push(" ORDER BY id");
    conn.all(query).await
}

/// A person's active applications, by name.
pub async fn of_owner(conn: &mut Conn, owner: UserId, slice: Slice) -> Result<Vec<Application>> {
    let mut query = Query::new("SELECT * FROM api_application WHERE status = 0 AND owner_id = ");
    query.arg(owner).push(" ORDER BY name, id").slice(slice);
    conn.all(query).await
}

/// Stores everything about an application that its owner can change.
pub async fn update(tx: &mut Tx, application: &Application) -> Result<()> {
    let query = Query::new(
        "UPDATE api_application SET name = $2, allowed_origins = $3, redirect_uris = $4, homepage_url = $5, \
         privacy_url = $6, terms_url = $7 WHERE id = $1",
    );
    let it = application;
    let query = query.bind(it.id).bind(&it.name).bind(&it.allowed_origins).bind(&it.redirect_uris);
    let query = query.bind(it.homepage_url.clone()).bind(it.privacy_url.clone()).bind(it.terms_url.clone());
    tx.execute_one(query).await
}

/// Gives an application another secret.
pub async fn set_secret(tx: &mut Tx, id: ApplicationId, sealed_secret: Vec<u8>) -> Result<()> {
    let query = Query::new("UPDATE api_application SET client_secret = $2 WHERE id = $1");
    tx.execute_one(query.bind(id).bind(sealed_secret)).await
}

/// Gives an application another secret and keeps the one before.
pub async fn rotate_secret(
    tx: &mut Tx,
    id: ApplicationId,
    sealed_secret: Vec<u8>,
    sealed_previous: Vec<u8>,
    now: Time,
) -> Result<()> {
    let query = Query::new(
        "UPDATE api_application SET client_secret = $2, previous_secret = $3, secret_rotated_at = $4 WHERE id = $1",
    );
    tx.execute_one(query.bind(id).bind(sealed_secret).bind(sealed_previous).bind(now)).await
}

/// Keeps an application whose app was deleted, for signing what is still to be said, without its tokens and grants.
pub async fn retire(tx: &mut Tx, id: ApplicationId) -> Result<()> {
    for sql in [
        "DELETE FROM api_token WHERE application_id = $1",
        "DELETE FROM api_grant WHERE application_id = $1",
        "UPDATE api_application SET status = 3 WHERE id = $1",
    ] {
        tx.execute(Query::new(sql).bind(id)).await?;
    }
    Ok(())
}

/// Removes an application with its tokens, grants and authorizations.
pub async fn delete(tx: &mut Tx, id: ApplicationId) -> Result<()> {
    tx.execute_one(Query::new("DELETE FROM api_application WHERE id = $1").bind(id)).await
}

row! {
    /// What a user has let an application do.
    pub struct Authorization {
        pub id: AuthorizationId,
        pub user_id: UserId,
        pub application_id: ApplicationId,
        pub scopes: ScopeSet,
        pub date_added: Time,
    }
}

/// What the user has let the application do.
pub async fn authorization(
    conn: &mut Conn,
    user: UserId,
    application: ApplicationId,
) -> Result<Option<Authorization>> {
    let query = Query::new("SELECT * FROM api_authorization WHERE user_id = $1 AND application_id = $2");
    conn.optional(query.bind(user).bind(application)).await
}

/// Notes what the user lets the application do, in place of what was noted before.
pub async fn authorize(
    tx: &mut Tx,
    user: UserId,
    application: ApplicationId,
    scopes: ScopeSet,
    now: Time,
) -> Result<Authorization> {
    let query = Query::new(
        "INSERT INTO api_authorization (user_id, application_id, scopes, date_added) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (user_id, application_id) DO UPDATE SET scopes = excluded.scopes RETURNING *",
    );
    tx.one(query.bind(user).bind(application).bind(scopes).bind(now)).await
}

/// What a user has let active applications do, by the applications' names.
pub async fn authorizations(conn: &mut Conn, user: UserId, slice: Slice) -> Result<Vec<Authorization>> {
    let mut query = Query::new(
        "SELECT z.* FROM api_authorization z JOIN api_application a ON a.id = z.application_id \
         WHERE a.status = 0 AND z.user_id = ",
    );
    query.arg(user).push(" ORDER BY a.name, z.id").slice(slice);
    conn.all(query).await
}

/// Takes back what the user let an application do: the application, whose tokens for the user must end too.
pub async fn revoke(tx: &mut Tx, user: UserId, id: AuthorizationId) -> Result<Option<ApplicationId>> {
    let query =
        Query::new("DELETE FROM api_authorization WHERE user_id = $1 AND id = $2 RETURNING application_id");
    tx.optional(query.bind(user).bind(id)).await
}
