//! A field as a provider describes it.

use serde_json::{Map, Value, json};

/// What names of a provider's fields begin with in the form, so that they are never ours.
const PREFIX: &str = "field.";

/// A field.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a>(&'a Value);

impl<'a> Field<'a> {
    /// The field of a description; `None` for one that names nothing.
    pub fn of(json: &'a Value) -> Option<Self> {
        let field = Self(json);
        (!field.name().is_empty()).then_some(field)
    }

    /// A key of the description.
    pub fn get(&self, pointer: &str) -> &'a Value {
        self.0.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// A text of the description; empty without.
    pub fn text(&self, pointer: &str) -> &'a str {
        self.get(pointer).as_str().unwrap_or_default()
    }

    /// A list of the description; empty without.
    pub fn list(&self, pointer: &str) -> &'a [Value] {
        self.get(pointer).as_array().map_or(&[], Vec::as_slice)
    }

    /// A switch of the description.
    pub fn is(&self, pointer: &str) -> bool {
        self.get(pointer).as_bool().unwrap_or_default()
    }

    /// Its name.
    pub fn name(&self) -> &'a str {
        self.text("/name")
    }

    /// Its name in the form.
    pub fn form_name(&self) -> String {
        format!("{PREFIX}{}", self.name())
    }

    /// Its type.
    pub fn kind(&self) -> &'a str {
        self.text("/type")
    }

    /// Its value among all values, in the shape of its type: what is not there is the default, or empty.
    pub fn value(&self, values: &Map<String, Value>) -> Value {
        let value = values.get(self.name()).filter(|value| !value.is_null()).unwrap_or(self.get("/default"));
        let or = |is_right: bool, empty: Value| if is_right { value.clone() } else { empty };
        match self.kind() {
            "boolean" => or(value.is_boolean(), json!(false)),
            "choice_mapper" => or(value.is_object(), json!({})),
            "table" | "project_mapper" => or(value.is_array(), json!([])),
            "select" if self.is("/multiple") => or(value.is_array(), json!([])),
            "select" => or(!value.is_null(), json!("")),
            _ => match value {
                Value::Null => json!(""),
                Value::String(_) => value.clone(),
                other => json!(other.to_string()),
            },
        }
    }

    /// The columns of a mapper or table: key and title.
    pub fn columns(&self) -> Vec<(&'a str, &'a str)> {
        let labels = self.get("/columnLabels").as_object();
        let label = |key: &'a str| labels.and_then(|all| all.get(key)?.as_str()).unwrap_or(key);
        let keys: Vec<&str> = match self.kind() {
            "table" => self.list("/columnKeys").iter().filter_map(Value::as_str).collect(),
            _ => self
                .get("/mappedSelectors")
                .as_object()
                .into_iter()
                .flatten()
                .map(|it| it.0.as_str())
                .collect(),
        };
        keys.into_iter().map(|key| (key, label(key))).collect()
    }
}
