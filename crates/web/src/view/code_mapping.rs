//! Code mappings of an installation: the list, and the form of one.

use askama::Template;

use super::{Field, Pager, Select, Shell, integration::InstalledHead};

/// The code mappings of an installation.
#[derive(Debug, Clone, Template)]
#[template(path = "code_mappings.html")]
pub struct CodeMappingsPage {
    pub shell: Shell,
    pub installed: InstalledHead,
    pub rows: Vec<MappingRow>,
    pub pager: Pager,
    pub may_write: bool,
    pub may_delete: bool,
}

/// A code mapping.
#[derive(Debug, Clone)]
pub struct MappingRow {
    pub id: String,
    /// The slug of the project.
    pub project: String,
    pub repository: String,
    /// May be empty.
    pub stack_root: String,
    /// May be empty.
    pub source_root: String,
    /// Empty where the provider knows it.
    pub branch: String,
    pub is_automatic: bool,
}

/// The form of a code mapping.
#[derive(Debug, Clone, Template)]
#[template(path = "code_mapping.html")]
pub struct CodeMappingPage {
    pub shell: Shell,
    pub installed: InstalledHead,
    pub title: String,
    /// Where the form is sent.
    pub action: String,
    pub project: Select,
    pub repository: Select,
    pub stack_root: Field,
    pub source_root: Field,
    pub branch: Field,
    /// Whether the integration has repositories to choose from.
    pub has_repositories: bool,
    pub is_new: bool,
    /// What is wrong that belongs to no field; empty when nothing is.
    pub error: String,
}
