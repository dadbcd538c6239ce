//! Values in words, where several pages say them.

use serde_json::Value;

/// A duration: "184 ms", "2.3 s".
pub fn duration_us(us: i64) -> String {
    match us {
        ..1_000 => "under 1 ms".to_owned(),
        1_000..1_000_000 => format!("{} ms", us / 1_000),
        _ => format!("{}.{} s", us / 1_000_000, us % 1_000_000 / 100_000),
    }
}

/// A text, indented where it is JSON.
pub fn pretty_json(text: &str) -> String {
    match serde_json::from_str::<Value>(text) {
        Ok(value @ (Value::Object(_) | Value::Array(_))) => json(&value),
        _ => text.to_owned(),
    }
}

/// A value as text: what is structured as indented JSON.
pub fn json(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "null".to_owned(),
        other => serde_json::to_string_pretty(other).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_told_in_the_unit_that_fits() {
        assert_eq!(duration_us(900), "under 1 ms");
        assert_eq!(duration_us(184_300), "184 ms");
        assert_eq!(duration_us(2_350_000), "2.3 s");
    }
}
