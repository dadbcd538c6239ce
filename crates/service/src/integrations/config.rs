//! What an organization sets of an integration. Keys are among it where a provider works with keys, and whatever a client
//! likes to keep there, so all of it is sealed.

use mortise_domain::{IntegrationId, OrgId};
use mortise_store::{integration::installed::Installed, sealed::INTEGRATION_CONFIG};
use serde_json::{Map, Value};

use crate::{
    Ctx, Result,
    sealed::{open_object, seal_object},
};

/// The sealed form.
pub(super) fn seal(
    ctx: &Ctx,
    org: OrgId,
    integration: IntegrationId,
    config: &Map<String, Value>,
) -> Vec<u8> {
    seal_object(ctx, INTEGRATION_CONFIG, format_args!("{org}/{integration}"), config)
}

/// The settings of a row.
pub(super) fn open(ctx: &Ctx, row: &Installed) -> Result<Map<String, Value>> {
    open_row(ctx, row.organization_id, row.id, row.config.as_deref())
}

/// What was sealed; nothing where nothing was ever set.
pub(super) fn open_row(
    ctx: &Ctx,
    org: OrgId,
    integration: IntegrationId,
    blob: Option<&[u8]>,
) -> Result<Map<String, Value>> {
    match blob {
        Some(blob) => open_object(ctx, INTEGRATION_CONFIG, format_args!("{org}/{integration}"), blob),
        None => Ok(Map::new()),
    }
}

/// The tables of services and teams that alert rules tell, by provider, and what a row calls its name.
const RECEIVERS: [(&str, &str, &str); 2] =
    [("pagerduty", "pagerduty_services", "service_name"), ("opsgenie", "team_table", "team")];

/// The services or teams of an integration that alert rules may tell: the id and the name of each; `None` for providers
/// that have none.
pub(crate) fn receivers(ctx: &Ctx, row: &Installed) -> Result<Option<Vec<(Value, Value)>>> {
    let Some((_, table, name)) = RECEIVERS.iter().find(|(provider, ..)| *provider == row.provider) else {
        return Ok(None);
    };
    let config = open(ctx, row)?;
    let rows = config.get(*table).and_then(Value::as_array).into_iter().flatten();
    Ok(Some(rows.map(|row| (row["id"].clone(), row[*name].clone())).collect()))
}
