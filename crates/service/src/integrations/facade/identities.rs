//! The accounts of people on the other side, for the rest of a host.

use mortise_domain::{IdentityId, UserId};
use mortise_store::{
    Conn, Slice, Tx,
    integration::{
        identity::{self, Identity, IdentityFilter, IdentityProvider},
        search::IntegrationFilter,
    },
    user::{self, User, UserEmail},
};
use serde_json::{Map, Value};

use super::{IntegrationInfo, integration};
use crate::{
    Ctx, Error, Result,
    integrations::identity::{open_identity, seal},
};

/// An account of a person.
#[derive(Debug, Clone, PartialEq)]
pub struct IdentityInfo {
    /// Its id.
    pub id: IdentityId,
    /// Where it comes from.
    pub provider: i64,
    /// Whose it is here.
    pub user: UserId,
    /// Its id on the other side.
    pub external_id: String,
    /// Tokens.
    pub data: Map<String, Value>,
}

/// What names an origin of accounts.
#[derive(Debug, Clone)]
pub enum ProviderKey {
    /// Its id.
    Id(i64),
    /// Its kind and its id on the other side.
    External {
        /// The word of the provider.
        kind: String,
        /// The id.
        external_id: String,
    },
}

/// An origin of accounts.
pub async fn identity_provider(conn: &mut Conn, key: &ProviderKey) -> Result<Option<IdentityProvider>> {
    Ok(match key {
        ProviderKey::Id(id) => identity::provider_by_id(conn, *id).await?,
        ProviderKey::External { kind, external_id } => {
            identity::provider_by_key(conn, kind, external_id).await?
        }
    })
}

/// The accounts that a filter describes. One that says nothing is a mistake of the caller.
pub async fn identities(ctx: &Ctx, conn: &mut Conn, filter: &IdentityFilter) -> Result<Vec<IdentityInfo>> {
    if filter.is_empty() {
        return Err(Error::Internal("accounts are looked for without saying which".to_owned()));
    }
    let rows = identity::list(conn, filter, Slice::ALL).await?;
    rows.iter().map(|row| info(ctx, row)).collect()
}

/// The first account that a filter describes.
pub async fn identity(ctx: &Ctx, conn: &mut Conn, filter: &IdentityFilter) -> Result<Option<IdentityInfo>> {
    Ok(identities(ctx, conn, filter).await?.into_iter().next())
}

/// The accounts of a person at one kind of provider; without those whose id is that of their origin, if they shall be left
/// out. Such an account stands for all of a team, which nobody linked in person.
pub async fn user_identities_by_type(
    ctx: &Ctx,
    conn: &mut Conn,
    user: UserId,
    kind: &str,
    without_matching: bool,
) -> Result<Vec<IdentityInfo>> {
    let filter = IdentityFilter {
        user: Some(user),
        provider_type: Some(kind.to_owned()),
        ..IdentityFilter::default()
    };
    let mut rows = identity::list(conn, &filter, Slice::ALL).await?;
    rows.retain(|row| !without_matching || row.external_id != row.provider_external_id);
    rows.iter().map(|row| info(ctx, row)).collect()
}

/// Stores the tokens of an account and returns it; `None` when it is not there.
pub async fn update_identity_data(
    tx: &mut Tx,
    ctx: &Ctx,
    id: IdentityId,
    data: &Map<String, Value>,
) -> Result<Option<IdentityInfo>> {
    let filter = IdentityFilter { id: Some(id), ..IdentityFilter::default() };
    let Some(row) = identity::list(tx, &filter, Slice::ALL).await?.pop() else { return Ok(None) };
    identity::set_data(tx, id, &seal(ctx, row.provider_id, &row.external_id, data)).await?;
    let Identity { id, provider_id, user_id, external_id, .. } = row;
    Ok(Some(IdentityInfo { id, provider: provider_id, user: user_id, external_id, data: data.clone() }))
}

/// An integration, and the person behind an account of the same provider; as far as each is there.
#[derive(Debug, Clone, Default)]
pub struct IdentityContext {
    /// The integration.
    pub integration: Option<IntegrationInfo>,
    /// Where the account comes from.
    pub provider: Option<IdentityProvider>,
    /// The account.
    pub identity: Option<IdentityInfo>,
    /// Whose it is here.
    pub user: Option<User>,
    /// The person's addresses.
    pub emails: Vec<UserEmail>,
}

/// Who somebody on the other side is here. The integration is the one of the provider, or with the id, as far as they are
/// named, if that is one.
pub async fn identity_context(
    ctx: &Ctx,
    conn: &mut Conn,
    provider: Option<&str>,
    integration_external_id: Option<&str>,
    identity_external_id: Option<&str>,
    origin_external_id: Option<&str>,
) -> Result<IdentityContext> {
    let mut context = IdentityContext::default();
    let filter = IntegrationFilter {
        providers: provider.map(|provider| vec![provider.to_owned()]),
        external_id: integration_external_id.map(str::to_owned),
        ..IntegrationFilter::default()
    };
    context.integration = integration(ctx, conn, &filter).await?;
    if let Some((provider, external_id)) = provider.zip(origin_external_id) {
        context.provider = identity::provider_by_key(conn, provider, external_id).await?;
    }
    if let Some((origin, external_id)) = context.provider.as_ref().zip(identity_external_id) {
        let filter = IdentityFilter {
            provider: Some(origin.id),
            external_id: Some(external_id.to_owned()),
            ..IdentityFilter::default()
        };
        context.identity = identity(ctx, conn, &filter).await?;
    }
    if let Some(found) = &context.identity {
        context.user = user::by_id(conn, found.user).await?;
        context.emails = user::emails(conn, &[found.user]).await?;
    }
    Ok(context)
}

fn info(ctx: &Ctx, row: &Identity) -> Result<IdentityInfo> {
    Ok(IdentityInfo {
        id: row.id,
        provider: row.provider_id,
        user: row.user_id,
        external_id: row.external_id.clone(),
        data: open_identity(ctx, row)?,
    })
}
