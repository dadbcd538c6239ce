//! The schema of an app's UI components: what it may look like is a JSON Schema (`document.json`), and what is wrong with
//! one is said in a single sentence.
//!
//! A few things are looked at before the document, element by element, because they make better sentences: the types of
//! elements, defaults of text fields, and that there is one element of a type. Where that meets something it cannot read,
//! the document as a whole decides.

mod relevance;

use std::sync::LazyLock;

use jsonschema::{Draft, Validator};
use mortise_wire::python;
use serde_json::{Value as Json, json};

/// What a component is.
pub(crate) const ISSUE_LINK: &str = "issue-link";
/// An action of alert rules with a form.
pub(crate) const ALERT_RULE_ACTION: &str = "alert-rule-action";
/// A link beside each line of a stack trace.
pub(crate) const STACKTRACE_LINK: &str = "stacktrace-link";
/// Text, pictures and videos; kept, never shown.
pub(crate) const ISSUE_MEDIA: &str = "issue-media";

const ELEMENT_TYPES: [&str; 4] = [ISSUE_LINK, ALERT_RULE_ACTION, ISSUE_MEDIA, STACKTRACE_LINK];
const TEXT_TYPES: [&str; 2] = ["text", "textarea"];
const TEXT_DEFAULTS: [&str; 2] = ["issue.title", "issue.description"];

/// A JSON Schema and what checks it.
pub(crate) struct Rules {
    document: Json,
    validator: Validator,
}

impl Rules {
    /// Nothing when the document is no schema.
    pub(crate) fn new(document: Json) -> Option<Self> {
        let validator = jsonschema::options().with_draft(Draft::Draft7).build(&document).ok()?;
        Some(Self { document, validator })
    }

    /// What is wrong, if anything is: the error that says most.
    pub(crate) fn check(&self, instance: &Json) -> Result<(), String> {
        if self.validator.is_valid(instance) {
            return Ok(());
        }
        Err(relevance::best(&self.document, &self.validator.iter_errors(instance).collect::<Vec<_>>()))
    }
}

/// The rules of a whole schema, and of each type of element.
struct AllRules {
    schema: Rules,
    elements: Vec<(&'static str, Rules)>,
}

impl AllRules {
    fn load() -> Option<Self> {
        let document: Json = serde_json::from_str(include_str!("document.json")).ok()?;
        let of_element = |kind: &'static str| {
            let reference = format!("#/definitions/{kind}");
            let document = json!({ "$ref": reference, "definitions": document["definitions"] });
            Some((kind, Rules::new(document)?))
        };
        let elements = ELEMENT_TYPES.into_iter().map(of_element).collect::<Option<_>>()?;
        Some(Self { schema: Rules::new(document)?, elements })
    }
}

/// Whether the document is read is a question of the build, which a test answers.
static RULES: LazyLock<Option<AllRules>> = LazyLock::new(AllRules::load);

/// What is wrong with a schema that somebody writes, in one sentence; `None` for one that an app could have.
pub fn schema_error(schema: &Json) -> Option<String> {
    let is_empty = schema == "" || schema.as_object().is_some_and(serde_json::Map::is_empty);
    if is_empty { None } else { check(schema).err() }
}

/// What is wrong with the schema of an app, in one sentence. An empty schema is not for here.
pub(crate) fn check(schema: &Json) -> Result<(), String> {
    let Some(rules) = RULES.as_ref() else { return Err("The rules of schemas cannot be read.".to_owned()) };
    match before_document(rules, schema) {
        Err(Stop::Wrong(text)) => Err(text),
        // What cannot be read here is for the document to name.
        Ok(()) | Err(Stop::Unreadable) => rules.schema.check(schema),
    }
}

/// Why the look at the elements ended.
enum Stop {
    Wrong(String),
    Unreadable,
}

fn before_document(rules: &AllRules, schema: &Json) -> Result<(), Stop> {
    let elements = match schema {
        Json::Object(map) => map.get("elements"),
        Json::Array(items) if items.iter().all(|item| item != "elements") => None,
        Json::String(text) if !text.contains("elements") => None,
        _ => return Err(Stop::Unreadable),
    };
    let Some(elements) = elements else { return Ok(()) };
    let Some(elements) = elements.as_array() else {
        return Err(Stop::Wrong("'elements' should be an array of objects".to_owned()));
    };
    for element in elements {
        check_element(rules, element)?;
    }
    let mut seen: Vec<&Json> = Vec::new();
    for element in elements {
        let kind = element.get("type").ok_or(Stop::Unreadable)?;
        if seen.contains(&kind) {
            return Err(Stop::Wrong(format!("Multiple elements of type: {}", python::text(kind))));
        }
        seen.push(kind);
    }
    Ok(())
}

fn check_element(rules: &AllRules, element: &Json) -> Result<(), Stop> {
    let untyped = || Stop::Wrong("Each element needs a 'type' field".to_owned());
    let kind = match element {
        Json::Object(map) => map.get("type").ok_or_else(untyped)?,
        Json::Array(items) if items.iter().all(|item| item != "type") => return Err(untyped()),
        Json::String(text) if !text.contains("type") => return Err(untyped()),
        _ => return Err(Stop::Unreadable),
    };
    let rules = kind.as_str().and_then(|kind| rules.elements.iter().find(|(name, _)| *name == kind));
    let Some((kind, rules)) = rules else {
        let known = python::repr(&json!(ELEMENT_TYPES));
        let kind = python::text(kind);
        return Err(Stop::Wrong(format!(
            "Element has type '{kind}'. Type must be one of the following: {known}"
        )));
    };
    check_defaults(if *kind == ALERT_RULE_ACTION { &element["settings"] } else { element })?;
    rules.check(element).map_err(|text| Stop::Wrong(format!("{text} for element of type '{kind}'")))
}

/// The defaults of text fields in lists that stand in the form itself.
fn check_defaults(form: &Json) -> Result<(), Stop> {
    let form = form.as_object().ok_or(Stop::Unreadable)?;
    let empty = json!([]);
    let list = |name: &str| form.get(name).unwrap_or(&empty);
    let fields = match (list("optional_fields"), list("required_fields")) {
        (Json::Array(optional), Json::Array(required)) => optional.iter().chain(required),
        (Json::String(one), Json::String(other)) if one.is_empty() && other.is_empty() => return Ok(()),
        _ => return Err(Stop::Unreadable),
    };
    for field in fields {
        let field = field.as_object().ok_or(Stop::Unreadable)?;
        let is_text = field.get("type").is_some_and(|kind| TEXT_TYPES.iter().any(|text| kind == text));
        let default = field.get("default").filter(|default| is_text && python::is_truthy(default));
        if let Some(default) = default.filter(|default| TEXT_DEFAULTS.iter().all(|text| default != text)) {
            return Err(Stop::Wrong(format!(
                "Elements of type {} may only have a default value of the following: {}, but {} was found.",
                python::repr(&json!(TEXT_TYPES)),
                python::repr(&json!(TEXT_DEFAULTS)),
                python::text(default)
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_can_be_read() {
        assert!(RULES.is_some());
    }
}
