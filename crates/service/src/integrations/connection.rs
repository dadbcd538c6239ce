//! From stored rows to what a provider acts on, and from a provider's errors to answers.

use std::sync::Arc;

use mortise_domain::{IdentityId, IntegrationId, OrgIntegrationId};
use mortise_providers::{
    Client, Connection, ExternalProject, Manifest, Metadata, Meter, Provider, ProviderError,
};
use mortise_store::{
    Conn,
    integration::installed::{self, Installed},
    organization::Organization,
};

use super::{
    account::IdentityAccount, app_account::AppAccount, config, health::Counter, json::provider_of,
    memory::Remembered, metadata,
};
use crate::{Ctx, Error, Result, features};

/// What a provider acts on.
pub(crate) fn connection(
    ctx: &Ctx,
    org: &Organization,
    row: &Installed,
    projects: Vec<ExternalProject>,
) -> Result<Connection> {
    let metadata = metadata::of(ctx, row);
    let provider = provider_of(ctx, row)?;
    let means = Means {
        ctx: ctx.clone(),
        provider: provider.manifest(),
        integration: row.id,
        org_integration: row.org_integration_id,
        identity: row.default_auth_id,
        metadata: metadata.clone(),
    };
    Ok(Connection {
        integration: row.id,
        org_integration: row.org_integration_id,
        org: row.organization_id,
        org_slug: org.slug.clone(),
        external_id: row.external_id.clone(),
        name: row.name.clone(),
        metadata,
        config: config::open(ctx, row)?,
        projects,
        may_sync: features::has(org, "integrations-issue-sync"),
        public_url: ctx.settings.public_url.as_str().to_owned(),
        make_client: Arc::new(move || means.client()),
    })
}

/// What the client of an integration is made of.
struct Means {
    ctx: Ctx,
    provider: &'static Manifest,
    integration: IntegrationId,
    org_integration: OrgIntegrationId,
    /// The identity that it acts with.
    identity: Option<IdentityId>,
    metadata: Metadata,
}

impl Means {
    /// A client that counts and remembers, and bears the tokens of the account, or those of the operator's app, where the
    /// provider works with them.
    fn client(&self) -> Client {
        let (ctx, key) = (&self.ctx, self.provider.key);
        let user_agent = format!("Mortise/{} ({})", ctx.settings.version, ctx.settings.public_url.as_str());
        let client = Client::new(ctx.egress.clone(), &user_agent).trust(self.provider, self.metadata.clone());
        let counter =
            Arc::new(Counter { ctx: ctx.clone(), integration: self.integration, provider: key.to_owned() });
        let account = format!("{}/{:?}", self.org_integration, self.identity);
        let account = Remembered { ctx: ctx.clone(), account };
        let metered = client.clone().meter(Arc::clone(&counter) as Arc<dyn Meter>).memory(Arc::new(account));
        let Some(provider) = ctx.providers().get(key) else { return metered };
        if provider.tokens().is_some() {
            let (id, provider) = (self.identity, key.to_owned());
            let (ctx, kept) = (ctx.clone(), self.metadata.clone());
            let identity = IdentityAccount { ctx, id, provider, kept, counter, client };
            return metered.account(Arc::new(identity));
        }
        if provider.app_tokens().is_some() {
            let (integration, provider) = (self.integration, key.to_owned());
            let app = AppAccount { ctx: ctx.clone(), integration, provider, client: metered.clone() };
            return metered.account(Arc::new(app));
        }
        metered
    }
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
    if let ProviderError::Unconfigured(text) = error {
        return Error::Unconfigured(text);
    }
    let text = error.to_string();
    if error.is_unavailable() {
        return Error::Upstream(text);
    }
    Error::Internal(format!("{}: {text}", provider.manifest().key))
}

/// What a provider's refusal is answered with. That the other side is away is said as such.
pub(super) fn told(provider: &dyn Provider, error: &ProviderError) -> Error {
    let is_ours = matches!(error, ProviderError::Internal(_) | ProviderError::Unconfigured(_));
    if error.is_unavailable() || is_ours {
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
