//! From forms to the bodies that use cases read.

use mortise_service::wire::fields::{Body, Fields};
use serde_json::{Map, Value};

use crate::edge::Pairs;

/// A JSON object as the fields of a body.
pub fn fields(body: &Value) -> Fields {
    Fields::of_value(body)
}

/// A JSON object as a body.
pub fn body(body: Value) -> Body {
    Body::Json(body)
}

/// The fields of a form that are in `names`, as texts.
pub fn texts(form: &Pairs, names: &[&str]) -> Map<String, Value> {
    let text = |name: &&str| form.find(name).map(|text| ((*name).to_owned(), Value::from(text.trim())));
    names.iter().filter_map(text).collect()
}

/// The same, without those that were left empty.
pub fn filled(form: &Pairs, names: &[&str]) -> Map<String, Value> {
    let mut texts = texts(form, names);
    texts.retain(|_, text| text != "");
    texts
}

/// Adds the switches of a form: those that are on the form at all.
pub fn switches(body: &mut Map<String, Value>, form: &Pairs, names: &[&str]) {
    let on_form = names.iter().filter(|name| form.find(name).is_some());
    body.extend(on_form.map(|name| ((*name).to_owned(), Value::Bool(form.is_on(name)))));
}
