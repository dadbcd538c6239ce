//! Adding an integration to an organization. [`add_organization`] is the only way in which an organization gets one,
//! whether for the first time or again.

use mortise_domain::{IdentityId, IntegrationId, OrgId, OrgIntegrationId, UserId, status::ObjectStatus};
use mortise_store::{
    StoreError, Tx, deletion,
    integration::{self, health, identity, installed},
};
use serde_json::{Map, Value};

use super::{
    config,
    deletion::MODEL,
    identity::{LinkIdentity, Linked, link_identity},
    metadata,
};
use crate::{Ctx, Error, Result, events};

/// What a new integration is.
#[derive(Debug, Clone)]
pub struct NewIntegration {
    /// Whose.
    pub org: OrgId,
    /// The provider's word for stored rows.
    pub provider: String,
    /// The account's id on the other side.
    pub external_id: String,
    /// The account's name.
    pub name: String,
    /// What the provider needs for the account, credentials included.
    pub metadata: Map<String, Value>,
    /// The organization's settings of it.
    pub config: Map<String, Value>,
    /// Its life cycle.
    pub status: ObjectStatus,
    /// The account that it acts with.
    pub identity: Option<NewIdentity>,
}

/// A person's account at the provider.
#[derive(Debug, Clone)]
pub struct NewIdentity {
    /// Whose it is here.
    pub user: UserId,
    /// The account's id on the other side.
    pub external_id: String,
    /// Tokens.
    pub data: Map<String, Value>,
}

/// Adds an integration in a transaction. One that is there already, with the same provider and external id, is a
/// conflict.
pub async fn create_integration_in(tx: &mut Tx, ctx: &Ctx, new: &NewIntegration) -> Result<IntegrationId> {
    let now = ctx.now();
    let identity = match &new.identity {
        Some(identity) => Some(create_identity(tx, ctx, new, identity).await?),
        None => None,
    };
    let (metadata, shown) = metadata::seal(ctx, &new.provider, &new.external_id, &new.metadata);
    let row = integration::NewIntegration {
        provider: new.provider.clone(),
        external_id: new.external_id.clone(),
        name: new.name.clone(),
        metadata,
        shown,
        status: new.status.number(),
    };
    let added = integration::insert(tx, &row, now).await?;
    let user = new.identity.as_ref().map(|identity| identity.user);
    let id = add_organization(tx, ctx, added.id, new.org, user, identity).await?;
    let id = id.ok_or_else(|| Error::Internal("a new integration is gone".to_owned()))?;
    if !new.config.is_empty() {
        let sealed = config::seal(ctx, new.org, added.id, &new.config);
        installed::set_config(tx, id, &sealed, now).await?;
    }
    Ok(added.id)
}

/// Lets an organization use an integration, in a transaction. Where it did before, its settings stay, the identity is
/// replaced if there is a new one, and a removal that was asked for is called off; one that is disabled stays so. Whoever
/// listens is told only when it is new. Earlier troubles are forgotten. `None` when the row went away in that very moment.
pub async fn add_organization(
    tx: &mut Tx,
    ctx: &Ctx,
    integration: IntegrationId,
    org: OrgId,
    user: Option<UserId>,
    default_auth: Option<IdentityId>,
) -> Result<Option<OrgIntegrationId>> {
    let now = ctx.now();
    // Whatever was wrong with it before, somebody has just granted it anew.
    health::clear(tx, integration).await?;
    if let Some(id) = integration::add_to_organization(tx, org, integration, default_auth, now).await? {
        events::integration_added(tx, org, integration, user, now).await?;
        return Ok(Some(id));
    }
    let back = integration::return_to_organization(tx, org, integration, default_auth, now).await?;
    match back {
        Some(id) => deletion::cancel(tx, MODEL, id.get()).await?,
        None => tracing::warn!(%integration, %org, "an integration went away while it was installed again"),
    }
    Ok(back)
}

async fn create_identity(
    tx: &mut Tx,
    ctx: &Ctx,
    of: &NewIntegration,
    new: &NewIdentity,
) -> Result<IdentityId> {
    let link = LinkIdentity {
        provider: identity::identity_provider(tx, &of.provider, &of.external_id, ctx.now()).await?,
        user: new.user,
        external_id: new.external_id.clone(),
        data: new.data.clone(),
        scopes: Vec::new(),
    };
    match link_identity(tx, ctx, &link, false).await? {
        Linked::Yes(id) => Ok(id),
        Linked::Taken => Err(StoreError::Conflict("identity".to_owned()).into()),
    }
}
