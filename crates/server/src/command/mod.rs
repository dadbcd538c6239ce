//! What an operator does besides serving. A module per command; `Args` are its flags, `run` carries it out.

pub(crate) mod app;
pub(crate) mod backup;
pub(crate) mod check;
pub(crate) mod config;
pub(crate) mod help;
pub(crate) mod keys;
pub(crate) mod mail;
pub(crate) mod manifest;
pub(crate) mod openapi;
pub(crate) mod people;
pub(crate) mod seed;

use serde_json::Value;

/// Objects as lines of `key: value`, an empty line between two.
fn table(rows: &[Value]) -> String {
    let line = |(key, value): (&String, &Value)| match value {
        Value::Null => format!("{key}:\n"),
        Value::String(text) => format!("{key}: {text}\n"),
        other => format!("{key}: {other}\n"),
    };
    let block = |row: &Value| row.as_object().into_iter().flatten().map(line).collect::<String>();
    rows.iter().map(block).collect::<Vec<_>>().join("\n").trim_end().to_owned()
}
