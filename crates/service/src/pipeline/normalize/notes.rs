//! Notes about what normalization changed: the event's `errors`, each `{"type", "name", "value"?}`.

use serde_json::Value;

use super::text;
use crate::pipeline::{limits::NOTES_MAX, view::Object};

/// How much of an offending value a note repeats.
const NOTE_VALUE_CHARS_MAX: usize = 200;

/// Collected notes; the first [`NOTES_MAX`] are kept.
#[derive(Default)]
pub(super) struct Notes(Vec<Value>);

impl Notes {
    /// Keeps the notes that the sender made about its own event.
    pub(super) fn adopt(&mut self, sent: Option<Value>) {
        let Some(Value::Array(sent)) = sent else { return };
        for note in sent {
            let Value::Object(note) = note else { continue };
            let part = |key: &str| note.get(key).and_then(Value::as_str);
            if let (Some(kind), Some(name)) = (part("type"), part("name")) {
                self.add(kind, name, note.get("value"));
            }
        }
    }

    /// The value has the wrong form and was dropped or replaced.
    pub(super) fn invalid(&mut self, name: &str, value: Option<&Value>) {
        self.add("invalid_data", name, value);
    }

    /// The value was longer than its limit and was cut.
    pub(super) fn cut(&mut self, name: &str) {
        self.add("value_too_long", name, None);
    }

    /// Something that must be there was not.
    pub(super) fn missing(&mut self, name: &str) {
        self.add("missing_attribute", name, None);
    }

    /// The key means nothing in an event.
    pub(super) fn unknown(&mut self, name: &str, value: &Value) {
        self.add("invalid_attribute", name, Some(value));
    }

    /// Any other kind of note.
    pub(super) fn add(&mut self, kind: &str, name: &str, value: Option<&Value>) {
        if self.0.len() >= NOTES_MAX {
            return;
        }
        let mut note = Object::new();
        note.insert("type".to_owned(), text::clipped(kind, NOTE_VALUE_CHARS_MAX).into());
        note.insert("name".to_owned(), text::clipped(name, NOTE_VALUE_CHARS_MAX).into());
        match value {
            Some(Value::String(value)) => {
                note.insert("value".to_owned(), text::clipped(value, NOTE_VALUE_CHARS_MAX).into());
            }
            Some(value @ (Value::Null | Value::Bool(_) | Value::Number(_))) => {
                note.insert("value".to_owned(), value.clone());
            }
            Some(Value::Array(_) | Value::Object(_)) | None => {}
        }
        self.0.push(Value::Object(note));
    }

    pub(super) fn into_value(self) -> Value {
        Value::Array(self.0)
    }
}
