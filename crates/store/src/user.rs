//! People, and the proxy users of Sentry Apps.

use mortise_domain::{OrgId, Time, UserId};
use serde_json::Value as Json;

use crate::{Conn, Pattern, Query, Result, Slice, Tx, row};

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

/// The person with this address, primary or other, whatever its case.
pub async fn by_email(conn: &mut Conn, email: &str) -> Result<Option<User>> {
    let query = Query::new(
        "SELECT * FROM user_account u WHERE u.is_sentry_app = FALSE AND (lower(u.email) = lower($1) \
         OR EXISTS (SELECT 1 FROM user_email e WHERE e.user_id = u.id AND lower(e.email) = lower($1))) \
         ORDER BY u.id LIMIT 1",
    );
    conn.optional(query.bind(email)).await
}

/// Changes what people say about themselves. A taken username is a conflict.
pub async fn update_profile(
    tx: &mut Tx,
    id: UserId,
    name: &str,
    username: &str,
    options: &Json,
) -> Result<User> {
    let query = Query::new(
        "UPDATE user_account SET name = $2, username = $3, options = $4 WHERE id = $1 RETURNING *",
    );
    tx.one(query.bind(id).bind(name).bind(username).bind(options)).await
}

/// Removes a user and everything that is theirs: for proxy users of apps. People are deactivated.
pub async fn delete(tx: &mut Tx, id: UserId) -> Result<()> {
    tx.execute(Query::new("DELETE FROM user_account WHERE id = $1").bind(id)).await?;
    Ok(())
}

/// Closes an account: it cannot be used any more, and nothing that was issued for it.
pub async fn deactivate(tx: &mut Tx, id: UserId) -> Result<()> {
    tx.execute_one(Query::new("UPDATE user_account SET is_active = FALSE WHERE id = $1").bind(id)).await?;
    tx.execute(Query::new("DELETE FROM session WHERE user_id = $1").bind(id)).await?;
    tx.execute(Query::new("DELETE FROM api_token WHERE user_id = $1").bind(id)).await?;
    tx.execute(Query::new("DELETE FROM api_grant WHERE user_id = $1").bind(id)).await?;
    Ok(())
}

/// What people must be like. Everything that is set must hold.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// With one of these ids.
    pub ids: Option<Vec<UserId>>,
    /// With one of these primary addresses, whatever the case.
    pub emails: Option<Vec<String>>,
    /// Able to sign in, or not.
    pub active: Option<bool>,
    /// Superusers, or not.
    pub superuser: Option<bool>,
    /// With this text in name, username or address.
    pub text: Option<String>,
    /// Nothing fits.
    pub nothing: bool,
}

/// Fitting people, newest first. Proxy users are none.
pub async fn list(conn: &mut Conn, filter: &Filter, slice: Slice) -> Result<Vec<User>> {
    let mut query = Query::new("SELECT * FROM user_account u WHERE u.is_sentry_app = FALSE");
    if filter.nothing {
        query.push(" AND FALSE");
    }
    if let Some(ids) = &filter.ids {
        query.push(" AND u.id IN ").list(ids.iter().copied());
    }
    if let Some(emails) = &filter.emails {
        query.push(" AND lower(u.email) IN ").list(emails.iter().map(|email| email.to_lowercase()));
    }
    if let Some(active) = filter.active {
        query.push(" AND u.is_active = ").arg(active);
    }
    if let Some(superuser) = filter.superuser {
        query.push(" AND u.is_superuser = ").arg(superuser);
    }
    if let Some(text) = &filter.text {
        let patterns = [Pattern::contains(text)];
        query.push(" AND (").matches("u.name", &patterns);
        query.push(" OR ").matches("u.username", &patterns);
        query.push(" OR ").matches("u.email", &patterns).push(")");
    }
    query.push(" ORDER BY u.date_joined DESC, u.id DESC").slice(slice);
    conn.all(query).await
}

/// The members of an organization whose verified address one of these is, with the address in lower case.
pub async fn members_of_emails(
    conn: &mut Conn,
    org: OrgId,
    emails: &[String],
) -> Result<Vec<(String, UserId)>> {
    let mut query = Query::new(
        "SELECT lower(e.email), e.user_id FROM user_email e JOIN user_account u ON u.id = e.user_id \
         JOIN organization_member m ON m.user_id = u.id AND m.invite_status = 0 AND m.organization_id = ",
    );
    query.arg(org).push(" WHERE e.is_verified = TRUE AND u.is_active = TRUE AND lower(e.email) IN ");
    query.list(emails.iter().map(|email| email.to_lowercase())).push(" ORDER BY e.id DESC");
    conn.all(query).await
}
