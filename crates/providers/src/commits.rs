//! Commits as hosts of source tell of them.

use mortise_domain::{FileChange, Time};

/// A commit on the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteCommit {
    /// The hash.
    pub sha: String,
    /// What it says, whole.
    pub message: Option<String>,
    /// The name of who made it.
    pub author_name: Option<String>,
    /// Their address.
    pub author_email: Option<String>,
    /// When it was made, if that is known.
    pub date: Option<Time>,
    /// The files that it touched, as far as they are known.
    pub files: Vec<FileChange>,
}
