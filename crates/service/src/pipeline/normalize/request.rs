//! The HTTP request during which the event happened. Query, cookies and headers become lists of pairs; the query and the
//! fragment leave the URL; a body that is JSON or a form becomes a tree, so that private values can be hidden in it.

use serde_json::{Value, json};

use super::{Context, text, tree};
use crate::pipeline::{
    limits::{LARGE_TREE, MESSAGE_CHARS_MAX, NAME_CHARS_MAX, PAIRS_MAX, PATH_CHARS_MAX},
    scrub::FILTERED,
    view::Object,
};

const JSON_TYPE: &str = "application/json";
const FORM_TYPE: &str = "application/x-www-form-urlencoded";

/// Takes the request.
pub(super) fn take(raw: &mut Object, context: &mut Context<'_>) -> Option<Value> {
    let mut sent = match text::take(raw, &["request", "sentry.interfaces.Http"])? {
        Value::Object(sent) => sent,
        other => {
            context.notes.invalid("request", Some(&other));
            return None;
        }
    };
    let mut kept = Object::with_capacity(sent.len() + 1);
    let mut put = |key: &str, value: Option<Value>| kept.extend(value.map(|value| (key.to_owned(), value)));
    let mut url = take_text(&mut sent, "url", PATH_CHARS_MAX);
    let in_url = url.as_mut().map(split_url).unwrap_or_default();
    let query = text::take(&mut sent, &["query_string"]).or_else(|| in_url.query.map(Value::String));
    let fragment = take_text(&mut sent, "fragment", PATH_CHARS_MAX).or(in_url.fragment);
    let method = take_text(&mut sent, "method", NAME_CHARS_MAX).map(|method| method.to_ascii_uppercase());
    let (headers, cookie_header) = headers(text::take(&mut sent, &["headers"]), context);
    let cookies = text::take(&mut sent, &["cookies"]).or(cookie_header);
    put("url", url.map(Value::String));
    put("method", method.map(Value::String));
    put("query_string", query.and_then(|query| query_pairs(query, context)));
    put("fragment", fragment.map(Value::String));
    let (data, content_type) = body(text::take(&mut sent, &["data"]), &headers, context);
    let given_type = take_text(&mut sent, "inferred_content_type", NAME_CHARS_MAX);
    put("data", data);
    put("headers", as_value(headers));
    put("cookies", cookies.and_then(|cookies| cookie_pairs(cookies, context)));
    put("env", tree::take_object(&mut sent, "env", LARGE_TREE, context));
    put("api_target", take_text(&mut sent, "api_target", NAME_CHARS_MAX).map(Value::String));
    put("inferred_content_type", content_type.map(Value::from).or(given_type.map(Value::String)));
    (!kept.is_empty()).then_some(Value::Object(kept))
}

fn take_text(object: &mut Object, key: &str, chars_max: usize) -> Option<String> {
    let mut text = text::take(object, &[key]).and_then(text::trimmed)?;
    text::clip(&mut text, chars_max);
    Some(text)
}

/// What was behind the path of a URL.
#[derive(Default)]
struct Tail {
    query: Option<String>,
    fragment: Option<String>,
}

/// Cuts the query and the fragment off.
fn split_url(url: &mut String) -> Tail {
    let mut cut_at = |mark: char| {
        let at = url.find(mark)?;
        let tail = url[at + mark.len_utf8()..].to_owned();
        url.truncate(at);
        Some(tail).filter(|tail| !tail.is_empty())
    };
    let fragment = cut_at('#');
    Tail { query: cut_at('?'), fragment }
}

type Pair = (String, Value);

fn as_value(pairs: Vec<Pair>) -> Option<Value> {
    (!pairs.is_empty()).then(|| pairs.into_iter().map(|(key, value)| json!([key, value])).collect())
}

/// Cuts and hides values; entries without a name are dropped.
fn clean_pairs(pairs: Vec<(Value, Value)>, name: &str, context: &mut Context<'_>) -> Vec<Pair> {
    if pairs.len() > PAIRS_MAX {
        context.notes.cut(name);
    }
    let mut kept = Vec::with_capacity(pairs.len().min(PAIRS_MAX));
    for (key, value) in pairs.into_iter().take(PAIRS_MAX) {
        let Some(mut key) = text::trimmed(key) else { continue };
        text::clip(&mut key, NAME_CHARS_MAX);
        let value = if value.is_null() {
            Value::Null
        } else if context.intake.scrubber.hides(&key) {
            FILTERED.into()
        } else {
            let mut text = text::any(value).unwrap_or_default();
            text::clip(&mut text, PATH_CHARS_MAX);
            text.into()
        };
        kept.push((key, value));
    }
    kept
}

fn query_pairs(query: Value, context: &mut Context<'_>) -> Option<Value> {
    let pairs = match query {
        Value::String(query) => form_pairs(query.trim_start_matches('?')),
        other => several(other),
    };
    as_value(clean_pairs(pairs, "request.query_string", context))
}

fn form_pairs(form: &str) -> Vec<(Value, Value)> {
    url::form_urlencoded::parse(form.as_bytes())
        .take(PAIRS_MAX + 1)
        .map(|(key, value)| (Value::from(key), Value::from(value)))
        .collect()
}

/// Pairs of an object or list; a list of values under one key becomes several pairs.
fn several(value: Value) -> Vec<(Value, Value)> {
    let mut out = Vec::new();
    for (key, value) in text::pairs(value).unwrap_or_default() {
        match value {
            Value::Array(values) => out.extend(values.into_iter().map(|value| (key.clone(), value))),
            value => out.push((key, value)),
        }
    }
    out
}

fn cookie_pairs(cookies: Value, context: &mut Context<'_>) -> Option<Value> {
    let pairs = match cookies {
        Value::String(header) => header
            .split(';')
            .filter_map(|cookie| {
                let (name, value) = cookie.trim().split_once('=')?;
                Some((Value::from(name), Value::from(value)))
            })
            .collect(),
        other => several(other),
    };
    as_value(clean_pairs(pairs, "request.cookies", context))
}

/// Headers under their usual spelling, by name, and the value of `Cookie`, which is shown with the cookies.
fn headers(sent: Option<Value>, context: &mut Context<'_>) -> (Vec<Pair>, Option<Value>) {
    let Some(sent) = sent else { return (Vec::new(), None) };
    let mut cookie = None;
    let mut pairs = Vec::new();
    for (name, value) in text::pairs(sent).unwrap_or_default() {
        let Some(name) = text::trimmed(name) else { continue };
        if name.eq_ignore_ascii_case("cookie") {
            cookie = joined(value, "; ").map(Value::String);
        } else {
            pairs.push((usual_spelling(&name).into(), joined(value, ",").into()));
        }
    }
    let mut pairs = clean_pairs(pairs, "request.headers", context);
    pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
    (pairs, cookie)
}

/// A header's value; several are joined.
fn joined(value: Value, separator: &str) -> Option<String> {
    match value {
        Value::Array(values) => {
            Some(values.into_iter().filter_map(text::any).collect::<Vec<_>>().join(separator))
        }
        single => text::any(single),
    }
}

/// `content-type` becomes `Content-Type`.
fn usual_spelling(name: &str) -> String {
    let mut at_start = true;
    let spell = |c: char| {
        let spelled = if at_start { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
        at_start = c == '-';
        spelled
    };
    name.chars().map(spell).collect()
}

/// The body and its type. Text that is JSON or a form is read.
fn body(
    sent: Option<Value>,
    headers: &[Pair],
    context: &mut Context<'_>,
) -> (Option<Value>, Option<&'static str>) {
    let Some(sent) = sent else { return (None, None) };
    let (mut data, content_type) = match sent {
        Value::String(text) => read_body(text, headers),
        other => (other, None),
    };
    match &mut data {
        Value::String(text) => {
            if text::clip(text, MESSAGE_CHARS_MAX) {
                context.notes.cut("request.data");
            }
        }
        tree => tree::clean(tree, "request.data", LARGE_TREE, context),
    }
    (Some(data), content_type)
}

fn read_body(text: String, headers: &[Pair]) -> (Value, Option<&'static str>) {
    let named = headers.iter().find(|(name, _)| name == "Content-Type").and_then(|(_, value)| value.as_str());
    let is_form = |text: &str| {
        named.map_or_else(
            || text.contains('=') && !text.contains(char::is_whitespace) && !text.contains(['<', '{', '[']),
            |named| named.starts_with(FORM_TYPE),
        )
    };
    let start = text.trim_start();
    if start.starts_with(['{', '['])
        && let Ok(tree) = serde_json::from_str::<Value>(start)
    {
        return (tree, Some(JSON_TYPE));
    }
    if !is_form(&text) {
        return (Value::String(text), None);
    }
    let mut form = Object::new();
    for (key, value) in url::form_urlencoded::parse(text.as_bytes()).take(PAIRS_MAX) {
        match form.get_mut(key.as_ref()) {
            Some(Value::Array(values)) => values.push(value.into()),
            Some(single) => *single = json!([single.take(), value]),
            None => {
                form.insert(key.into_owned(), value.into());
            }
        }
    }
    (Value::Object(form), Some(FORM_TYPE))
}
