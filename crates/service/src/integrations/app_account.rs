//! What an installation acts with where the other side knows the operator's app: tokens that the app gets for it. They lie
//! among what is kept for the account, so that every node and every organization that has it bears the same.
//!
//! Two who find that a token has ended may both get one. That costs a call and breaks nothing, since other sides let the
//! older one be good as well; whoever stores first is followed by the other.

use mortise_domain::IntegrationId;
use mortise_providers::{Account, AppInstallation, AppTokens, Client, Outcome, ProviderError};
use mortise_store::{
    Slice, StoreError,
    integration::{
        Integration,
        search::{self, IntegrationFilter},
    },
};
use serde_json::{Map, Value};

use super::{change::TRIES_MAX, metadata};
use crate::Ctx;

/// What an installation of the operator's app acts with.
pub(super) struct AppAccount {
    pub(super) ctx: Ctx,
    pub(super) integration: IntegrationId,
    /// The word of the provider.
    pub(super) provider: String,
    /// What tokens are asked for with.
    pub(super) client: Client,
}

impl Account for AppAccount {
    fn token<'a>(&'a self, refused: Option<&'a str>) -> Outcome<'a, String> {
        Box::pin(self.good_token(refused))
    }
}

impl AppAccount {
    async fn good_token(&self, refused: Option<&str>) -> Result<String, ProviderError> {
        let provider = self.ctx.providers().get(&self.provider);
        let tokens = provider.and_then(|provider| provider.app_tokens());
        let tokens = tokens.ok_or_else(|| internal("the provider has none"))?;
        let mut issued = None;
        for _ in 0..TRIES_MAX {
            let (row, mut kept) = self.read().await?;
            let held = tokens.held(&kept, self.ctx.now().as_second());
            if let Some(token) = held.filter(|token| Some(*token) != refused) {
                return Ok(token.to_owned());
            }
            let new: Map<String, Value> = match issued.take() {
                Some(new) => new,
                None => self.issue(tokens, &row, &kept).await?,
            };
            kept.extend(new.clone());
            if self.store(&row, &kept).await? {
                // However short it is good: there is none that is newer.
                let token = tokens.held(&kept, i64::MIN);
                return token.map(str::to_owned).ok_or_else(|| internal("a new one is none"));
            }
            issued = Some(new);
        }
        Err(internal("what is kept for the account changes all the time"))
    }

    async fn issue(
        &self,
        tokens: &dyn AppTokens,
        row: &Integration,
        kept: &Map<String, Value>,
    ) -> Result<Map<String, Value>, ProviderError> {
        let to = AppInstallation { external_id: &row.external_id, kept };
        tokens.issue(&self.client, to, self.ctx.now().as_second()).await
    }

    async fn read(&self) -> Result<(Integration, Map<String, Value>), ProviderError> {
        let mut conn = self.ctx.store.read().await.map_err(internal)?;
        let filter = IntegrationFilter { ids: Some(vec![self.integration]), ..IntegrationFilter::default() };
        let row = search::integrations(&mut conn, &filter, Slice::ALL).await.map_err(internal)?.pop();
        let row =
            row.ok_or_else(|| ProviderError::Identity("The integration is not there any more.".to_owned()))?;
        let kept = metadata::open_row(&self.ctx, &row.provider, &row.external_id, &row.metadata);
        Ok((row, kept.map_err(internal)?))
    }

    /// Stores what is kept from now on, unless somebody stored something else since it was read; whether it was stored.
    async fn store(&self, row: &Integration, kept: &Map<String, Value>) -> Result<bool, ProviderError> {
        let (blob, shown) = metadata::seal(&self.ctx, &row.provider, &row.external_id, kept);
        let (id, old, now) = (row.id, row.metadata.clone(), self.ctx.now());
        let stored = self.ctx.store.write::<_, StoreError, _>(move |tx| {
            Box::pin(async move {
                mortise_store::integration::replace_metadata(tx, id, &old, &blob, &shown, now).await
            })
        });
        stored.await.map_err(internal)
    }
}

fn internal(error: impl std::fmt::Display) -> ProviderError {
    ProviderError::Internal(format!("tokens of an app: {error}"))
}
