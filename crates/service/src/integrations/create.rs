//! Adding an integration to an organization.

use mortise_domain::{IdentityId, IntegrationId, OrgId, UserId, status::ObjectStatus};
use mortise_store::{Tx, integration, sealed::IDENTITY_DATA};
use serde_json::{Map, Value};

use super::metadata;
use crate::{Ctx, Result, sealed};

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

/// Adds an integration in a transaction.
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
    let config = Value::Object(new.config.clone());
    integration::add_to_organization(tx, new.org, added.id, &config, identity, now).await?;
    Ok(added.id)
}

async fn create_identity(
    tx: &mut Tx,
    ctx: &Ctx,
    of: &NewIntegration,
    new: &NewIdentity,
) -> Result<IdentityId> {
    let now = ctx.now();
    let provider = integration::identity_provider(tx, &of.provider, &of.external_id, now).await?;
    let place = sealed::place(IDENTITY_DATA, format_args!("{provider}/{}", new.external_id));
    let row = integration::NewIdentity {
        provider,
        user: new.user,
        external_id: new.external_id.clone(),
        data: ctx.keyring.seal(&place, Value::Object(new.data.clone()).to_string().as_bytes(), &*ctx.ids),
    };
    Ok(integration::insert_identity(tx, &row, now).await?)
}
