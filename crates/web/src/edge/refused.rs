//! What a use case says is wrong with a form, in the words that the page shows.

use mortise_service::Error;
use serde_json::Value;

use super::Problem;

const TOO_LARGE: &str = "It is larger than this server takes.";

/// A refusal that the visitor can do something about.
#[derive(Debug, Clone)]
pub struct Refused(Value);

impl Refused {
    /// The refusal within an error; every other error is a problem of its own.
    pub fn of(error: Error) -> Result<Self, Problem> {
        match error {
            Error::Invalid(body)
            | Error::Conflict(body)
            | Error::Refused(body)
            | Error::Gone(body)
            | Error::TooMany(body)
            | Error::Relayed { body, .. } => {
                serde_json::to_value(body).map(Self).map_err(|error| Problem::internal(&error))
            }
            // What clients get has no words.
            Error::TooLarge(_) => Ok(Self(Value::String(TOO_LARGE.to_owned()))),
            Error::Unconfigured(text) => Ok(Self(Value::String(text.to_owned()))),
            Error::Upstream(text) => Ok(Self(Value::String(text))),
            other => Err(other.into()),
        }
    }

    /// A refusal of one field.
    pub fn field_error(name: &str, text: &str) -> Self {
        Self(serde_json::json!({ name: [text] }))
    }

    /// What is below a key, where the words of a refusal are there; otherwise all of it.
    #[must_use]
    pub fn below(self, key: &str) -> Self {
        match self.0.get(key) {
            Some(inner) => Self(inner.clone()),
            None => self,
        }
    }

    /// What is wrong with a field; empty when nothing is.
    pub fn field(&self, name: &str) -> String {
        self.0.get(name).and_then(first_text).unwrap_or_default()
    }

    /// What is wrong beside these fields; empty when one of them has an error of its own.
    pub fn beside(&self, fields: &[&str]) -> String {
        if fields.iter().any(|name| !self.field(name).is_empty()) { String::new() } else { self.text() }
    }

    /// What is wrong, whatever it belongs to.
    pub fn text(&self) -> String {
        first_text(&self.0).unwrap_or_else(|| "That was refused.".to_owned())
    }
}

/// The first text within a body, wherever it is; of a coded error the message, of a typed one what it says.
fn first_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => items.iter().find_map(first_text),
        Value::Object(map) => {
            let first = ["message", "detail", "errors"].into_iter().find_map(|key| map.get(key));
            first.into_iter().chain(map.values()).find_map(first_text)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_refusal_are_found_in_every_shape() {
        let of = |error| Refused::of(error).expect("a refusal");
        assert_eq!(of(Error::field("slug", "Taken.")).field("slug"), "Taken.");
        assert_eq!(of(Error::field("slug", "Taken.")).text(), "Taken.");
        assert_eq!(of(Error::conflict("Too late.")).text(), "Too late.");
        assert!(matches!(Refused::of(Error::NotFound), Err(Problem::NotFound)));
    }
}
