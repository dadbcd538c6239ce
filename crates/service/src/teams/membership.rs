//! Who is in a team: joining, leaving, roles there. In an open organization every member may join and add others; in a
//! closed one it takes somebody who runs the team, and others ask to be let in.

use mortise_domain::{AuditEvent, Scope, ScopeSet, TeamRole, org::OrgFlag};
use mortise_store::{
    Conn,
    member::{self, Member},
    team::{self, Team},
};
use mortise_wire::{
    fields::{Body, Fields},
    member::TeamMembership,
    team as wire,
};
use serde_json::json;

use super::{Form, team_json};
use crate::{
    Ctx, Error, Result,
    access::{IdOrSlug, OrgAccess},
    audit::{self, Actor, Entry},
    members,
};

const MAY_NOT: &str = "You do not have permission to edit that user's membership.";
/// Who may put anybody into any team, or take them out.
const RUNS_ALL: ScopeSet =
    ScopeSet::of(&[Scope::OrgWrite, Scope::OrgAdmin, Scope::MemberWrite, Scope::MemberAdmin]);
/// Who may do so in a team where they hold it.
const RUNS_TEAM: ScopeSet = ScopeSet::of(&[Scope::TeamWrite, Scope::TeamAdmin]);

/// What came of adding a member to a team.
#[derive(Debug)]
pub enum Added {
    /// The member is in it now.
    Joined(Box<wire::Team>),
    /// The member was in it already.
    Already,
    /// Somebody has to approve.
    Requested,
}

/// The role of a member in a team they are in.
pub async fn get_member_role(
    ctx: &Ctx,
    access: &OrgAccess,
    member: &str,
    team: &str,
) -> Result<TeamMembership> {
    let (found, team) = find(ctx, access, member, team).await?;
    let place = member::teams::place(&mut *ctx.store.read().await?, team.id, found.id).await?;
    let place = place.ok_or(Error::NoSuchResource)?;
    Ok(TeamMembership { is_active: true, team_role: place.role })
}

/// Puts a member into a team, or asks for it.
pub async fn add_member(ctx: &Ctx, mut access: OrgAccess, member: &str, team: &str) -> Result<Added> {
    access.caller.user()?;
    let (found, team) = find(ctx, &access, member, team).await?;
    let mut conn = ctx.store.read().await?;
    if member::teams::place(&mut conn, team.id, found.id).await?.is_some() {
        return Ok(Added::Already);
    }
    drop(conn);
    let (actor, now, caller) = (Actor::of(&access.caller), ctx.now(), access.caller.user_id());
    let is_open = access.flags().is_on(OrgFlag::OpenMembership) && access.member.is_some();
    let is_allowed = is_open || runs(&access, &team);
    let (org, member_id, team_id) = (access.org.id, found.id, team.id);
    let data = json!({"team_slug": team.slug, "member_id": found.id.get(), "email": found.email});
    let entry = Entry::new(org, AuditEvent::MemberJoinTeam, data).target(found.id.get());
    let entry = with_user(entry, &found);
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                if !is_allowed {
                    return Ok(member::teams::request(tx, team_id, member_id, caller, now).await?);
                }
                team::put_member(tx, team_id, member_id, None).await?;
                member::teams::forget_request(tx, team_id, member_id).await?;
                audit::record(tx, &actor, &entry, now).await
            })
        })
        .await?;
    if !is_allowed {
        return Ok(Added::Requested);
    }
    refreshed(ctx, &mut access, team).await.map(|team| Added::Joined(Box::new(team)))
}

/// Takes a member out of a team: the caller, or somebody else where the caller runs the team.
pub async fn remove_member(ctx: &Ctx, mut access: OrgAccess, member: &str, team: &str) -> Result<wire::Team> {
    let (found, team) = find(ctx, &access, member, team).await?;
    if !is_self(&access, &found) && !runs(&access, &team) {
        return Err(Error::invalid(MAY_NOT));
    }
    let (actor, now, org) = (Actor::of(&access.caller), ctx.now(), access.org.id);
    let (member_id, team_id) = (found.id, team.id);
    let data = json!({"team_slug": team.slug, "member_id": found.id.get(), "email": found.email});
    let entry = with_user(Entry::new(org, AuditEvent::MemberLeaveTeam, data).target(found.id.get()), &found);
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                if !member::teams::remove(tx, team_id, member_id).await? {
                    return Err(Error::NoSuchResource);
                }
                audit::record(tx, &actor, &entry, now).await
            })
        })
        .await?;
    refreshed(ctx, &mut access, team).await
}

/// Changes the role of a member in a team they are in. Nobody gives a role above their own.
pub async fn set_member_role(
    ctx: &Ctx,
    access: &OrgAccess,
    member: &str,
    team: &str,
    body: &Body,
) -> Result<TeamMembership> {
    let (found, team) = find(ctx, access, member, team).await?;
    let mut fields = Fields::new(body);
    let known = |role: String| role.parse::<TeamRole>().map_err(|_| members::INVALID_TEAM_ROLE.to_owned());
    let role = fields.string("teamRole").and_then(known).nullable();
    fields.finish()?;
    let place = member::teams::place(&mut *ctx.store.read().await?, team.id, found.id).await?;
    let place = place.ok_or(Error::NoSuchResource)?;
    let Some(role) = role else { return Ok(TeamMembership { is_active: true, team_role: place.role }) };
    // A plain contributor may not even lower a role, their own excepted.
    let lowers_self = is_self(access, &found) && role.is_none_or(|role| role == TeamRole::Contributor);
    if !runs(access, &team) && !lowers_self {
        return Err(Error::invalid(MAY_NOT));
    }
    let (actor, now, org, team_id, member_id) =
        (Actor::of(&access.caller), ctx.now(), access.org.id, team.id, found.id);
    let text = role.map(TeamRole::as_str);
    let data = json!({
        "email": found.email, "role": found.role, "teams": [team.id.get()], "teams_slugs": [team.slug],
        "team_role": text,
    });
    let entry = with_user(Entry::new(org, AuditEvent::MemberEdit, data).target(found.id.get()), &found);
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                team::put_member(tx, team_id, member_id, text).await?;
                audit::record(tx, &actor, &entry, now).await
            })
        })
        .await?;
    Ok(TeamMembership { is_active: true, team_role: text.map(str::to_owned) })
}

async fn find(ctx: &Ctx, access: &OrgAccess, member: &str, team: &str) -> Result<(Member, Team)> {
    let mut conn = ctx.store.read().await?;
    let found = members::find_member(&mut conn, access, member).await?;
    Ok((found, find_team(&mut conn, access, team).await?))
}

async fn find_team(conn: &mut Conn, access: &OrgAccess, segment: &str) -> Result<Team> {
    let found = match IdOrSlug::parse(segment) {
        IdOrSlug::Id(id) => team::by_id(conn, access.org.id, id).await?,
        IdOrSlug::Slug(slug) => team::by_slug(conn, access.org.id, &slug).await?,
    };
    found.ok_or(Error::NoSuchResource)
}

/// Whether the caller decides who is in the team.
pub(super) fn runs(access: &OrgAccess, team: &Team) -> bool {
    access.has(RUNS_ALL) || access.scopes_on(&[team.id]).intersects(RUNS_TEAM)
}

fn is_self(access: &OrgAccess, member: &Member) -> bool {
    access.member.as_ref().is_some_and(|own| own.id == member.id)
}

fn with_user(entry: Entry, member: &Member) -> Entry {
    match member.user_id {
        Some(user) => entry.target_user(user),
        None => entry,
    }
}

/// The team as the caller sees it after the change.
async fn refreshed(ctx: &Ctx, access: &mut OrgAccess, team: Team) -> Result<wire::Team> {
    let mut conn = ctx.store.read().await?;
    if let Some(own) = &access.member {
        access.teams = member::teams_of(&mut conn, own.id).await?;
    }
    team_json(&mut conn, ctx, access, team, Form::default()).await
}
