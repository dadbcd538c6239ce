//! Reading the body of a write request, field by field.
//!
//! [`Fields`] holds a body (JSON object or form) and collects what is wrong with it. Each field is named, given a rule
//! and ended by how absence and null are treated:
//!
//! ```
//! use mortise_wire::fields::{Body, Fields};
//!
//! let body = Body::Json(serde_json::json!({ "name": "Acme", "frequency": "30" }));
//! let mut fields = Fields::new(&body);
//! let name = fields.string("name").max(64).required();
//! let frequency = fields.int("frequency").min(5).max(43_200).or(30);
//! let owner = fields.string("owner").nullable();
//! fields.finish()?;
//! assert_eq!((name.as_str(), frequency, owner), ("Acme", 30, None));
//! # Ok::<(), mortise_wire::errors::FieldErrors>(())
//! ```
//!
//! | ending | absent | null | type |
//! |---|---|---|---|
//! | `required()` | error | error | `T` |
//! | `required_nullable()` | error | `None` | `Option<T>` |
//! | `or(default)` | default | error | `T` |
//! | `optional()` | `None` | error | `Option<T>` |
//! | `nullable()` | `None` | `Some(None)` | `Option<Option<T>>` |
//!
//! An empty text of a form, where the rule takes none, counts as absent, or as null where that is allowed.
//!
//! After an error the value is a placeholder; [`Fields::finish`] then refuses, so it is never used. The rules and their
//! texts are those of Django REST framework's serializer fields.

mod rules;
mod text;

use serde_json::{Map, Value};

pub use self::{
    rules::{
        AnyRule, BoolRule, Checked, ChoiceRule, IntRule, ListRule, NumberRule, ObjectRule, PlacesRule,
        Problem, Rule, TimeRule,
    },
    text::{EmailRule, StringRule, UrlRule, is_email, is_url},
};
use crate::errors::{FieldErrors, NON_FIELD_ERRORS, field};

/// The body of a write request.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// `application/json`; a missing body is an empty object.
    Json(Value),
    /// `application/x-www-form-urlencoded` or the texts of `multipart/form-data`, decoded, in order.
    Form(Vec<(String, String)>),
}

impl Body {
    /// What an absent body counts as.
    pub fn empty() -> Self {
        Self::Json(Value::Object(Map::new()))
    }

    /// All of it, for endpoints whose keys are not theirs to know; a form's values are texts. Anything but an object is
    /// an error.
    pub fn object(&self) -> Result<Map<String, Value>, FieldErrors> {
        let fields = Fields::new(self);
        if fields.refused { Err(fields.errors) } else { Ok(fields.map) }
    }

    /// The same for endpoints that take keys in either case: what is wrong with all of it is listed as
    /// `nonFieldErrors`. The keys are those that were sent.
    pub fn object_of_either_case(&self) -> Result<Map<String, Value>, FieldErrors> {
        let fields = Fields::of_either_case(self);
        if fields.refused { Err(fields.errors) } else { self.object() }
    }
}

/// A body that is read field by field; see the module.
#[derive(Debug, Clone)]
pub struct Fields {
    map: Map<String, Value>,
    form: bool,
    /// The body is no object: nothing else is said about it.
    refused: bool,
    errors: FieldErrors,
}

impl Fields {
    /// Starts reading a body.
    pub fn new(body: &Body) -> Self {
        match body {
            Body::Json(value) => Self::of_value(value),
            Body::Form(pairs) => Self { form: true, ..Self::of_map(form_map(pairs)) },
        }
    }

    /// Starts reading a JSON value that should be an object.
    pub fn of_value(value: &Value) -> Self {
        match value {
            Value::Object(map) => Self::of_map(map.clone()),
            other => {
                let mut fields = Self { refused: true, ..Self::of_map(Map::new()) };
                fields.errors.add_non_field(match other {
                    Value::Null => field::NO_DATA.to_owned(),
                    other => field::not_an_object(type_name(other)),
                });
                fields
            }
        }
    }

    /// Starts reading an object, such as one that [`Fields::object`] gave.
    pub fn of_map(map: Map<String, Value>) -> Self {
        Self { map, form: false, refused: false, errors: FieldErrors::new() }
    }

    /// Starts reading a body whose keys may be spelled `camelCase` or `snake_case`: fields are named in `camelCase`, of
    /// two spellings of a key the last counts.
    pub fn of_either_case(body: &Body) -> Self {
        let mut fields = Self::new(body);
        fields.map =
            std::mem::take(&mut fields.map).into_iter().map(|(key, it)| (camel_case(&key), it)).collect();
        if fields.refused {
            fields.errors.rename(NON_FIELD_ERRORS, "nonFieldErrors");
        }
        fields
    }

    /// Whether the key is in the body, be its value null.
    pub fn has(&self, name: &str) -> bool {
        self.map.contains_key(name)
    }

    /// What the body says about a field, unread.
    pub fn raw(&self, name: &str) -> Option<&Value> {
        self.map.get(name)
    }

    /// The keys of the body.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.map.keys().map(String::as_str)
    }

    /// A text.
    pub fn string<'f>(&'f mut self, name: &'f str) -> Field<'f, StringRule> {
        self.field(name, StringRule::default())
    }

    /// An absolute URL.
    pub fn url<'f>(&'f mut self, name: &'f str) -> Field<'f, UrlRule> {
        self.field(name, UrlRule::default())
    }

    /// A mail address.
    pub fn email<'f>(&'f mut self, name: &'f str) -> Field<'f, EmailRule> {
        self.field(name, EmailRule::default())
    }

    /// A boolean, or one of the words and numbers that stand for one.
    pub fn bool<'f>(&'f mut self, name: &'f str) -> Field<'f, BoolRule> {
        self.field(name, BoolRule)
    }

    /// An integer, also as text.
    pub fn int<'f>(&'f mut self, name: &'f str) -> Field<'f, IntRule> {
        self.field(name, IntRule::default())
    }

    /// A number, also as text.
    pub fn number<'f>(&'f mut self, name: &'f str) -> Field<'f, NumberRule> {
        self.field(name, NumberRule)
    }

    /// A date-time.
    pub fn time<'f>(&'f mut self, name: &'f str) -> Field<'f, TimeRule> {
        self.field(name, TimeRule)
    }

    /// One of some words.
    pub fn choice<'f>(&'f mut self, name: &'f str, choices: &'f [&'f str]) -> Field<'f, ChoiceRule<'f>> {
        self.field(name, ChoiceRule { choices })
    }

    /// A list of texts.
    pub fn strings<'f>(&'f mut self, name: &'f str) -> Field<'f, ListRule<StringRule>> {
        self.field(name, ListRule { item: StringRule::default() })
    }

    /// A list whose items follow `item`.
    pub fn list<'f, R: Rule>(&'f mut self, name: &'f str, item: R) -> Field<'f, ListRule<R>> {
        self.field(name, ListRule { item })
    }

    /// A nested object; read it with [`Fields::of_map`] and hand its errors to [`Fields::nest`].
    pub fn object<'f>(&'f mut self, name: &'f str) -> Field<'f, ObjectRule> {
        self.field(name, ObjectRule)
    }

    /// Any JSON value.
    pub fn any<'f>(&'f mut self, name: &'f str) -> Field<'f, AnyRule> {
        self.field(name, AnyRule)
    }

    /// A field with a rule of one's own.
    pub fn field<'f, R: Rule>(&'f mut self, name: &'f str, rule: R) -> Field<'f, R> {
        Field { fields: self, name, rule }
    }

    /// Adds an error that only the caller can find; none to a body that is no object.
    pub fn error(&mut self, name: &str, text: impl Into<String>) {
        if !self.refused {
            self.errors.add(name, text);
        }
    }

    /// Takes over the errors of a nested object.
    pub fn nest(&mut self, name: &str, nested: Fields) {
        self.errors.nest(name, nested.errors);
    }

    /// Whether nothing is wrong so far.
    pub fn is_valid(&self) -> bool {
        self.errors.is_empty()
    }

    /// The errors so far.
    pub fn errors(&mut self) -> &mut FieldErrors {
        &mut self.errors
    }

    /// Ends reading: the body of a 400 when something is wrong.
    pub fn finish(self) -> Result<(), FieldErrors> {
        if self.errors.is_empty() { Ok(()) } else { Err(self.errors) }
    }

    /// What the body says about a field, in the shape its rule reads.
    fn input(&self, name: &str, shape: Shape) -> Input {
        let Some(value) = self.map.get(name) else { return Input::Absent };
        match (self.form, shape, value) {
            (_, _, Value::Null) => Input::Null,
            (true, Shape::List, Value::String(_)) => Input::Value(Value::Array(vec![value.clone()])),
            (true, Shape::Value, Value::Array(values)) => values.last().map_or(Input::Absent, form_text),
            (true, Shape::Value, Value::String(_)) => form_text(value),
            _ => Input::Value(value.clone()),
        }
    }
}

/// `externalId` for `external_id` and for itself.
fn camel_case(key: &str) -> String {
    let mut camel = String::with_capacity(key.len());
    let mut begins = false;
    for letter in key.chars() {
        match letter {
            '_' if !camel.is_empty() => begins = true,
            letter if begins => {
                camel.extend(letter.to_uppercase());
                begins = false;
            }
            letter => camel.push(letter),
        }
    }
    camel
}

/// A form cannot leave a field out or send null; an empty text is the nearest it has.
fn form_text(value: &Value) -> Input {
    if value.as_str() == Some("") { Input::FormBlank } else { Input::Value(value.clone()) }
}

fn form_map(pairs: &[(String, String)]) -> Map<String, Value> {
    let mut map = Map::new();
    for (name, text) in pairs {
        let text = Value::from(text.as_str());
        match map.get_mut(name) {
            None => drop(map.insert(name.clone(), text)),
            Some(Value::Array(values)) => values.push(text),
            Some(first) => *first = Value::Array(vec![first.take(), text]),
        }
    }
    map
}

/// What kind of value a rule reads; decides how a form's texts are handed to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One value.
    Value,
    /// A list of values.
    List,
}

enum Input {
    Absent,
    Null,
    FormBlank,
    Value(Value),
}

/// A field with its rule, waiting for its ending; see the module.
#[must_use = "a field is read by its ending, such as `required()`"]
#[derive(Debug)]
pub struct Field<'f, R> {
    fields: &'f mut Fields,
    name: &'f str,
    pub(super) rule: R,
}

impl<'f, R: Rule> Field<'f, R> {
    /// Checks or converts the value further; the error is the field's text.
    pub fn and_then<T, F>(self, check: F) -> Field<'f, Checked<R, F>>
    where
        F: Fn(R::Out) -> Result<T, String>,
    {
        Field { fields: self.fields, name: self.name, rule: Checked { rule: self.rule, check } }
    }

    /// The key must be there and not null.
    pub fn required(self) -> R::Out
    where
        R::Out: Default,
    {
        match self.read() {
            Found::Value(value) => value,
            Found::Absent => self.refuse(field::REQUIRED).unwrap_or_default(),
            Found::Null => self.refuse(field::NULL).unwrap_or_default(),
            Found::Wrong(problem) | Found::FormBlank(problem) => self.wrong(problem).unwrap_or_default(),
        }
    }

    /// The key must be there and may be null.
    pub fn required_nullable(self) -> Option<R::Out> {
        match self.read() {
            Found::Value(value) => Some(value),
            Found::Null | Found::FormBlank(_) => None,
            Found::Absent => self.refuse(field::REQUIRED),
            Found::Wrong(problem) => self.wrong(problem),
        }
    }

    /// The key may be absent.
    pub fn optional(self) -> Option<R::Out> {
        match self.read() {
            Found::Value(value) => Some(value),
            Found::Absent | Found::FormBlank(_) => None,
            Found::Null => self.refuse(field::NULL),
            Found::Wrong(problem) => self.wrong(problem),
        }
    }

    /// The key may be absent and then has a default.
    pub fn or(self, default: R::Out) -> R::Out {
        self.optional().unwrap_or(default)
    }

    /// The key may be absent (`None`) or null (`Some(None)`).
    pub fn nullable(self) -> Option<Option<R::Out>> {
        match self.read() {
            Found::Value(value) => Some(Some(value)),
            Found::Null | Found::FormBlank(_) => Some(None),
            Found::Absent => None,
            Found::Wrong(problem) => self.wrong(problem),
        }
    }

    fn read(&self) -> Found<R::Out> {
        match self.fields.input(self.name, self.rule.shape()) {
            Input::Absent => Found::Absent,
            Input::Null => Found::Null,
            Input::FormBlank => match self.rule.read(&Value::from("")) {
                Ok(value) => Found::Value(value),
                Err(problem) => Found::FormBlank(problem),
            },
            Input::Value(value) => match self.rule.read(&value) {
                Ok(value) => Found::Value(value),
                Err(problem) => Found::Wrong(problem),
            },
        }
    }

    fn refuse<T>(self, text: &str) -> Option<T> {
        self.wrong(Problem::from(text))
    }

    fn wrong<T>(self, problem: Problem) -> Option<T> {
        if !self.fields.refused {
            self.fields.errors.set(self.name, problem.0);
        }
        None
    }
}

enum Found<T> {
    Absent,
    Null,
    Wrong(Problem),
    /// A form's empty text where none is allowed, and what is wrong with it.
    FormBlank(Problem),
    Value(T),
}

/// The name of a JSON type in error texts.
pub fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}
