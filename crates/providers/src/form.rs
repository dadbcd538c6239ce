//! Fields of forms that providers describe and clients render: settings of an organization, creating and linking an item
//! on the other side.

use serde_json::{Map, Value, json};

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

    /// Its name.
    pub fn name(&self) -> &str {
        self.0.get("name").and_then(Value::as_str).unwrap_or_default()
    }

    /// As clients get it.
    pub fn into_json(self) -> Value {
        Value::Object(self.0)
    }
}
