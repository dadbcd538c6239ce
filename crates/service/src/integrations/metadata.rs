//! What a provider keeps for an account: sealed as a whole, since credentials are among it, with the few keys that
//! clients may see beside it in the open.

use mortise_providers::Metadata;
use mortise_store::{integration::installed::Installed, sealed::INTEGRATION_METADATA};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    Ctx, Result,
    sealed::{open_object, seal_object},
};

/// The keys that clients may see.
const SHOWN: [&str; 4] = ["icon", "domain_name", "account_type", "scopes"];

/// What lies under those; null where there is nothing.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ShownMetadata {
    pub(super) icon: Value,
    pub(super) domain_name: Value,
    pub(super) account_type: Value,
    pub(super) scopes: Value,
}

/// The sealed form, and what clients may see.
pub(super) fn seal(
    ctx: &Ctx,
    provider: &str,
    external_id: &str,
    metadata: &Map<String, Value>,
) -> (Vec<u8>, Value) {
    let blob = seal_object(ctx, INTEGRATION_METADATA, format_args!("{provider}/{external_id}"), metadata);
    let shown = SHOWN.iter().filter_map(|key| Some(((*key).to_owned(), metadata.get(*key)?.clone())));
    (blob, Value::Object(shown.collect()))
}

/// What is sealed, for a provider to open.
pub(super) fn of(ctx: &Ctx, row: &Installed) -> Metadata {
    let (ctx, provider) = (ctx.clone(), row.provider.clone());
    let (external_id, blob) = (row.external_id.clone(), row.metadata.clone());
    Metadata::sealed(move || {
        open_row(&ctx, &provider, &external_id, &blob).map_err(|error| error.to_string())
    })
}

/// What was sealed for an integration.
pub(super) fn open_row(
    ctx: &Ctx,
    provider: &str,
    external_id: &str,
    blob: &[u8],
) -> Result<Map<String, Value>> {
    open_object(ctx, INTEGRATION_METADATA, format_args!("{provider}/{external_id}"), blob)
}
