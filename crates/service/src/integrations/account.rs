//! The account that an installation acts with, and its tokens. One caller at a time renews the tokens of an account, also
//! across the nodes: other sides give out refresh tokens that are good once, so two at the same time would lose both.
//!
//! ```text
//! token still good? --yes--> it
//!   no: lease of the account's row --taken--> look again in a moment
//!         '--ours--> ask the other side (no transaction is open) --> store and give the lease back
//! ```
//!
//! A node that dies meanwhile gives the lease back by its end.

use std::{sync::Arc, time::Duration};

use jiff::SignedDuration;
use mortise_domain::{IdentityId, Time};
use mortise_providers::{
    Account, CallResult, Client, Metadata, Meter as _, Outcome, ProviderError, Renewal, Tokens, oauth,
};
use mortise_store::{
    StoreError,
    integration::identity::{self, Identity},
};
use serde_json::{Map, Value};

use super::{
    health::Counter,
    identity::{open_identity, seal},
};
use crate::Ctx;

/// A token is renewed this long before it ends, seconds.
const EARLY_S: i64 = 120;
/// How long one caller has to renew tokens, seconds. More than a call may take.
const LEASE_S: i64 = 45;
/// The pause before looking again whether somebody else has renewed them.
const POLL_INTERVAL: Duration = Duration::from_millis(100);
/// How often it is looked: for longer than a lease lasts.
const POLLS_MAX: u32 = 500;

/// The account of an installation.
pub(super) struct IdentityAccount {
    pub(super) ctx: Ctx,
    /// `None` where it was disconnected.
    pub(super) id: Option<IdentityId>,
    /// The word of the provider.
    pub(super) provider: String,
    /// What is kept for the installation.
    pub(super) kept: Metadata,
    /// Counts tokens that are not renewed.
    pub(super) counter: Arc<Counter>,
    /// What tokens are renewed with.
    pub(super) client: Client,
}

impl Account for IdentityAccount {
    fn token<'a>(&'a self, refused: Option<&'a str>) -> Outcome<'a, String> {
        Box::pin(self.good_token(refused))
    }
}

/// What an account holds while this caller may renew it.
struct Leased {
    row: Identity,
    data: Map<String, Value>,
    until: Time,
}

impl IdentityAccount {
    async fn good_token(&self, refused: Option<&str>) -> Result<String, ProviderError> {
        let tokens = self.ctx.providers().get(&self.provider).and_then(|provider| provider.tokens());
        let (tokens, id) = (tokens.ok_or_else(missing)?, self.id.ok_or_else(missing)?);
        for _ in 0..POLLS_MAX {
            let (_, data) = self.read(id).await?;
            if let Some(token) = self.good_among(&data, refused) {
                return Ok(token);
            }
            if let Some(leased) = self.lease(id).await? {
                return self.renew(tokens, leased, refused).await;
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
        Err(internal("somebody else renews the tokens for too long"))
    }

    /// The token that may be borne now, if there is one.
    fn good_among(&self, data: &Map<String, Value>, refused: Option<&str>) -> Option<String> {
        let early = self.ctx.now().as_second().saturating_add(EARLY_S);
        let is_over = oauth::expires(data).is_some_and(|expires| expires <= early);
        access_token(data).filter(|token| !is_over && refused != Some(token))
    }

    async fn read(&self, id: IdentityId) -> Result<(Identity, Map<String, Value>), ProviderError> {
        let mut conn = self.ctx.store.read().await.map_err(internal)?;
        let row = identity::by_id(&mut conn, id).await.map_err(internal)?.ok_or_else(missing)?;
        let data = open_identity(&self.ctx, &row).map_err(internal)?;
        Ok((row, data))
    }

    /// The account for this caller alone; `None` while somebody else has it.
    async fn lease(&self, id: IdentityId) -> Result<Option<Leased>, ProviderError> {
        let now = self.ctx.now();
        let until = now + SignedDuration::from_secs(LEASE_S);
        let leased = self.ctx.store.write::<_, StoreError, _>(move |tx| {
            Box::pin(async move { identity::lease(tx, id, until, now).await })
        });
        if !leased.await.map_err(internal)? {
            return Ok(None);
        }
        let (row, data) = self.read(id).await?;
        Ok(Some(Leased { row, data, until }))
    }

    /// Renews the tokens, unless somebody did just before, and gives the account back.
    async fn renew(
        &self,
        tokens: &dyn Tokens,
        leased: Leased,
        refused: Option<&str>,
    ) -> Result<String, ProviderError> {
        let Leased { row, data, until } = leased;
        if let Some(token) = self.good_among(&data, refused) {
            self.release(row.id, until, Release::Unchanged).await?;
            return Ok(token);
        }
        let from = Renewal {
            data: &data,
            kept: &self.kept,
            public_url: self.ctx.settings.public_url.as_str(),
            now_s: self.ctx.now().as_second(),
        };
        let renewed = tokens.renew(&self.client, from).await;
        let release = match &renewed {
            Ok(data) => Release::Renewed(seal(&self.ctx, row.provider_id, &row.external_id, data)),
            Err(ProviderError::Identity(_)) => Release::Gone,
            Err(_) => Release::Unchanged,
        };
        self.count(&renewed);
        self.release(row.id, until, release).await?;
        access_token(&renewed?).ok_or_else(missing)
    }

    /// That a grant is gone ends the installation until somebody grants it anew.
    fn count(&self, renewed: &Result<Map<String, Value>, ProviderError>) {
        match renewed {
            Err(ProviderError::Identity(_)) => self.counter.count(CallResult::Fatal),
            Err(ProviderError::Api(_)) => self.counter.count(CallResult::Error),
            _ => {}
        }
    }

    async fn release(&self, id: IdentityId, until: Time, release: Release) -> Result<(), ProviderError> {
        let released = self.ctx.store.write::<_, StoreError, _>(move |tx| {
            Box::pin(async move {
                match release {
                    Release::Renewed(data) => identity::release_renewed(tx, id, until, &data).await,
                    Release::Gone => identity::release_invalid(tx, id, until).await,
                    Release::Unchanged => identity::release(tx, id, until).await,
                }
            })
        });
        if !released.await.map_err(internal)? {
            tracing::warn!(
                identity.id = id.get(),
                "an account was linked anew while its tokens were renewed"
            );
        }
        Ok(())
    }
}

/// What became of the tokens.
enum Release {
    /// They are new.
    Renewed(Vec<u8>),
    /// The grant is gone.
    Gone,
    /// They are as they were.
    Unchanged,
}

fn access_token(data: &Map<String, Value>) -> Option<String> {
    let token = data.get(oauth::ACCESS_TOKEN).and_then(Value::as_str);
    token.filter(|token| !token.is_empty()).map(str::to_owned)
}

fn missing() -> ProviderError {
    ProviderError::Identity("The account that the integration acts with is not there any more.".to_owned())
}

fn internal(error: impl std::fmt::Display) -> ProviderError {
    ProviderError::Internal(format!("tokens of an account: {error}"))
}
