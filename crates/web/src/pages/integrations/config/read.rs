//! From the form to the settings that were changed.

use serde_json::{Map, Value, json};

use super::field::Field;
use crate::edge::{Pairs, Refused};

/// Rows of a grid that are read.
const ROWS_MAX: usize = 1000;
const CHOOSE: &str = "Choose what the row is for.";

/// The fields that differ from what there is, and why they can't be saved as they are: a form that is refused is shown
/// again with all of them. A field that is disabled or not on the form is left alone.
pub fn changes(
    fields: &[Field<'_>],
    values: &Map<String, Value>,
    form: &Pairs,
) -> (Map<String, Value>, Option<Refused>) {
    let (mut changes, mut refused) = (Map::new(), None);
    for field in fields.iter().filter(|field| !field.is("/disabled")) {
        let Some((sent, is_whole)) = sent(field, form) else { continue };
        if !is_whole {
            refused.get_or_insert_with(|| Refused::field_error(field.name(), CHOOSE));
        }
        if sent != field.value(values) {
            changes.insert(field.name().to_owned(), typed(field, sent));
        }
    }
    (changes, refused)
}

/// A number is sent as one; what is none is told by the provider.
fn typed(field: &Field<'_>, value: Value) -> Value {
    let number = value.as_str().filter(|_| field.kind() == "number").and_then(|text| text.parse().ok());
    number.map_or(value, Value::Number)
}

/// What the form has for a field, and whether no row of it lacks what it is for; `None` where it has nothing.
fn sent(field: &Field<'_>, form: &Pairs) -> Option<(Value, bool)> {
    let name = field.form_name();
    let value = match field.kind() {
        "choice_mapper" | "table" | "project_mapper" => {
            let rows = Row::all(form, &name)?;
            return Some(match field.kind() {
                "table" => (table(field, &rows), true),
                "choice_mapper" => choice_mapper(field, &rows),
                _ => project_mapper(&rows),
            });
        }
        "boolean" => form.find(&name).map(|_| json!(form.is_on(&name))),
        "select" if field.is("/multiple") => form.find(&name).map(|_| {
            let all = form.all(&name);
            all.iter().filter(|text| !text.is_empty()).map(|text| json_of(text)).collect()
        }),
        "select" => form.find(&name).map(json_of),
        "textarea" => form.find(&name).map(|text| json!(text.replace("\r\n", "\n"))),
        _ => form.find(&name).map(|text| json!(text.trim())),
    };
    value.map(|value| (value, true))
}

/// A choice: JSON, or what was typed where values are suggested.
fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| json!(text))
}

/// A row of a grid in the form, that is not to be removed.
struct Row<'a> {
    form: &'a Pairs,
    /// What the names of its cells begin with.
    name: String,
}

impl<'a> Row<'a> {
    /// The rows of a grid; `None` where the form has no such grid.
    fn all(form: &'a Pairs, name: &str) -> Option<Vec<Self>> {
        let count: usize = form.find(&format!("{name}.rows"))?.parse().ok()?;
        let rows = (0..count.min(ROWS_MAX)).map(|at| Self { form, name: format!("{name}.{at}") });
        Some(rows.filter(|row| !form.is_on(&format!("{}.remove", row.name))).collect())
    }

    /// What stays of it and is not shown; null for a new row.
    fn kept(&self) -> Value {
        serde_json::from_str(self.form.get(&format!("{}.kept", self.name))).unwrap_or_default()
    }

    fn cell(&self, column: usize) -> &'a str {
        self.form.get(&format!("{}.{column}", self.name)).trim()
    }
}

/// A new row without any text is none.
fn table(field: &Field<'_>, rows: &[Row<'_>]) -> Value {
    let columns = field.columns();
    let row = |row: &Row<'_>| {
        let kept = row.kept();
        if kept.is_null() && (0..columns.len()).all(|at| row.cell(at).is_empty()) {
            return None;
        }
        let mut object =
            kept.as_object().cloned().unwrap_or_else(|| Map::from_iter([("id".to_owned(), json!(""))]));
        object.extend(
            columns.iter().enumerate().map(|(at, (key, _))| ((*key).to_owned(), json!(row.cell(at)))),
        );
        Some(Value::Object(object))
    };
    rows.iter().filter_map(row).collect()
}

fn choice_mapper(field: &Field<'_>, rows: &[Row<'_>]) -> (Value, bool) {
    let columns = field.columns();
    let (mut mapping, mut is_whole) = (Map::new(), true);
    for row in rows {
        let chosen: Map<String, Value> = columns
            .iter()
            .enumerate()
            .map(|(at, (key, _))| ((*key).to_owned(), json_of(row.cell(at + 1))))
            .collect();
        let key = match row.kept() {
            Value::String(key) => key,
            _ => match json_of(row.cell(0)) {
                Value::String(key) => key,
                other => other.to_string(),
            },
        };
        if !key.is_empty() {
            mapping.insert(key, Value::Object(chosen));
        } else if chosen.values().any(|value| value != "") {
            is_whole = false;
        }
    }
    (Value::Object(mapping), is_whole)
}

fn project_mapper(rows: &[Row<'_>]) -> (Value, bool) {
    let pairs = rows.iter().map(|row| [row.cell(0), row.cell(1)]);
    let pairs: Vec<_> = pairs.filter(|pair| pair.iter().any(|cell| !cell.is_empty())).collect();
    let is_whole = pairs.iter().flatten().all(|cell| !cell.is_empty());
    (pairs.iter().map(|pair| pair.map(json_of).to_vec()).collect(), is_whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(field: &Value, values: &Value, form: &[(&str, &str)]) -> Value {
        let form: Pairs = form.iter().copied().collect();
        let values = values.as_object().expect("an object").clone();
        let field = Field::of(field).expect("a field");
        let (changes, refused) = changes(&[field], &values, &form);
        refused.map_or(Value::Object(changes), |refused| json!(refused.text()))
    }

    #[test]
    fn only_what_differs_is_a_change() {
        let text = json!({ "name": "a", "type": "string" });
        assert_eq!(changed(&text, &json!({ "a": "x" }), &[("field.a", " x ")]), json!({}));
        assert_eq!(changed(&text, &json!({ "a": "x" }), &[("field.a", "y")]), json!({ "a": "y" }));
        assert_eq!(changed(&text, &json!({ "a": "x" }), &[]), json!({}));
        let number = json!({ "name": "a", "type": "number" });
        assert_eq!(changed(&number, &json!({ "a": 3 }), &[("field.a", "3")]), json!({}));
        assert_eq!(changed(&number, &json!({ "a": 3 }), &[("field.a", "4")]), json!({ "a": 4 }));
        assert_eq!(changed(&number, &json!({}), &[("field.a", "x")]), json!({ "a": "x" }));
        let switch = json!({ "name": "a", "type": "boolean", "default": true });
        assert_eq!(changed(&switch, &json!({}), &[("field.a", "off")]), json!({ "a": false }));
        assert_eq!(changed(&switch, &json!({}), &[("field.a", "off"), ("field.a", "on")]), json!({}));
        let off = json!({ "name": "a", "type": "string", "disabled": true });
        assert_eq!(changed(&off, &json!({}), &[("field.a", "y")]), json!({}));
    }

    #[test]
    fn choices_keep_their_types() {
        let one = json!({ "name": "a", "type": "select", "choices": [[1, "One"], ["x", "X"]] });
        assert_eq!(changed(&one, &json!({}), &[("field.a", "1")]), json!({ "a": 1 }));
        assert_eq!(changed(&one, &json!({ "a": "x" }), &[("field.a", "\"x\"")]), json!({}));
        let many = json!({ "name": "a", "type": "select", "multiple": true });
        let form = [("field.a", ""), ("field.a", "2"), ("field.a", "\"x\"")];
        assert_eq!(changed(&many, &json!({ "a": [1] }), &form), json!({ "a": [2, "x"] }));
        assert_eq!(changed(&many, &json!({ "a": [1] }), &[("field.a", "")]), json!({ "a": [] }));
    }

    #[test]
    fn rows_of_a_table_are_changed_removed_and_added() {
        let field = json!({ "name": "t", "type": "table", "columnKeys": ["n", "k"] });
        let values = json!({ "t": [{ "n": "a", "k": "1", "id": 7 }, { "n": "b", "k": "2", "id": 8 }] });
        let form = [
            ("field.t.rows", "3"),
            ("field.t.0.0", "a"),
            ("field.t.0.1", "9"),
            ("field.t.0.kept", "{\"id\":7}"),
            ("field.t.1.kept", "{\"id\":8}"),
            ("field.t.1.remove", "on"),
            ("field.t.2.0", "c"),
            ("field.t.2.1", "3"),
            ("field.t.2.kept", "null"),
        ];
        let rows = json!({ "t": [{ "n": "a", "k": "9", "id": 7 }, { "n": "c", "k": "3", "id": "" }] });
        assert_eq!(changed(&field, &values, &form), rows);
        assert_eq!(changed(&field, &json!({}), &[("field.t.rows", "1")]), json!({}), "an empty row is none");
    }

    #[test]
    fn a_mapping_is_changed_removed_and_added_to() {
        let field = json!({ "name": "m", "type": "choice_mapper",
            "mappedSelectors": { "on_resolve": {}, "on_unresolve": {} } });
        let values = json!({ "m": { "p1": { "on_resolve": "Done", "on_unresolve": "New" } } });
        let form = [
            ("field.m.rows", "2"),
            ("field.m.0.1", "\"Done\""),
            ("field.m.0.2", "\"New\""),
            ("field.m.0.kept", "\"p1\""),
            ("field.m.1.0", "\"p2\""),
            ("field.m.1.1", "\"Done\""),
            ("field.m.1.2", ""),
            ("field.m.1.kept", "null"),
        ];
        assert_eq!(changed(&field, &values, &form[..4]), json!({}));
        let both = json!({ "m": { "p1": { "on_resolve": "Done", "on_unresolve": "New" },
            "p2": { "on_resolve": "Done", "on_unresolve": "" } } });
        assert_eq!(changed(&field, &values, &form), both);
        let nothing = [("field.m.rows", "1"), ("field.m.0.kept", "\"p1\""), ("field.m.0.remove", "on")];
        assert_eq!(changed(&field, &values, &nothing), json!({ "m": {} }));
        let form = [("field.m.rows", "1"), ("field.m.0.1", "\"Done\""), ("field.m.0.kept", "null")];
        assert_eq!(changed(&field, &values, &form), json!(CHOOSE));
    }

    #[test]
    fn a_form_that_lacks_something_keeps_the_rest() {
        let fields =
            [json!({ "name": "p", "type": "project_mapper" }), json!({ "name": "a", "type": "string" })];
        let fields: Vec<_> = fields.iter().filter_map(Field::of).collect();
        let form = [("field.p.rows", "2"), ("field.p.0.0", "3"), ("field.p.0.1", ""), ("field.a", "typed")];
        let (kept, refused) = changes(&fields, &Map::new(), &form.into_iter().collect());
        assert_eq!(Value::Object(kept), json!({ "p": [[3, ""]], "a": "typed" }));
        assert_eq!(refused.expect("a refusal").field("p"), CHOOSE);
    }

    #[test]
    fn projects_are_mapped_by_pairs() {
        let field = json!({ "name": "p", "type": "project_mapper" });
        let form = [("field.p.rows", "2"), ("field.p.0.0", "3"), ("field.p.0.1", "\"x\"")];
        assert_eq!(changed(&field, &json!({}), &form), json!({ "p": [[3, "x"]] }));
        assert_eq!(changed(&field, &json!({ "p": [[3, "x"]] }), &form), json!({}));
        assert_eq!(
            changed(&field, &json!({}), &[("field.p.rows", "1"), ("field.p.0.0", "3")]),
            json!(CHOOSE)
        );
    }
}
