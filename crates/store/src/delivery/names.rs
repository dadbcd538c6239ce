//! What the people of an organization call those that deliveries go to.

use mortise_domain::OrgId;

use crate::{Conn, Query, Result, row};

row! {
    /// A subscriber and its name.
    pub struct Named {
        pub subscriber: String,
        pub name: String,
    }
}

/// The apps that are or were installed in an organization the hooks of its projects, and its owners, who
/// get mails, by name.
pub async fn names(conn: &mut Conn, org: OrgId) -> Result<Vec<Named>> {
    let query = Query::new(
        "SELECT * FROM (SELECT 'installation:' || CAST(i.id AS TEXT) AS subscriber, a.name AS name \
         FROM sentry_app_installation i JOIN sentry_app a ON a.id = i.sentry_app_id WHERE i.organization_id = $1 \
         UNION ALL SELECT 'hook:' || CAST(h.id AS TEXT), h.url FROM service_hook h \
         WHERE h.organization_id = $1 AND h.installation_id IS NULL \
         UNION ALL SELECT 'mail:' || CAST(u.id AS TEXT), 'Mail to ' || u.email FROM organization_member m \
         JOIN user_account u ON u.id = m.user_id WHERE m.organization_id = $1 AND m.role = 'owner') AS named ORDER BY lower(name), subscriber",
    );
    conn.all(query.bind(org)).await
}
