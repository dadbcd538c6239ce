//! Teams and who is in them.

use mortise_domain::{MemberId, OrgId, ProjectId, TeamId, Time};

use crate::{Conn, Pattern, Query, Result, Slice, Tx, row};

row! {
    /// A team.
    pub struct Team {
        pub id: TeamId,
        pub organization_id: OrgId,
        pub slug: String,
        pub name: String,
        pub date_added: Time,
    }
}

/// The team with this id in the organization.
pub async fn by_id(conn: &mut Conn, org: OrgId, id: TeamId) -> Result<Option<Team>> {
    let query = Query::new("SELECT * FROM team WHERE organization_id = $1 AND id = $2");
    conn.optional(query.bind(org).bind(id)).await
}

/// The team with this slug in the organization.
pub async fn by_slug(conn: &mut Conn, org: OrgId, slug: &str) -> Result<Option<Team>> {
    let query = Query::new("SELECT * FROM team WHERE organization_id = $1 AND slug = $2");
    conn.optional(query.bind(org).bind(slug)).await
}

/// The teams of a project.
pub async fn ids_of_project(conn: &mut Conn, project: ProjectId) -> Result<Vec<TeamId>> {
    let query = Query::new("SELECT team_id FROM project_team WHERE project_id = $1 ORDER BY team_id");
    conn.all(query.bind(project)).await
}

/// Creates a team.
pub async fn insert(tx: &mut Tx, org: OrgId, slug: &str, name: &str, now: Time) -> Result<Team> {
    let query = Query::new(
        "INSERT INTO team (organization_id, slug, name, date_added) VALUES ($1, $2, $3, $4) RETURNING *",
    );
    tx.one(query.bind(org).bind(slug).bind(name).bind(now)).await
}

/// Puts a member into a team, or changes the role there.
pub async fn put_member(tx: &mut Tx, team: TeamId, member: MemberId, role: Option<&str>) -> Result<()> {
    let query = Query::new(
        "INSERT INTO team_member (team_id, member_id, role) VALUES ($1, $2, $3) \
         ON CONFLICT (team_id, member_id) DO UPDATE SET role = excluded.role",
    );
    tx.execute_one(query.bind(team).bind(member).bind(role)).await
}

/// What teams must be like. Everything that is set must hold; an empty list matches none.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// With one of these ids.
    pub ids: Option<Vec<TeamId>>,
    /// With one of these slugs.
    pub slugs: Option<Vec<String>>,
    /// With this text in name or slug.
    pub text: Option<String>,
    /// With a name at another service, or without.
    pub has_external: Option<bool>,
    /// Nothing fits.
    pub nothing: bool,
}

/// Whose things are wanted: those of some teams, and those of nobody.
#[derive(Debug, Clone, Default)]
pub struct Owners {
    /// Any of these teams.
    pub teams: Vec<TeamId>,
    /// No team.
    pub nobody: bool,
}

impl Owners {
    /// The condition that a column with the id of a team fits.
    pub(crate) fn push(&self, query: &mut Query, column: &'static str) {
        query.push("(").push(column).push(" IN ").list(self.teams.iter().copied());
        if self.nobody {
            query.push(" OR ").push(column).push(" IS NULL");
        }
        query.push(")");
    }
}

/// Fitting teams of an organization, by slug.
pub async fn list(conn: &mut Conn, org: OrgId, filter: &Filter, slice: Slice) -> Result<Vec<Team>> {
    let mut query = Query::new("SELECT t.* FROM team t WHERE t.organization_id = ");
    query.arg(org);
    if filter.nothing {
        query.push(" AND FALSE");
    }
    if let Some(ids) = &filter.ids {
        query.push(" AND t.id IN ").list(ids.iter().copied());
    }
    if let Some(slugs) = &filter.slugs {
        query.push(" AND t.slug IN ").list(slugs);
    }
    if let Some(text) = &filter.text {
        let patterns = [Pattern::contains(text)];
        query.push(" AND (").matches("t.name", &patterns).push(" OR ").matches("t.slug", &patterns).push(")");
    }
    if let Some(has_external) = filter.has_external {
        query.push(if has_external { " AND EXISTS " } else { " AND NOT EXISTS " });
        query.push(
            "(SELECT 1 FROM external_actor x WHERE x.organization_id = t.organization_id AND x.team_id = t.id)",
        );
    }
    query.push(" ORDER BY t.slug, t.id").slice(slice);
    conn.all(query).await
}

/// How many members with an active account each of these teams has.
pub async fn member_counts(conn: &mut Conn, teams: &[TeamId]) -> Result<Vec<(TeamId, i64)>> {
    if teams.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "SELECT tm.team_id, COUNT(*) FROM team_member tm JOIN organization_member m ON m.id = tm.member_id \
         JOIN user_account u ON u.id = m.user_id WHERE m.invite_status = 0 AND u.is_active = TRUE AND tm.team_id IN ",
    );
    query.list(teams.iter().copied()).push(" GROUP BY tm.team_id");
    conn.all(query).await
}

/// The active projects of these teams, as pairs, by slug of the project.
pub async fn projects(conn: &mut Conn, teams: &[TeamId]) -> Result<Vec<(TeamId, ProjectId)>> {
    if teams.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "SELECT pt.team_id, p.id FROM project_team pt JOIN project p ON p.id = pt.project_id \
         WHERE p.status = 0 AND pt.team_id IN ",
    );
    query.list(teams.iter().copied()).push(" ORDER BY p.slug, p.id");
    conn.all(query).await
}

/// Changes slug and name. A taken slug is a conflict.
pub async fn update(tx: &mut Tx, id: TeamId, slug: &str, name: &str) -> Result<Team> {
    let query = Query::new("UPDATE team SET slug = $2, name = $3 WHERE id = $1 RETURNING *");
    tx.one(query.bind(id).bind(slug).bind(name)).await
}

/// Deletes a team; whether it was there. Its projects and people stay.
pub async fn delete(tx: &mut Tx, org: OrgId, id: TeamId) -> Result<bool> {
    let query = Query::new("DELETE FROM team WHERE organization_id = $1 AND id = $2");
    Ok(tx.execute(query.bind(org).bind(id)).await? == 1)
}

/// The ids of the teams of an organization that have any of these slugs.
pub async fn ids_by_slugs(conn: &mut Conn, org: OrgId, slugs: &[String]) -> Result<Vec<TeamId>> {
    let mut query = Query::new("SELECT id FROM team WHERE organization_id = $1 AND slug IN ").bind(org);
    query.list(slugs).push(" ORDER BY id");
    conn.all(query).await
}
