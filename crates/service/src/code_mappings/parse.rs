//! What a code mapping would say, worked out from the path of a frame and the address of the same file on the other side.

use mortise_providers::Feature;
use mortise_store::{
    Slice,
    integration::installed,
    repository::{self, Filter},
};
use mortise_wire::{Fields, code_mapping as wire, errors::FieldErrors};
use serde_json::{Map, Value};
use url::Url;

use super::{input::camel, roots::find_roots};
use crate::{
    Ctx, Error, Result,
    access::ProjectAccess,
    repositories::{Host, added},
};

const OTHER_FILE: &str = "Source code URL points to a different file than the stack trace";
const NO_INTEGRATION: &str = "Could not find integration";
const NO_REPOSITORY: &str = "Could not find repo";

/// What a code mapping would say.
pub async fn parse_repository_path(
    ctx: &Ctx,
    access: &ProjectAccess,
    sent: Map<String, Value>,
) -> Result<wire::ParsedPath> {
    let (stack_path, source_url) = read(sent)?;
    let refused = |text: &str| Error::from(FieldErrors::one("sourceUrl", text));
    let org = &access.org.org;
    let mut rows = installed::list(&mut *ctx.store.read().await?, org.id, None, Slice::ALL).await?;
    rows.sort_unstable_by_key(|row| row.id);
    let mut found = None;
    for row in &rows {
        let provider = ctx.providers().get(&row.provider);
        let links = |feature: &Feature| *feature == Feature::StacktraceLink;
        if !provider.is_some_and(|provider| provider.manifest().features.iter().any(links)) {
            continue;
        }
        let host = Host::of_row(ctx, org, row).await?;
        found = host.filter(|host| host.source.owns_url(&host.on, &source_url));
        if found.is_some() {
            break;
        }
    }
    let host = found.ok_or_else(|| refused(NO_INTEGRATION))?;
    let filter = Filter { integration: Some(host.on.integration), ..Filter::default() };
    let rows = repository::list(&mut *ctx.store.read().await?, org.id, &filter, Slice::ALL).await?;
    let fits =
        |row: &&repository::Repository| row.url.as_ref().is_some_and(|url| source_url.starts_with(url));
    let row = rows.iter().filter(fits).min_by_key(|row| row.id).ok_or_else(|| refused(NO_REPOSITORY))?;
    let repository = added(row);
    let source_path = host.source.path_of_url(&repository, &source_url);
    let (stack_root, source_root) =
        find_roots(&stack_path, &source_path).ok_or_else(|| refused(OTHER_FILE))?;
    Ok(wire::ParsedPath {
        integration_id: host.on.integration.get(),
        repository_id: row.id.get(),
        provider: host.provider.manifest().integration_key,
        stack_root,
        source_root,
        default_branch: host.source.branch_of_url(&repository, &source_url),
    })
}

/// The path of a frame and the address of a file of the same name. An address is compared with what was sent as path, be
/// that good or not.
fn read(sent: Map<String, Value>) -> Result<(String, String), FieldErrors> {
    let mut fields = Fields::of_map(camel(sent));
    let stack_path = fields.string("stackPath").required();
    let source_url = fields.url("sourceUrl").required();
    if fields.has("stackPath") && !fields.errors().has("sourceUrl") {
        match Url::parse(&source_url) {
            Ok(url) if file_name(&stack_path, &['/', '\\']) == file_name(&decoded(url.path()), &['/']) => {}
            Ok(_) => fields.error("sourceUrl", OTHER_FILE),
            Err(_) => fields.error("sourceUrl", mortise_wire::errors::field::URL),
        }
    }
    fields.finish()?;
    Ok((stack_path, source_url))
}

/// What follows the last of these separators.
fn file_name<'a>(path: &'a str, separators: &[char]) -> &'a str {
    path.trim_end_matches(separators).rsplit(separators).next().unwrap_or_default()
}

/// A path of a URL as it was before letters were escaped.
fn decoded(path: &str) -> String {
    let pairs = path.replace('+', "%2B");
    url::form_urlencoded::parse(pairs.as_bytes())
        .next()
        .map(|(name, _)| name.into_owned())
        .unwrap_or_default()
}
