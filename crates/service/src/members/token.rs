//! Tokens of invitations: making, opening, comparing.

use mortise_crypto::{ExposeSecret, Place, SecretString, compare, token};
use mortise_domain::{MemberId, Time, member::INVITATION_DAYS};
use mortise_store::{Tx, member, member::Member};

use crate::{Ctx, Error, Result, authenticate::after};

const DAY_S: i64 = 24 * 3600;

/// Until when an invitation made at `now` can be accepted.
pub(super) fn expiry(now: Time) -> Time {
    after(now, INVITATION_DAYS * DAY_S)
}

/// Gives an invitation a new token.
pub(super) async fn renew(tx: &mut Tx, ctx: &Ctx, id: MemberId) -> Result<()> {
    let fresh = token::app_token(&*ctx.ids).text;
    let sealed = ctx.keyring.seal(&place(id), fresh.expose_secret().as_bytes(), &*ctx.ids);
    Ok(member::set_token(tx, id, &sealed, expiry(ctx.now())).await?)
}

/// Where an invitation is accepted; `None` for members and for invitations without token.
pub(super) fn link(ctx: &Ctx, invitation: &Member) -> Result<Option<String>> {
    let path =
        |token: SecretString| ctx.link(&format!("/accept/{}/{}/", invitation.id, token.expose_secret()));
    Ok(open(ctx, invitation)?.map(path))
}

/// Whether an invitation can be accepted with this token now.
pub(super) fn opens(ctx: &Ctx, invitation: &Member, token: &str) -> Result<bool> {
    let fits = open(ctx, invitation)?
        .is_some_and(|right| compare::equal(right.expose_secret().as_bytes(), token.as_bytes()));
    Ok(fits && !is_expired(invitation, ctx.now()))
}

/// Whether an invitation is too old.
pub(super) fn is_expired(invitation: &Member, now: Time) -> bool {
    invitation.user_id.is_none() && invitation.token_expires_at.is_some_and(|until| until <= now)
}

fn open(ctx: &Ctx, invitation: &Member) -> Result<Option<SecretString>> {
    let Some(sealed) = invitation.token.as_ref().filter(|_| invitation.user_id.is_none()) else {
        return Ok(None);
    };
    let opened = ctx.keyring.open_text(&place(invitation.id), sealed);
    opened.map(Some).map_err(|e| Error::Internal(format!("token of invitation {}: {e}", invitation.id)))
}

fn place(id: MemberId) -> Place {
    Place::new("organization_member", "token", id)
}
