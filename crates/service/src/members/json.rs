//! Members on the wire.

use std::collections::HashMap;

use mortise_domain::{
    InviteStatus, MemberId, OrgRole, TeamRole, UserId,
    member::{MemberFlag, MemberFlags},
};
use mortise_store::{Conn, member, member::Member, team::Team};
use mortise_wire::{
    member::{self as wire, MemberDetail, MemberTeamRole},
    user::User,
};

use super::token;
use crate::{
    Ctx, Error, Result,
    access::OrgAccess,
    external_actors, people,
    roles::{MANAGES_MEMBERS, org_roles_json, team_roles_json},
};

/// Members and invitations as they are in lists.
pub async fn members_json(conn: &mut Conn, ctx: &Ctx, members: &[Member]) -> Result<Vec<wire::Member>> {
    let mut ids: Vec<UserId> = Vec::new();
    for member in members {
        ids.extend([member.user_id, member.inviter_id].into_iter().flatten());
    }
    let users = people::users_json(conn, ctx, ids).await?;
    members.iter().map(|member| member_json(ctx, member, &users)).collect()
}

/// The members of a team, with their roles there.
pub async fn team_members_json(
    conn: &mut Conn,
    ctx: &Ctx,
    team: &Team,
    members: &[Member],
) -> Result<Vec<wire::Member>> {
    let ids: Vec<MemberId> = members.iter().map(|member| member.id).collect();
    let places = member::teams::of_members(conn, &ids).await?;
    let mut json = members_json(conn, ctx, members).await?;
    for (member, json) in members.iter().zip(&mut json) {
        let place = places.iter().find(|place| place.member_id == member.id && place.team_id == team.id);
        let stored = place.and_then(|place| place.role.as_deref()).and_then(|role| role.parse().ok());
        let effective = TeamRole::effective(stored, role_of(member)?);
        json.team_role = Some(Some(effective.as_str().to_owned()));
        json.team_slug = Some(team.slug.clone());
    }
    Ok(json)
}

/// Adds the names that members have at other services.
pub(super) async fn add_external_users(
    conn: &mut Conn,
    access: &OrgAccess,
    members: &[Member],
    json: &mut [wire::Member],
) -> Result<()> {
    let users: Vec<UserId> = members.iter().filter_map(|member| member.user_id).collect();
    let mut names = external_actors::of_users(conn, access.org.id, &users).await?;
    for (member, json) in members.iter().zip(json) {
        let own = member.user_id.and_then(|user| names.remove(&user));
        json.external_users = Some(own.unwrap_or_default());
    }
    Ok(())
}

/// One member in full, as the caller sees it.
pub async fn detail_json(
    conn: &mut Conn,
    ctx: &Ctx,
    access: &OrgAccess,
    member: &Member,
) -> Result<wire::Member> {
    let places = member::teams::of_members(conn, &[member.id]).await?;
    let shows_link = access.has(MANAGES_MEMBERS);
    let detail = MemberDetail {
        teams: places.iter().map(|place| place.team_slug.clone()).collect(),
        team_roles: places
            .into_iter()
            .map(|place| MemberTeamRole { team_slug: place.team_slug, role: place.role })
            .collect(),
        invite_link: if shows_link { token::link(ctx, member)? } else { None },
        is_only_owner: is_only_owner(conn, member).await?,
        org_role_list: org_roles_json(access),
        team_role_list: team_roles_json(access),
        roles: org_roles_json(access),
    };
    let json = members_json(conn, ctx, std::slice::from_ref(member)).await?.into_iter().next();
    let json = json.ok_or_else(|| Error::Internal("one member made no JSON".to_owned()))?;
    Ok(wire::Member { detail: Some(Box::new(detail)), ..json })
}

/// Whether an organization would have no owner without this member.
pub(super) async fn is_only_owner(conn: &mut Conn, member: &Member) -> Result<bool> {
    if member.role != OrgRole::Owner.as_str() || member.user_id.is_none() {
        return Ok(false);
    }
    let owners = member::owners(conn, &[member.organization_id]).await?;
    Ok(owners.iter().all(|(_, owner)| *owner == member.id))
}

/// The role that is stored.
pub(super) fn role_of(member: &Member) -> Result<OrgRole> {
    member.role.parse().map_err(|e: mortise_domain::UnknownCode| Error::Internal(e.to_string()))
}

fn member_json(ctx: &Ctx, member: &Member, users: &HashMap<UserId, User>) -> Result<wire::Member> {
    let role = role_of(member)?;
    let user = member.user_id.and_then(|id| users.get(&id));
    let address = user.map_or(member.email.as_deref().unwrap_or_default(), |user| user.email.as_str());
    let status = InviteStatus::try_from(member.invite_status).map_err(|e| Error::Internal(e.to_string()))?;
    let has = |flag| MemberFlags::from_bits(member.flags).has(flag);
    Ok(wire::Member {
        id: member.id.to_string(),
        email: address.to_owned(),
        name: user.map_or(address, |user| user.name.as_str()).to_owned(),
        user: user.cloned(),
        role: role.as_str().to_owned(),
        role_name: role.name().to_owned(),
        org_role: role.as_str().to_owned(),
        pending: member.user_id.is_none(),
        expired: token::is_expired(member, ctx.now()),
        flags: wire::MemberFlags {
            idp_provisioned: has(MemberFlag::IdpProvisioned),
            idp_role_restricted: has(MemberFlag::IdpRoleRestricted),
            sso_linked: has(MemberFlag::SsoLinked),
            sso_invalid: has(MemberFlag::SsoInvalid),
            member_limit_restricted: has(MemberFlag::MemberLimitRestricted),
            partnership_restricted: has(MemberFlag::PartnershipRestricted),
        },
        date_created: member.date_added.into(),
        invite_status: status.as_str().to_owned(),
        inviter_name: member.inviter_id.and_then(|id| users.get(&id)).map(|user| user.name.clone()),
        external_users: None,
        projects: None,
        team_role: None,
        team_slug: None,
        detail: None,
    })
}
