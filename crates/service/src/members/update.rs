//! Changing a member: role, teams; sending an invitation again.

use mortise_domain::{AuditEvent, OrgRole, Scope, ScopeSet};
use mortise_store::{Tx, member, member::Member};
use mortise_wire::{
    fields::{Body, Fields},
    member as wire,
};
use serde_json::json;

use super::{
    NEEDS_MEMBER_ADMIN, ONLY_OWNER, OUTRANKED,
    assignments::{self, Assignment},
    count_invitation, detail_json, find_member,
    invite::announce,
    json::{is_only_owner, role_of},
    token,
};
use crate::{
    Ctx, Error, Result,
    access::OrgAccess,
    audit::{self, Actor, Entry},
    roles,
};

const FULL_MEMBER: &str = "You cannot send an invitation to a user who is already a full member.";
const EXPIRED: &str = "You cannot resend an expired invitation without regenerating the token.";
const OWN_ROLE: &str = "You cannot make changes to your own role.";

/// What a body asks for.
struct Asked {
    role: Option<OrgRole>,
    places: Option<Vec<Assignment>>,
    reinvite: bool,
    regenerate: bool,
}

/// Changes a member and answers with them. Nobody changes their own role.
pub async fn update_member(
    ctx: &Ctx,
    access: &OrgAccess,
    segment: &str,
    body: &Body,
) -> Result<wire::Member> {
    let mut conn = ctx.store.read().await?;
    let found = find_member(&mut conn, access, segment).await?;
    let is_self = access.member.as_ref().is_some_and(|own| own.id == found.id);
    let current = role_of(&found)?;
    let mut fields = Fields::new(body);
    let role = assignments::org_role(&mut fields, access, Some(current)).filter(|role| *role != current);
    let places = assignments::teams(&mut conn, &mut fields, access).await?;
    let reinvite = fields.bool("reinvite").or(false);
    let regenerate = fields.bool("regenerate").or(false);
    fields.finish()?;
    let asked = Asked { role, places, reinvite, regenerate };
    if asked.role.is_some() {
        check_role(access, current, is_self)?;
        if is_only_owner(&mut conn, &found).await? {
            return Err(Error::refused(ONLY_OWNER));
        }
    }
    if asked.reinvite {
        check_invitation(ctx, access, &found, asked.regenerate)?;
    }
    drop(conn);
    let (inner, actor, member) = (ctx.clone(), Actor::of(&access.caller), found.clone());
    ctx.store
        .write(move |tx| Box::pin(async move { apply(tx, &inner, &actor, &member, &asked).await }))
        .await?;
    let mut conn = ctx.store.read().await?;
    let changed = find_member(&mut conn, access, &found.id.to_string()).await?;
    detail_json(&mut conn, ctx, access, &changed).await
}

/// Whether the caller may change the role of somebody who has `current`.
fn check_role(access: &OrgAccess, current: OrgRole, is_self: bool) -> Result<()> {
    if is_self {
        return Err(Error::invalid(OWN_ROLE));
    }
    if !roles::assignable(access).contains(&current) {
        return Err(Error::refused(OUTRANKED));
    }
    Ok(())
}

/// Whether the invitation may be sent again.
fn check_invitation(ctx: &Ctx, access: &OrgAccess, found: &Member, regenerate: bool) -> Result<()> {
    if found.user_id.is_some() {
        return Err(Error::invalid(FULL_MEMBER));
    }
    count_invitation(ctx, access, found.email.as_deref().unwrap_or_default())?;
    if regenerate && !access.has(ScopeSet::of(&[Scope::MemberAdmin])) {
        return Err(Error::invalid(NEEDS_MEMBER_ADMIN));
    }
    if !regenerate && token::is_expired(found, ctx.now()) {
        return Err(Error::invalid(EXPIRED));
    }
    Ok(())
}

async fn apply(tx: &mut Tx, ctx: &Ctx, actor: &Actor, found: &Member, asked: &Asked) -> Result<()> {
    let now = ctx.now();
    if asked.reinvite {
        if asked.regenerate {
            token::renew(tx, ctx, found.id).await?;
        }
        announce(tx, found, now).await?;
    }
    if let Some(places) = &asked.places {
        assignments::save(tx, found.id, places).await?;
    }
    if let Some(role) = asked.role {
        member::set_role(tx, found.id, role.as_str()).await?;
    }
    if asked.places.is_none() && asked.role.is_none() {
        return Ok(());
    }
    let teams = match &asked.places {
        Some(places) => assignments::slugs(places).into_iter().map(str::to_owned).collect(),
        None => {
            let places = member::teams::of_members(tx, &[found.id]).await?;
            places.into_iter().map(|place| place.team_slug).collect::<Vec<_>>()
        }
    };
    let role = asked.role.map_or(found.role.as_str(), |role| role.as_str());
    let data = json!({"email": found.email, "role": role, "teams_slugs": teams});
    let mut entry = Entry::new(found.organization_id, AuditEvent::MemberEdit, data).target(found.id.get());
    entry.target_user = found.user_id;
    audit::record(tx, actor, &entry, now).await
}
