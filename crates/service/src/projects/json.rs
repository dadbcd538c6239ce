//! Projects on the wire. What belongs to many projects is loaded for all of them at once: [`Related`] for every form,
//! [`Summarized`] for lists.

use std::collections::{HashMap, HashSet};

use mortise_domain::{ProjectId, TeamId, status::ProjectStatus};
use mortise_store::{
    Conn, deploy,
    project::{
        self, Project,
        list::Filter,
        related::{self, TeamOfProject},
    },
};
use mortise_wire::{WireTime, project as wire, team::TeamRef};
use serde_json::{Map, Value, json};

use super::options;
use crate::{
    Caller, Error, Result,
    access::OrgAccess,
    features::{self, PROJECT_FEATURES},
};

/// What every form of a project needs beside its row.
#[derive(Debug, Default)]
pub(super) struct Related {
    teams: HashMap<ProjectId, Vec<TeamOfProject>>,
    bookmarked: HashSet<ProjectId>,
}

impl Related {
    /// Loads it, in two statements.
    pub(super) async fn load(conn: &mut Conn, caller: &Caller, ids: &[ProjectId]) -> Result<Self> {
        let mut found = Self::default();
        for team in related::teams(conn, ids).await? {
            found.teams.entry(team.project_id).or_default().push(team);
        }
        if let Some(user) = caller.user_id() {
            found.bookmarked = related::bookmarked(conn, user, ids).await?.into_iter().collect();
        }
        Ok(found)
    }

    fn team_ids(&self, project: ProjectId) -> Vec<TeamId> {
        self.teams.get(&project).into_iter().flatten().map(|team| team.team_id).collect()
    }

    /// The keys that every form has.
    pub(super) fn base(&self, org: &OrgAccess, project: &Project) -> wire::Project {
        let teams = self.team_ids(project.id);
        let is_app = org.caller.user.as_ref().is_some_and(|user| user.is_sentry_app);
        wire::ProjectFacts {
            id: project.id.to_string(),
            slug: project.slug.clone(),
            name: project.name.clone(),
            platform: project.platform.clone(),
            date_created: project.date_added.into(),
            is_bookmarked: self.bookmarked.contains(&project.id),
            is_member: is_app || teams.iter().any(|team| org.in_team(*team)),
            features: features::names(PROJECT_FEATURES),
            first_event: project.first_event.map(Into::into),
            access: org.listed(org.scopes_on(&teams)),
            has_access: org.reaches(&teams),
            status: status_word(project.status),
        }
        .into()
    }

    /// With the teams.
    pub(super) fn with_teams(&self, org: &OrgAccess, project: &Project) -> wire::ProjectWithTeam {
        let teams = self.teams.get(&project.id).into_iter().flatten();
        let teams = teams.map(|team| TeamRef {
            id: team.team_id.to_string(),
            slug: team.slug.clone(),
            name: team.name.clone(),
        });
        wire::ProjectWithTeam::new(self.base(org, project), teams.collect())
    }
}

fn status_word(number: i64) -> String {
    ProjectStatus::try_from(number).unwrap_or(ProjectStatus::Disabled).as_str().to_owned()
}

/// Projects of an organization with the keys that every form has, in the order of their slugs.
pub async fn base(conn: &mut Conn, org: &OrgAccess, ids: &[ProjectId]) -> Result<Vec<wire::Project>> {
    let projects = by_ids(conn, org, ids).await?;
    let related = Related::load(conn, &org.caller, ids).await?;
    Ok(projects.iter().map(|project| related.base(org, project)).collect())
}

/// Projects of an organization with their teams, in the order of their slugs.
pub async fn with_teams(
    conn: &mut Conn,
    org: &OrgAccess,
    ids: &[ProjectId],
) -> Result<Vec<wire::ProjectWithTeam>> {
    let projects = by_ids(conn, org, ids).await?;
    let related = Related::load(conn, &org.caller, ids).await?;
    Ok(projects.iter().map(|project| related.with_teams(org, project)).collect())
}

/// Projects of an organization as its lists show them, in the order of their slugs.
pub async fn summaries(
    conn: &mut Conn,
    org: &OrgAccess,
    ids: &[ProjectId],
) -> Result<Vec<wire::ProjectSummary>> {
    let projects = by_ids(conn, org, ids).await?;
    Ok(Summarized::load(conn, &org.caller, ids).await?.rows(org, &projects, &[]))
}

async fn by_ids(conn: &mut Conn, org: &OrgAccess, ids: &[ProjectId]) -> Result<Vec<Project>> {
    let filter = Filter { orgs: Some(vec![org.org.id]), ids: Some(ids.to_vec()), ..Filter::default() };
    Ok(project::list::by_slug(conn, &filter, mortise_store::Slice::ALL).await?)
}

/// What the form of lists needs beside the rows.
pub(super) struct Summarized {
    related: Related,
    environments: HashMap<ProjectId, Vec<String>>,
    platforms: HashMap<ProjectId, Vec<String>>,
    releases: HashMap<ProjectId, String>,
    reported: HashSet<ProjectId>,
    deploys: HashMap<ProjectId, Map<String, Value>>,
}

impl Summarized {
    /// Loads it, in a few statements.
    pub(super) async fn load(conn: &mut Conn, caller: &Caller, ids: &[ProjectId]) -> Result<Self, Error> {
        Ok(Self {
            related: Related::load(conn, caller, ids).await?,
            environments: grouped(related::environments(conn, ids).await?),
            platforms: grouped(related::platforms(conn, ids).await?),
            releases: related::latest_releases(conn, ids).await?.into_iter().collect(),
            reported: related::with_user_reports(conn, ids).await?.into_iter().collect(),
            deploys: latest_deploys(conn, ids).await?,
        })
    }

    /// The rows with the options that were asked for by name.
    pub(super) fn rows(
        &self,
        org: &OrgAccess,
        projects: &[Project],
        option_names: &[String],
    ) -> Vec<wire::ProjectSummary> {
        let named = |project: &Project| options::named(project, option_names);
        let row = |project: &Project| wire::ProjectSummary {
            project: self.related.with_teams(org, project),
            environments: self.environments.get(&project.id).cloned().unwrap_or_default(),
            event_processing: wire::EventProcessing::default(),
            platforms: self.platforms.get(&project.id).cloned().unwrap_or_default(),
            latest_release: self.latest_release(project.id),
            has_user_reports: self.reported.contains(&project.id),
            latest_deploys: Some(self.deploys.get(&project.id).cloned()),
            stats: None,
            options: (!option_names.is_empty()).then(|| named(project)),
        };
        projects.iter().map(row).collect()
    }

    pub(super) fn latest_release(&self, project: ProjectId) -> Option<wire::LatestRelease> {
        self.releases.get(&project).map(|version| wire::LatestRelease { version: version.clone() })
    }

    pub(super) fn platforms(&self, project: ProjectId) -> Vec<String> {
        self.platforms.get(&project).cloned().unwrap_or_default()
    }

    pub(super) fn related(&self) -> &Related {
        &self.related
    }
}

/// The newest deploy of each environment of the projects.
async fn latest_deploys(
    conn: &mut Conn,
    ids: &[ProjectId],
) -> Result<HashMap<ProjectId, Map<String, Value>>, Error> {
    let mut found: HashMap<ProjectId, Map<String, Value>> = HashMap::new();
    for row in deploy::latest(conn, ids).await? {
        let shown = json!({ "version": row.version, "dateFinished": WireTime::new(row.date_finished) });
        found.entry(row.project_id).or_default().insert(row.environment, shown);
    }
    Ok(found)
}

fn grouped(pairs: Vec<(ProjectId, String)>) -> HashMap<ProjectId, Vec<String>> {
    let mut groups: HashMap<ProjectId, Vec<String>> = HashMap::new();
    for (project, text) in pairs {
        groups.entry(project).or_default().push(text);
    }
    groups
}
