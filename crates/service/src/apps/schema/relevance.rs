//! Which of many errors is told, and how it is worded: those clients know, which are those of Python's `jsonschema`.
//!
//! The error that is least deep in the schema wins, and one that is not about alternatives; the first in the order of
//! the document when that leaves several. Where alternatives failed, the deepest error of theirs is told instead, if
//! it is the only one of its kind.

use jsonschema::{ValidationError, error::ValidationErrorKind as Kind, paths::LocationSegment};
use mortise_wire::python;
use serde_json::Value as Json;

/// The text of the error that says most.
pub(super) fn best(document: &Json, errors: &[ValidationError<'_>]) -> String {
    let mut errors: Vec<_> = errors.iter().map(|error| Found::new(document, error)).collect();
    errors.sort_by(|a, b| a.order.cmp(&b.order));
    let mut best: Option<Found<'_>> = None;
    for error in errors {
        if best.as_ref().is_none_or(|best| error.relevance > best.relevance) {
            best = Some(error);
        }
    }
    let Some(mut best) = best else { return String::new() };
    while let Some(deeper) = deeper(document, best.error) {
        best = deeper;
    }
    wording(document, best.error)
}

/// The one error of failed alternatives that is least relevant by itself, which is the deepest; none when two are.
fn deeper<'e>(document: &Json, error: &'e ValidationError<'_>) -> Option<Found<'e>> {
    let (Kind::AnyOf { context } | Kind::OneOfNotValid { context }) = error.kind() else { return None };
    let mut inner: Vec<_> = context.iter().flatten().map(|error| Found::new(document, error)).collect();
    inner.sort_by(|a, b| a.relevance.cmp(&b.relevance).then_with(|| a.order.cmp(&b.order)));
    let is_tie = inner.len() > 1 && inner[0].relevance == inner[1].relevance;
    if is_tie { None } else { inner.into_iter().next() }
}

/// An error, how much it says, and where it stands among the others.
struct Found<'e> {
    error: &'e ValidationError<'e>,
    relevance: Relevance,
    order: Vec<usize>,
}

/// More is more relevant; compared field by field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Relevance {
    depth: std::cmp::Reverse<usize>,
    is_no_alternative: bool,
    is_of_other_type: bool,
}

impl<'e> Found<'e> {
    fn new(document: &Json, error: &'e ValidationError<'_>) -> Self {
        let (schema, order) = walk(document, error);
        let relevance = Relevance {
            depth: std::cmp::Reverse(error.instance_path().iter().count()),
            is_no_alternative: !matches!(error.kind().keyword(), "anyOf" | "oneOf"),
            is_of_other_type: !has_type(schema, error.instance()),
        };
        Self { error, relevance, order }
    }
}

/// The schema that holds the failing keyword, and the place of the error in the order in which a reader of the document
/// meets it: keywords, properties and alternatives as written, items by index.
fn walk<'d>(document: &'d Json, error: &ValidationError<'_>) -> (&'d Json, Vec<usize>) {
    let mut instance = error.instance_path().iter();
    let (mut node, mut parent) = (document, document);
    let mut order = Vec::new();
    let mut step: Vec<LocationSegment<'_>> = error.evaluation_path().iter().collect();
    step.reverse();
    while let Some(segment) = step.pop() {
        let LocationSegment::Property(keyword) = segment else { break };
        parent = node;
        order.push(position(node, &keyword));
        let value = &node[&*keyword];
        match (&*keyword, value) {
            ("$ref", Json::String(reference)) => {
                node = document.pointer(reference.trim_start_matches('#')).unwrap_or(&Json::Null);
            }
            ("properties", _) => {
                if let Some(LocationSegment::Property(name)) = step.pop() {
                    instance.next();
                    order.push(position(value, &name));
                    node = &value[&*name];
                }
            }
            ("items", Json::Object(_)) => {
                if let Some(LocationSegment::Index(index)) = instance.next() {
                    order.push(index);
                }
                node = value;
            }
            ("items" | "anyOf" | "oneOf", Json::Array(_)) => {
                if let Some(LocationSegment::Index(index)) = step.pop() {
                    if keyword == "items" {
                        instance.next();
                    }
                    order.push(index);
                    node = &value[index];
                }
            }
            _ => {}
        }
    }
    if let Kind::Required { property } = error.kind() {
        let names = parent["required"].as_array();
        order.push(names.and_then(|names| names.iter().position(|name| name == property)).unwrap_or(0));
    }
    (parent, order)
}

fn position(node: &Json, key: &str) -> usize {
    node.as_object().and_then(|map| map.keys().position(|name| name == key)).unwrap_or(usize::MAX)
}

/// Whether a schema names the type that the instance has.
fn has_type(schema: &Json, instance: &Json) -> bool {
    match schema["type"].as_str() {
        Some("object") => instance.is_object(),
        Some("array") => instance.is_array(),
        Some("string") => instance.is_string(),
        Some("boolean") => instance.is_boolean(),
        Some("number") => instance.is_number(),
        _ => false,
    }
}

fn wording(document: &Json, error: &ValidationError<'_>) -> String {
    let value = python::repr(error.instance());
    let schema = walk(document, error).0;
    match error.kind() {
        Kind::Required { property } => format!("{} is a required property", python::repr(property)),
        Kind::Type { .. } => format!("{value} is not of type {}", python::repr(&schema["type"])),
        Kind::Enum { .. } => format!("{value} is not one of {}", python::repr(&schema["enum"])),
        Kind::Pattern { .. } => format!("{value} does not match {}", python::repr(&schema["pattern"])),
        Kind::MinItems { .. } | Kind::MinLength { .. } => format!("{value} is too short"),
        Kind::MaxItems { .. } | Kind::MaxLength { .. } => format!("{value} is too long"),
        Kind::AdditionalProperties { unexpected } => {
            let verb = if unexpected.len() == 1 { "was" } else { "were" };
            let names: Vec<_> =
                unexpected.iter().map(|name| python::repr(&Json::from(name.as_str()))).collect();
            format!("Additional properties are not allowed ({} {verb} unexpected)", names.join(", "))
        }
        Kind::OneOfMultipleValid { context } => {
            let fits = |index: &usize| context.get(*index).is_some_and(Vec::is_empty);
            let mut fitting: Vec<usize> = (0..context.len()).filter(fits).collect();
            // The first one that fits is named last.
            fitting.rotate_left(1);
            let texts: Vec<_> = fitting.iter().map(|index| python::repr(&schema["oneOf"][index])).collect();
            format!("{value} is valid under each of {}", texts.join(", "))
        }
        _ => format!("{value} is not valid under any of the given schemas"),
    }
}
