//! Installations by whatever is known of them.

use mortise_domain::{AppId, InstallationId, OrgId, TokenId, UserId, status::InstallationStatus};

use super::Installation;
use crate::{Conn, Query, Result};

/// Which installations; all that is set must hold.
#[derive(Debug, Clone, Default)]
pub struct InstallationFilter {
    /// One of these.
    pub ids: Option<Vec<InstallationId>>,
    /// Of one of these apps.
    pub apps: Option<Vec<AppId>>,
    /// Of the app behind this proxy user.
    pub proxy_user: Option<UserId>,
    /// In this organization.
    pub org: Option<OrgId>,
    /// With one of these uuids.
    pub uuids: Option<Vec<String>>,
    /// In this state.
    pub status: Option<InstallationStatus>,
    /// Whose current token this is.
    pub token: Option<TokenId>,
    /// Whose current token this is, or one of whose tokens.
    pub any_token: Option<TokenId>,
}

impl InstallationFilter {
    /// Whether it says anything of the installations themselves; a token or a user alone is not enough.
    pub fn is_bounded(&self) -> bool {
        self.ids.is_some()
            || self.apps.is_some()
            || self.org.is_some()
            || self.uuids.is_some()
            || self.status.is_some()
    }
}

/// Live installations, by id.
pub async fn installations(conn: &mut Conn, filter: &InstallationFilter) -> Result<Vec<Installation>> {
    let mut query = Query::new("SELECT * FROM sentry_app_installation WHERE date_deleted IS NULL");
    if let Some(ids) = &filter.ids {
        query.push(" AND id IN ").list(ids.iter().copied());
    }
    if let Some(apps) = &filter.apps {
        query.push(" AND sentry_app_id IN ").list(apps.iter().copied());
    }
    if let Some(user) = filter.proxy_user {
        query.push(" AND sentry_app_id IN (SELECT id FROM sentry_app WHERE proxy_user_id = ").arg(user);
        query.push(")");
    }
    if let Some(org) = filter.org {
        query.push(" AND organization_id = ").arg(org);
    }
    if let Some(uuids) = &filter.uuids {
        query.push(" AND uuid IN ").list(uuids.iter().map(String::as_str));
    }
    if let Some(status) = filter.status {
        query.push(" AND status = ").arg(status.number());
    }
    if let Some(token) = filter.token {
        query.push(" AND api_token_id = ").arg(token);
    }
    if let Some(token) = filter.any_token {
        query.push(" AND (api_token_id = ").arg(token);
        query.push(
            " OR id IN (SELECT installation_id FROM sentry_app_installation_token WHERE api_token_id = ",
        );
        query.arg(token).push("))");
    }
    query.push(" ORDER BY id");
    conn.all(query).await
}
