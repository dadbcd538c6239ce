//! Forms that apps describe, from a component to fields and from what was sent to values.
//!
//! A form is the part of a component that has `required_fields` and `optional_fields`. The values of selects are JSON in
//! the page, because an app may use numbers.

use mortise_service::apps::{
    InstallationAccess,
    components::{self, InstalledComponent, SelectQuery},
};
use mortise_service::{Ctx, wire::python::is_truthy};
use serde_json::{Map, Value, json};

use super::words;
use crate::{
    edge::{Outcome, Pairs, Refused},
    view::{
        Choice,
        component::{Control, FormField},
    },
};

/// What the names of an app's fields begin with in a form, so that they are never ours.
const PREFIX: &str = "field.";
/// What the names of the fields begin with in which choices are searched.
const FIND: &str = "find.";
const REQUIRED: &str = "This field is required.";

/// A field as the app describes it.
#[derive(Debug, Clone, Copy)]
struct Field<'a> {
    json: &'a Value,
    is_required: bool,
}

impl<'a> Field<'a> {
    fn text(&self, key: &str) -> &'a str {
        self.json.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    fn name(&self) -> &'a str {
        self.text("name")
    }

    fn is_select(&self) -> bool {
        self.text("type") == "select"
    }

    fn is_on(&self, key: &str) -> bool {
        self.json.get(key).is_some_and(is_truthy)
    }

    fn depends_on(&self) -> impl Iterator<Item = &'a str> {
        self.json.get("depends_on").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }
}

fn fields(part: &Value) -> Vec<Field<'_>> {
    let list = |key: &str, is_required| {
        let fields = part.get(key).and_then(Value::as_array).into_iter().flatten();
        fields.map(move |json| Field { json, is_required })
    };
    list("required_fields", true).chain(list("optional_fields", false)).collect()
}

/// Whether any choices are asked of the app.
pub fn asks(part: &Value) -> bool {
    fields(part).iter().any(|field| field.json.get("uri").is_some())
}

/// What was filled in, by the names that the app gave, in their order; without what was left empty.
pub fn values(part: &Value, form: &Pairs) -> Vec<(String, Value)> {
    let value = |field: &Field<'_>| {
        let sent = form.get(&format!("{PREFIX}{}", field.name())).replace("\r\n", "\n");
        let value = match field.is_select() {
            true => serde_json::from_str(&sent).unwrap_or(Value::String(sent)),
            false => Value::String(sent),
        };
        (value != "").then(|| (field.name().to_owned(), value))
    };
    fields(part).iter().filter_map(value).collect()
}

/// The required fields that were left empty, each with what is wrong.
pub fn missing(part: &Value, values: &[(String, Value)]) -> Map<String, Value> {
    let is_there = |field: &Field<'_>| values.iter().any(|(name, _)| name == field.name());
    let wrong = fields(part).into_iter().filter(|field| field.is_required && !is_there(field));
    wrong.map(|field| (field.name().to_owned(), json!([REQUIRED]))).collect()
}

/// How fields are shown.
pub struct Shown<'a> {
    /// What ids on the page begin with.
    pub prefix: &'a str,
    /// What was filled in so far; `None` for a fresh form.
    pub values: Option<&'a [(String, Value)]>,
    /// What was typed to find choices.
    pub found: &'a Pairs,
    /// What is wrong with fields, by the names that the app gave.
    pub errors: &'a Map<String, Value>,
    /// Nobody fills it in: it tells where choices come from.
    pub is_preview: bool,
    /// The text that `issue.title` and such stand for.
    pub default: &'a (dyn Fn(&str) -> String + Sync),
}

/// The fields of a form with their choices.
pub fn show(part: &Value, shown: &Shown<'_>) -> Vec<FormField> {
    let fields = fields(part);
    let id = |at: usize| format!("{}-{at}", shown.prefix);
    let field = |(at, field): (usize, &Field<'_>)| {
        let value = shown.values.and_then(|all| all.iter().find(|(name, _)| name == field.name()));
        let value = value.map(|(_, value)| value);
        let fresh = || match shown.values {
            None => (shown.default)(field.text("default")),
            Some(_) => String::new(),
        };
        let text = || value.map_or_else(fresh, words::json);
        let feeds =
            fields.iter().enumerate().filter(|(_, other)| other.depends_on().any(|it| it == field.name()));
        let feeds: Vec<_> = feeds.map(|(at, _)| format!("{}-field", id(at))).collect();
        let searches = field.is_on("async") && field.json.get("uri").is_some();
        FormField {
            id: id(at),
            name: format!("{PREFIX}{}", field.name()),
            label: field.text("label").to_owned(),
            control: match field.text("type") {
                "select" => Control::Select(choices(field, value.or_else(|| chosen_at_first(field, shown)))),
                "textarea" => Control::Area(text()),
                _ => Control::Text(text()),
            },
            required: field.is_required,
            error: shown.errors.get(field.name()).map(|_| REQUIRED.to_owned()).unwrap_or_default(),
            hint: hint(field, &fields, shown),
            find: searches.then(|| found(shown.found, field).to_owned()),
            feeds: feeds.join(" "),
        }
    };
    fields.iter().enumerate().map(field).collect()
}

fn found<'a>(form: &'a Pairs, field: &Field<'_>) -> &'a str {
    form.get(&format!("{FIND}{PREFIX}{}", field.name()))
}

fn chosen_at_first<'a>(field: &Field<'a>, shown: &Shown<'_>) -> Option<&'a Value> {
    field.json.get("defaultValue").filter(|_| shown.values.is_none())
}

fn choices(field: &Field<'_>, chosen: Option<&Value>) -> Vec<Choice> {
    let list = field.json.get("choices").or_else(|| field.json.get("options")).and_then(Value::as_array);
    let choice = |pair: &Value| {
        let (value, label) = (pair.get(0)?, pair.get(1)?);
        Some(Choice::new(&value.to_string(), &words::json(label), Some(value) == chosen))
    };
    list.into_iter().flatten().filter_map(choice).collect()
}

/// "Choose Project and Board first.", as long as they are not chosen.
fn hint(field: &Field<'_>, fields: &[Field<'_>], shown: &Shown<'_>) -> String {
    let label = |name: &str| {
        fields.iter().find(|it| it.name() == name).map_or(name, |it| it.text("label")).to_owned()
    };
    let is_open = |name: &&str| !shown.values.unwrap_or_default().iter().any(|(known, _)| known == name);
    let labels: Vec<_> = field.depends_on().filter(is_open).map(label).collect();
    let mut hint = match labels.is_empty() {
        true => String::new(),
        false => format!("Choose {} first.", labels.join(" and ")),
    };
    if let Some(uri) = field.json.get("uri").and_then(Value::as_str).filter(|_| shown.is_preview) {
        hint.push_str(&format!(" Choices come from {uri}."));
    }
    hint.trim().to_owned()
}

/// A form of a component with its choices, as an object with `required_fields` and `optional_fields`, and why they are
/// not complete. `only` is the id around the one field whose choices matter.
pub async fn with_choices(
    ctx: &Ctx,
    access: &InstallationAccess,
    installed: &InstalledComponent,
    pointer: &str,
    project: (&str, &str),
    sent: Option<(&Pairs, &[(String, Value)])>,
) -> Outcome<(Value, String)> {
    let (project_id, project_slug) = project;
    let mut trimmed = InstalledComponent { component: installed.component.clone(), ..installed.clone() };
    keep_only(&mut trimmed.component.schema, pointer, sent.is_some());
    let only = sent.map(|(form, _)| form.get("only")).unwrap_or_default();
    let values = sent.map(|(_, values)| values).unwrap_or_default();
    let (mut schema, mut error) = (trimmed.component.schema.clone(), String::new());
    if only.is_empty() {
        let prepared = components::prepare(ctx, &trimmed, Some(project_slug), values).await?;
        schema = prepared.schema;
        error = prepared.failure.map(|failure| failure.detail).unwrap_or_default();
    }
    let mut part = schema.pointer_mut(pointer).map(Value::take).unwrap_or_default();
    let Some((form, _)) = sent else { return Ok((part, error)) };
    for (at, query) in queries(&part, form, values, only) {
        match components::fetch_choices(ctx, access, query, Some(project_id)).await {
            Ok(fetched) => put(&mut part, at, fetched),
            Err(failed) => error = Refused::of(failed)?.text(),
        }
    }
    Ok((part, error))
}

/// Drops the other forms of a component, whose choices nobody sees, and after the first time what keeps selects from
/// being asked for.
fn keep_only(schema: &mut Value, pointer: &str, asks_all: bool) {
    let name = pointer.trim_start_matches('/');
    if let Some(map) = schema.as_object_mut() {
        map.retain(|key, _| key == name || key == "type");
    }
    let Some(part) = schema.pointer_mut(pointer).filter(|_| asks_all) else { return };
    for list in ["required_fields", "optional_fields"] {
        for field in part.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(field) = field.as_object_mut() {
                field.remove("skip_load_on_open");
            }
        }
    }
}

/// What is asked of the app besides preparing: the one field that changed, or those in which something was searched.
fn queries(part: &Value, form: &Pairs, values: &[(String, Value)], only: &str) -> Vec<(usize, SelectQuery)> {
    let query = |(at, field): (usize, &Field<'_>)| {
        let uri = field.json.get("uri").and_then(Value::as_str)?;
        let query = Some(found(form, field)).filter(|_| field.is_on("async")).filter(|text| !text.is_empty());
        let is_asked =
            if only.is_empty() { query.is_some() } else { only.ends_with(&format!("-{at}-field")) };
        let names: Vec<_> = field.depends_on().collect();
        let known: Map<String, Value> =
            values.iter().filter(|(name, _)| names.contains(&name.as_str())).cloned().collect();
        (is_asked && known.len() == names.len()).then(|| {
            let dependent_data = (!names.is_empty()).then(|| Value::Object(known).to_string());
            let query = query.map(str::to_owned);
            (at, SelectQuery { uri: uri.to_owned(), query, dependent_data, ..SelectQuery::default() })
        })
    };
    fields(part).iter().enumerate().filter_map(query).collect()
}

/// Puts what an app answered into the field at this place.
fn put(part: &mut Value, at: usize, fetched: Value) {
    let required = part.get("required_fields").and_then(Value::as_array).map_or(0, Vec::len);
    let (list, at) = if at < required { ("required_fields", at) } else { ("optional_fields", at - required) };
    let field = part.get_mut(list).and_then(|list| list.get_mut(at)).and_then(Value::as_object_mut);
    if let (Some(field), Value::Object(fetched)) = (field, fetched) {
        field.extend(fetched);
    }
}
