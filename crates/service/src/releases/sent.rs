//! What whoever deploys tells of a release: the release, its commits, or refs that say which commits to fetch. Pure.

use mortise_domain::{ChangeKind, FileChange, Time};
use mortise_store::release::NewRelease;
use mortise_wire::{
    Fields,
    errors::{FieldErrors, field},
    fields::ObjectRule,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Result,
    repositories::facade::{Author, NewCommit},
};

/// Longest version, reference and URL.
const VERSION_CHARS_MAX: usize = 250;
/// Longest hash.
const SHA_CHARS_MAX: usize = 64;
/// Longest `start..end`.
const RANGE_CHARS_MAX: usize = 2 * SHA_CHARS_MAX + RANGE.len();
/// Longest name of a repository.
const REPOSITORY_CHARS_MAX: usize = 200;
/// Longest name of whoever made a commit.
const AUTHOR_NAME_CHARS_MAX: usize = 128;
/// Longest address of whoever made a commit.
const AUTHOR_EMAIL_CHARS_MAX: usize = 75;
/// Longest path of a file.
const PATH_CHARS_MAX: usize = 255;
/// Commits of one release that can be told at once.
const COMMITS_MAX: usize = 1000;
/// Refs of one release.
const REFS_MAX: usize = 100;
/// A release that is not archived.
const OPEN: i64 = 0;
/// A release that is archived.
pub(super) const ARCHIVED: i64 = 1;
/// Between the hashes of a range.
const RANGE: &str = "..";

/// What was told of a release.
#[derive(Debug, Clone)]
pub struct SentRelease {
    /// The release itself.
    pub release: NewRelease,
    /// Its commits in their order; newest first.
    pub commits: Vec<SentCommit>,
    /// Where its repositories are.
    pub refs: Vec<Ref>,
    /// Whether the commits that it has are taken away, as an empty list of refs says.
    pub clears: bool,
}

impl SentRelease {
    /// A release of which nothing else is told.
    pub fn of(release: NewRelease) -> Self {
        Self { release, commits: Vec::new(), refs: Vec::new(), clears: false }
    }
}

/// A commit of a release.
#[derive(Debug, Clone)]
pub struct SentCommit {
    /// The name of its repository; without, it is in one that has no name.
    pub repository: Option<String>,
    /// The commit.
    pub commit: NewCommit,
}

/// Where a repository is in a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ref {
    /// The name of the repository.
    pub repository: String,
    /// The hash of the newest commit.
    pub commit: String,
    /// The hash of the newest commit of the release before, if whoever deploys knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
}

/// Whether a release may be called so; blanks around it are cut off before.
pub fn is_version(text: &str) -> bool {
    let is_forbidden = |it: char| matches!(it, '\r' | '\n' | '\u{c}' | '\t' | '/' | '\\');
    !text.is_empty()
        && text.chars().count() <= VERSION_CHARS_MAX
        && !text.contains(is_forbidden)
        && !matches!(text, "." | "..")
        && !text.eq_ignore_ascii_case("latest")
}

/// Reads what is told of a release: `version`, `ref`, `url`, `dateReleased`, `status`, `commits`, `refs` or the older
/// `headCommits`.
pub fn read_release(mut fields: Fields) -> Result<SentRelease> {
    let rule = |text: String| match is_version(text.trim()) {
        true => Ok(text.trim().to_owned()),
        false => Err(format!("Release with name {text} is not allowed")),
    };
    let version = fields.string("version").max(VERSION_CHARS_MAX).and_then(rule).required();
    read_change(fields, version)
}

/// The same of the release with a version.
pub(super) fn read_change(mut fields: Fields, version: String) -> Result<SentRelease> {
    let reference = fields.string("ref").max(VERSION_CHARS_MAX).allow_blank().nullable().flatten();
    let url = fields.url("url").max(VERSION_CHARS_MAX).allow_blank().nullable().flatten();
    let date_released = fields.time("dateReleased").nullable().flatten();
    let word = |text: String| status(&text).ok_or_else(|| format!("Invalid status {text}"));
    let status = fields.string("status").and_then(word).optional();
    let commits = items(&mut fields, "commits", COMMITS_MAX, read_commit);
    let clears = fields.raw("refs").and_then(Value::as_array).is_some_and(Vec::is_empty);
    let refs = items(&mut fields, "refs", REFS_MAX, |item| read_ref(item, ["commit", "previousCommit"]));
    let older =
        items(&mut fields, "headCommits", REFS_MAX, |item| read_ref(item, ["currentId", "previousId"]));
    fields.finish()?;
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    let release = NewRelease {
        version,
        status,
        reference: filled(reference),
        url: filled(url),
        date_released,
        ..NewRelease::default()
    };
    let clears = clears && older.is_empty() && commits.is_empty();
    let mut sent = SentRelease { release, commits, refs: if refs.is_empty() { older } else { refs }, clears };
    // Those that say when they were made are in that order, newest first; the others come after them.
    sent.commits.sort_by_key(|it| std::cmp::Reverse(it.commit.date));
    Ok(sent)
}

/// The stored form of a word for the state of a release.
pub(super) fn status(word: &str) -> Option<i64> {
    match word {
        "open" => Some(OPEN),
        "archived" => Some(ARCHIVED),
        _ => None,
    }
}

/// The objects in a list; what is wrong with the first bad one is what is wrong with the field.
fn items<T>(fields: &mut Fields, name: &str, max: usize, read: impl Fn(&mut Fields) -> T) -> Vec<T> {
    let sent = fields.list(name, ObjectRule).optional().unwrap_or_default();
    if sent.len() > max {
        fields.error(name, format!("Ensure this field has no more than {max} elements."));
        return Vec::new();
    }
    let mut all = Vec::with_capacity(sent.len());
    for item in sent {
        let mut item = Fields::of_map(item);
        all.push(read(&mut item));
        let wrong: FieldErrors = std::mem::take(item.errors());
        if !wrong.is_empty() {
            fields.errors().nest(name, wrong);
            return Vec::new();
        }
    }
    all
}

fn read_ref(item: &mut Fields, [commit, previous]: [&str; 2]) -> Ref {
    let repository = item.string("repository").max(REPOSITORY_CHARS_MAX).required();
    let sent = item.string(commit).max(RANGE_CHARS_MAX).required();
    let told = item.string(previous).max(SHA_CHARS_MAX).allow_blank().nullable().flatten();
    let (start, end) = match sent.split_once(RANGE) {
        Some((start, end)) => (Some(start.trim().to_owned()), end.trim().to_owned()),
        None => (told, sent),
    };
    let length = |text: &str| text.chars().count();
    if item.is_valid() && end.is_empty() {
        item.error(commit, field::BLANK);
    }
    if length(&end).max(start.as_deref().map_or(0, length)) > SHA_CHARS_MAX {
        item.error(commit, field::max_length(SHA_CHARS_MAX));
    }
    Ref { repository, commit: end, previous: start.filter(|start| !start.is_empty()) }
}

fn read_commit(item: &mut Fields) -> SentCommit {
    let sha = item.string("id").max(SHA_CHARS_MAX).required();
    let repository = item.string("repository").max(REPOSITORY_CHARS_MAX).allow_blank().nullable().flatten();
    let message = item.string("message").allow_blank().nullable().flatten();
    let name = item.string("author_name").max(AUTHOR_NAME_CHARS_MAX).allow_blank().nullable().flatten();
    let email = item.email("author_email").max(AUTHOR_EMAIL_CHARS_MAX).allow_blank().nullable().flatten();
    let date: Option<Time> = item.time("timestamp").nullable().flatten();
    let files = match item.raw("patch_set") {
        None | Some(Value::Null) => Vec::new(),
        Some(_) => items(item, "patch_set", usize::MAX, read_file).into_iter().flatten().collect(),
    };
    let author = author(name, email);
    let repository = repository.filter(|name| !name.is_empty());
    SentCommit { repository, commit: NewCommit { sha, message, author, date, files } }
}

fn read_file(item: &mut Fields) -> Option<FileChange> {
    let rule = |letter: String| {
        let kind = ChangeKind::of_letter(&letter);
        kind.ok_or_else(|| format!("Commit patch_set type {letter} is not supported."))
    };
    let path = item.string("path").max(PATH_CHARS_MAX).required();
    let kind = item.string("type").max(1).and_then(rule).optional();
    if kind.is_none() && !item.has("type") {
        item.error("type", field::REQUIRED);
    }
    Some(FileChange { path, kind: kind? })
}

/// Who made a commit. Without an address, one is made of the name.
fn author(name: Option<String>, email: Option<String>) -> Option<Author> {
    let name = name.filter(|name| !name.is_empty());
    let email = match email {
        Some(email) => email,
        None => {
            let is_kept = |letter: &char| letter.is_ascii_alphanumeric() || "-_.".contains(*letter);
            name.as_ref()?.chars().filter(is_kept).collect::<String>().to_lowercase() + "@localhost"
        }
    };
    (!email.is_empty()).then_some(Author { name, email })
}
