//! Finding projects: by what a search asks for, in the order of a list.

use mortise_domain::{OrgId, ProjectId, TeamId};

use super::Project;
use crate::{Conn, Pattern, Query, Range, Result, Slice};

/// What projects must be like. Everything that is set must hold; an empty list matches none.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In one of these organizations.
    pub orgs: Option<Vec<OrgId>>,
    /// With one of these ids.
    pub ids: Option<Vec<ProjectId>>,
    /// With one of these slugs, whatever the case.
    pub slugs: Option<Vec<String>>,
    /// With one of these names, whatever the case.
    pub names: Option<Vec<String>>,
    /// With one of these platforms, whatever the case.
    pub platforms: Option<Vec<String>>,
    /// With a client key that is one of these.
    pub public_keys: Option<Vec<String>>,
    /// Of one of these teams.
    pub teams: Option<Vec<TeamId>>,
    /// Of none of these teams.
    pub without_teams: Option<Vec<TeamId>>,
    /// Of a team with one of these slugs.
    pub team_slugs: Option<Vec<String>>,
    /// Of no team with one of these slugs.
    pub without_team_slugs: Option<Vec<String>>,
    /// With this text in the name or slug, whatever the case.
    pub text: Option<String>,
    /// Nothing fits: the search asked for something that does not exist.
    pub nothing: bool,
}

impl Filter {
    /// `SELECT .. WHERE` active and fitting.
    fn query(&self, select: &'static str) -> Query {
        let mut query = Query::new(select);
        query.push(" FROM project p WHERE p.status = 0");
        if self.nothing {
            query.push(" AND FALSE");
        }
        if let Some(orgs) = &self.orgs {
            query.push(" AND p.organization_id IN ").list(orgs.iter().copied());
        }
        if let Some(ids) = &self.ids {
            query.push(" AND p.id IN ").list(ids.iter().copied());
        }
        for (column, words) in [
            (" AND lower(p.slug) IN ", &self.slugs),
            (" AND lower(p.name) IN ", &self.names),
            (" AND lower(p.platform) IN ", &self.platforms),
        ] {
            if let Some(words) = words {
                query.push(column).list(words.iter().map(|word| word.to_lowercase()));
            }
        }
        self.push_related(&mut query);
        if let Some(text) = &self.text {
            let text = [Pattern::contains(text)];
            query.push(" AND (").matches("p.name", &text).push(" OR ").matches("p.slug", &text).push(")");
        }
        query
    }

    fn push_related(&self, query: &mut Query) {
        const TEAM: &str = "EXISTS (SELECT 1 FROM project_team pt JOIN team t ON t.id = pt.team_id \
                            WHERE pt.project_id = p.id AND t.";
        if let Some(keys) = &self.public_keys {
            query.push(
                " AND EXISTS (SELECT 1 FROM project_key k WHERE k.project_id = p.id AND k.public_key IN ",
            );
            query.list(keys).push(")");
        }
        if let Some(teams) = &self.teams {
            query.push(" AND ").push(TEAM).push("id IN ").list(teams.iter().copied()).push(")");
        }
        if let Some(teams) = &self.without_teams {
            query.push(" AND NOT ").push(TEAM).push("id IN ").list(teams.iter().copied()).push(")");
        }
        if let Some(slugs) = &self.team_slugs {
            query.push(" AND ").push(TEAM).push("slug IN ").list(slugs).push(")");
        }
        if let Some(slugs) = &self.without_team_slugs {
            query.push(" AND NOT ").push(TEAM).push("slug IN ").list(slugs).push(")");
        }
    }
}

/// Fitting projects by slug.
pub async fn by_slug(conn: &mut Conn, filter: &Filter, slice: Slice) -> Result<Vec<Project>> {
    let mut query = filter.query("SELECT p.*");
    query.push(" ORDER BY p.slug, p.id").slice(slice);
    conn.all(query).await
}

/// Fitting projects by when they were made.
pub async fn by_date(conn: &mut Conn, filter: &Filter, range: &Range) -> Result<Vec<Project>> {
    let mut query = filter.query("SELECT p.*");
    query.range("p.date_added", "p.id", range);
    conn.all(query).await
}

/// How many projects fit.
pub async fn count(conn: &mut Conn, filter: &Filter) -> Result<i64> {
    conn.one(filter.query("SELECT COUNT(*)")).await
}
