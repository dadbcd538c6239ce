//! What a commit does to files, and which of them name the owners of others.

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is gone.
    Deleted,
    /// It is another.
    Modified,
}

impl ChangeKind {
    /// The letter that clients and the database know it by.
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Added => "A",
            Self::Deleted => "D",
            Self::Modified => "M",
        }
    }

    /// The reverse of [`ChangeKind::letter`].
    pub fn of_letter(letter: &str) -> Option<Self> {
        [Self::Added, Self::Deleted, Self::Modified].into_iter().find(|it| it.letter() == letter)
    }
}

/// A file that a commit touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// Its path in the repository, without a `/` in front.
    pub path: String,
    /// What became of it.
    pub kind: ChangeKind,
}

/// Where hosts of source look for a file of owners.
const OWNERS_FILES: [&str; 4] = ["CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

impl FileChange {
    /// Whether a file of owners is there now that was not, or that was another.
    pub fn is_owners_file(&self) -> bool {
        self.kind != ChangeKind::Deleted && OWNERS_FILES.contains(&self.path.as_str())
    }
}
