//! The rules for everything but texts.

use mortise_domain::Time;
use serde_json::{Map, Value, json};

use super::{Field, Shape, type_name};
use crate::{datetime, errors::field, python};

/// What is wrong with a value: a list of texts, or nested errors.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem(pub Value);

impl From<&str> for Problem {
    fn from(text: &str) -> Self {
        Self(json!([text]))
    }
}

impl From<String> for Problem {
    fn from(text: String) -> Self {
        Self(json!([text]))
    }
}

/// How a value is read and checked.
pub trait Rule {
    /// What comes of it.
    type Out;

    /// Reads a value that is not null.
    fn read(&self, value: &Value) -> Result<Self::Out, Problem>;

    /// What kind of value it reads.
    fn shape(&self) -> Shape {
        Shape::Value
    }
}

/// A rule followed by a check; see [`Field::and_then`].
#[derive(Debug, Clone)]
pub struct Checked<R, F> {
    pub(super) rule: R,
    pub(super) check: F,
}

impl<R: Rule, T, F: Fn(R::Out) -> Result<T, String>> Rule for Checked<R, F> {
    type Out = T;

    fn read(&self, value: &Value) -> Result<T, Problem> {
        (self.check)(self.rule.read(value)?).map_err(Problem::from)
    }

    fn shape(&self) -> Shape {
        self.rule.shape()
    }
}

/// A boolean.
#[derive(Debug, Clone, Copy)]
pub struct BoolRule;

const TRUE_WORDS: &[&str] = &["t", "y", "yes", "true", "on", "1"];
const FALSE_WORDS: &[&str] = &["f", "n", "no", "false", "off", "0"];

impl Rule for BoolRule {
    type Out = bool;

    fn read(&self, value: &Value) -> Result<bool, Problem> {
        let found = match value {
            Value::Bool(flag) => Some(*flag),
            Value::Number(number) => match number.as_f64() {
                Some(1.0) => Some(true),
                Some(0.0) => Some(false),
                _ => None,
            },
            Value::String(text) => {
                let word = text.to_ascii_lowercase();
                if TRUE_WORDS.contains(&word.as_str()) {
                    Some(true)
                } else {
                    FALSE_WORDS.contains(&word.as_str()).then_some(false)
                }
            }
            _ => None,
        };
        found.ok_or_else(|| field::BOOLEAN.into())
    }
}

/// An integer, with bounds.
#[derive(Debug, Clone, Copy, Default)]
pub struct IntRule {
    min: Option<i64>,
    max: Option<i64>,
}

impl Field<'_, IntRule> {
    /// The smallest allowed value.
    pub fn min(mut self, min: i64) -> Self {
        self.rule.min = Some(min);
        self
    }

    /// The largest allowed value.
    pub fn max(mut self, max: i64) -> Self {
        self.rule.max = Some(max);
        self
    }
}

impl Rule for IntRule {
    type Out = i64;

    fn read(&self, value: &Value) -> Result<i64, Problem> {
        let integer = match value {
            Value::Number(number) if number.is_f64() => whole(number.as_f64().unwrap_or(f64::NAN)),
            // Beyond 64 bits only the unsigned half is left; the largest value is as far out of bounds.
            Value::Number(number) => number.as_i64().or(Some(i64::MAX)),
            Value::String(text) => parse_integer(text),
            _ => None,
        };
        let integer = integer.ok_or_else(|| Problem::from(field::INTEGER))?;
        match (self.min, self.max) {
            (_, Some(max)) if integer > max => Err(field::max_value(max).into()),
            (Some(min), _) if integer < min => Err(field::min_value(min).into()),
            _ => Ok(integer),
        }
    }
}

/// `5.0` counts as `5`; `5.5` does not.
fn whole(float: f64) -> Option<i64> {
    (float.fract() == 0.0 && float.abs() < 9e18).then_some(float as i64)
}

/// Digits, perhaps with a sign, perhaps with a point and zeros.
fn parse_integer(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = match text.split_once('.') {
        Some((digits, zeros)) if zeros.bytes().all(|byte| byte == b'0') => digits,
        Some(_) => return None,
        None => text,
    };
    digits.parse().ok()
}

/// A number.
#[derive(Debug, Clone, Copy)]
pub struct NumberRule;

impl Rule for NumberRule {
    type Out = f64;

    fn read(&self, value: &Value) -> Result<f64, Problem> {
        let number = match value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        };
        number.ok_or_else(|| field::NUMBER.into())
    }
}

/// A date-time.
#[derive(Debug, Clone, Copy)]
pub struct TimeRule;

impl Rule for TimeRule {
    type Out = Time;

    fn read(&self, value: &Value) -> Result<Time, Problem> {
        value.as_str().and_then(datetime::parse).ok_or_else(|| datetime::WRONG_FORMAT.into())
    }
}

/// One of some words.
#[derive(Debug, Clone, Copy)]
pub struct ChoiceRule<'c> {
    pub(super) choices: &'c [&'c str],
}

impl<'c> ChoiceRule<'c> {
    /// One of these words, for the items of a list.
    pub fn of(choices: &'c [&'c str]) -> Self {
        Self { choices }
    }
}

impl Rule for ChoiceRule<'_> {
    type Out = String;

    fn read(&self, value: &Value) -> Result<String, Problem> {
        let text = python::text(value);
        if self.choices.contains(&text.as_str()) { Ok(text) } else { Err(field::choice(&text).into()) }
    }
}

/// A list whose items follow a rule; the first bad item's errors are the field's.
#[derive(Debug, Clone, Copy)]
pub struct ListRule<R> {
    pub(super) item: R,
}

impl<R: Rule> Rule for ListRule<R> {
    type Out = Vec<R::Out>;

    fn read(&self, value: &Value) -> Result<Self::Out, Problem> {
        items_of(value)?.iter().map(|item| item_of(&self.item, item)).collect()
    }

    fn shape(&self) -> Shape {
        Shape::List
    }
}

/// A list whose items follow a rule; what is wrong with items is told by their places, from 0.
#[derive(Debug, Clone, Copy)]
pub struct PlacesRule<R> {
    item: R,
}

impl<R: Rule> PlacesRule<R> {
    /// Items that follow this rule.
    pub fn of(item: R) -> Self {
        Self { item }
    }
}

impl<R: Rule> Rule for PlacesRule<R> {
    type Out = Vec<R::Out>;

    fn read(&self, value: &Value) -> Result<Self::Out, Problem> {
        let items = items_of(value)?;
        let mut read = Vec::with_capacity(items.len());
        let mut problems = Map::new();
        for (place, item) in items.iter().enumerate() {
            match item_of(&self.item, item) {
                Ok(item) => read.push(item),
                Err(problem) => drop(problems.insert(place.to_string(), problem.0)),
            }
        }
        if problems.is_empty() { Ok(read) } else { Err(Problem(Value::Object(problems))) }
    }

    fn shape(&self) -> Shape {
        Shape::List
    }
}

fn items_of(value: &Value) -> Result<&Vec<Value>, Problem> {
    value.as_array().ok_or_else(|| field::not_a_list(type_name(value)).into())
}

fn item_of<R: Rule>(rule: &R, item: &Value) -> Result<R::Out, Problem> {
    if item.is_null() { Err(field::NULL.into()) } else { rule.read(item) }
}

/// A nested object.
#[derive(Debug, Clone, Copy)]
pub struct ObjectRule;

impl Rule for ObjectRule {
    type Out = Map<String, Value>;

    fn read(&self, value: &Value) -> Result<Self::Out, Problem> {
        match value {
            Value::Object(map) => Ok(map.clone()),
            other => Err(field::not_an_object(type_name(other)).into()),
        }
    }
}

/// Any JSON value.
#[derive(Debug, Clone, Copy)]
pub struct AnyRule;

impl Rule for AnyRule {
    type Out = Value;

    fn read(&self, value: &Value) -> Result<Value, Problem> {
        Ok(value.clone())
    }
}
