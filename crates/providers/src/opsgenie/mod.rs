//! Opsgenie. An organization keeps a table of keys, one for each team that alerts go to. Whether a key is good shows when
//! it is used.

use std::{collections::HashSet, sync::LazyLock};

use mortise_wire::Written;
use serde_json::{Map, Value, json};

use crate::{
    Connection, Field, Outcome, ProviderError, Saved, Settings,
    form::{TableError, rows_of, text_of},
};

const TABLE: &str = "team_table";

static FIELDS: LazyLock<Vec<Written<Value>>> = LazyLock::new(|| {
    let table = Field::new(TABLE, "table")
            .label("Opsgenie integrations")
            .help(
                "A key belongs to an integration that you make in Opsgenie. Alert rules that use a key which you take \
                 away or replace must be changed too.",
            )
            .with("addButtonText", "")
            .with("columnLabels", json!({ "team": "Label", "integration_key": "Integration Key" }))
            .with("columnKeys", json!(["team", "integration_key"]))
            .with(
                "confirmDeleteMessage",
                "Alert rules that use this key stop working. They stay, and show its team as removed.",
            )
        .written();
    vec![table]
});

/// Opsgenie's settings.
pub(crate) struct Opsgenie;

impl Settings for Opsgenie {
    fn fields<'a>(&'a self, _on: &'a Connection) -> Outcome<'a, Vec<Written<Value>>> {
        Box::pin(async { Ok(FIELDS.clone()) })
    }

    fn save<'a>(&'a self, on: &'a Connection, mut sent: Map<String, Value>) -> Outcome<'a, Saved> {
        Box::pin(async move {
            if let Some(table) = sent.get_mut(TABLE) {
                *table = Value::Array(named(on, table)?);
            }
            let mut config = on.config.clone();
            config.extend(sent);
            Ok(Saved { config, ..Saved::default() })
        })
    }
}

/// The rows of a table; new ones get their ids.
fn named(on: &Connection, table: &Value) -> Result<Vec<Value>, ProviderError> {
    let mut rows = Vec::new();
    let mut labels = HashSet::new();
    for row in rows_of(table)? {
        let (team, key) = (text_of(row, "team"), text_of(row, "integration_key"));
        let (Some(team), Some(key)) = (team, key) else { return Err(TableError::Blank.into()) };
        if !labels.insert(team) {
            let texts = vec!["Duplicate team name.".to_owned()];
            return Err(ProviderError::Form([("duplicate_name".to_owned(), texts)].into()));
        }
        let id = match text_of(row, "id") {
            Some(id) => id.to_owned(),
            None => format!("{}-{team}", on.org_integration),
        };
        rows.push(json!({ "team": team, "integration_key": key, "id": id }));
    }
    Ok(rows)
}
