//! People, and the proxy users of Sentry Apps.

use mortise_domain::{OrgId, Time, UserId};
use serde_json::Value as Json;

use crate::{Conn, Query, Result, Tx, row};

row! {
    /// A user.
    pub struct User {
        pub id: UserId,
        pub username: String,
        pub email: String,
        pub name: String,
        pub password_hash: Option<String>,
        pub is_active: bool,
        pub is_superuser: bool,
        pub is_staff: bool,
        pub is_managed: bool,
        pub is_sentry_app: bool,
        pub options: Json,
        pub date_joined: Time,
        pub last_login: Option<Time>,
        pub last_active: Option<Time>,
    }
}

impl User {
    /// What people call the user: name, else e-mail, else username.
    pub fn display_name(&self) -> &str {
        [&self.name, &self.email].into_iter().find(|text| !text.is_empty()).unwrap_or(&self.username)
    }
}

row! {
    /// An address of a user.
    pub struct UserEmail {
        pub id: mortise_domain::UserEmailId,
        pub user_id: UserId,
        pub email: String,
        pub is_verified: bool,
    }
}

/// What a new user needs.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Unique.
    pub username: String,
    /// Primary address; also stored as a verified [`UserEmail`] unless empty.
    pub email: String,
    /// Shown name.
    pub name: String,
    /// Argon2 hash; `None` cannot sign in.
    pub password_hash: Option<String>,
    /// May elevate a session to superuser.
    pub is_superuser: bool,
    /// Proxy user of a Sentry App.
    pub is_sentry_app: bool,
}

/// Creates an active user.
pub async fn insert(tx: &mut Tx, new: &NewUser, now: Time) -> Result<User> {
    let query = Query::new(
        "INSERT INTO user_account (username, email, name, password_hash, is_active, is_superuser, is_staff, is_managed, \
         is_sentry_app, options, date_joined) VALUES ($1, $2, $3, $4, TRUE, $5, $5, FALSE, $6, '{}', $7) RETURNING *",
    );
    let query = query.bind(&new.username).bind(&new.email).bind(&new.name).bind(new.password_hash.clone());
    let user: User = tx.one(query.bind(new.is_superuser).bind(new.is_sentry_app).bind(now)).await?;
    if !new.email.is_empty() {
        let query = Query::new("INSERT INTO user_email (user_id, email, is_verified) VALUES ($1, $2, TRUE)");
        tx.execute(query.bind(user.id).bind(&new.email)).await?;
    }
    Ok(user)
}

/// The user with this id.
pub async fn by_id(conn: &mut Conn, id: UserId) -> Result<Option<User>> {
    conn.optional(Query::new("SELECT * FROM user_account WHERE id = $1").bind(id)).await
}

/// The users with these ids, by id.
pub async fn by_ids(conn: &mut Conn, ids: &[UserId]) -> Result<Vec<User>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new("SELECT * FROM user_account WHERE id IN ");
    query.list(ids.iter().copied()).push(" ORDER BY id");
    conn.all(query).await
}

/// The person who signs in with this name or address. Proxy users cannot.
pub async fn by_login(conn: &mut Conn, login: &str) -> Result<Option<User>> {
    let query = Query::new(
        "SELECT * FROM user_account WHERE (username = $1 OR lower(email) = lower($1)) AND is_sentry_app = FALSE \
         ORDER BY CASE WHEN username = $1 THEN 0 ELSE 1 END, id LIMIT 1",
    );
    conn.optional(query.bind(login)).await
}

/// The addresses of these users.
pub async fn emails(conn: &mut Conn, ids: &[UserId]) -> Result<Vec<UserEmail>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new("SELECT * FROM user_email WHERE user_id IN ");
    query.list(ids.iter().copied()).push(" ORDER BY id");
    conn.all(query).await
}

/// Notes a sign-in.
pub async fn touch_login(tx: &mut Tx, id: UserId, now: Time) -> Result<()> {
    let query = Query::new("UPDATE user_account SET last_login = $2, last_active = $2 WHERE id = $1");
    tx.execute_one(query.bind(id).bind(now)).await
}

/// Replaces the password's hash; `None` makes signing in by password impossible.
pub async fn set_password(tx: &mut Tx, id: UserId, hash: Option<&str>) -> Result<()> {
    let query = Query::new("UPDATE user_account SET password_hash = $2 WHERE id = $1");
    tx.execute_one(query.bind(id).bind(hash)).await
}

/// Whether nobody has an account yet: the server's first start.
pub async fn none_exist(conn: &mut Conn) -> Result<bool> {
    Ok(conn
        .one::<i64>(Query::new("SELECT COUNT(*) FROM (SELECT 1 FROM user_account LIMIT 1) AS one"))
        .await?
        == 0)
}

/// The organizations in which the user is a member with an accepted invitation, active ones, by id.
pub async fn organization_ids(conn: &mut Conn, id: UserId) -> Result<Vec<OrgId>> {
    let query = Query::new(
        "SELECT o.id FROM organization o JOIN organization_member m ON m.organization_id = o.id \
         WHERE m.user_id = $1 AND m.invite_status = 0 AND o.status = 0 ORDER BY o.id",
    );
    conn.all(query.bind(id)).await
}
