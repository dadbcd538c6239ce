//! The settings of one installation of a provider: fields as the provider describes them.

use askama::{Template, filters::HtmlSafe};

use super::{Choice, Shell, integration::InstalledHead};

/// The settings of one installation of a provider.
#[derive(Debug, Clone, Template)]
#[template(path = "integration_config.html")]
pub struct IntegrationConfigPage {
    pub shell: Shell,
    pub installed: InstalledHead,
    /// What is known of the account on the other side: what it is and its value.
    pub facts: Vec<(&'static str, String)>,
    /// The title above the fields.
    pub title: String,
    pub fields: Vec<ConfigField>,
    pub may_write: bool,
    /// What is wrong that belongs to no field; empty when nothing is.
    pub error: String,
}

/// A field that a provider describes.
#[derive(Debug, Clone, Template)]
#[template(path = "part/config_field.html")]
pub struct ConfigField {
    /// Unique on the page, and the name that is sent with the form.
    pub id: String,
    pub label: String,
    pub help: String,
    /// What is wrong with the value; empty when nothing is.
    pub error: String,
    pub required: bool,
    pub is_disabled: bool,
    /// Why it can't be filled in; may be empty.
    pub reason: String,
    pub placeholder: String,
    pub input: Input,
}

impl HtmlSafe for ConfigField {}

/// What a field is filled in with.
#[derive(Debug, Clone)]
pub enum Input {
    /// A line: `text`, `url`, `number`.
    Line {
        kind: &'static str,
        value: String,
    },
    /// Several lines, so many at first.
    Area {
        rows: u64,
        value: String,
    },
    Switch(bool),
    /// One or several of these. Values are JSON, so that numbers stay numbers.
    Choice {
        choices: Vec<Choice>,
        is_multiple: bool,
    },
    /// A line for which the other side suggests values.
    Suggested {
        value: String,
        choices: Vec<Choice>,
        url: String,
        field: String,
    },
    /// Rows of cells, the last of which is empty.
    Grid(Grid),
}

/// Rows to change, to remove and to add.
#[derive(Debug, Clone)]
pub struct Grid {
    pub heads: Vec<String>,
    pub rows: Vec<GridRow>,
    /// What is said about removing rows.
    pub caution: String,
}

/// A row of a grid.
#[derive(Debug, Clone)]
pub struct GridRow {
    /// What it is called for those who hear the page.
    pub name: String,
    /// What stays of it and is not shown, as JSON.
    pub kept: String,
    pub is_new: bool,
    pub cells: Vec<Cell>,
}

/// A cell of a grid.
#[derive(Debug, Clone)]
pub enum Cell {
    Fixed(String),
    Text(String),
    Select { choices: Vec<Choice>, placeholder: String },
    Suggested { choices: Vec<Choice>, url: String },
}
