//! Lists over all organizations, for operators. They are small where a command line shows them whole.

use crate::{Conn, Query, Result, organization::Organization, sentry_app::SentryApp, user::User};

/// All people, without proxy users of apps, by id.
pub async fn users(conn: &mut Conn) -> Result<Vec<User>> {
    conn.all(Query::new("SELECT * FROM user_account WHERE is_sentry_app = FALSE ORDER BY id")).await
}

/// All organizations, in whatever state, by id.
pub async fn organizations(conn: &mut Conn) -> Result<Vec<Organization>> {
    conn.all(Query::new("SELECT * FROM organization ORDER BY id")).await
}

/// All apps that are not deleted, by id.
pub async fn apps(conn: &mut Conn) -> Result<Vec<SentryApp>> {
    conn.all(Query::new("SELECT * FROM sentry_app WHERE date_deleted IS NULL ORDER BY id")).await
}
