//! JSON text that equals its own re-serialization in JavaScript.
//!
//! Many webhook receivers do not check the signature over the bytes they got but over
//! `JSON.stringify(JSON.parse(body))`. So signed bodies are written exactly as JavaScript would write them: numbers in
//! its notation, integers it cannot hold as texts, keys that look like array indices first.

use serde_json::{Map, Number, Value};

/// The largest integer that JavaScript's numbers hold exactly.
pub const SAFE_INTEGER_MAX: u64 = (1 << 53) - 1;

/// From here on JavaScript writes numbers with an exponent.
const EXPONENT_MIN: f64 = 1e21;

/// The largest key that JavaScript orders as an array index.
const ARRAY_INDEX_MAX: u32 = u32::MAX - 1;

/// The body to send and sign. An empty object becomes an empty body, because receivers sign the empty text for it.
pub fn signed_body(value: &Value) -> String {
    match value {
        Value::Object(map) if map.is_empty() => String::new(),
        _ => to_string(value),
    }
}

/// Writes `value` as JavaScript would write it again after reading it.
pub fn to_string(value: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, value);
    out
}

fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => write_number(out, number),
        Value::String(text) => write_string(out, text),
        Value::Array(items) => {
            out.push('[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write_value(out, item);
            }
            out.push(']');
        }
        Value::Object(map) => write_object(out, map),
    }
}

fn write_object(out: &mut String, map: &Map<String, Value>) {
    let mut indices: Vec<_> =
        map.iter().filter_map(|(key, value)| Some((array_index(key)?, key, value))).collect();
    indices.sort_unstable_by_key(|(index, ..)| *index);
    let ordered = indices.iter().map(|(_, key, value)| (*key, *value));
    let rest = map.iter().filter(|(key, _)| indices.is_empty() || array_index(key).is_none());
    out.push('{');
    for (position, (key, value)) in ordered.chain(rest).enumerate() {
        if position > 0 {
            out.push(',');
        }
        write_string(out, key);
        out.push(':');
        write_value(out, value);
    }
    out.push('}');
}

/// The index a key stands for: decimal digits without leading zero.
fn array_index(key: &str) -> Option<u32> {
    let digits = key.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || (key.starts_with('0') && key != "0") {
        return None;
    }
    key.parse().ok().filter(|index| *index <= ARRAY_INDEX_MAX)
}

fn write_number(out: &mut String, number: &Number) {
    if let Some(integer) = number.as_u64() {
        write_integer(out, integer, false);
    } else if let Some(integer) = number.as_i64() {
        write_integer(out, integer.unsigned_abs(), true);
    } else {
        match number.as_f64() {
            // Without exponent or point it reads as an integer, and so the rule of integers holds.
            Some(float) if float.abs() > SAFE_INTEGER_MAX as f64 && float.abs() < EXPONENT_MIN => {
                out.push_str(&format!("\"{}\"", js_number(float)));
            }
            Some(float) => out.push_str(&js_number(float)),
            None => out.push_str("null"),
        }
    }
}

fn write_integer(out: &mut String, magnitude: u64, negative: bool) {
    let quote = if magnitude > SAFE_INTEGER_MAX { "\"" } else { "" };
    let sign = if negative { "-" } else { "" };
    out.push_str(&format!("{quote}{sign}{magnitude}{quote}"));
}

/// A float as JavaScript prints it: decimal from 1e-6 up to 1e21, else with an exponent; `null` when it is no number.
pub fn js_number(float: f64) -> String {
    if !float.is_finite() {
        return "null".to_owned();
    }
    if float == 0.0 {
        return "0".to_owned();
    }
    // The shortest digits that read back as the same float, as `d.ddde-x`.
    let scientific = format!("{:e}", float.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if float < 0.0 { "-" } else { "" };
    format!("{sign}{}", lay_out(&digits, exponent))
}

/// Places the point: `digits` is `d.ddd` without point, times ten to the `exponent`.
fn lay_out(digits: &str, exponent: i32) -> String {
    let count = digits.len() as i32;
    match exponent {
        0..=20 if count <= exponent + 1 => {
            format!("{digits}{}", "0".repeat((exponent + 1 - count) as usize))
        }
        0..=20 => {
            let (whole, fraction) = digits.split_at((exponent + 1) as usize);
            format!("{whole}.{fraction}")
        }
        -6..=-1 => format!("0.{}{digits}", "0".repeat((-exponent - 1) as usize)),
        _ => {
            let (first, rest) = digits.split_at(1);
            let point = if rest.is_empty() { "" } else { "." };
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{first}{point}{rest}e{sign}{}", exponent.unsigned_abs())
        }
    }
}

fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => out.push(other),
        }
    }
    out.push('"');
}
