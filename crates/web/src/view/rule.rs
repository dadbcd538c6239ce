//! Alert rules: the list, and the editor.

use askama::Template;

use super::{Field, OrgRef, Pager, Select, Shell, State, When, component::FormField};

/// The alert rules of an organization.
#[derive(Debug, Clone, Template)]
#[template(path = "rules.html")]
pub struct RulesPage {
    pub shell: Shell,
    pub rows: Vec<RuleRow>,
    pub pager: Pager,
    /// Projects that a new rule can be for.
    pub projects: Vec<OrgRef>,
    pub may_write: bool,
}

/// A rule in the list.
#[derive(Debug, Clone)]
pub struct RuleRow {
    pub id: String,
    pub name: String,
    pub project: String,
    /// What it does, in words.
    pub actions: Vec<String>,
    pub state: State,
    /// When it last fired; `None` for never.
    pub fired: Option<When>,
}

/// The editor of a rule.
#[derive(Debug, Clone, Template)]
#[template(path = "rule.html")]
pub struct RulePage {
    pub shell: Shell,
    pub project: String,
    /// The id; empty for a new one.
    pub id: String,
    pub action: String,
    pub error: String,
    pub name: Field,
    pub environment: Select,
    pub frequency: Select,
    pub lists: Vec<NodeList>,
    /// It was switched off and does nothing.
    pub is_disabled: bool,
    pub may_write: bool,
}

/// Conditions, filters or actions.
#[derive(Debug, Clone)]
pub struct NodeList {
    /// `conditions`, `filters`, `actions`.
    pub kind: &'static str,
    pub title: &'static str,
    /// How many must hold; `None` for actions.
    pub matching: Option<Select>,
    pub error: String,
    pub nodes: Vec<NodeRow>,
    /// What can be added.
    pub add: Select,
}

/// A condition, filter or action of the rule.
#[derive(Debug, Clone)]
pub struct NodeRow {
    /// As in `actions.2`: the name of what is kept, and of the button that removes it.
    pub name: String,
    /// The node as JSON, with what the fields do not hold.
    pub kept: String,
    /// Its sentence.
    pub pieces: Vec<Piece>,
    /// Fields that an app describes.
    pub fields: Vec<FormField>,
    /// Why the app could not be asked; empty when all is well.
    pub error: String,
}

/// A part of a node's sentence.
#[derive(Debug, Clone)]
pub enum Piece {
    /// Words.
    Text(String),
    /// Something to fill in; its choices are plain texts.
    Input { field: FormField, is_number: bool },
}
