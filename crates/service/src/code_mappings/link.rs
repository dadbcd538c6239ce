//! The link from a frame to its source. Mappings are tried in order ([`super::frame::sort`]) until one leads to a file
//! that is there; otherwise the last one that was tried is told, with the address that was looked at.

use mortise_providers::{ApiError, Feature, ProviderError};
use mortise_store::{
    Slice,
    code_mapping::{self, CodeMapping},
    integration::installed,
    repository,
};
use mortise_wire::code_mapping as wire;

use super::{
    code_mapping_json,
    frame::{self, Frame},
};
use crate::{
    Ctx, Error, Result,
    access::ProjectAccess,
    integrations,
    repositories::{Host, added},
};

const NO_MAPPINGS: &str = "no_code_mappings_for_project";
const MISMATCH: &str = "stack_root_mismatch";
const NOT_FOUND: &str = "file_not_found";
const REFUSED: &str = "integration_link_forbidden";
const NO_INTEGRATION: &str = "integration_not_found";
/// The status of an answer that says that a file is not there.
const GONE: u16 = 404;
/// The status of one that says that it must not be seen.
const FORBIDDEN: u16 = 403;

/// The frame that a link is wanted for.
#[derive(Debug, Clone, Copy, Default)]
pub struct LinkRequest<'a> {
    /// Where its file is.
    pub frame: Frame<'a>,
    /// The commit that ran; it is looked into before the mapping's branch.
    pub commit: Option<&'a str>,
    /// The platform of the event.
    pub platform: &'a str,
    /// The SDK of the event.
    pub sdk: &'a str,
}

/// What trying one mapping came to.
#[derive(Default)]
struct Outcome {
    error: Option<&'static str>,
    url: Option<String>,
    attempted: Option<String>,
}

/// The link to the source of a frame.
pub async fn find_stacktrace_link(
    ctx: &Ctx,
    access: &ProjectAccess,
    wanted: &LinkRequest<'_>,
) -> Result<wire::StacktraceLink> {
    if wanted.frame.filename.is_empty() {
        return Err(Error::invalid("Filepath is required"));
    }
    let org = access.org.org.id;
    let mut conn = ctx.store.read().await?;
    let mut rows = installed::list(&mut conn, org, None, Slice::ALL).await?;
    rows.sort_unstable_by_key(|row| row.id);
    let mappings = code_mapping::of_projects(&mut conn, org, &[access.project.id], Slice::ALL).await?;
    drop(conn);
    let links = |key: &str| {
        let provider = ctx.providers().get(key);
        provider.is_some_and(|provider| provider.manifest().features.contains(&Feature::StacktraceLink))
    };
    let rows = rows.iter().filter(|row| links(&row.provider));
    let integrations = rows.map(|row| integrations::integration_json(ctx, row)).collect::<Result<_>>()?;
    let mut answer = wire::StacktraceLink {
        error: None,
        config: None,
        source_url: None,
        attempted_url: Some(None),
        integrations,
    };
    if mappings.is_empty() {
        answer.error = Some(NO_MAPPINGS);
        answer.attempted_url = None;
        return Ok(answer);
    }
    let mut error = None;
    for mapping in frame::sort(mappings) {
        let (stack_root, source_root) = (&mapping.stack_root, &mapping.source_root);
        let path = frame::source_path(&wanted.frame, wanted.platform, wanted.sdk, stack_root, source_root);
        let Some(path) = path else {
            error = Some(MISMATCH);
            continue;
        };
        let outcome = try_mapping(ctx, access, &mapping, &path, wanted.commit).await?;
        answer.config = Some(code_mapping_json(ctx, &mapping));
        answer.attempted_url = Some(outcome.attempted);
        // A mapping that did not fit before one that did is still told.
        answer.error = if outcome.url.is_some() { error } else { outcome.error };
        answer.source_url = outcome.url;
        if answer.source_url.is_some() {
            return Ok(answer);
        }
    }
    if answer.config.is_none() {
        answer.error = error;
    }
    Ok(answer)
}

/// Looks for a file where a mapping leads to.
async fn try_mapping(
    ctx: &Ctx,
    access: &ProjectAccess,
    mapping: &CodeMapping,
    path: &str,
    commit: Option<&str>,
) -> Result<Outcome> {
    let org = &access.org.org;
    let nothing = Outcome { error: Some(NO_INTEGRATION), ..Outcome::default() };
    let Some(host) = Host::of(ctx, org, mapping.integration_id).await? else { return Ok(nothing) };
    let row = repository::find(&mut *ctx.store.read().await?, org.id, mapping.repository_id).await?;
    let Some(row) = row else { return Ok(nothing) };
    let (repository, branch) = (added(&row), mapping.default_branch.as_deref().unwrap_or_default());
    let path = path.trim_start_matches('/');
    let mut error = NOT_FOUND;
    let versions = commit.filter(|commit| !commit.is_empty()).into_iter().chain([branch]);
    for version in versions {
        match host.source.has_file(&host.on, &repository, path, version).await {
            Ok(true) => {
                let url = Some(host.source.file_url(&repository, path, version));
                return Ok(Outcome { url, ..Outcome::default() });
            }
            Ok(false)
            | Err(ProviderError::Identity(_) | ProviderError::Refused(_) | ProviderError::Form(_)) => {}
            Err(ProviderError::Api(ApiError { code: Some(GONE), .. })) => {}
            Err(ProviderError::Api(ApiError { code: Some(FORBIDDEN), .. })) => {
                error = REFUSED;
                break;
            }
            Err(other) => return Err(integrations::unexpected(host.provider, &other)),
        }
    }
    let attempted = Some(host.source.file_url(&repository, path, branch));
    Ok(Outcome { error: Some(error), attempted, ..Outcome::default() })
}
