//! The accounts that people have on the other side. Their tokens are sealed here.

use mortise_domain::{IdentityId, UserId};
use mortise_store::{
    Tx,
    integration::identity::{self, Identity},
    sealed::IDENTITY_DATA,
};
use serde_json::{Map, Value};

use crate::{
    Ctx, Result,
    sealed::{open_object, seal_object},
};

/// An account to link with a person.
#[derive(Debug, Clone)]
pub struct LinkIdentity {
    /// Where it comes from: an identity provider's id.
    pub provider: i64,
    /// Whose it is here.
    pub user: UserId,
    /// Its id on the other side.
    pub external_id: String,
    /// Tokens.
    pub data: Map<String, Value>,
    /// What they are good for.
    pub scopes: Vec<String>,
}

/// What became of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linked {
    /// It is there.
    Yes(IdentityId),
    /// The account is somebody else's, or the person has another account there.
    Taken,
}

/// Links an account with a person in a transaction. A link that is there holds what is new and counts as valid. Where the
/// account or the person is linked otherwise, those links go if `reattach` says so; else nothing changes.
pub async fn link_identity(tx: &mut Tx, ctx: &Ctx, new: &LinkIdentity, reattach: bool) -> Result<Linked> {
    let now = ctx.now();
    let data = seal(ctx, new.provider, &new.external_id, &new.data);
    let scopes = new.scopes.join(" ");
    let near = identity::touching(tx, new.provider, &new.external_id, new.user).await?;
    let same = near.iter().find(|(_, user, external)| *user == new.user && *external == new.external_id);
    if let Some((id, ..)) = same {
        identity::renew(tx, *id, &data, &scopes, now).await?;
        return Ok(Linked::Yes(*id));
    }
    if !near.is_empty() {
        if !reattach {
            return Ok(Linked::Taken);
        }
        let ids: Vec<_> = near.iter().map(|(id, ..)| *id).collect();
        identity::delete(tx, &ids).await?;
    }
    let row = identity::NewIdentity {
        provider: new.provider,
        user: new.user,
        external_id: new.external_id.clone(),
        data,
        scopes,
    };
    Ok(Linked::Yes(identity::insert_identity(tx, &row, now).await?))
}

/// Seals tokens.
pub(super) fn seal(ctx: &Ctx, provider: i64, external_id: &str, data: &Map<String, Value>) -> Vec<u8> {
    seal_object(ctx, IDENTITY_DATA, format_args!("{provider}/{external_id}"), data)
}

/// The tokens of an identity.
pub fn open_identity(ctx: &Ctx, row: &Identity) -> Result<Map<String, Value>> {
    open_object(ctx, IDENTITY_DATA, format_args!("{}/{}", row.provider_id, row.external_id), &row.data)
}
