//! JSON values as Python prints them, because texts of errors quote what was sent that way.

use std::fmt::Write as _;

use serde_json::{Number, Value};

/// The value as `repr()` prints it: `'text'`, `True`, `None`, `{'key': [1, 2.5]}`.
pub fn repr(value: &Value) -> String {
    let mut out = String::new();
    write_repr(&mut out, value);
    out
}

/// The value as `str()` prints it: a text as it is, everything else like [`repr`].
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => repr(other),
    }
}

/// Whether the value counts as true in a condition.
pub fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
    }
}

fn write_repr(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("None"),
        Value::Bool(true) => out.push_str("True"),
        Value::Bool(false) => out.push_str("False"),
        Value::Number(number) => out.push_str(&number_repr(number)),
        Value::String(text) => write_string(out, text),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { ", " });
                write_repr(out, item);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            out.push('{');
            for (index, (key, field)) in fields.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { ", " });
                write_string(out, key);
                out.push_str(": ");
                write_repr(out, field);
            }
            out.push('}');
        }
    }
}

/// Exponents have a sign and at least two digits.
fn number_repr(number: &Number) -> String {
    let Some(float) = number.as_f64().filter(|_| number.is_f64()) else { return number.to_string() };
    let text = format!("{float:?}");
    let Some((digits, exponent)) = text.split_once('e') else { return text };
    let (sign, exponent) = match exponent.strip_prefix('-') {
        Some(exponent) => ('-', exponent),
        None => ('+', exponent),
    };
    format!("{digits}e{sign}{exponent:0>2}")
}

/// Single quotes, unless the text has some and no double ones.
fn write_string(out: &mut String, text: &str) {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(quote);
    for char in text.chars() {
        match char {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            char if char == quote => out.extend(['\\', char]),
            char if is_printable(char) => out.push(char),
            char => {
                // Writing to a text does not fail.
                let _ = match u32::from(char) {
                    code @ 0..=0xff => write!(out, "\\x{code:02x}"),
                    code @ 0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    code => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
    out.push(quote);
}

/// Neither control nor format character, private, nor white space other than the space. Code points that Unicode has not
/// assigned count as printable here.
fn is_printable(char: char) -> bool {
    let is_format = matches!(char,
        '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0001}'..='\u{e007f}');
    let is_private = matches!(char,
        '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{ffffd}' | '\u{100000}'..='\u{10fffd}');
    char == ' ' || !(char.is_control() || char.is_whitespace() || is_format || is_private)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_printed_as_python_prints_them() {
        let value = json!({"a": [1, 2.5, -0.0, true, false, null], "b": {"c": "it's"}, "d": "say \"it's\"\n\\\u{7f}\u{200b}é"});
        assert_eq!(
            repr(&value),
            r#"{'a': [1, 2.5, -0.0, True, False, None], 'b': {'c': "it's"}, 'd': 'say "it\'s"\n\\\x7f\u200bé'}"#
        );
        assert_eq!(
            repr(&json!([1e16, 1e-5, 0.0001, 123_456_789_012_345.0])),
            "[1e+16, 1e-05, 0.0001, 123456789012345.0]"
        );
        assert_eq!((text(&json!("x")), text(&json!(["x"]))), ("x".to_owned(), "['x']".to_owned()));
    }

    #[test]
    fn empty_values_and_zero_are_false() {
        for value in [json!(null), json!(false), json!(0), json!(0.0), json!(""), json!([]), json!({})] {
            assert!(!is_truthy(&value), "{value}");
        }
        for value in [json!(true), json!(-1), json!("0"), json!([0]), json!({"a": 0})] {
            assert!(is_truthy(&value), "{value}");
        }
    }
}
