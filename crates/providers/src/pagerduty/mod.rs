//! PagerDuty. An organization keeps a table of services with their keys. Alert rules name a service by its number, which is
//! never given to another.

use std::sync::LazyLock;

use mortise_wire::Written;
use serde_json::{Map, Value, json};

use crate::{
    Connection, Field, Outcome, ProviderError, Saved, Settings,
    form::{TableError, rows_of, text_of},
};

const TABLE: &str = "service_table";
/// Where the services lie in the settings.
const SERVICES: &str = "pagerduty_services";
/// Where the highest number that was ever given lies.
const LAST_NUMBER: &str = "pagerduty_last_id";

static FIELDS: LazyLock<Vec<Written<Value>>> = LazyLock::new(|| {
    let table = Field::new(TABLE, "table")
        .label("PagerDuty services with the Sentry integration enabled")
        .help("Alert rules that use a service which you take away must be changed too.")
        .with("addButtonText", "")
        .with("columnLabels", json!({ "service": "Service", "integration_key": "Integration Key" }))
        .with("columnKeys", json!(["service", "integration_key"]))
        .with(
            "confirmDeleteMessage",
            "Alert rules that use this service stop working. They stay, and show it as removed.",
        )
        .written();
    vec![table]
});

/// PagerDuty's settings.
pub(crate) struct PagerDuty;

impl Settings for PagerDuty {
    fn fields<'a>(&'a self, _on: &'a Connection) -> Outcome<'a, Vec<Written<Value>>> {
        Box::pin(async { Ok(FIELDS.clone()) })
    }

    fn values<'a>(&'a self, on: &'a Connection) -> Outcome<'a, Map<String, Value>> {
        let row = |service: &Value| {
            json!({
                "service": service["service_name"],
                "integration_key": service["integration_key"],
                "id": service["id"],
            })
        };
        let rows: Vec<Value> = services(on).iter().map(row).collect();
        Box::pin(async { Ok(Map::from_iter([(TABLE.to_owned(), Value::Array(rows))])) })
    }

    fn save<'a>(&'a self, on: &'a Connection, sent: Map<String, Value>) -> Outcome<'a, Saved> {
        Box::pin(async move {
            let mut config = on.config.clone();
            if let Some(table) = sent.get(TABLE) {
                let (services, last) = merged(on, table)?;
                config.insert(SERVICES.to_owned(), Value::Array(services));
                config.insert(LAST_NUMBER.to_owned(), json!(last));
            }
            Ok(Saved { config, ..Saved::default() })
        })
    }
}

fn services(on: &Connection) -> &[Value] {
    on.config.get(SERVICES).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The services after a change, old ones first, and the highest number that was ever given.
fn merged(on: &Connection, table: &Value) -> Result<(Vec<Value>, i64), ProviderError> {
    let number = |value: &Value| value["id"].as_i64().unwrap_or_default();
    let known: Vec<i64> = services(on).iter().map(number).collect();
    let given = on.config.get(LAST_NUMBER).and_then(Value::as_i64).unwrap_or_default();
    let mut last = known.iter().copied().fold(given, i64::max);
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for row in rows_of(table)? {
        let (name, key) = (text_of(row, "service"), text_of(row, "integration_key"));
        let (Some(name), Some(key)) = (name, key) else { return Err(TableError::Blank.into()) };
        let service = |id: i64| {
            let integration = on.integration.get();
            json!({ "integration_id": integration, "integration_key": key, "service_name": name, "id": id })
        };
        match row.get("id").and_then(Value::as_i64).filter(|id| known.contains(id)) {
            Some(id) => old.push(service(id)),
            None => {
                last = last.saturating_add(1);
                new.push(service(last));
            }
        }
    }
    old.sort_by_key(|service| known.iter().position(|id| *id == number(service)));
    old.dedup_by_key(|service| number(service));
    old.append(&mut new);
    Ok((old, last))
}
