//! UI components of apps, one row for each element of an app's schema.

use mortise_domain::{AppId, OrgId, status::InstallationStatus};
use serde_json::Value as Json;

use super::Installation;
use crate::{Conn, Query, Result, Tx, row};

row! {
    /// A component. `kind` is the type of the element, `schema` the element as it was sent.
    pub struct Component {
        pub uuid: String,
        pub sentry_app_id: AppId,
        pub kind: String,
        pub schema: Json,
    }
}

/// Adds a component to an app.
pub async fn insert_component(tx: &mut Tx, new: &Component) -> Result<()> {
    let query = Query::new(
        "INSERT INTO sentry_app_component (uuid, sentry_app_id, type, schema) VALUES ($1, $2, $3, $4)",
    );
    tx.execute_one(query.bind(&new.uuid).bind(new.sentry_app_id).bind(&new.kind).bind(&new.schema)).await
}

/// Removes the components of an app.
pub async fn delete_components(tx: &mut Tx, app: AppId) -> Result<()> {
    tx.execute(Query::new("DELETE FROM sentry_app_component WHERE sentry_app_id = $1").bind(app)).await?;
    Ok(())
}

/// The components of these apps, in the order of their schemas.
pub async fn components(conn: &mut Conn, apps: &[AppId]) -> Result<Vec<Component>> {
    if apps.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "SELECT uuid, sentry_app_id, type AS kind, schema FROM sentry_app_component WHERE sentry_app_id IN ",
    );
    query.list(apps.iter().copied()).push(" ORDER BY id");
    conn.all(query).await
}

/// The installations in an organization whose apps have confirmed, oldest first.
pub async fn installed_in(conn: &mut Conn, org: OrgId) -> Result<Vec<Installation>> {
    let query = Query::new(
        "SELECT * FROM sentry_app_installation WHERE organization_id = $1 AND status = $2 AND date_deleted IS NULL \
         ORDER BY id",
    );
    conn.all(query.bind(org).bind(InstallationStatus::Installed.number())).await
}

row! {
    /// An app as alert rules meet it: where it is installed, and what it asks for when it has a component for them.
    pub struct AlertApp {
        pub installation_uuid: String,
        pub app_id: AppId,
        pub slug: String,
        pub name: String,
        /// As in [`mortise_domain::status::AppStatus`].
        pub status: i64,
        pub is_alertable: bool,
        /// The schema of its `alert-rule-action`.
        pub component: Option<Json>,
    }
}

/// The apps that are installed and confirmed in an organization, as alert rules meet them; by name.
pub async fn alert_apps(conn: &mut Conn, org: OrgId) -> Result<Vec<AlertApp>> {
    let query = Query::new(
        "SELECT i.uuid AS installation_uuid, a.id AS app_id, a.slug, a.name, a.status, a.is_alertable, \
         (SELECT c.schema FROM sentry_app_component c WHERE c.sentry_app_id = a.id AND c.type = 'alert-rule-action' \
          ORDER BY c.id LIMIT 1) AS component \
         FROM sentry_app_installation i JOIN sentry_app a ON a.id = i.sentry_app_id \
         WHERE i.organization_id = $1 AND i.status = $2 AND i.date_deleted IS NULL AND a.date_deleted IS NULL \
         ORDER BY a.name, i.id",
    );
    conn.all(query.bind(org).bind(InstallationStatus::Installed.number())).await
}

/// The names of the apps behind these installations of an organization, ended ones too: uuid and name.
pub async fn names_of_installations(
    conn: &mut Conn,
    org: OrgId,
    uuids: &[&str],
) -> Result<Vec<(String, String)>> {
    if uuids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "SELECT i.uuid, a.name FROM sentry_app_installation i JOIN sentry_app a ON a.id = i.sentry_app_id \
         WHERE i.organization_id = ",
    );
    query.arg(org).push(" AND i.uuid IN ").list(uuids.iter().copied());
    conn.all(query).await
}

/// Those of these slugs whose app exists or existed, and is not installed in the organization.
pub async fn not_installed(conn: &mut Conn, org: OrgId, slugs: &[&str]) -> Result<Vec<String>> {
    if slugs.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "SELECT a.slug FROM sentry_app a WHERE NOT EXISTS (SELECT 1 FROM sentry_app_installation i \
         WHERE i.sentry_app_id = a.id AND i.date_deleted IS NULL AND a.date_deleted IS NULL AND i.status = ",
    );
    query.arg(InstallationStatus::Installed.number()).push(" AND i.organization_id = ").arg(org);
    query.push(") AND a.slug IN ").list(slugs.iter().copied());
    conn.all(query).await
}
