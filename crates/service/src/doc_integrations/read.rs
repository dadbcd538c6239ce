//! Reading what is sent about an entry. Only JSON objects are read; anything else counts as an empty one.

use std::sync::LazyLock;

use mortise_domain::slug::doc_integration_slug;
use mortise_store::integration::doc::Text;
use mortise_wire::{
    errors::field,
    fields::{Body, Fields, Problem, Rule, type_name},
    python,
};
use serde_json::{Map, Value, json};

use crate::{
    Ctx, Result,
    apps::{features, fields::HookUrl, schema::Rules},
};

const TEXT_CHARS_MAX: usize = 255;
/// Characters of a name that are kept.
const NAME_CHARS_MAX: usize = 64;
const SLUG_CHARS_MAX: usize = 64;
const DESCRIPTION_CHARS_MAX: usize = 65_536;
const RESOURCES_MAX: usize = 100;
const POPULARITY_MAX: i64 = 32_767;

/// What further pages look like. Whether it is a schema is a question of the build, which a test answers.
static RESOURCES: LazyLock<Option<Rules>> = LazyLock::new(|| {
    Rules::new(json!({
        "type": "object",
        "properties": { "resources": { "type": "array", "items": {
            "type": "object",
            "properties": { "title": { "type": "string" }, "url": { "type": "string" } },
            "required": ["title", "url"],
            "additionalProperties": false,
        } } },
    }))
});

/// What is to be stored.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) text: Text,
    /// Numbers of features, each once.
    pub(super) features: Vec<i64>,
}

/// Whether an entry is a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Draft {
    /// Whatever the body says.
    Always,
    /// Unless the body says otherwise.
    Sent,
}

/// A body that is being read.
pub(super) struct Form(Fields);

impl Form {
    pub(super) fn new(sent: Option<&Value>) -> Self {
        let object = sent.filter(|sent| sent.is_object()).cloned();
        Self(Fields::new(&object.map_or_else(Body::empty, Body::Json)))
    }

    /// The name, if nothing is wrong with it so far.
    pub(super) fn name(&mut self, ctx: &Ctx) -> Option<String> {
        let fits = |name: String| {
            let slug = doc_integration_slug(&name, &*ctx.ids);
            if slug.len() > SLUG_CHARS_MAX {
                return Err(format!("Generated slug '{slug}' is too long, please use a shorter name."));
            }
            if name.chars().count() > NAME_CHARS_MAX {
                return Err(field::max_length(NAME_CHARS_MAX));
            }
            Ok(name)
        };
        let name = self.0.string("name").max(TEXT_CHARS_MAX).and_then(fits).required();
        self.0.is_valid().then_some(name)
    }

    /// Refuses the name.
    pub(super) fn refuse_name(&mut self, text: String) {
        self.0.error("name", text);
    }

    /// Reads everything else.
    pub(super) fn finish(self, name: Option<String>, draft: Draft) -> Result<Entry> {
        let mut fields = self.0;
        let author = fields.string("author").max(TEXT_CHARS_MAX).required();
        let description = fields.string("description").max(DESCRIPTION_CHARS_MAX).required();
        let url = fields.field("url", HookUrl::redirect()).and_then(not_blank).required();
        let popularity = fields.int("popularity").min(0).max(POPULARITY_MAX).required_nullable();
        let is_draft = draft == Draft::Always || fields.bool("is_draft").or(true);
        let mut metadata = Map::new();
        if let Some(resources) = fields.raw("resources").cloned() {
            metadata.insert("resources".to_owned(), resources);
        }
        let metadata = Value::Object(metadata);
        if let Err(text) = check(&metadata) {
            fields.error("metadata", text);
        }
        let features = fields.field("features", FeatureNumbers).nullable().flatten().unwrap_or_default();
        fields.finish()?;
        let name = name.unwrap_or_default();
        let text = Text { name, author, description, url, popularity, is_draft, metadata };
        Ok(Entry { text, features })
    }
}

fn not_blank(url: String) -> Result<String, String> {
    if url.is_empty() { Err(field::BLANK.to_owned()) } else { Ok(url) }
}

/// What is wrong with further pages.
fn check(metadata: &Value) -> Result<(), String> {
    let count = metadata["resources"].as_array().map_or(0, Vec::len);
    if count > RESOURCES_MAX {
        return Err(format!("There can be at most {RESOURCES_MAX} resources."));
    }
    match RESOURCES.as_ref() {
        Some(rules) => rules.check(metadata),
        None => Err("The rules of resources cannot be read.".to_owned()),
    }
}

/// A list of numbers of features. A number that comes twice counts once, an empty text not at all.
struct FeatureNumbers;

impl Rule for FeatureNumbers {
    type Out = Vec<i64>;

    fn read(&self, value: &Value) -> Result<Vec<i64>, Problem> {
        let items = value.as_array().ok_or_else(|| field::not_a_list(type_name(value)))?;
        let mut numbers = Vec::new();
        for text in items.iter().map(python::text).filter(|text| !text.is_empty()) {
            let known = features::all().find(|(number, _)| number.to_string() == text);
            let (number, _) = known.ok_or_else(|| field::choice(&text))?;
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        Ok(numbers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_of_resources_are_a_schema() {
        assert!(RESOURCES.is_some());
    }
}
