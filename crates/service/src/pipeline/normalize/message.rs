//! The log message of an event: `{"formatted", "message"?, "params"?}`. Placeholders of the template are filled in when
//! the sender did not do so: `%s` and `%(name)s` as in Python and C, or `{}`, `{0}` and `{name}`.

use serde_json::Value;

use super::{Context, text, tree};
use crate::pipeline::{
    limits::{MESSAGE_CHARS_MAX, SMALL_TREE},
    view::Object,
};

/// Takes the message out of `message` or `logentry`; the latter knows more and wins.
pub(super) fn take(raw: &mut Object, context: &mut Context<'_>) -> Option<Value> {
    let plain = text::take(raw, &["message"]);
    let entry = text::take(raw, &["logentry", "sentry.interfaces.Message"]);
    let mut entry = match entry.or(plain) {
        Some(Value::Object(entry)) => entry,
        Some(Value::Array(_)) => {
            context.notes.invalid("message", None);
            return None;
        }
        other => Object::from_iter([("formatted".to_owned(), other.unwrap_or_default())]),
    };
    let template = entry.swap_remove("message").and_then(text::trimmed);
    let mut params = entry.swap_remove("params").unwrap_or_default();
    tree::clean(&mut params, "logentry.params", SMALL_TREE, context);
    let given = entry.swap_remove("formatted").and_then(text::trimmed);
    let mut formatted = given.or_else(|| Some(interpolate(template.as_deref()?, &params)))?;
    if text::clip(&mut formatted, MESSAGE_CHARS_MAX) {
        context.notes.cut("message");
    }
    let mut kept = Object::new();
    if let Some(template) = template.filter(|template| *template != formatted) {
        kept.insert("message".to_owned(), text::clipped(&template, MESSAGE_CHARS_MAX).into());
    }
    kept.insert("formatted".to_owned(), formatted.into());
    if matches!(&params, Value::Array(list) if !list.is_empty())
        || matches!(&params, Value::Object(named) if !named.is_empty())
    {
        kept.insert("params".to_owned(), params);
    }
    Some(Value::Object(kept))
}

/// The text to show; `""` without a message.
pub(super) fn formatted(entry: Option<&Value>) -> &str {
    entry.and_then(|entry| entry.get("formatted")).and_then(Value::as_str).unwrap_or_default()
}

/// Fills `params` into `template`; the template itself when they do not fit it.
fn interpolate(template: &str, params: &Value) -> String {
    let filled = match params {
        Value::Array(list) if list.is_empty() => None,
        Value::Array(_) | Value::Object(_) => percent(template, params).or_else(|| braces(template, params)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    };
    filled.unwrap_or_else(|| template.to_owned())
}

/// The parameters in the order in which placeholders use them up.
struct Params<'a> {
    values: &'a Value,
    next: usize,
}

impl Params<'_> {
    fn next(&mut self) -> Option<&Value> {
        self.next += 1;
        self.values.as_array()?.get(self.next - 1)
    }

    fn named(&self, name: &str) -> Option<&Value> {
        match self.values {
            Value::Object(named) => named.get(name),
            Value::Array(list) => list.get(name.parse::<usize>().ok()?),
            _ => None,
        }
    }
}

fn push(out: &mut String, value: &Value) {
    match value {
        Value::String(text) => out.push_str(text),
        other => out.push_str(&other.to_string()),
    }
}

/// `%s`, `%d`, `%.2f`, `%(name)s`, `%%`. `None` when there is no placeholder or one has no parameter.
fn percent(template: &str, params: &Value) -> Option<String> {
    let mut params = Params { values: params, next: 0 };
    let (mut out, mut rest, mut filled) = (String::with_capacity(template.len() + 64), template, false);
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            out.push('%');
            rest = after;
            continue;
        }
        let mut name = None;
        if let Some(named) = rest.strip_prefix('(') {
            let (inner, after) = named.split_once(')')?;
            (name, rest) = (Some(inner), after);
        }
        let flags = rest.find(|c: char| !matches!(c, '0'..='9' | '.' | '-' | '+' | '#' | ' ' | 'l' | 'h'))?;
        let conversion = rest[flags..].chars().next()?;
        if !conversion.is_ascii_alphabetic() {
            return None;
        }
        let value = match name {
            Some(name) => params.named(name)?,
            None => params.next()?,
        };
        let decimals = rest[..flags].split_once('.').and_then(|(_, digits)| digits.parse::<usize>().ok());
        match (conversion, decimals, value.as_f64()) {
            ('f' | 'F', Some(decimals @ 0..=20), Some(number)) => {
                out.push_str(&format!("{number:.decimals$}"));
            }
            _ => push(&mut out, value),
        }
        filled = true;
        rest = &rest[flags + 1..];
        if out.len() > MESSAGE_CHARS_MAX * 4 {
            break;
        }
    }
    out.push_str(rest);
    filled.then_some(out)
}

/// `{}`, `{0}`, `{name}`, `{{`. `None` when there is no placeholder or one has no parameter.
fn braces(template: &str, params: &Value) -> Option<String> {
    let mut params = Params { values: params, next: 0 };
    let (mut out, mut rest, mut filled) = (String::with_capacity(template.len() + 64), template, false);
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(brace) {
            out.push_str(brace);
            rest = after;
            continue;
        }
        if brace == "}" {
            return None;
        }
        let (inner, after) = rest.split_once('}')?;
        let name = inner.split([':', '!']).next().unwrap_or_default();
        push(&mut out, if name.is_empty() { params.next()? } else { params.named(name)? });
        filled = true;
        rest = after;
        if out.len() > MESSAGE_CHARS_MAX * 4 {
            break;
        }
    }
    out.push_str(rest);
    filled.then_some(out)
}
