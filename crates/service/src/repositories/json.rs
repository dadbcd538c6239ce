//! Repositories as clients see them.

use mortise_domain::status::ObjectStatus;
use mortise_providers::SourceHost;
use mortise_store::repository::Repository;
use mortise_wire::repository as wire;

use super::{create::INTEGRATIONS, host::added};
use crate::Ctx;

/// A repository. One that is to be deleted still shows the name that it had.
pub(crate) fn repository_json(ctx: &Ctx, row: &Repository) -> wire::Repository {
    wire::Repository {
        id: row.id.to_string(),
        name: row.original_name.as_ref().unwrap_or(&row.name).clone(),
        url: row.url.clone(),
        provider: provider_json(ctx, row.provider.as_deref()),
        status: ObjectStatus::try_from(row.status).unwrap_or(ObjectStatus::Disabled).as_str().to_owned(),
        date_created: row.date_added.into(),
        integration_id: row.integration_id.map(|id| id.to_string()),
        external_slug: row.provider.as_deref().map(|provider| external_slug(ctx, provider, row)),
        external_id: row.external_id.clone(),
    }
}

fn provider_json(ctx: &Ctx, id: Option<&str>) -> wire::RepositoryProvider {
    let Some(id) = id else { return wire::RepositoryProvider::unknown() };
    let name = match id {
        "github" => "GitHub",
        "bitbucket" => "Bitbucket",
        _ => {
            let key = id.strip_prefix(INTEGRATIONS).unwrap_or(id);
            ctx.providers().get(key).map_or(key, |provider| provider.manifest().name)
        }
    };
    wire::RepositoryProvider { id: id.to_owned(), name: name.to_owned() }
}

/// What hosts the source of a provider's repositories.
fn host<'a>(ctx: &'a Ctx, provider: Option<&str>) -> Option<&'a dyn SourceHost> {
    let key = provider?.strip_prefix(INTEGRATIONS)?;
    ctx.providers().get(key)?.source_host()
}

/// Whether repositories can be added through integrations of a provider.
pub fn can_add_from(ctx: &Ctx, provider: &str) -> bool {
    ctx.providers().get(provider).is_some_and(|provider| provider.source_host().is_some())
}

fn external_slug(ctx: &Ctx, provider: &str, row: &Repository) -> String {
    host(ctx, Some(provider)).map_or_else(|| row.name.clone(), |host| host.external_slug(&added(row)))
}

/// The page of a pull request.
pub(crate) fn pull_request_url(ctx: &Ctx, row: &Repository, key: &str) -> Option<String> {
    host(ctx, row.provider.as_deref())?.pull_request_url(&added(row), key)
}
