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
