//! Looks up what a query names: users, teams, projects, releases, short ids. What is not there matches nothing.

use std::collections::HashMap;

use mortise_domain::{OrgId, ProjectId, ShortId, TeamId, UserId};
use mortise_store::{
    Conn, Pattern,
    issue::search::{AssignedTo, Term, Test},
    member, project, release, team,
};

use super::{
    SearchError, pattern,
    read::{Names, Wanted},
};
use crate::Result;

/// Where and for whom names are looked up.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// The organization.
    pub org: OrgId,
    /// Who `me` is.
    pub viewer: Option<UserId>,
    /// What `my_teams` is.
    pub viewer_teams: &'a [TeamId],
    /// The projects that are searched.
    pub projects: &'a [ProjectId],
}

/// Turns the conditions of a query into those of the store.
pub async fn resolve(conn: &mut Conn, around: Surroundings<'_>, wanted: Vec<Wanted>) -> Result<Vec<Term>> {
    let mut terms = Vec::new();
    for Wanted { negated, names } in wanted {
        let tests = match names {
            Names::Ready(tests) => tests,
            Names::Assigned(names) => vec![Test::Assigned(assignees(conn, around, &names).await?)],
            Names::Bookmarks(names) => vec![Test::BookmarkedBy(users(conn, around, &names).await?)],
            Names::Subscribed(names) => vec![Test::SubscribedBy(users(conn, around, &names).await?)],
            Names::ShortIds(texts) => vec![Test::ShortIds(short_ids(conn, around, &texts).await?)],
            Names::Projects(names) => vec![Test::Projects(projects(conn, around, &names).await?)],
            Names::Releases(versions) => {
                vec![Test::Tag("release".to_owned(), releases(conn, around, &versions).await?)]
            }
            Names::FirstReleases(versions) => match versions.as_slice() {
                [none] if none.is_empty() => vec![Test::LacksFirstRelease],
                versions => vec![Test::FirstRelease(releases(conn, around, versions).await?)],
            },
        };
        terms.push(Term { negated, tests });
    }
    Ok(terms)
}

async fn assignees(conn: &mut Conn, around: Surroundings<'_>, names: &[String]) -> Result<Vec<AssignedTo>> {
    let mut found = Vec::new();
    let (mut people, mut slugs) = (Vec::new(), Vec::new());
    for name in names {
        match name.as_str() {
            "none" | "" => found.push(AssignedTo::Nobody),
            "my_teams" => found.extend(around.viewer_teams.iter().copied().map(AssignedTo::Team)),
            name => match name.strip_prefix('#') {
                Some(slug) => slugs.push(slug.to_owned()),
                None => people.push(name.to_owned()),
            },
        }
    }
    found.extend(users(conn, around, &people).await?.into_iter().map(AssignedTo::User));
    if !slugs.is_empty() {
        let teams = team::ids_by_slugs(conn, around.org, &slugs).await?;
        found.extend(teams.into_iter().map(AssignedTo::Team));
    }
    Ok(found)
}

async fn users(conn: &mut Conn, around: Surroundings<'_>, names: &[String]) -> Result<Vec<UserId>> {
    let (me, others): (Vec<String>, Vec<String>) = names.iter().cloned().partition(|name| name == "me");
    let mut found = if me.is_empty() { Vec::new() } else { Vec::from_iter(around.viewer) };
    if !others.is_empty() {
        found.extend(member::users_named(conn, around.org, &others).await?);
    }
    Ok(found)
}

/// The searched projects by slug.
async fn slugs(conn: &mut Conn, around: Surroundings<'_>) -> Result<HashMap<String, ProjectId>> {
    let projects = project::of_organization(conn, around.org).await?.into_iter();
    Ok(projects.filter(|p| around.projects.contains(&p.id)).map(|p| (p.slug, p.id)).collect())
}

async fn short_ids(
    conn: &mut Conn,
    around: Surroundings<'_>,
    texts: &[String],
) -> Result<Vec<(ProjectId, i64)>> {
    let by_slug = slugs(conn, around).await?;
    let mut found = Vec::new();
    for text in texts {
        let short: ShortId =
            text.parse().map_err(|_| SearchError(format!("Invalid value '{text}' for 'issue:' filter")))?;
        if let (Some(project), Ok(number)) = (by_slug.get(&short.project_slug), i64::try_from(short.number)) {
            found.push((*project, number));
        }
    }
    Ok(found)
}

async fn projects(conn: &mut Conn, around: Surroundings<'_>, names: &[String]) -> Result<Vec<ProjectId>> {
    let by_slug = slugs(conn, around).await?;
    let by_id = |name: &String| {
        let id = ProjectId::new(name.parse().ok()?);
        around.projects.contains(&id).then_some(id)
    };
    Ok(names.iter().filter_map(|name| by_slug.get(name).copied().or_else(|| by_id(name))).collect())
}

async fn releases(conn: &mut Conn, around: Surroundings<'_>, versions: &[String]) -> Result<Vec<Pattern>> {
    let (latest, others): (Vec<&String>, Vec<&String>) = versions.iter().partition(|v| *v == "latest");
    let mut found: Vec<Pattern> = others.into_iter().map(|version| pattern(version)).collect();
    if !latest.is_empty() {
        let newest = release::newest_versions(conn, around.projects).await?;
        found.extend(newest.into_iter().map(Pattern::Exact));
    }
    Ok(found)
}
