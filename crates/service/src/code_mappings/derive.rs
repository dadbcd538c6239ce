//! Code mappings worked out from a frame and the files of repositories. Pure.
//!
//! A file matches a frame when the shorter of the two is the end of the longer. Every match is told; whoever asks decides.

use super::roots::{find_roots, straight_prefix};

/// Extensions of files that are looked at.
const EXTENSIONS: [&str; 10] = ["js", "jsx", "tsx", "ts", "mjs", "py", "rb", "rake", "php", "go"];

/// The files of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// The repository.
    pub repository: String,
    /// The branch that counts.
    pub branch: String,
    /// Paths of its files.
    pub files: Vec<String>,
}

/// A file that matches a frame, with the roots that lead to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The file.
    pub filename: String,
    /// Its repository.
    pub repository: String,
    /// The branch that counts there.
    pub branch: String,
    /// What the frame begins with.
    pub stack_root: String,
    /// What is put in its place.
    pub source_root: String,
}

/// The file of a frame, made comparable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameFile {
    /// As it came, with `/` and without a drive.
    pub raw: String,
    /// Without what is no folder at the beginning.
    pub path: String,
}

impl FrameFile {
    /// Reads the file name of a frame; `None` for what names no file in a folder.
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.replace('\\', "/");
        let name = name.strip_prefix('/').unwrap_or(&name);
        if name.is_empty() || name.starts_with(['[', '<']) || name.contains(' ') || !name.contains('/') {
            return None;
        }
        let name = match name.as_bytes() {
            [drive, b':', ..] if drive.is_ascii_alphabetic() => name[2..].trim_start_matches('/'),
            _ => name,
        };
        if name.rfind('.').is_none_or(|at| at == 0 || name[at + 1..].is_empty() || name[at..].contains('/')) {
            return None;
        }
        let (_, path) = straight_prefix(name);
        Some(Self { raw: name.to_owned(), path: path.to_owned() })
    }

    /// The match of a file, if it is one.
    fn matched(&self, tree: &Tree, file: &str) -> Option<Match> {
        let (own, other): (Vec<&str>, Vec<&str>) =
            (self.path.split('/').collect(), file.split('/').collect());
        if !own.ends_with(&other) && !other.ends_with(&own) {
            return None;
        }
        let (stack_root, source_root) = find_roots(&self.raw, file)?;
        if self.raw.replacen(&stack_root, &source_root, 1) != file {
            return None;
        }
        Some(Match {
            filename: file.to_owned(),
            repository: tree.repository.clone(),
            branch: tree.branch.clone(),
            stack_root,
            source_root,
        })
    }

    /// Every file that matches.
    pub fn matches(&self, trees: &[Tree]) -> Vec<Match> {
        let of_tree = |tree: &Tree| -> Vec<Match> {
            let files = tree.files.iter().filter(|file| is_considered(file));
            files.filter_map(|file| self.matched(tree, file)).collect()
        };
        trees.iter().flat_map(of_tree).collect()
    }
}

/// Whether a file of a repository is source that a frame can come from.
fn is_considered(file: &str) -> bool {
    let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
    EXTENSIONS.contains(&extension) && !file.ends_with("spec.jsx") && !file.starts_with("tests/")
}
