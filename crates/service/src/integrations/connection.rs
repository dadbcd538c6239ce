//! From stored rows to what a provider acts on, and from a provider's errors to answers.

use std::sync::Arc;

use mortise_providers::{Client, Connection, ExternalProject, Metadata, Provider, ProviderError};
use mortise_store::{
    Conn,
    integration::installed::{self, Installed},
    organization::Organization,
};

use super::{account::IdentityAccount, config, health::Counter, memory::Remembered, metadata};
use crate::{Ctx, Error, Result, features};

/// What a provider acts on.
pub(crate) fn connection(
    ctx: &Ctx,
    org: &Organization,
    row: &Installed,
    projects: Vec<ExternalProject>,
) -> Result<Connection> {
    let metadata = metadata::of(ctx, row);
    let client = client_of(ctx, row, &metadata);
    Ok(Connection {
        integration: row.id,
        org_integration: row.org_integration_id,
        org: row.organization_id,
        org_slug: org.slug.clone(),
        name: row.name.clone(),
        metadata,
        config: config::open(ctx, row)?,
        projects,
        may_sync: features::has(org, "integrations-issue-sync"),
        public_url: ctx.settings.public_url.as_str().to_owned(),
        client,
    })
}

/// The client for an integration: it counts and remembers, and bears the tokens of the account where the provider works
/// with accounts.
fn client_of(ctx: &Ctx, row: &Installed, metadata: &Metadata) -> Client {
    let user_agent = format!("Mortise/{} ({})", ctx.settings.version, ctx.settings.public_url.as_str());
    let provider = ctx.providers().get(&row.provider);
    let client = Client::new(ctx.egress.clone(), &user_agent);
    let client = match provider {
        Some(provider) => client.trust(provider.manifest(), metadata.clone()),
        None => client,
    };
    let counter = Arc::new(Counter { ctx: ctx.clone(), integration: row.id, provider: row.provider.clone() });
    let memory = Remembered {
        ctx: ctx.clone(),
        account: format!("{}/{:?}", row.org_integration_id, row.default_auth_id),
    };
    let account = IdentityAccount {
        ctx: ctx.clone(),
        id: row.default_auth_id,
        provider: row.provider.clone(),
        counter: Arc::clone(&counter),
        client: client.clone(),
    };
    let has_tokens = provider.is_some_and(|it| it.tokens().is_some());
    let client = client.meter(counter).memory(Arc::new(memory));
    if has_tokens { client.account(Arc::new(account)) } else { client }
}

/// The mapped projects of rows, as providers know them; in the order of `rows`.
pub(crate) async fn projects_of(conn: &mut Conn, rows: &[&Installed]) -> Result<Vec<Vec<ExternalProject>>> {
    let ids: Vec<_> = rows.iter().map(|row| row.org_integration_id).collect();
    let found = installed::external_projects(conn, &ids).await?;
    let of_row = |row: &&Installed| {
        let own = found.iter().filter(|it| it.organization_integration_id == row.org_integration_id);
        let project = |it: &installed::ExternalProject| ExternalProject {
            external_id: it.external_id.clone(),
            name: it.name.clone(),
            resolved: it.resolved_status.clone(),
            unresolved: it.unresolved_status.clone(),
        };
        own.map(project).collect()
    };
    Ok(rows.iter().map(of_row).collect())
}

/// A provider's error where nobody could have done better: the other side is away, or something is wrong here.
pub(crate) fn unexpected(provider: &dyn Provider, error: &ProviderError) -> Error {
    let text = error.to_string();
    if error.is_unavailable() {
        return Error::Upstream(text);
    }
    Error::Internal(format!("{}: {text}", provider.manifest().key))
}

/// What a provider's refusal is answered with. That the other side is away is said as such.
pub(super) fn told(provider: &dyn Provider, error: &ProviderError) -> Error {
    if error.is_unavailable() || matches!(error, ProviderError::Internal(_)) {
        return unexpected(provider, error);
    }
    Error::invalid(sentence(provider, error))
}

/// The sentence about a provider's error.
pub(crate) fn sentence(provider: &dyn Provider, error: &ProviderError) -> String {
    error.message(provider.manifest().name, |body| provider.message_of(body))
}

/// [`connection`] for one row, with its mapped projects.
pub(crate) async fn connect_row(ctx: &Ctx, org: &Organization, row: &Installed) -> Result<Connection> {
    let mut conn = ctx.store.read().await?;
    let projects = projects_of(&mut conn, &[row]).await?.pop().unwrap_or_default();
    drop(conn);
    connection(ctx, org, row, projects)
}
