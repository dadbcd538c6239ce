//! Checking a declared world before anything is written, and filling in what it leaves open. Every complaint names the
//! path of what it is about (`organizations[0].teams[1].slug`); all of them are reported at once.

use std::{
    collections::{BTreeSet, HashSet},
    fmt,
    str::FromStr,
};

use mortise_domain::{Ids, Level, OrgRole, ScopeSet, SlugKind, platform, status::ObjectStatus};
use mortise_providers::Registry;

use super::document::{
    App, AppKind, Integration, Issue, Member, Organization, Project, Repository, Team, World,
};
use crate::apps::GRANTABLE_SCOPES;

/// A complaint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, in the document.
    pub path: String,
    /// What is wrong there.
    pub text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() { f.write_str(&self.text) } else { write!(f, "{}: {}", self.path, self.text) }
    }
}

/// Reads a document.
pub(super) fn parse(text: &str) -> Result<World, Vec<Problem>> {
    let mut json = serde_json::Deserializer::from_str(text);
    let problem = |path: String, text: String| vec![Problem { path, text }];
    let world = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        problem(if path == "." { String::new() } else { path }, error.inner().to_string())
    })?;
    json.end().map_err(|error| problem(String::new(), error.to_string()))?;
    Ok(world)
}

/// Fills in what is open and collects what is wrong.
pub(super) fn complete(world: &mut World, ids: &dyn Ids, providers: &Registry) -> Result<(), Vec<Problem>> {
    let mut check =
        Check { ids, providers, users: HashSet::new(), orgs: HashSet::new(), problems: Vec::new() };
    check.people(world);
    let first = world.users.first().map(|user| user.email.clone()).unwrap_or_default();
    check.orgs = world.organizations.iter().map(|org| org.slug.clone()).collect();
    let mut slugs = Names::new("organization");
    for (index, org) in world.organizations.iter_mut().enumerate() {
        let path = format!("organizations[{index}]");
        slugs.add(&mut check, &format!("{path}.slug"), &org.slug);
        check.organization(&path, org, &first);
    }
    let mut keys = Names::new("token");
    for (index, token) in world.tokens.iter_mut().enumerate() {
        let path = format!("tokens[{index}]");
        fill(&mut token.user, &first);
        fill(&mut token.key, &token.user);
        check.user(&format!("{path}.user"), &token.user);
        keys.add(&mut check, &format!("{path}.key"), &token.key);
    }
    if check.problems.is_empty() { Ok(()) } else { Err(check.problems) }
}

struct Check<'a> {
    ids: &'a dyn Ids,
    providers: &'a Registry,
    users: HashSet<String>,
    orgs: HashSet<String>,
    problems: Vec<Problem>,
}

/// Names that must differ.
struct Names {
    what: &'static str,
    seen: BTreeSet<String>,
}

impl Names {
    fn new(what: &'static str) -> Self {
        Self { what, seen: BTreeSet::new() }
    }

    fn add(&mut self, check: &mut Check<'_>, path: &str, name: &str) {
        if name.is_empty() {
            check.complain(path, "is needed");
        } else if !self.seen.insert(name.to_lowercase()) {
            check.complain(path, format!("there is another {} {name:?}", self.what));
        }
    }

    fn has(&self, name: &str) -> bool {
        self.seen.contains(&name.to_lowercase())
    }
}

/// Writes `other` where nothing is written.
fn fill(text: &mut String, other: &str) {
    if text.is_empty() {
        other.clone_into(text);
    }
}

impl Check<'_> {
    fn complain(&mut self, path: &str, text: impl Into<String>) {
        self.problems.push(Problem { path: path.to_owned(), text: text.into() });
    }

    fn user(&mut self, path: &str, email: &str) {
        if !self.users.contains(&email.to_lowercase()) {
            self.complain(path, format!("{email:?} is not in users"));
        }
    }

    fn word<T: FromStr>(&mut self, path: &str, word: &str, what: &str) {
        if word.parse::<T>().is_err() {
            self.complain(path, format!("{word:?} is no {what}"));
        }
    }

    fn slug(&mut self, path: &str, kind: SlugKind, slug: &mut String, name: &mut String) {
        if slug.is_empty() && !name.is_empty() {
            *slug = kind.candidates(name, self.ids).next().unwrap_or_default();
        }
        fill(name, slug);
        if slug.is_empty() {
            return;
        }
        if let Err(error) = kind.validate(slug) {
            self.complain(&format!("{path}.slug"), error.to_string());
        }
    }

    fn people(&mut self, world: &mut World) {
        let mut emails = Names::new("user");
        for (index, user) in world.users.iter().enumerate() {
            let path = format!("users[{index}].email");
            emails.add(self, &path, &user.email);
            if !user.email.is_empty() && !user.email.contains('@') {
                self.complain(&path, "is no e-mail address");
            }
            self.users.insert(user.email.to_lowercase());
        }
    }

    fn organization(&mut self, path: &str, org: &mut Organization, first_user: &str) {
        fill(&mut org.owner, first_user);
        self.slug(path, SlugKind::Org, &mut org.slug, &mut org.name);
        self.user(&format!("{path}.owner"), &org.owner);
        let teams = self.teams(path, &mut org.teams);
        self.members(path, &mut org.members, &org.owner, &teams);
        self.projects(path, &mut org.projects, &teams);
        let integrations = self.integrations(path, &mut org.integrations, &org.owner);
        self.repositories(path, &mut org.repositories, &integrations);
        self.apps(path, &mut org.apps);
    }

    fn teams(&mut self, path: &str, teams: &mut [Team]) -> Names {
        let mut slugs = Names::new("team");
        for (index, team) in teams.iter_mut().enumerate() {
            let path = format!("{path}.teams[{index}]");
            self.slug(&path, SlugKind::Team, &mut team.slug, &mut team.name);
            slugs.add(self, &format!("{path}.slug"), &team.slug);
        }
        slugs
    }

    fn references(&mut self, path: &str, slugs: &[String], teams: &Names) {
        for (index, slug) in slugs.iter().enumerate() {
            if !teams.has(slug) {
                self.complain(&format!("{path}.teams[{index}]"), format!("there is no team {slug:?}"));
            }
        }
    }

    fn members(&mut self, path: &str, members: &mut [Member], owner: &str, teams: &Names) {
        let mut emails = Names::new("member");
        emails.seen.insert(owner.to_lowercase());
        for (index, member) in members.iter_mut().enumerate() {
            let path = format!("{path}.members[{index}]");
            fill(&mut member.role, OrgRole::Member.as_str());
            emails.add(self, &format!("{path}.email"), &member.email);
            self.user(&format!("{path}.email"), &member.email);
            self.word::<OrgRole>(&format!("{path}.role"), &member.role, "role");
            self.references(&path, &member.teams, teams);
        }
    }

    fn projects(&mut self, path: &str, projects: &mut [Project], teams: &Names) {
        let mut slugs = Names::new("project");
        for (index, project) in projects.iter_mut().enumerate() {
            let path = format!("{path}.projects[{index}]");
            self.slug(&path, SlugKind::Project, &mut project.slug, &mut project.name);
            slugs.add(self, &format!("{path}.slug"), &project.slug);
            if let Some(name) = project.platform.as_ref().filter(|name| !platform::is_project_platform(name))
            {
                self.complain(&format!("{path}.platform"), format!("{name:?} is no platform"));
            }
            self.references(&path, &project.teams, teams);
            self.issues(&path, &mut project.issues, project.platform.as_deref());
        }
    }

    fn issues(&mut self, path: &str, issues: &mut [Issue], platform: Option<&str>) {
        let mut keys = Names::new("issue");
        for (index, issue) in issues.iter_mut().enumerate() {
            let path = format!("{path}.issues[{index}]");
            fill(&mut issue.key, &issue.title);
            fill(&mut issue.title, &issue.key);
            fill(&mut issue.level, Level::Error.as_str());
            fill(&mut issue.platform, platform.unwrap_or(platform::OTHER));
            keys.add(self, &format!("{path}.key"), &issue.key);
            self.word::<Level>(&format!("{path}.level"), &issue.level, "level");
        }
    }

    fn integrations(&mut self, path: &str, integrations: &mut [Integration], owner: &str) -> Names {
        let mut keys = Names::new("integration");
        for (index, integration) in integrations.iter_mut().enumerate() {
            let path = format!("{path}.integrations[{index}]");
            fill(&mut integration.key, &integration.name);
            fill(&mut integration.name, &integration.key);
            fill(&mut integration.external_id, &integration.key);
            fill(&mut integration.status, ObjectStatus::Active.as_str());
            keys.add(self, &format!("{path}.key"), &integration.key);
            if self.providers.get(&integration.provider).is_none() {
                self.complain(
                    &format!("{path}.provider"),
                    format!("{:?} is no provider", integration.provider),
                );
            }
            self.word::<ObjectStatus>(&format!("{path}.status"), &integration.status, "status");
            if let Some(identity) = &mut integration.identity {
                fill(&mut identity.user, owner);
                fill(&mut identity.external_id, &identity.user);
                self.user(&format!("{path}.identity.user"), &identity.user);
            }
        }
        keys
    }

    fn repositories(&mut self, path: &str, repositories: &mut [Repository], integrations: &Names) {
        let mut keys = Names::new("repository");
        for (index, repository) in repositories.iter_mut().enumerate() {
            let path = format!("{path}.repositories[{index}]");
            fill(&mut repository.key, &repository.name);
            fill(&mut repository.name, &repository.key);
            keys.add(self, &format!("{path}.key"), &repository.key);
            if let Some(key) = repository.integration.as_ref().filter(|key| !integrations.has(key)) {
                self.complain(&format!("{path}.integration"), format!("there is no integration {key:?}"));
            }
        }
    }

    fn apps(&mut self, path: &str, apps: &mut [App]) {
        let mut keys = Names::new("app");
        for (index, app) in apps.iter_mut().enumerate() {
            let path = format!("{path}.apps[{index}]");
            fill(&mut app.key, &app.name);
            fill(&mut app.name, &app.key);
            keys.add(self, &format!("{path}.key"), &app.key);
            if app.kind != AppKind::Internal && app.webhook_url.is_none() {
                self.complain(&format!("{path}.webhook_url"), "a public app needs one");
            }
            let grantable = ScopeSet::of(GRANTABLE_SCOPES);
            if let Some(scope) = app.scopes.of(grantable).difference(grantable).iter().next() {
                self.complain(&format!("{path}.scopes"), format!("apps can't have the scope {scope}"));
            }
            let mut installed = Names::new("installation in");
            for (index, slug) in app.installed_in.iter().enumerate() {
                let path = format!("{path}.installed_in[{index}]");
                installed.add(self, &path, slug);
                if !self.orgs.contains(slug) {
                    self.complain(&path, format!("there is no organization {slug:?}"));
                }
            }
        }
    }
}
