//! Teams on the wire.

use std::collections::{HashMap, HashSet};

use mortise_domain::{ProjectId, TeamId};
use mortise_store::{
    Conn, member,
    team::{self, Team},
};
use mortise_wire::{
    avatar::Avatar,
    project::Project,
    team::{self as wire, TeamFlags},
};

use crate::{Ctx, Error, Result, access::OrgAccess, external_actors, organizations::summary_json, projects};

/// Which of the further parts of a team are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Form {
    /// The names at other services.
    pub external_teams: bool,
    /// The organization.
    pub organization: bool,
    /// The projects.
    pub projects: bool,
}

/// One team as the caller sees it.
pub async fn team_json(
    conn: &mut Conn,
    ctx: &Ctx,
    access: &OrgAccess,
    team: Team,
    form: Form,
) -> Result<wire::Team> {
    let json = teams_with(conn, ctx, access, vec![team], form).await?;
    json.into_iter().next().ok_or_else(|| Error::Internal("one team made no JSON".to_owned()))
}

/// Teams of one organization as the caller sees them.
pub(crate) async fn teams_with(
    conn: &mut Conn,
    ctx: &Ctx,
    access: &OrgAccess,
    teams: Vec<Team>,
    form: Form,
) -> Result<Vec<wire::Team>> {
    let ids: Vec<TeamId> = teams.iter().map(|team| team.id).collect();
    let counts: HashMap<TeamId, i64> = team::member_counts(conn, &ids).await?.into_iter().collect();
    let pending: HashSet<TeamId> = match &access.member {
        Some(member) => member::teams::requested_by(conn, member.id).await?.into_iter().collect(),
        None => HashSet::new(),
    };
    let mut projects: HashMap<TeamId, Vec<Project>> = HashMap::new();
    if form.projects {
        projects = projects_of(conn, access, &ids).await?;
    }
    let organization = match form.organization {
        true => Some(Box::new(summary_json(ctx, &access.org, false)?)),
        false => None,
    };
    let mut external = HashMap::new();
    if form.external_teams {
        external = external_actors::of_teams(conn, access.org.id, &ids).await?;
    }
    let mut json = |team: Team| wire::Team {
        id: team.id.to_string(),
        slug: team.slug,
        name: team.name,
        date_created: team.date_added.into(),
        is_member: access.in_team(team.id),
        team_role: access.team_role(team.id).map(|role| role.as_str().to_owned()),
        flags: TeamFlags::default(),
        access: access.listed(access.scopes_on(&[team.id])),
        has_access: access.reaches(&[team.id]),
        is_pending: pending.contains(&team.id),
        member_count: counts.get(&team.id).copied().unwrap_or(0),
        avatar: Avatar::letter_without_url(),
        external_teams: form.external_teams.then(|| external.remove(&team.id).unwrap_or_default()),
        organization: organization.clone(),
        projects: form.projects.then(|| projects.remove(&team.id).unwrap_or_default()),
    };
    Ok(teams.into_iter().map(&mut json).collect())
}

/// The projects of each team, by slug.
async fn projects_of(
    conn: &mut Conn,
    access: &OrgAccess,
    teams: &[TeamId],
) -> Result<HashMap<TeamId, Vec<Project>>> {
    let pairs = team::projects(conn, teams).await?;
    let mut ids: Vec<ProjectId> = pairs.iter().map(|(_, project)| *project).collect();
    ids.sort_unstable();
    ids.dedup();
    let all = projects::base(conn, access, &ids).await?;
    let by_id: HashMap<&str, &Project> = all.iter().map(|project| (project.id.as_str(), project)).collect();
    let mut projects: HashMap<TeamId, Vec<Project>> = HashMap::new();
    for (team, project) in pairs {
        if let Some(project) = by_id.get(project.to_string().as_str()) {
            projects.entry(team).or_default().push((*project).clone());
        }
    }
    Ok(projects)
}
