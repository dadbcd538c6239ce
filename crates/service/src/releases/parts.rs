//! What a release brings: its commits, the files that they touched, their repositories; and the release before it.

use mortise_domain::{CommitId, RepositoryId, status::ObjectStatus};
use mortise_store::{
    Conn, Slice, release as store, release_commits,
    repository::{self, Filter},
};
use mortise_wire::{
    Page, PageRequest,
    release::{CommitFile, PreviousRelease},
    repository::{Commit, CommitAuthor, Repository},
};

use super::{access::Place, author, commits, releases_in, users_by_email};
use crate::{Ctx, Error, Result, paging::slice, repositories::repository_json};

/// The repository that commits must be of, by its id on the other side, else by its name; empty texts name none.
#[derive(Debug, Clone, Copy, Default)]
pub struct OfRepository<'q> {
    /// The id on the other side.
    pub external_id: &'q str,
    /// The name.
    pub name: &'q str,
}

impl OfRepository<'_> {
    async fn find(self, conn: &mut Conn, place: Place<'_>) -> Result<Option<RepositoryId>> {
        let found = match self {
            Self { external_id: "", name: "" } => return Ok(None),
            Self { external_id: "", name } => {
                repository::newest_active_by_names(conn, place.id(), &[name]).await?
            }
            Self { external_id, .. } => {
                let status = Some((ObjectStatus::Active.number(), true));
                let filter = Filter { external_id: Some(external_id), status, ..Filter::default() };
                repository::list(conn, place.id(), &filter, Slice { skip: 0, take: 1 }).await?
            }
        };
        found.first().map(|row| Some(row.id)).ok_or(Error::NoSuchResource)
    }
}

/// The commits of a release, newest first.
pub async fn list_release_commits(
    ctx: &Ctx,
    place: Place<'_>,
    version: &str,
    of: OfRepository<'_>,
    request: PageRequest,
) -> Result<Page<Commit>> {
    let window = request.offset_window()?;
    let mut conn = ctx.store.read().await?;
    let release = place.find(&mut conn, version).await?.row.id;
    let repository = of.find(&mut conn, place).await?;
    let ids = release_commits::list(&mut conn, place.id(), release, repository, slice(&window)).await?;
    let page = window.page(ids);
    let mut shown = commits(&mut conn, ctx, &page.rows).await?;
    Ok(page.replace(|ids: Vec<CommitId>| ids.into_iter().filter_map(|id| shown.remove(&id)).collect()))
}

/// The files that the commits of a release touched, by path.
pub async fn list_commit_files(
    ctx: &Ctx,
    place: Place<'_>,
    version: &str,
    of: OfRepository<'_>,
    request: PageRequest,
) -> Result<Page<CommitFile>> {
    let window = request.offset_window()?;
    let mut conn = ctx.store.read().await?;
    let release = place.find(&mut conn, version).await?.row.id;
    let repository = of.find(&mut conn, place).await?;
    let rows = release_commits::files(&mut conn, place.id(), release, repository, slice(&window)).await?;
    let page = window.page(rows);
    let emails = page.rows.iter().filter_map(|row| row.author_email.clone());
    let users = users_by_email(&mut conn, ctx, Some(place.id()), emails).await?;
    let one = |row: release_commits::CommitFile| CommitFile {
        id: row.id.to_string(),
        org_id: place.id().get(),
        author: match row.author_email {
            Some(email) => author(row.author_name, email, &users),
            None => CommitAuthor::Nobody {},
        },
        commit_message: row.message,
        filename: row.filename,
        kind: row.kind,
        repo_name: row.repository,
    };
    Ok(page.map(one))
}

/// The repositories that the commits of a release are in.
pub async fn list_release_repositories(
    ctx: &Ctx,
    place: Place<'_>,
    version: &str,
) -> Result<Vec<Repository>> {
    let mut conn = ctx.store.read().await?;
    let release = place.find(&mut conn, version).await?.row.id;
    let rows = repository::of_release(&mut conn, place.id(), release).await?;
    Ok(rows.iter().map(|row| repository_json(ctx, row)).collect())
}

/// The newest release with commits that shares a project with this one and is no younger. It may be this one.
pub async fn previous_with_commits(ctx: &Ctx, place: Place<'_>, version: &str) -> Result<PreviousRelease> {
    let mut conn = ctx.store.read().await?;
    let row = place.find(&mut conn, version).await?.row;
    let date = row.date_released.unwrap_or(row.date_added);
    let found = release_commits::newest_with_commits(&mut conn, place.id(), row.id, date).await?;
    let rows = store::by_ids(&mut conn, &found.into_iter().collect::<Vec<_>>()).await?;
    let shown = releases_in(&mut conn, ctx, rows, None).await?;
    let shown = shown.into_iter().next().map(|release| PreviousRelease::Release(Box::new(release)));
    Ok(shown.unwrap_or(PreviousRelease::None {}))
}
