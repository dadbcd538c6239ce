//! From a field and its value to what is on the page.

use serde_json::{Map, Value};

use super::field::Field;
use crate::{
    edge::Refused,
    pages::words,
    view::{
        Choice,
        integration_config::{Cell, ConfigField, Grid, GridRow, Input},
    },
};

/// Lines of a text of several, at first.
const AREA_ROWS: u64 = 4;
const AREA_ROWS_MAX: u64 = 20;
/// What the row is called that is not there yet.
const NEW_ROW: &str = "new row";
/// Said of a field that is switched off for no stated reason.
const NOT_HERE: &str = "It can't be changed on this server.";

/// A field with its value.
pub fn field(field: &Field<'_>, values: &Map<String, Value>, refused: Option<&Refused>) -> ConfigField {
    let value = field.value(values);
    let text = |pointer: &str| field.text(pointer).to_owned();
    ConfigField {
        id: field.form_name(),
        label: if field.text("/label").is_empty() { field.name().to_owned() } else { text("/label") },
        help: text("/help"),
        error: refused.map(|refused| refused.field(field.name())).unwrap_or_default(),
        required: field.is("/required"),
        is_disabled: field.is("/disabled"),
        reason: reason(field),
        placeholder: text("/placeholder"),
        input: input(field, &value),
    }
}

/// Why a field is switched off; not every provider says so.
fn reason(field: &Field<'_>) -> String {
    match field.text("/disabledReason") {
        "" if field.is("/disabled") => NOT_HERE.to_owned(),
        told => told.to_owned(),
    }
}

fn input(field: &Field<'_>, value: &Value) -> Input {
    match field.kind() {
        "boolean" => Input::Switch(value == true),
        "textarea" => {
            let rows = field.get("/maxRows").as_u64().unwrap_or(AREA_ROWS).clamp(1, AREA_ROWS_MAX);
            Input::Area { rows, value: words::json(value) }
        }
        "select" if !field.text("/url").is_empty() && !field.is("/multiple") => Input::Suggested {
            value: words::json(value),
            choices: suggestions(field.list("/choices")),
            url: field.text("/url").to_owned(),
            field: field.name().to_owned(),
        },
        "select" => {
            let one = [value.clone()];
            let chosen = value.as_array().map_or(&one[..], Vec::as_slice);
            Input::Choice {
                choices: choices(field.list("/choices"), chosen),
                is_multiple: field.is("/multiple"),
            }
        }
        "choice_mapper" => Input::Grid(choice_mapper(field, value)),
        "table" => Input::Grid(table(field, value)),
        "project_mapper" => Input::Grid(project_mapper(field, value)),
        kind => {
            let kind = match kind {
                "url" => "url",
                "number" => "number",
                _ => "text",
            };
            Input::Line { kind, value: words::json(value) }
        }
    }
}

/// Value and label of a choice, which is a pair, an object or the value alone.
fn parts(choice: &Value) -> (&Value, String) {
    let (value, label) = match choice {
        Value::Array(pair) if pair.len() == 2 => (&pair[0], &pair[1]),
        Value::Object(map) => {
            let value = map.get("value").or_else(|| map.get("id")).unwrap_or(&Value::Null);
            (value, map.get("label").or_else(|| map.get("name")).unwrap_or(value))
        }
        other => (other, other),
    };
    (value, words::json(label))
}

/// The choices; what is chosen and not among them comes last, so that it is kept.
fn choices(list: &[Value], chosen: &[Value]) -> Vec<Choice> {
    let all: Vec<_> = list.iter().map(parts).collect();
    let kept = chosen.iter().filter(|it| *it != "" && !all.iter().any(|(value, _)| value == it));
    let kept = kept.map(|it| Choice::new(&it.to_string(), &words::json(it), true));
    let choice =
        |(value, label): &(&Value, String)| Choice::new(&value.to_string(), label, chosen.contains(value));
    all.iter().map(choice).chain(kept).collect()
}

/// Values as they are typed.
fn suggestions(list: &[Value]) -> Vec<Choice> {
    list.iter().map(parts).map(|(value, label)| Choice::new(&words::json(value), &label, false)).collect()
}

fn choice_mapper(field: &Field<'_>, value: &Value) -> Grid {
    let columns = field.columns();
    let items = field.list("/addDropdown/items");
    let url = field.text("/addDropdown/url");
    let select = |key: &str, chosen: &Value| Cell::Select {
        choices: choices(
            field.list(&format!("/mappedSelectors/{key}/choices")),
            std::slice::from_ref(chosen),
        ),
        placeholder: field.text(&format!("/mappedSelectors/{key}/placeholder")).to_owned(),
    };
    let empty = Value::from("");
    let mapped = value.as_object();
    let row = |(id, chosen): (&String, &Value)| {
        let label = items.iter().map(parts).find(|(value, _)| *value == id.as_str());
        let label = label.map_or_else(|| id.clone(), |(_, label)| label);
        let cells = columns.iter().map(|(key, _)| select(key, chosen.get(*key).unwrap_or(&empty)));
        GridRow {
            kept: Value::from(id.as_str()).to_string(),
            is_new: false,
            cells: std::iter::once(Cell::Fixed(label.clone())).chain(cells).collect(),
            name: label,
        }
    };
    let mut rows: Vec<_> = mapped.into_iter().flatten().map(row).collect();
    let free = items.iter().filter(|item| {
        let id = words::json(parts(item).0);
        mapped.is_none_or(|mapped| !mapped.contains_key(&id))
    });
    let free: Vec<_> = free.cloned().collect();
    let key = match url {
        "" => {
            let text = if free.is_empty() { "/addDropdown/emptyMessage" } else { "/addButtonText" };
            Cell::Select { choices: choices(&free, &[]), placeholder: field.text(text).to_owned() }
        }
        url => Cell::Suggested { choices: suggestions(&free), url: url.to_owned() },
    };
    let cells = std::iter::once(key).chain(columns.iter().map(|(key, _)| select(key, &empty)));
    if !field.is("/disabled") {
        rows.push(new_row(cells.collect()));
    }
    let heads =
        std::iter::once(field.text("/mappedColumnLabel")).chain(columns.iter().map(|(_, label)| *label));
    Grid { heads: heads.map(str::to_owned).collect(), rows, caution: String::new() }
}

fn new_row(cells: Vec<Cell>) -> GridRow {
    GridRow { name: NEW_ROW.to_owned(), kept: Value::Null.to_string(), is_new: true, cells }
}

fn table(field: &Field<'_>, value: &Value) -> Grid {
    let columns = field.columns();
    let row = |row: &Value| {
        let cells = columns.iter().map(|(key, _)| row.get(*key).map(words::json).unwrap_or_default());
        let cells: Vec<_> = cells.collect();
        let mut kept = row.as_object().cloned().unwrap_or_default();
        kept.retain(|key, _| !columns.iter().any(|(column, _)| column == key));
        GridRow {
            name: cells.first().cloned().unwrap_or_default(),
            kept: Value::Object(kept).to_string(),
            is_new: false,
            cells: cells.into_iter().map(Cell::Text).collect(),
        }
    };
    let mut rows: Vec<_> = value.as_array().into_iter().flatten().map(row).collect();
    rows.push(new_row(columns.iter().map(|_| Cell::Text(String::new())).collect()));
    Grid {
        heads: columns.iter().map(|(_, label)| (*label).to_owned()).collect(),
        rows,
        caution: field.text("/confirmDeleteMessage").to_owned(),
    }
}

fn project_mapper(field: &Field<'_>, value: &Value) -> Grid {
    let (ours, theirs) = (field.list("/sentryProjects"), field.list("/mappedDropdown/items"));
    let placeholder = field.text("/mappedDropdown/placeholder");
    let select = |list: &[Value], chosen: &Value, placeholder: &str| Cell::Select {
        choices: choices(list, std::slice::from_ref(chosen)),
        placeholder: placeholder.to_owned(),
    };
    let empty = Value::from("");
    let cells = |pair: &[Value]| {
        let part = |at: usize| pair.get(at).unwrap_or(&empty);
        vec![select(ours, part(0), "Choose a project"), select(theirs, part(1), placeholder)]
    };
    let row = |(at, pair): (usize, &Value)| GridRow {
        name: format!("row {}", at + 1),
        kept: "{}".to_owned(),
        is_new: false,
        cells: cells(pair.as_array().map_or(&[], Vec::as_slice)),
    };
    let mut rows: Vec<_> = value.as_array().into_iter().flatten().enumerate().map(row).collect();
    rows.push(new_row(cells(&[])));
    let heads = ["Project here".to_owned(), "Project there".to_owned()];
    Grid { heads: heads.into(), rows, caution: String::new() }
}
