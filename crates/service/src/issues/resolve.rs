//! Resolving issues: at once, in a release, in the next release, in a commit. First [`look_up`] finds the releases and
//! commits that were named; then [`resolve`] changes the issues, in a transaction.
//!
//! | form | row beside the issue | history |
//! |---|---|---|
//! | now | none | `set_resolved` `{}` |
//! | release | in that release | `set_resolved_in_release` `{"version"}` |
//! | next release, versions are numbered | in the release with the highest number; higher ones bring the issue back | the same, `{"version": "", "current_release_version"}` |
//! | next release, there already is one after those the issue was seen in | in that one | the same, `{"version"}` |
//! | next release otherwise | in the release that follows the latest | the same, `{"version": ""}` |
//! | commit | in the newest release that has it, if any | `set_resolved_in_commit` `{"commit"}` |

use std::collections::{HashMap, HashSet};

use mortise_domain::{
    CommitId, IssueId, OrgId, ProjectId, ReleaseId,
    issue::{ActivityKind, IssueStatus, ResolutionKind},
    version::{self, ReleaseVersion},
};
use mortise_store::{
    Conn, Tx,
    issue::{
        Issue, beside,
        resolution::{self, NewResolution, ProjectRelease},
        write,
    },
};
use mortise_wire::errors::FieldErrors;
use serde_json::{Map, Value};

use super::act::{Act, ids, object, reason};
use crate::{Error, Result, events};

const NO_SUCH_RELEASE: &str = "Unable to find a release with the given version.";
const NO_RELEASE: &str = "No release data present in the system to form a basis for 'Next Release'";
const NO_SUCH_REPOSITORY: &str = "Unable to find the given repository.";
const NO_SUCH_COMMIT: &str = "Unable to find the given commit.";
const UPCOMING_REFUSED: &str = "Your organization does not have access to this feature.";

/// How issues are to be resolved, as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// At once.
    Now,
    /// By whatever release comes next.
    NextRelease,
    /// By the newest release there is.
    LatestRelease,
    /// By the release with this version.
    Release(String),
    /// By a commit.
    Commit {
        /// The name of its repository.
        repository: String,
        /// Its hash.
        sha: String,
    },
    /// By a release that is not there yet; not offered.
    UpcomingRelease,
}

/// The same, with what was named.
#[derive(Debug, Clone)]
pub enum Resolution {
    /// At once.
    Now,
    /// By a release.
    Release(ProjectRelease),
    /// By whatever release comes next.
    NextRelease(NextRelease),
    /// By a commit, and by the newest release of the project that has it.
    Commit(CommitId, Option<ReleaseId>),
}

/// What decides which release is the next one.
#[derive(Debug, Clone)]
pub struct NextRelease {
    /// The releases of the project, newest added first.
    releases: Vec<ProjectRelease>,
    /// The release with the highest number, where versions are numbered; else the newest.
    latest: ProjectRelease,
    is_numbered: bool,
    /// The newest version that each issue was seen in.
    seen: HashMap<IssueId, String>,
}

/// Finds what a resolution of issues of one project names.
pub async fn look_up(
    conn: &mut Conn,
    org: OrgId,
    project: ProjectId,
    issues: &[IssueId],
    how: &How,
) -> Result<Resolution> {
    match how {
        How::Now => Ok(Resolution::Now),
        How::NextRelease => next_release(conn, project, issues).await.map(Resolution::NextRelease),
        How::LatestRelease => {
            let newest = newest(resolution::releases(conn, project).await?);
            newest.map(Resolution::Release).ok_or_else(|| refused("inRelease", NO_RELEASE))
        }
        How::Release(version) => {
            let release = resolution::release(conn, project, version).await?;
            release.map(Resolution::Release).ok_or_else(|| refused("inRelease", NO_SUCH_RELEASE))
        }
        How::Commit { repository, sha } => {
            let found = resolution::repository(conn, org, repository).await?;
            let found = found.ok_or_else(|| refused_in_commit("repository", NO_SUCH_REPOSITORY))?;
            let commit = resolution::commit(conn, found, sha).await?;
            let commit = commit.ok_or_else(|| refused_in_commit("commit", NO_SUCH_COMMIT))?;
            Ok(Resolution::Commit(commit, resolution::release_of_commit(conn, project, commit).await?))
        }
        How::UpcomingRelease => Err(refused("inUpcomingRelease", UPCOMING_REFUSED)),
    }
}

async fn next_release(conn: &mut Conn, project: ProjectId, issues: &[IssueId]) -> Result<NextRelease> {
    let releases = resolution::releases(conn, project).await?;
    let versions: Vec<&str> = releases.iter().map(|release| release.version.as_str()).collect();
    let highest = if version::are_numbered(&versions) { highest(&releases) } else { None };
    let is_numbered = highest.is_some();
    let latest = highest.or_else(|| newest(releases.clone()));
    Ok(NextRelease {
        latest: latest.ok_or_else(|| refused("inNextRelease", NO_RELEASE))?,
        is_numbered,
        seen: resolution::versions_seen(conn, issues).await?.into_iter().collect(),
        releases,
    })
}

/// The newest release by the day it was published.
fn newest(releases: Vec<ProjectRelease>) -> Option<ProjectRelease> {
    releases.into_iter().max_by_key(|release| (release.date, release.id))
}

/// The release with the highest number of the package that was released last.
fn highest(releases: &[ProjectRelease]) -> Option<ProjectRelease> {
    let mut best: Option<(&ProjectRelease, ReleaseVersion<'_>)> = None;
    for release in releases {
        let Some(found) = ReleaseVersion::parse(&release.version) else { continue };
        let is_higher = match &best {
            None => true,
            Some((_, version)) => found.compare(version).is_some_and(std::cmp::Ordering::is_gt),
        };
        if is_higher {
            best = Some((release, found));
        }
    }
    best.map(|(release, _)| release.clone())
}

fn refused(key: &str, text: &str) -> Error {
    let mut errors = FieldErrors::new();
    errors.nest("statusDetails", FieldErrors::one(key, text));
    errors.into()
}

fn refused_in_commit(key: &str, text: &str) -> Error {
    let mut details = FieldErrors::new();
    details.nest("inCommit", FieldErrors::one(key, text));
    let mut errors = FieldErrors::new();
    errors.nest("statusDetails", details);
    errors.into()
}

/// The release that an issue is resolved in or after.
struct InRelease {
    kind: ResolutionKind,
    release: ReleaseId,
    current: Option<String>,
}

impl InRelease {
    const fn new(release: ReleaseId) -> Self {
        Self { kind: ResolutionKind::InRelease, release, current: None }
    }
}

impl Resolution {
    /// The word that events carry.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Now => ResolutionKind::Now.as_str(),
            Self::Release(_) => ResolutionKind::InRelease.as_str(),
            Self::NextRelease(_) => ResolutionKind::InNextRelease.as_str(),
            Self::Commit(..) => ResolutionKind::InCommit.as_str(),
        }
    }

    const fn activity(&self) -> ActivityKind {
        match self {
            Self::Now => ActivityKind::SetResolved,
            Self::Release(_) | Self::NextRelease(_) => ActivityKind::SetResolvedInRelease,
            Self::Commit(..) => ActivityKind::SetResolvedInCommit,
        }
    }

    /// The row beside an issue, and what the history says.
    fn of_issue(&self, issue: IssueId) -> (Option<InRelease>, Map<String, Value>) {
        match self {
            Self::Now => (None, Map::new()),
            Self::Release(release) => {
                let data = object([("version", release.version.clone().into())]);
                (Some(InRelease::new(release.id)), data)
            }
            Self::NextRelease(next) => {
                let (row, data) = next.of_issue(issue);
                (Some(row), data)
            }
            Self::Commit(commit, release) => {
                (release.map(InRelease::new), object([("commit", commit.get().into())]))
            }
        }
    }
}

impl NextRelease {
    fn of_issue(&self, issue: IssueId) -> (InRelease, Map<String, Value>) {
        let latest = InRelease::new(self.latest.id);
        if self.is_numbered {
            let version = &self.latest.version;
            let data = object([("version", "".into()), ("current_release_version", version.clone().into())]);
            return (InRelease { current: Some(version.clone()), ..latest }, data);
        }
        let current = self.seen.get(&issue);
        match current.and_then(|version| self.after(version)) {
            Some(next) => (InRelease::new(next.id), object([("version", next.version.clone().into())])),
            None => {
                let kind = ResolutionKind::InNextRelease;
                (InRelease { kind, current: current.cloned(), ..latest }, object([("version", "".into())]))
            }
        }
    }

    /// The first release that was added after the one with this version.
    fn after(&self, version: &str) -> Option<&ProjectRelease> {
        let seen = self.releases.iter().find(|release| release.version == version)?;
        let added = |release: &ProjectRelease| (release.date_added, release.id);
        let later = self.releases.iter().filter(|release| added(release) > added(seen));
        later.min_by_key(|release| (release.date, release.id))
    }
}

/// Resolves issues, which are locked. An issue that was resolved in a release before only gets another one: nothing is
/// added to its history. Everybody is told in any case.
pub async fn resolve(tx: &mut Tx, act: &Act, issues: &[Issue], how: &Resolution) -> Result<()> {
    let all = ids(issues);
    let rows = beside::resolutions(tx, &all).await?;
    let had: HashSet<IssueId> = rows.into_iter().map(|row| row.issue_id).collect();
    let mut entries = Vec::new();
    let mut without = Vec::new();
    for issue in issues {
        let (row, data) = how.of_issue(issue.id);
        if row.is_none() || !had.contains(&issue.id) {
            entries.push(act.entry(issue, how.activity(), data));
        }
        match row {
            Some(row) => resolution::put(tx, &new_row(act, issue.id, row)).await?,
            None => without.push(issue.id),
        }
    }
    resolution::delete(tx, &without).await?;
    if let Resolution::Commit(commit, _) = how {
        resolution::link_commit(tx, &all, *commit, act.user, act.now).await?;
    }
    write::set_state(tx, &all, IssueStatus::Resolved.number(), None, Some(act.now)).await?;
    write::delete_snoozes(tx, &all).await?;
    write::leave_inbox(tx, &all).await?;
    act.subscribe(tx, &all, reason::STATUS_CHANGE).await?;
    mortise_store::activity::insert_all(tx, &entries, act.now).await?;
    for issue in issues {
        events::issue_resolved(tx, act.issue_ref(issue), act.user, how.word(), act.now).await?;
    }
    Ok(())
}

fn new_row(act: &Act, issue: IssueId, row: InRelease) -> NewResolution {
    NewResolution {
        issue_id: issue,
        kind: row.kind.number(),
        release_id: row.release,
        current_release_version: row.current,
        actor_id: act.user,
        date_added: act.now,
    }
}
