//! A text of several lines in a form.

use askama::{Template, filters::HtmlSafe};

/// A text of several lines with its label, hint and error.
#[derive(Debug, Clone, Template)]
#[template(path = "part/area.html")]
pub struct Area {
    /// Name sent with the form.
    pub name: &'static str,
    /// Unique on its page.
    pub id: String,
    pub label: &'static str,
    pub value: String,
    pub hint: &'static str,
    /// What is wrong with the value; empty when nothing is.
    pub error: String,
    pub rows: u32,
    /// Machine text: monospaced and without spelling help.
    pub is_code: bool,
    pub required: bool,
}

impl Area {
    /// An empty, optional text.
    pub fn new(name: &'static str, label: &'static str) -> Self {
        Self {
            name,
            id: name.to_owned(),
            label,
            value: String::new(),
            hint: "",
            error: String::new(),
            rows: 3,
            is_code: false,
            required: false,
        }
    }

    /// The same with a value.
    pub fn value(mut self, value: &str) -> Self {
        value.clone_into(&mut self.value);
        self
    }
}

impl HtmlSafe for Area {}
