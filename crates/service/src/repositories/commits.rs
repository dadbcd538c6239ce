//! The commits of a repository.

use std::collections::HashMap;

use mortise_domain::CommitId;
use mortise_store::{release, repository};
use mortise_wire::{Page, PageRequest, page::KeyOrder, repository as wire};

use super::find;
use crate::{
    Ctx, Result,
    access::OrgAccess,
    paging::{TIME_UNIT, range_of},
    releases,
};

/// The commits of a repository, newest first, with the releases that they are in.
pub async fn list_commits(
    ctx: &Ctx,
    access: &OrgAccess,
    id: &str,
    request: PageRequest,
) -> Result<Page<wire::Commit>> {
    let row = find(ctx, access, id).await?;
    let window = request.key_window(KeyOrder::Descending, TIME_UNIT);
    let mut conn = ctx.store.read().await?;
    let mut parts = Vec::new();
    for range in window.ranges() {
        parts.push(repository::commits(&mut conn, row.id, &range_of(range)).await?);
    }
    let page = window.page(parts, |(_, time)| time.as_microsecond());
    let ids: Vec<CommitId> = page.rows.iter().map(|(id, _)| *id).collect();
    let mut commits = releases::commits(&mut conn, ctx, &ids).await?;
    let mut beside: HashMap<CommitId, Vec<wire::CommitRelease>> = HashMap::new();
    for row in release::of_commits(&mut conn, &ids).await? {
        let (commit, shown) = release_json(row);
        beside.entry(commit).or_default().push(shown);
    }
    Ok(page.replace(|rows| {
        let one = |(id, _)| {
            let mut commit: wire::Commit = commits.remove(&id)?;
            commit.releases = Some(beside.remove(&id).unwrap_or_default());
            Some(commit)
        };
        rows.into_iter().filter_map(one).collect()
    }))
}

fn release_json(row: release::CommitRelease) -> (CommitId, wire::CommitRelease) {
    let shown = wire::CommitRelease {
        short_version: row.version.clone(),
        version: row.version,
        reference: row.reference,
        url: row.url,
        date_released: row.date_released.map(Into::into),
        date_created: row.date_added.into(),
    };
    (row.commit_id, shown)
}
