//! Linking repositories to projects by their names: the repository `acme/web` belongs to the project `web`, or to
//! `acme-web`. Only what is not linked yet is, so that nobody's choice is touched.

use std::collections::HashMap;

use mortise_domain::{OrgId, ProjectId, RepositoryId, Time, slug::slugify};
use mortise_store::{Tx, repository_link as store};

use crate::Result;

/// Links active repositories of an organization to the active projects that are called the same, where both are linked to
/// nothing yet, in a transaction; only those among the ids, where there are any. How many links were made. Of two calls at
/// once the second sees what the first has linked: a project is linked to one repository by its name, never to two.
pub async fn link_by_name(
    tx: &mut Tx,
    org: OrgId,
    repositories: Option<&[RepositoryId]>,
    projects: Option<&[ProjectId]>,
    now: Time,
) -> Result<u64> {
    store::lock(tx, org).await?;
    let projects = store::unlinked_projects(tx, org, projects).await?;
    if projects.is_empty() {
        return Ok(0);
    }
    let repositories = store::unlinked_repositories(tx, org, repositories).await?;
    Ok(store::link(tx, &pairs(projects, repositories), now).await?)
}

/// Who belongs to whom; each only once.
fn pairs(
    projects: Vec<(ProjectId, String)>,
    repositories: Vec<(RepositoryId, String)>,
) -> Vec<(ProjectId, RepositoryId)> {
    let mut by_slug: HashMap<String, ProjectId> = projects.into_iter().map(|(id, slug)| (slug, id)).collect();
    let project_of = |(id, name): (RepositoryId, String)| {
        let project = slugs_of(&name).into_iter().find_map(|slug| by_slug.remove(&slug))?;
        Some((project, id))
    };
    repositories.into_iter().filter_map(project_of).collect()
}

/// The slugs of projects that a repository may belong to, best first: its last part, then all parts.
fn slugs_of(name: &str) -> Vec<String> {
    let parts = name.split('/').map(|part| slugify(part.trim()));
    let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    let Some(last) = parts.last() else { return Vec::new() };
    let mut slugs = vec![last.clone()];
    if parts.len() > 1 {
        slugs.push(parts.join("-"));
    }
    slugs
}

#[cfg(test)]
mod tests {
    use super::slugs_of;

    #[test]
    fn a_repository_suggests_its_last_part_and_then_all_of_its_name() {
        for (name, slugs) in [
            ("acme/web", vec!["web", "acme-web"]),
            ("acme / web", vec!["web", "acme-web"]),
            ("My Project/My Repo", vec!["my-repo", "my-project-my-repo"]),
            ("Acme/Group/Web-Backend", vec!["web-backend", "acme-group-web-backend"]),
            ("web-backend", vec!["web-backend"]),
            ("/web/", vec!["web"]),
            ("!/?", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(slugs_of(name), slugs, "{name}");
        }
    }
}
