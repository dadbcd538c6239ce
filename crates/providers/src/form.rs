//! Fields of forms that providers describe and clients render: settings of an organization, creating and linking an item
//! on the other side.

use mortise_wire::Written;
use serde_json::{Map, Value, json};

use crate::ProviderError;

/// A field, built up key by key in the order in which clients get them.
#[derive(Debug, Clone, PartialEq)]
pub struct Field(Map<String, Value>);

impl Field {
    /// A field of a type such as `string`, `textarea`, `select`, `boolean`, `choice_mapper`, `table`.
    pub fn new(name: &str, kind: &str) -> Self {
        let mut map = Map::new();
        map.insert("name".to_owned(), json!(name));
        map.insert("type".to_owned(), json!(kind));
        Self(map)
    }

    /// A field whose type comes later among its keys.
    pub fn named(name: &str) -> Self {
        Self(Map::from_iter([("name".to_owned(), json!(name))]))
    }

    /// Sets any key.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.insert(key.to_owned(), value.into());
        self
    }

    /// What stands before it.
    #[must_use]
    pub fn label(self, text: &str) -> Self {
        self.with("label", text)
    }

    /// What explains it.
    #[must_use]
    pub fn help(self, text: &str) -> Self {
        self.with("help", text)
    }

    /// It must be filled in.
    #[must_use]
    pub fn required(self) -> Self {
        self.with("required", true)
    }

    /// What it holds at first.
    #[must_use]
    pub fn default(self, value: impl Into<Value>) -> Self {
        self.with("default", value)
    }

    /// What there is to choose from: value and label.
    #[must_use]
    pub fn choices<'a>(self, choices: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let choices: Vec<Value> = choices.into_iter().map(|(value, label)| json!([value, label])).collect();
        self.with("choices", choices)
    }

    /// It cannot be filled in, for this reason.
    #[must_use]
    pub fn disabled(self, reason: &str) -> Self {
        self.with("disabled", true).with("disabledReason", reason)
    }

    /// As clients get it.
    pub fn written(self) -> Written<Value> {
        Written::new(Value::Object(self.0))
    }
}

/// What is wrong with a table of names and keys.
#[derive(Debug, Clone, Copy, thiserror::Error)]
pub(crate) enum TableError {
    /// It is no list of objects.
    #[error("A table is a list of rows.")]
    Shape,
    /// A cell that must be filled in is not.
    #[error("Name and key are required")]
    Blank,
}

impl From<TableError> for ProviderError {
    fn from(error: TableError) -> Self {
        Self::Refused(error.to_string())
    }
}

/// The rows of a table that a client sent.
pub(crate) fn rows_of(table: &Value) -> Result<Vec<&Map<String, Value>>, TableError> {
    let rows = table.as_array().ok_or(TableError::Shape)?;
    rows.iter().map(|row| row.as_object().ok_or(TableError::Shape)).collect()
}

/// A cell that is filled in.
pub(crate) fn text_of<'a>(row: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    row.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}
