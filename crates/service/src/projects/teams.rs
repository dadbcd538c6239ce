//! The teams of a project, and the people in them.

use mortise_domain::{AuditEvent, kind};
use mortise_store::{
    Slice,
    member::{self, list::Filter},
    project, team,
};
use mortise_wire::{Page, PageRequest, member::Member, project as wire, team::Team};
use serde_json::json;

use super::{WRITE, json::Related};
use crate::{
    Ctx, Error, Result,
    access::{IdOrSlug, ProjectAccess},
    audit,
    members::project_members_json,
    paging::slice,
    teams::{Form, teams_with},
};

const NO_TEAM: &str = "Team does not exist.";

async fn find(ctx: &Ctx, access: &ProjectAccess, segment: &IdOrSlug<kind::Team>) -> Result<team::Team> {
    let mut conn = ctx.store.read().await?;
    let org = access.project.organization_id;
    let found = match segment {
        IdOrSlug::Id(id) => team::by_id(&mut conn, org, *id).await?,
        IdOrSlug::Slug(slug) => team::by_slug(&mut conn, org, slug).await?,
    };
    found.ok_or_else(|| Error::missing(NO_TEAM))
}

/// Gives the project to another team.
pub async fn add_team(
    ctx: &Ctx,
    access: &ProjectAccess,
    segment: &IdOrSlug<kind::Team>,
) -> Result<wire::ProjectWithTeam> {
    let team = find(ctx, access, segment).await?;
    change(ctx, access, team, AuditEvent::ProjectTeamAdd).await
}

/// Takes the project from a team, for a caller who may write projects as far as that team is concerned.
pub async fn remove_team(
    ctx: &Ctx,
    access: &ProjectAccess,
    segment: &IdOrSlug<kind::Team>,
) -> Result<wire::ProjectWithTeam> {
    let team = find(ctx, access, segment).await?;
    if !access.org.scopes_on(&[team.id]).intersects(WRITE) {
        return Err(Error::Forbidden);
    }
    change(ctx, access, team, AuditEvent::ProjectTeamRemove).await
}

async fn change(
    ctx: &Ctx,
    access: &ProjectAccess,
    team: team::Team,
    event: AuditEvent,
) -> Result<wire::ProjectWithTeam> {
    let project = access.project.clone();
    let (actor, now) = (audit::Actor::of(&access.org.caller), ctx.now());
    let had = access.team_ids.contains(&team.id);
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                let changed = if event == AuditEvent::ProjectTeamAdd {
                    project::add_team(tx, project.id, team.id).await?;
                    !had
                } else {
                    project::remove_team(tx, project.id, team.id).await?
                };
                if changed {
                    let data = json!({ "team_slug": team.slug, "project_slug": project.slug });
                    let entry = audit::Entry::new(project.organization_id, event, data);
                    audit::record(tx, &actor, &entry.target(project.id.get()), now).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .await?;
    let mut conn = ctx.store.read().await?;
    let related = Related::load(&mut conn, &access.org.caller, &[access.project.id]).await?;
    Ok(related.with_teams(&access.org, &access.project))
}

/// The teams of the project, by slug.
pub async fn list_teams(ctx: &Ctx, access: &ProjectAccess, request: &PageRequest) -> Result<Page<Team>> {
    let window = request.offset_window()?;
    let filter = team::Filter { ids: Some(access.team_ids.clone()), ..team::Filter::default() };
    let mut conn = ctx.store.read().await?;
    let org = access.project.organization_id;
    let page = window.page(team::list(&mut conn, org, &filter, slice(&window)).await?);
    let rows = teams_with(&mut conn, ctx, &access.org, page.rows.clone(), Form::default()).await?;
    Ok(page.replace(|_| rows))
}

/// The members of the project's teams, by address.
pub async fn list_members(ctx: &Ctx, access: &ProjectAccess) -> Result<Vec<Member>> {
    let project = access.project.id;
    let filter = Filter { invited: Some(false), projects: Some(vec![project]), ..Filter::default() };
    let mut conn = ctx.store.read().await?;
    let found = member::list::list(&mut conn, access.project.organization_id, &filter, Slice::ALL).await?;
    project_members_json(&mut conn, ctx, &found, &[project]).await
}
