//! Files of owners as clients see them.

use mortise_providers::RemoteFile;
use mortise_store::{code_mapping::CodeMapping, code_owners::CodeOwners, organization::Organization};
use mortise_wire::code_owners as wire;
use serde_json::Value;

use super::{directory::Association, syntax};
use crate::{Ctx, Result, code_mappings};

/// What stands where the page of a file is not known.
const UNKNOWN: &str = "unknown";

/// What is shown of a file besides the file.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shown {
    /// The code mapping.
    pub mapping: bool,
    /// The rules as a text.
    pub syntax: bool,
    /// Rules and the page of the file, for which the other side is asked.
    pub targets: bool,
    /// Owners in rules have a `name` for their `identifier`.
    pub names: bool,
}

/// A file of owners.
pub(super) async fn owners_json(
    ctx: &Ctx,
    org: &Organization,
    row: &CodeOwners,
    mapping: &CodeMapping,
    association: Association,
    shown: Shown,
) -> Result<wire::CodeOwners> {
    let schema = row.schema.clone().unwrap_or(Value::Null);
    let url = if shown.targets { Some(page(ctx, org, mapping).await?) } else { None };
    Ok(wire::CodeOwners {
        id: row.id.to_string(),
        raw: row.raw.clone(),
        date_created: row.date_added.into(),
        date_updated: row.date_updated.into(),
        code_mapping_id: row.code_mapping_id.to_string(),
        provider: mapping.provider.clone(),
        code_mapping: shown.mapping.then(|| code_mappings::code_mapping_json(ctx, mapping)),
        ownership_syntax: shown.syntax.then(|| syntax::text(&schema)),
        errors: association.errors,
        schema: shown.targets.then(|| if shown.names { syntax::with_names(schema) } else { schema }),
        code_owners_url: url,
    })
}

/// The page of the file on the other side. That it cannot be fetched is no reason to show nothing.
async fn page(ctx: &Ctx, org: &Organization, mapping: &CodeMapping) -> Result<String> {
    let file: Option<RemoteFile> = match code_mappings::owners_file(ctx, org, mapping).await? {
        Ok(file) => file,
        Err(error) => {
            tracing::info!(code_mapping = %mapping.id, %error, "a file of owners could not be fetched");
            None
        }
    };
    Ok(file.map_or_else(|| UNKNOWN.to_owned(), |file| file.html_url))
}
