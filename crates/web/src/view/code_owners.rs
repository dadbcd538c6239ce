//! Code owners of a project: files of owners, and what is wrong with the names in them.

use askama::Template;

use super::{Field, Select, Shell, When, project_settings::ProjectHead};

/// The files of owners of a project.
#[derive(Debug, Clone, Template)]
#[template(path = "code_owners.html")]
pub struct CodeOwnersPage {
    pub shell: Shell,
    pub project: ProjectHead,
    pub tab: &'static str,
    pub files: Vec<OwnersFile>,
    /// The form for one more file; `None` where none can be added.
    pub form: Option<OwnersForm>,
    /// Whether the project has any code mapping.
    pub has_mappings: bool,
    pub may_write: bool,
    pub may_delete: bool,
}

/// A file of owners.
#[derive(Debug, Clone)]
pub struct OwnersFile {
    pub id: String,
    pub repository: String,
    /// What the code mapping does, as in "app/ is src/".
    pub mapping: String,
    pub updated: When,
    /// The rules, one a line; may be empty.
    pub rules: String,
    pub rule_count: usize,
    /// What is wrong, in words, with the names it is about.
    pub troubles: Vec<Trouble>,
    /// The file, to change it.
    pub raw: Field,
}

/// Names that stand for nobody.
#[derive(Debug, Clone)]
pub struct Trouble {
    pub text: &'static str,
    pub names: Vec<String>,
    /// Where it is mended: address and text.
    pub way_out: Option<(String, &'static str)>,
}

/// The form for a file.
#[derive(Debug, Clone)]
pub struct OwnersForm {
    pub mapping: Select,
    pub raw: Field,
    /// What is wrong that belongs to no field; empty when nothing is.
    pub error: String,
}
