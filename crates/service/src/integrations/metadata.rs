//! What a provider keeps for an account: sealed as a whole, since credentials are among it, with the few keys that
//! clients may see beside it in the open.

use mortise_crypto::ExposeSecret as _;
use mortise_domain::IntegrationId;
use mortise_store::{integration::installed::Installed, sealed::INTEGRATION_METADATA};
use serde_json::{Map, Value};

use crate::{Ctx, Error, Result, sealed};

/// The keys that clients may see.
const SHOWN: [&str; 4] = ["icon", "domain_name", "account_type", "scopes"];

/// The sealed form, and what clients may see.
pub(super) fn seal(
    ctx: &Ctx,
    provider: &str,
    external_id: &str,
    metadata: &Map<String, Value>,
) -> (Vec<u8>, Value) {
    let place = sealed::place(INTEGRATION_METADATA, format_args!("{provider}/{external_id}"));
    let blob = ctx.keyring.seal(&place, Value::Object(metadata.clone()).to_string().as_bytes(), &*ctx.ids);
    let shown = SHOWN.iter().filter_map(|key| Some(((*key).to_owned(), metadata.get(*key)?.clone())));
    (blob, Value::Object(shown.collect()))
}

/// What was sealed.
pub(super) fn open(ctx: &Ctx, row: &Installed) -> Result<Map<String, Value>> {
    open_row(ctx, row.id, &row.provider, &row.external_id, &row.metadata)
}

/// What was sealed for an integration.
pub(super) fn open_row(
    ctx: &Ctx,
    id: IntegrationId,
    provider: &str,
    external_id: &str,
    blob: &[u8],
) -> Result<Map<String, Value>> {
    let place = sealed::place(INTEGRATION_METADATA, format_args!("{provider}/{external_id}"));
    let broken = |error: &dyn std::fmt::Display| Error::Internal(format!("metadata of {id}: {error}"));
    let text = ctx.keyring.open(&place, blob).map_err(|error| broken(&error))?;
    serde_json::from_slice(text.expose_secret()).map_err(|error| broken(&error))
}
