//! Internal apps that a part of the server made for itself, or for a provider in an organization.

use mortise_domain::{InstallationId, OrgId, Time, UserId, status::AppStatus};

use super::{Installation, SentryApp};
use crate::{Conn, Query, Result, Tx};

/// Notes for which provider an installation was made, with its sealed token. A second one in the organization is a
/// conflict.
pub async fn insert_for_provider(
    tx: &mut Tx,
    installation: InstallationId,
    org: OrgId,
    provider: &str,
    sealed_token: Vec<u8>,
    now: Time,
) -> Result<()> {
    let query = Query::new(
        "INSERT INTO sentry_app_installation_for_provider (installation_id, organization_id, provider, token, \
         date_added, date_updated) VALUES ($1, $2, $3, $4, $5, $5)",
    );
    tx.execute_one(query.bind(installation).bind(org).bind(provider).bind(sealed_token).bind(now)).await
}

/// The installation that was made for a provider in an organization.
pub async fn provider_installation(
    conn: &mut Conn,
    org: OrgId,
    provider: &str,
) -> Result<Option<Installation>> {
    let query = Query::new(
        "SELECT i.* FROM sentry_app_installation i \
         JOIN sentry_app_installation_for_provider p ON p.installation_id = i.id \
         WHERE p.organization_id = $1 AND p.provider = $2 AND i.date_deleted IS NULL",
    );
    conn.optional(query.bind(org).bind(provider)).await
}

/// Its sealed token.
pub async fn provider_token(conn: &mut Conn, org: OrgId, provider: &str) -> Result<Option<Vec<u8>>> {
    let query = Query::new(
        "SELECT token FROM sentry_app_installation_for_provider WHERE organization_id = $1 AND provider = $2",
    );
    let found: Option<(Vec<u8>,)> = conn.optional(query.bind(org).bind(provider)).await?;
    Ok(found.map(|(token,)| token))
}

/// The internal app of this name that a person made in an organization.
pub async fn app_made_for(
    conn: &mut Conn,
    org: OrgId,
    name: &str,
    creator: UserId,
) -> Result<Option<SentryApp>> {
    let query = Query::new(
        "SELECT * FROM sentry_app WHERE owner_id = $1 AND name = $2 AND creator_user_id = $3 AND status = $4 \
         AND date_deleted IS NULL ORDER BY id LIMIT 1",
    );
    conn.optional(query.bind(org).bind(name).bind(creator).bind(AppStatus::Internal.number())).await
}
