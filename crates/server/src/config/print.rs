//! `mortise config`: every option with its value, where the value came from, and what it means; or the reference document.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Loaded, options::OPTIONS};

/// For people in a terminal.
pub(crate) fn text(loaded: &Loaded) -> String {
    let mut out = String::new();
    for spec in OPTIONS {
        let (value, source) = loaded.value(spec).unwrap_or_else(|| (String::new(), "not set".to_owned()));
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{} = {value:?}  ({source})\n    {}\n", spec.key, spec.meaning);
    }
    out
}

/// For programs.
pub(crate) fn json(loaded: &Loaded) -> Value {
    let option = |spec: &super::options::Spec| {
        let value = loaded.value(spec);
        json!({
            "key": spec.key,
            "value": value.as_ref().map(|(value, _)| value),
            "source": value.as_ref().map(|(_, source)| source),
            "type": spec.kind.name(),
            "default": spec.default,
            "flag": spec.is_flag().then(|| format!("--{}", spec.flag())),
            "variable": spec.variable(),
            "meaning": spec.meaning,
        })
    };
    OPTIONS.iter().map(option).collect()
}

/// The reference document.
pub(crate) fn markdown() -> String {
    let mut out = String::from(HEAD);
    for spec in OPTIONS {
        let flag = if spec.is_flag() { format!("`--{}`", spec.flag()) } else { "none".to_owned() };
        let default = match spec.default {
            None => "none".to_owned(),
            Some("") => "empty".to_owned(),
            Some(text) => format!("`{text}`"),
        };
        // Writing to a String cannot fail.
        let _ = write!(
            out,
            "\n## `{}`\n\n{}\n\n| type | default | flag | variable |\n|---|---|---|---|\n| {} | {default} | {flag} | `{}` |\n",
            spec.key,
            spec.meaning,
            spec.kind.name(),
            spec.variable(),
        );
    }
    out
}

const HEAD: &str = "# Configuration

Mortise needs none: without any option it starts on this machine with an embedded database. Each option can be set, in
this order of precedence, by

1. a flag of any command, such as `--listen 127.0.0.1:9000`;
2. an environment variable, such as `MORTISE_LISTEN=127.0.0.1:9000`;
3. the configuration file: `--config FILE`, `MORTISE_CONFIG=FILE`, or `mortise.toml` in the working folder. Keys with a
   dot are in tables: `webhook.timeout_ms` is `timeout_ms` under `[webhook]`.

`mortise config` shows every option with its value and where the value came from; `mortise check` says what is wrong.
This document is written by `cargo xtask generate`.
";
