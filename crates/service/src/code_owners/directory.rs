//! Who the names of files of owners stand for. Everything that an organization has for it is loaded at once, for any
//! number of files.

use std::collections::{HashMap, HashSet};

use mortise_domain::{OrgId, ProjectId, TeamId, UserId};
use mortise_store::{Conn, code_owners as store, team, user};
use mortise_wire::code_owners::OwnerErrors;
use serde_json::{Map, Value};

use super::syntax::{self, NameKind, Owner};
use crate::Result;

/// Providers whose names count: GitHub, GitHub Enterprise, GitLab.
const PROVIDERS: [i64; 3] = [200, 201, 210];

/// The people and teams of an organization that names can stand for.
pub(super) struct Directory {
    actors: Vec<store::ActorName>,
    users: HashMap<UserId, user::User>,
    slugs: HashMap<TeamId, String>,
    emails: HashMap<String, Vec<UserId>>,
    user_projects: HashSet<(ProjectId, UserId)>,
    team_projects: HashSet<(TeamId, ProjectId)>,
}

/// What the names of a file stand for in a project.
pub(super) struct Association {
    /// By name, people before teams before addresses.
    pub(super) owners: HashMap<String, Owner>,
    /// The same as clients see it.
    pub(super) shown: Map<String, Value>,
    /// What stands for nobody.
    pub(super) errors: OwnerErrors,
}

impl Directory {
    /// Loads what names can stand for in these projects of an organization.
    pub(super) async fn load(conn: &mut Conn, org: OrgId, projects: &[ProjectId]) -> Result<Self> {
        let actors = store::actors(conn, org, &PROVIDERS).await?;
        let mut users: Vec<UserId> = actors.iter().filter_map(|actor| actor.user_id).collect();
        users.sort_unstable();
        users.dedup();
        let mut teams: Vec<TeamId> = actors.iter().filter_map(|actor| actor.team_id).collect();
        teams.sort_unstable();
        teams.dedup();
        let mut emails: HashMap<String, Vec<UserId>> = HashMap::new();
        for (email, user) in store::member_emails(conn, org).await? {
            emails.entry(email).or_default().push(user);
        }
        Ok(Self {
            users: user::by_ids(conn, &users).await?.into_iter().map(|user| (user.id, user)).collect(),
            slugs: store::team_slugs(conn, &teams).await?.into_iter().collect(),
            user_projects: store::users_of_projects(conn, projects).await?.into_iter().collect(),
            team_projects: team::projects(conn, &teams).await?.into_iter().collect(),
            emails,
            actors,
        })
    }

    /// What the names of a file stand for in a project.
    pub(super) fn associate(&self, raw: &str, project: ProjectId) -> Association {
        let names: HashMap<&str, NameKind> = syntax::names(raw).into_iter().collect();
        let (mut people, mut teams) = (Vec::new(), Vec::new());
        let mut errors = OwnerErrors::default();
        let mut with_actor = HashSet::new();
        for actor in &self.actors {
            let name = actor.external_name.as_str();
            if !matches!(names.get(name), Some(NameKind::User | NameKind::Team)) {
                continue;
            }
            with_actor.insert(name);
            if let Some(user) = actor.user_id.and_then(|id| self.users.get(&id)) {
                if self.user_projects.contains(&(project, user.id)) {
                    let identifier = user.email.to_lowercase();
                    people.push((name, Owner { is_team: false, identifier, id: Some(user.id.get()) }));
                } else {
                    errors.users_without_access.push(user.display_name().to_owned());
                }
            } else if let Some((id, slug)) = actor.team_id.and_then(|id| Some((id, self.slugs.get(&id)?))) {
                if self.team_projects.contains(&(id, project)) {
                    let identifier = slug.clone();
                    teams.push((name, Owner { is_team: true, identifier, id: Some(id.get()) }));
                } else {
                    errors.teams_without_access.push(format!("#{slug}"));
                }
            }
        }
        let mut addresses = Vec::new();
        for (name, kind) in &names {
            match kind {
                NameKind::Email => match self.emails.get(*name) {
                    Some(users) => addresses.push((*name, self.by_email(name, users, project))),
                    None => errors.missing_user_emails.push((*name).to_owned()),
                },
                NameKind::User if !with_actor.contains(name) => {
                    errors.missing_external_users.push((*name).to_owned());
                }
                NameKind::Team if !with_actor.contains(name) => {
                    errors.missing_external_teams.push((*name).to_owned());
                }
                NameKind::User | NameKind::Team => {}
            }
        }
        addresses.sort_unstable_by_key(|(name, _)| *name);
        errors.missing_user_emails.sort_unstable();
        errors.missing_external_users.sort_unstable();
        errors.missing_external_teams.sort_unstable();
        let all: Vec<(&str, Owner)> = people.into_iter().chain(teams).chain(addresses).collect();
        let shown = all.iter().map(|(name, owner)| ((*name).to_owned(), Value::from(owner.text()))).collect();
        let owners = all.into_iter().map(|(name, owner)| (name.to_owned(), owner)).collect();
        Association { owners, shown, errors }
    }

    /// The person of the project with an address.
    fn by_email(&self, email: &str, users: &[UserId], project: ProjectId) -> Owner {
        let id = users.iter().find(|user| self.user_projects.contains(&(project, **user)));
        Owner { is_team: false, identifier: email.to_lowercase(), id: id.map(|id| id.get()) }
    }
}
