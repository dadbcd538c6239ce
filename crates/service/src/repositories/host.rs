//! The other side of a repository: the provider and the installation that reach it.

use mortise_domain::IntegrationId;
use mortise_providers::{AddedRepository, Connection, Provider, ProviderError, SourceHost};
use mortise_store::{
    integration::installed::{self, Installed},
    organization::Organization,
    repository::Repository,
};

use crate::{Ctx, Result, integrations};

/// A provider's capability for source code, with what it acts on.
pub(crate) struct Host<'a> {
    /// The provider.
    pub(crate) provider: &'a dyn Provider,
    /// Its capability.
    pub(crate) source: &'a dyn SourceHost,
    /// The installation in the organization.
    pub(crate) on: Connection,
}

impl<'a> Host<'a> {
    /// The host behind an integration of the organization; `None` where it is not installed or hosts no source.
    pub(crate) async fn of(ctx: &'a Ctx, org: &Organization, id: IntegrationId) -> Result<Option<Host<'a>>> {
        let found = installed::find(&mut *ctx.store.read().await?, org.id, id).await?;
        match found {
            Some(row) => Self::of_row(ctx, org, &row).await,
            None => Ok(None),
        }
    }

    /// [`Host::of`] for a row that is at hand.
    pub(crate) async fn of_row(
        ctx: &'a Ctx,
        org: &Organization,
        row: &Installed,
    ) -> Result<Option<Host<'a>>> {
        let Some(provider) = ctx.providers().get(&row.provider) else { return Ok(None) };
        let Some(source) = provider.source_host() else { return Ok(None) };
        let on = integrations::connect_row(ctx, org, row).await?;
        Ok(Some(Host { provider, source, on }))
    }

    /// The sentence about an error.
    pub(crate) fn sentence(&self, error: &ProviderError) -> String {
        integrations::sentence(self.provider, error)
    }
}

/// A stored repository as providers know it.
pub(crate) fn added(row: &Repository) -> AddedRepository {
    AddedRepository {
        name: row.name.clone(),
        external_id: row.external_id.clone(),
        url: row.url.clone(),
        config: row.config.as_object().cloned().unwrap_or_default(),
    }
}
