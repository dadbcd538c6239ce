//! Forms that apps describe: dialogs on issues, actions of alert rules, and their preview.

use askama::{Template, filters::HtmlSafe};

use super::{Avatar, Choice, Shell};

/// A field of a form that an app describes.
#[derive(Debug, Clone, Template)]
#[template(path = "part/form_field.html")]
pub struct FormField {
    /// Unique on its page; what is around the field is `ID-field`.
    pub id: String,
    /// Name sent with the form.
    pub name: String,
    pub label: String,
    pub control: Control,
    pub required: bool,
    /// What is wrong with the value; empty when nothing is.
    pub error: String,
    pub hint: String,
    /// What was typed to find choices; `None` where the app does not search.
    pub find: Option<String>,
    /// The ids, separated by blanks, of what is around the fields whose choices depend on this one; may be empty.
    pub feeds: String,
}

impl HtmlSafe for FormField {}

/// What a field is filled in with.
#[derive(Debug, Clone)]
pub enum Control {
    /// A line.
    Text(String),
    /// Several lines.
    Area(String),
    /// One of these. Values are JSON, so that numbers stay numbers.
    Select(Vec<Choice>),
}

/// The dialog in which an app makes or finds an item for an issue.
#[derive(Debug, Clone, Template)]
#[template(path = "issue_app.html")]
pub struct IssueAppPage {
    pub shell: Shell,
    pub issue: String,
    pub short_id: String,
    pub app: String,
    pub avatar: Avatar,
    pub installation: String,
    /// `create` or `link`.
    pub action: &'static str,
    pub fields: Vec<FormField>,
    /// Whether choices can be asked for again.
    pub asks: bool,
    /// Why the app could not be asked, or refused; empty when all is well.
    pub error: String,
}

/// What pages make of a schema.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "part/preview.html")]
pub struct Preview {
    /// What is wrong with the schema; empty when nothing is.
    pub error: String,
    pub parts: Vec<PreviewPart>,
}

impl HtmlSafe for Preview {}

/// One component of a schema.
#[derive(Debug, Clone)]
pub struct PreviewPart {
    pub title: String,
    /// Where it is shown, in words.
    pub place: &'static str,
    pub forms: Vec<PreviewForm>,
}

/// One form of a component.
#[derive(Debug, Clone)]
pub struct PreviewForm {
    pub title: String,
    pub fields: Vec<FormField>,
}
