//! Browser sessions. The database holds the hash of the cookie's value, never the value.

use mortise_domain::{Time, UserId};

use crate::{Conn, Query, Result, Tx, row};

row! {
    /// A session.
    pub struct Session {
        pub id_hash: String,
        pub user_id: UserId,
        pub csrf_token: String,
        pub created_at: Time,
        pub last_used_at: Time,
        pub expires_at: Time,
        pub sudo_until: Option<Time>,
        pub superuser_hash: Option<String>,
        pub superuser_until: Option<Time>,
        pub superuser_idle_until: Option<Time>,
    }
}

/// What a new session needs.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Hash of the cookie's value.
    pub id_hash: String,
    /// Whose it is.
    pub user_id: UserId,
    /// The token that unsafe requests repeat.
    pub csrf_token: String,
    /// When it ends.
    pub expires_at: Time,
    /// Until when the password counts as recently entered.
    pub sudo_until: Option<Time>,
    /// Where it was started from.
    pub ip_address: Option<String>,
    /// The browser's name of itself.
    pub user_agent: Option<String>,
}

/// Starts a session.
pub async fn insert(tx: &mut Tx, new: &NewSession, now: Time) -> Result<()> {
    let query = Query::new(
        "INSERT INTO session (id_hash, user_id, csrf_token, created_at, last_used_at, expires_at, sudo_until, ip_address, \
         user_agent) VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8)",
    );
    let query =
        query.bind(&new.id_hash).bind(new.user_id).bind(&new.csrf_token).bind(now).bind(new.expires_at);
    let query = query.bind(new.sudo_until).bind(new.ip_address.clone()).bind(new.user_agent.clone());
    tx.execute_one(query).await
}

/// The session behind a cookie, unless it has expired.
pub async fn live(conn: &mut Conn, id_hash: &str, now: Time) -> Result<Option<Session>> {
    let query = Query::new("SELECT * FROM session WHERE id_hash = $1 AND expires_at > $2");
    conn.optional(query.bind(id_hash).bind(now)).await
}

/// Notes that the session was used, and renews an elevated session's idle limit.
pub async fn touch(tx: &mut Tx, id_hash: &str, now: Time, superuser_idle_until: Option<Time>) -> Result<()> {
    let query =
        Query::new("UPDATE session SET last_used_at = $2, superuser_idle_until = $3 WHERE id_hash = $1");
    tx.execute(query.bind(id_hash).bind(now).bind(superuser_idle_until)).await?;
    Ok(())
}

/// The password was entered again.
pub async fn confirm_password(tx: &mut Tx, id_hash: &str, sudo_until: Time) -> Result<()> {
    let query = Query::new("UPDATE session SET sudo_until = $2 WHERE id_hash = $1");
    tx.execute_one(query.bind(id_hash).bind(sudo_until)).await
}

/// The session becomes a superuser's, together with a second cookie whose hash is kept.
pub async fn elevate(
    tx: &mut Tx,
    id_hash: &str,
    cookie_hash: &str,
    until: Time,
    idle_until: Time,
) -> Result<()> {
    let query = Query::new(
        "UPDATE session SET superuser_hash = $2, superuser_until = $3, superuser_idle_until = $4 WHERE id_hash = $1",
    );
    tx.execute_one(query.bind(id_hash).bind(cookie_hash).bind(until).bind(idle_until)).await
}

/// Ends a session.
pub async fn delete(tx: &mut Tx, id_hash: &str) -> Result<()> {
    tx.execute(Query::new("DELETE FROM session WHERE id_hash = $1").bind(id_hash)).await?;
    Ok(())
}

/// Ends all sessions of a user but one.
pub async fn delete_others(tx: &mut Tx, user: UserId, keep_id_hash: &str) -> Result<u64> {
    let query = Query::new("DELETE FROM session WHERE user_id = $1 AND id_hash <> $2");
    tx.execute(query.bind(user).bind(keep_id_hash)).await
}

/// Removes sessions that have ended.
pub async fn purge_expired(tx: &mut Tx, now: Time) -> Result<u64> {
    tx.execute(Query::new("DELETE FROM session WHERE expires_at <= $1").bind(now)).await
}
