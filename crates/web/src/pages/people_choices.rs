//! People and teams to pick from.

use mortise_service::{
    Ctx,
    access::{IssueAccess, OrgAccess},
    members, teams,
    wire::{member::Member, team::Team},
};

use super::paging::Walk;
use crate::{edge::Outcome, view::Choice};

/// People or teams that are listed at most.
const LISTED_MAX: usize = 500;

/// People or teams.
pub struct Listed<T> {
    /// As many as are listed.
    pub rows: Vec<T>,
    /// Stands behind them where there are more.
    pub rest: Option<Choice>,
}

impl<T> Listed<T> {
    fn of(walk: Walk<T>, what: &str) -> Self {
        Self { rest: walk.rest(what), rows: walk.rows }
    }
}

/// Everybody in the organization, with invitations.
pub async fn members(ctx: &Ctx, access: &OrgAccess) -> Outcome<Listed<Member>> {
    let mut walk = Walk::new(LISTED_MAX);
    while let Some(request) = walk.request() {
        walk.add(members::list_members(ctx, access, "", false, &request).await?);
    }
    Ok(Listed::of(walk, "people"))
}

/// All teams.
pub async fn teams(ctx: &Ctx, access: &OrgAccess) -> Outcome<Listed<Team>> {
    let mut walk = Walk::new(LISTED_MAX);
    while let Some(request) = walk.request() {
        walk.add(teams::list_teams(ctx, access, "", true, &request).await?);
    }
    Ok(Listed::of(walk, "teams"))
}

/// Whom an issue can be assigned to: the people and teams that have its project. Values are `user:ID` and `team:ID`.
pub async fn assignees(ctx: &Ctx, access: &IssueAccess, chosen: &str) -> Outcome<Vec<Choice>> {
    let choice = |value: String, text: &str| Choice::new(&value, text, value == chosen);
    let people = members(ctx, &access.project.org).await?;
    let mut choices: Vec<Choice> = people
        .rows
        .iter()
        .filter_map(|member| member.user.as_ref())
        .map(|user| choice(format!("user:{}", user.id), &user.name))
        .collect();
    let teams = teams(ctx, &access.project.org).await?;
    let has_project = |team: &&Team| team.id.parse().is_ok_and(|id| access.project.team_ids.contains(&id));
    choices.extend(
        teams
            .rows
            .iter()
            .filter(has_project)
            .map(|team| choice(format!("team:{}", team.id), &format!("#{}", team.slug))),
    );
    choices.extend(people.rest.into_iter().chain(teams.rest));
    Ok(choices)
}
