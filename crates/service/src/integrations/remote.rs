//! What the other side of an integration has: repositories to add, functions to watch. The provider is asked at once.

use std::collections::HashSet;

use mortise_domain::status::ObjectStatus;
use mortise_providers::{FunctionAction, RemoteFunction};
use mortise_store::integration::installed;
use mortise_wire::{
    fields::{Body, Fields},
    integration as wire,
};

use super::{
    connection::told,
    json::provider_of,
    list::{connect, find},
};
use crate::{Ctx, Error, Result, access::OrgAccess};

const NO_REPOSITORIES: &str = "Repositories not supported";
const NO_FUNCTIONS: &str = "Serverless not supported";
/// What can be done to a function.
const ACTIONS: [(&str, FunctionAction); 3] = [
    ("enable", FunctionAction::Enable),
    ("disable", FunctionAction::Disable),
    ("updateVersion", FunctionAction::Update),
];

/// The repositories that an integration sees and the organization does not have from it yet.
pub async fn list_remote_repositories(
    ctx: &Ctx,
    access: &OrgAccess,
    id: &str,
    search: Option<&str>,
) -> Result<wire::RemoteRepositories> {
    let row = find(ctx, access, id).await?;
    if row.status == ObjectStatus::Disabled.number() {
        return Ok(wire::RemoteRepositories::default());
    }
    let provider = provider_of(ctx, &row)?;
    let host = provider.source_host().ok_or_else(|| Error::invalid(NO_REPOSITORIES))?;
    let on = connect(ctx, access, &row).await?;
    let found = host.repositories(&on, search).await.map_err(|error| told(provider, &error))?;
    let had = installed::repository_names(&mut *ctx.store.read().await?, access.org.id, row.id).await?;
    let had: HashSet<String> = had.into_iter().collect();
    let repos = found.into_iter().filter(|it| !had.contains(&it.identifier)).map(|it| {
        wire::RemoteRepository { name: it.name, identifier: it.identifier, default_branch: it.default_branch }
    });
    Ok(wire::RemoteRepositories { repos: repos.collect(), searchable: Some(host.is_searchable()) })
}

/// The functions that an integration sees.
pub async fn list_functions(ctx: &Ctx, access: &OrgAccess, id: &str) -> Result<Vec<wire::RemoteFunction>> {
    let row = find(ctx, access, id).await?;
    let provider = provider_of(ctx, &row)?;
    let functions = provider.serverless().ok_or_else(|| Error::invalid(NO_FUNCTIONS))?;
    let on = connect(ctx, access, &row).await?;
    let found = functions.functions(&on).await.map_err(|error| told(provider, &error))?;
    Ok(found.into_iter().map(function_json).collect())
}

/// Refuses an integration that sees no functions.
pub async fn require_functions(ctx: &Ctx, access: &OrgAccess, id: &str) -> Result<()> {
    let row = find(ctx, access, id).await?;
    provider_of(ctx, &row)?.serverless().map(|_| ()).ok_or_else(|| Error::invalid(NO_FUNCTIONS))
}

/// Changes a function and answers it.
pub async fn change_function(
    ctx: &Ctx,
    access: &OrgAccess,
    id: &str,
    body: &Body,
) -> Result<wire::RemoteFunction> {
    let row = find(ctx, access, id).await?;
    let provider = provider_of(ctx, &row)?;
    let functions = provider.serverless().ok_or_else(|| Error::invalid(NO_FUNCTIONS))?;
    let mut fields = Fields::of_either_case(body);
    let words = ACTIONS.map(|(word, _)| word);
    let word = fields.choice("action", &words).required();
    let target = fields.string("target").required();
    fields.finish()?;
    let action = ACTIONS.iter().find(|(known, _)| *known == word).map(|(_, action)| *action);
    let action = action.ok_or_else(|| Error::Internal(format!("a checked action is unknown: {word}")))?;
    let on = connect(ctx, access, &row).await?;
    let changed = functions.change(&on, action, &target).await;
    changed.map(function_json).map_err(|error| told(provider, &error))
}

fn function_json(it: RemoteFunction) -> wire::RemoteFunction {
    wire::RemoteFunction {
        name: it.name,
        runtime: it.runtime,
        version: it.version,
        out_of_date: it.is_outdated,
        enabled: it.is_enabled,
    }
}
