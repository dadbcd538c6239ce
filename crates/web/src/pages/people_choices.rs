//! People and teams to pick from.

use mortise_service::{
    Ctx,
    access::{IssueAccess, OrgAccess},
    members, teams,
    wire::{member::Member, team::Team},
};

use super::paging::Walk;
use crate::{edge::Outcome, view::Choice};

/// People or teams that are listed at most; larger organizations search.
const LISTED_MAX: usize = 500;

/// Everybody in the organization, with invitations.
pub async fn members(ctx: &Ctx, access: &OrgAccess) -> Outcome<Vec<Member>> {
    let mut walk = Walk::new(LISTED_MAX);
    while let Some(request) = walk.request() {
        walk.add(members::list_members(ctx, access, "", false, &request).await?);
    }
    Ok(walk.rows)
}

/// All teams.
pub async fn teams(ctx: &Ctx, access: &OrgAccess) -> Outcome<Vec<Team>> {
    let mut walk = Walk::new(LISTED_MAX);
    while let Some(request) = walk.request() {
        walk.add(teams::list_teams(ctx, access, "", true, &request).await?);
    }
    Ok(walk.rows)
}

/// Whom an issue can be assigned to: the people and teams that have its project. Values are `user:ID` and `team:ID`.
pub async fn assignees(ctx: &Ctx, access: &IssueAccess, chosen: &str) -> Outcome<Vec<Choice>> {
    let choice = |value: String, text: &str| Choice::new(&value, text, value == chosen);
    let people = members(ctx, &access.project.org).await?;
    let mut choices: Vec<Choice> = people
        .iter()
        .filter_map(|member| member.user.as_ref())
        .map(|user| choice(format!("user:{}", user.id), &user.name))
        .collect();
    let teams = teams(ctx, &access.project.org).await?;
    let has_project = |team: &&Team| team.id.parse().is_ok_and(|id| access.project.team_ids.contains(&id));
    choices.extend(
        teams
            .iter()
            .filter(has_project)
            .map(|team| choice(format!("team:{}", team.id), &format!("#{}", team.slug))),
    );
    Ok(choices)
}
