//! What the directory of an organization shows: one narrow row for each thing there is to connect to. Whatever a line of the
//! directory does not show is not read.

use mortise_domain::{OrgId, status::AppStatus};
use serde_json::Value as Json;

use crate::{Conn, Query, Result, row};

row! {
    /// An app.
    pub struct ListedApp {
        pub slug: String,
        pub name: String,
        pub author: Option<String>,
        /// The beginning of it.
        pub overview: Option<String>,
        /// As in [`AppStatus`].
        pub status: i64,
        pub popularity: i64,
        pub is_own: bool,
        pub is_disabled: bool,
        /// Of its installation in the organization, as in [`mortise_domain::status::InstallationStatus`].
        pub installation_status: Option<i64>,
        /// The numbers of its features with spaces between, in no order.
        pub features: Option<String>,
        /// The name of its picture, the logo before the icon.
        pub picture: Option<String>,
    }
}

/// The apps that are published, that an organization owns and that it has installed, each once: installed ones first, then
/// by popularity, at most `limit`. Of overviews `chars` are read.
pub async fn apps(conn: &mut Conn, org: OrgId, chars: i64, limit: i64) -> Result<Vec<ListedApp>> {
    let query = Query::new(
        "SELECT a.slug, a.name, a.author, SUBSTR(a.overview, 1, CAST($3 AS INTEGER)) AS overview, a.status, \
         a.popularity, (a.owner_id = $1) AS is_own, a.is_disabled, i.status AS installation_status, \
         (SELECT string_agg(CAST(f.feature AS TEXT), ' ') FROM integration_feature f \
          WHERE f.target_type = 0 AND f.target_id = a.id) AS features, \
         (SELECT v.ident FROM sentry_app_avatar v WHERE v.sentry_app_id = a.id AND v.avatar_type = 1 \
          ORDER BY v.color DESC LIMIT 1) AS picture \
         FROM sentry_app a LEFT JOIN sentry_app_installation i \
         ON i.sentry_app_id = a.id AND i.organization_id = $1 AND i.date_deleted IS NULL \
         WHERE a.date_deleted IS NULL AND a.application_id IS NOT NULL AND a.id IN (\
         SELECT id FROM sentry_app WHERE status = $2 UNION SELECT id FROM sentry_app WHERE owner_id = $1 \
         UNION SELECT sentry_app_id FROM sentry_app_installation WHERE organization_id = $1 AND date_deleted IS NULL) \
         ORDER BY (i.id IS NULL), a.popularity DESC, a.slug LIMIT $4",
    );
    conn.all(query.bind(org).bind(AppStatus::Published.number()).bind(chars).bind(limit)).await
}

row! {
    /// A documentation integration.
    pub struct ListedDoc {
        pub slug: String,
        pub name: String,
        pub author: String,
        /// The beginning of it.
        pub description: String,
        pub popularity: Option<i64>,
        pub is_draft: bool,
        /// The numbers of its features with spaces between, in no order.
        pub features: Option<String>,
        /// The name of its picture.
        pub picture: Option<String>,
    }
}

/// The documentation integrations, the popular ones first, at most `limit`; drafts only if asked for. Of descriptions
/// `chars` are read.
pub async fn docs(conn: &mut Conn, with_drafts: bool, chars: i64, limit: i64) -> Result<Vec<ListedDoc>> {
    let query = Query::new(
        "SELECT d.slug, d.name, d.author, SUBSTR(d.description, 1, CAST($1 AS INTEGER)) AS description, \
         d.popularity, d.is_draft, (SELECT string_agg(CAST(f.feature AS TEXT), ' ') FROM integration_feature f \
         WHERE f.target_type = 1 AND f.target_id = d.id) AS features, v.ident AS picture \
         FROM doc_integration d LEFT JOIN doc_integration_avatar v ON v.doc_integration_id = d.id \
         WHERE (d.is_draft = FALSE OR $2) ORDER BY COALESCE(d.popularity, 1) DESC, d.slug LIMIT $3",
    );
    conn.all(query.bind(chars).bind(with_drafts).bind(limit)).await
}

row! {
    /// Integrations of one provider that stand alike.
    pub struct HeldIntegrations {
        pub provider: String,
        /// The state in the organization.
        pub org_status: i64,
        /// The state of the account.
        pub status: i64,
        pub count: i64,
    }
}

/// How many integrations an organization has of each provider, by how they stand; not those that are being deleted.
pub async fn integrations(conn: &mut Conn, org: OrgId) -> Result<Vec<HeldIntegrations>> {
    let query = Query::new(
        "SELECT i.provider, o.status AS org_status, i.status, COUNT(*) AS count FROM organization_integration o \
         JOIN integration i ON i.id = o.integration_id WHERE o.organization_id = $1 AND o.status IN (0, 1, 2) \
         GROUP BY i.provider, o.status, i.status ORDER BY i.provider, o.status, i.status",
    );
    conn.all(query.bind(org)).await
}

row! {
    /// Projects that set a field of a plugin and have it on or off alike.
    pub struct SetPlugins {
        pub plugin: String,
        pub field: String,
        /// What the field `enabled` holds.
        pub enabled: Option<Json>,
        pub count: i64,
    }
}

/// In how many active projects of an organization these fields of plugins are set to something, by what `enabled` holds.
pub async fn plugins(conn: &mut Conn, org: OrgId, fields: &[&str]) -> Result<Vec<SetPlugins>> {
    let mut query = Query::new(
        "SELECT o.plugin, o.field, e.value AS enabled, COUNT(*) AS count FROM plugin_option o \
         JOIN project p ON p.id = o.project_id LEFT JOIN plugin_option e \
         ON e.project_id = o.project_id AND e.plugin = o.plugin AND e.field = 'enabled' \
         WHERE (o.value IS NULL OR o.value NOT IN ('false', '\"\"')) AND p.status = 0 AND p.organization_id = ",
    );
    query.arg(org).push(" AND o.field IN ").list(fields.iter().copied());
    query.push(" GROUP BY o.plugin, o.field, e.value ORDER BY o.plugin, o.field, e.value");
    conn.all(query).await
}
