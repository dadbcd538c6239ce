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
