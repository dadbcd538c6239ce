//! Wishes to join a team, and their answers.

use mortise_domain::AuditEvent;
use mortise_store::{
    Conn, member,
    member::teams::AccessRequest,
    team::{self, Team},
};
use mortise_wire::{
    fields::{Body, Fields},
    team as wire,
};
use serde_json::json;

use super::{Form, json::teams_with, membership::runs};
use crate::{
    Ctx, Error, Result,
    access::OrgAccess,
    audit::{self, Actor, Entry},
    members, people,
};

/// The wishes that the caller may answer, oldest first.
pub async fn list_requests(ctx: &Ctx, access: &OrgAccess) -> Result<Vec<wire::AccessRequest>> {
    let mut conn = ctx.store.read().await?;
    let conn = &mut *conn;
    let mut requests = member::teams::requests(conn, access.org.id).await?;
    let ids = requests.iter().map(|request| request.team_id).collect();
    let filter = team::Filter { ids: Some(ids), ..team::Filter::default() };
    let rows = team::list(conn, access.org.id, &filter, mortise_store::Slice::ALL).await?;
    let own: Vec<Team> = rows.into_iter().filter(|team| runs(access, team)).collect();
    requests.retain(|request| own.iter().any(|team| team.id == request.team_id));
    let filter = member::list::Filter {
        ids: Some(requests.iter().map(|request| request.member_id).collect()),
        ..member::list::Filter::default()
    };
    let rows = member::list::list(conn, access.org.id, &filter, mortise_store::Slice::ALL).await?;
    let members = members::members_json(conn, ctx, &rows).await?;
    let teams = teams_with(conn, ctx, access, own, Form::default()).await?;
    let askers: Vec<_> = requests.iter().filter_map(|request| request.requester_id).collect();
    let users = people::short_users(conn, ctx, askers, access.caller.user_id()).await?;
    let json = |request: &AccessRequest| {
        let (team, member) = (request.team_id.to_string(), request.member_id.to_string());
        Some(wire::AccessRequest {
            id: request.id.to_string(),
            member: members.iter().find(|found| found.id == member)?.clone(),
            team: teams.iter().find(|found| found.id == team)?.clone(),
            requester: request.requester_id.and_then(|id| users.get(&id).cloned()),
        })
    };
    Ok(requests.iter().filter_map(json).collect())
}

/// Lets a member into a team, or not; either way the wish is answered and forgotten.
pub async fn answer_request(ctx: &Ctx, access: &OrgAccess, id: i64, body: &Body) -> Result<()> {
    let mut fields = Fields::new(body);
    let is_approved = fields.bool("isApproved").required();
    fields.finish()?;
    let (request, team) = find(&mut *ctx.store.read().await?, access, id).await?;
    if !runs(access, &team) {
        return Err(Error::Forbidden);
    }
    let (actor, now, org) = (Actor::of(&access.caller), ctx.now(), access.org.id);
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                member::teams::forget_request(tx, request.team_id, request.member_id).await?;
                if !is_approved {
                    return Ok(());
                }
                team::put_member(tx, request.team_id, request.member_id, None).await?;
                let data = json!({"team_slug": team.slug, "member_id": request.member_id.get()});
                let entry = Entry::new(org, AuditEvent::MemberJoinTeam, data).target(request.member_id.get());
                audit::record(tx, &actor, &entry, now).await
            })
        })
        .await
}

async fn find(conn: &mut Conn, access: &OrgAccess, id: i64) -> Result<(AccessRequest, Team)> {
    let request =
        member::teams::request_by_id(conn, access.org.id, id).await?.ok_or(Error::NoSuchResource)?;
    let team = team::by_id(conn, access.org.id, request.team_id).await?.ok_or(Error::NoSuchResource)?;
    Ok((request, team))
}
