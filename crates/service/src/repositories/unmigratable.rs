//! Repositories of legacy plugins that no integration can take over, for it does not see them.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use mortise_domain::{RepositoryId, status::ObjectStatus};
use mortise_store::{
    Slice,
    integration::installed::{self, Installed},
    repository::{self, Filter, Repository},
};
use mortise_wire::repository as wire;

use super::{Host, repository_json};
use crate::{Ctx, Result, access::OrgAccess};

/// Providers whose plugins had repositories, by the key that plugin and integration share.
const PROVIDERS: [&str; 2] = ["github", "bitbucket"];
/// Integrations that are asked at the same time.
const AT_ONCE: usize = 4;

/// The repositories of plugins that an active integration of the same provider does not see. An integration that cannot be
/// asked is passed over.
pub async fn list_unmigratable(ctx: &Ctx, access: &OrgAccess) -> Result<Vec<wire::ExpandedRepository>> {
    let mut conn = ctx.store.read().await?;
    let filter = Filter { providers: Some(&PROVIDERS), ..Filter::default() };
    let legacy = repository::list(&mut conn, access.org.id, &filter, Slice::ALL).await?;
    if legacy.is_empty() {
        return Ok(Vec::new());
    }
    let active = ObjectStatus::Active.number();
    let rows = installed::list(&mut conn, access.org.id, None, Slice::ALL).await?;
    drop(conn);
    let is_asked = |row: &Installed| {
        PROVIDERS.contains(&row.provider.as_str()) && (row.status, row.org_status) == (active, active)
    };
    let rows: Vec<Installed> = rows.into_iter().filter(is_asked).collect();
    let mut found: BTreeMap<RepositoryId, &Repository> = BTreeMap::new();
    for some in rows.chunks(AT_ONCE) {
        let calls: Vec<_> = some.iter().map(|row| unseen(ctx, access, row, &legacy)).collect();
        for row in join_all(calls).await.into_iter().flatten() {
            found.insert(row.id, row);
        }
    }
    let one = |row| wire::ExpandedRepository { repository: repository_json(ctx, row), settings: None };
    Ok(found.into_values().map(one).collect())
}

/// The repositories of its provider's plugin that an integration does not see.
async fn unseen<'r>(
    ctx: &Ctx,
    access: &OrgAccess,
    row: &Installed,
    legacy: &'r [Repository],
) -> Vec<&'r Repository> {
    let host = match Host::of_row(ctx, &access.org, row).await {
        Ok(Some(host)) => host,
        Ok(None) => return Vec::new(),
        Err(error) => {
            tracing::warn!(integration = %row.id, %error, "an integration cannot be asked for repositories");
            return Vec::new();
        }
    };
    let seen = match host.source.repositories(&host.on, None).await {
        Ok(seen) => seen,
        Err(error) => {
            tracing::info!(integration = %row.id, %error, "an integration does not tell of repositories");
            return Vec::new();
        }
    };
    let of_plugin = legacy.iter().filter(|it| it.provider.as_deref() == Some(&row.provider));
    of_plugin.filter(|it| !seen.iter().any(|seen| seen.identifier == it.name)).collect()
}
