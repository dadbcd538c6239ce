//! Sentry Apps and where they are installed.

use mortise_domain::{OrgId, ScopeSet, UserId};

use crate::{Conn, Query, Result};

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
