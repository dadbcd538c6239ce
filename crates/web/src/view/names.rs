//! The names that people and teams have at the other side of an installation.

use askama::Template;

use super::{Field, Pager, Select, Shell, integration::InstalledHead};

/// The names, and the form for one.
#[derive(Debug, Clone, Template)]
#[template(path = "names.html")]
pub struct NamesPage {
    pub shell: Shell,
    pub installed: InstalledHead,
    pub rows: Vec<NameRow>,
    pub pager: Pager,
    /// The form for a name; `None` for those who may not write.
    pub form: Option<NameForm>,
    pub may_remove: bool,
    /// Whether files of owners are read with these names.
    pub is_for_owners: bool,
}

/// A name.
#[derive(Debug, Clone)]
pub struct NameRow {
    pub id: String,
    pub name: String,
    /// The id there; empty when none is known.
    pub external_id: String,
    /// Whose it is: a person's name, or a slug behind `#`.
    pub whose: String,
}

/// The form of a new name, or of one that is changed.
#[derive(Debug, Clone)]
pub struct NameForm {
    /// The name as it is stored; empty for a new one.
    pub title: String,
    /// Where the form is sent.
    pub action: String,
    pub whose: Select,
    pub name: Field,
    pub external_id: Field,
    /// What is wrong that belongs to no field; empty when nothing is.
    pub error: String,
}
