//! Sentry Apps and where they are installed.

use mortise_domain::{AppId, OrgId, ScopeSet, UserId};

use crate::{Conn, Query, Result, row};

/// What the app behind a proxy user may do in an organization: its scopes where it is installed, else nothing.
pub async fn scopes_in(conn: &mut Conn, proxy_user: UserId, org: OrgId) -> Result<Option<ScopeSet>> {
    let query = Query::new(
        "SELECT a.scopes FROM sentry_app a JOIN sentry_app_installation i ON i.sentry_app_id = a.id \
         WHERE a.proxy_user_id = $1 AND i.organization_id = $2 AND i.date_deleted IS NULL AND i.status = 1 \
         AND a.date_deleted IS NULL",
    );
    let scopes: Option<(ScopeSet,)> = conn.optional(query.bind(proxy_user).bind(org)).await?;
    Ok(scopes.map(|(scopes,)| scopes))
}

row! {
    /// The app behind a proxy user.
    pub struct ProxiedApp {
        pub proxy_user_id: UserId,
        pub id: AppId,
        pub slug: String,
        pub name: String,
    }
}

/// The apps behind these proxy users; people have none.
pub async fn behind_users(conn: &mut Conn, users: &[UserId]) -> Result<Vec<ProxiedApp>> {
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let mut query =
        Query::new("SELECT proxy_user_id, id, slug, name FROM sentry_app WHERE proxy_user_id IN ");
    query.list(users.iter().copied());
    conn.all(query).await
}
