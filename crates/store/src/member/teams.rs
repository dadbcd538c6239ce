//! Places of members in teams, and wishes to get one.

use mortise_domain::{MemberId, OrgId, ProjectId, TeamId, Time, UserId};

use super::TeamMembership;
use crate::{Conn, Query, Result, Tx, row};

row! {
    /// A member's place in a team, with the team's name in addresses.
    pub struct TeamPlace {
        pub member_id: MemberId,
        pub team_id: TeamId,
        pub team_slug: String,
        pub role: Option<String>,
    }
}

row! {
    /// A wish to join a team.
    pub struct AccessRequest {
        pub id: i64,
        pub team_id: TeamId,
        pub member_id: MemberId,
        pub requester_id: Option<UserId>,
    }
}

/// The teams of these members, by slug.
pub async fn of_members(conn: &mut Conn, members: &[MemberId]) -> Result<Vec<TeamPlace>> {
    if members.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "SELECT tm.member_id, tm.team_id, t.slug AS team_slug, tm.role FROM team_member tm \
         JOIN team t ON t.id = tm.team_id WHERE tm.member_id IN ",
    );
    query.list(members.iter().copied()).push(" ORDER BY t.slug, tm.member_id");
    conn.all(query).await
}

/// The slugs of active projects that these members reach through their teams, as pairs, by slug.
pub async fn projects_of_members(
    conn: &mut Conn,
    members: &[MemberId],
    projects: &[ProjectId],
) -> Result<Vec<(MemberId, String)>> {
    if members.is_empty() || projects.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "SELECT DISTINCT tm.member_id, p.slug FROM team_member tm JOIN project_team pt ON pt.team_id = tm.team_id \
         JOIN project p ON p.id = pt.project_id WHERE p.status = 0 AND p.id IN ",
    );
    query.list(projects.iter().copied()).push(" AND tm.member_id IN ");
    query.list(members.iter().copied()).push(" ORDER BY p.slug, tm.member_id");
    conn.all(query).await
}

/// A member's place in a team.
pub async fn place(conn: &mut Conn, team: TeamId, member: MemberId) -> Result<Option<TeamMembership>> {
    let query =
        Query::new("SELECT team_id, member_id, role FROM team_member WHERE team_id = $1 AND member_id = $2");
    conn.optional(query.bind(team).bind(member)).await
}

/// Takes a member out of a team; whether they were in it.
pub async fn remove(tx: &mut Tx, team: TeamId, member: MemberId) -> Result<bool> {
    let query = Query::new("DELETE FROM team_member WHERE team_id = $1 AND member_id = $2");
    Ok(tx.execute(query.bind(team).bind(member)).await? == 1)
}

/// Takes a member out of every team.
pub async fn remove_all(tx: &mut Tx, member: MemberId) -> Result<u64> {
    tx.execute(Query::new("DELETE FROM team_member WHERE member_id = $1").bind(member)).await
}

/// Notes a wish to join a team; nothing where it is noted already.
pub async fn request(
    tx: &mut Tx,
    team: TeamId,
    member: MemberId,
    requester: Option<UserId>,
    now: Time,
) -> Result<()> {
    let query = Query::new(
        "INSERT INTO team_access_request (team_id, member_id, requester_id, date_added) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (team_id, member_id) DO NOTHING",
    );
    tx.execute(query.bind(team).bind(member).bind(requester).bind(now)).await?;
    Ok(())
}

/// Forgets a wish to join a team.
pub async fn forget_request(tx: &mut Tx, team: TeamId, member: MemberId) -> Result<()> {
    let query = Query::new("DELETE FROM team_access_request WHERE team_id = $1 AND member_id = $2");
    tx.execute(query.bind(team).bind(member)).await?;
    Ok(())
}

/// The wishes to join teams of an organization, oldest first.
pub async fn requests(conn: &mut Conn, org: OrgId) -> Result<Vec<AccessRequest>> {
    let query = Query::new(
        "SELECT r.id, r.team_id, r.member_id, r.requester_id FROM team_access_request r \
         JOIN team t ON t.id = r.team_id WHERE t.organization_id = $1 ORDER BY r.id",
    );
    conn.all(query.bind(org)).await
}

/// A wish to join a team of the organization.
pub async fn request_by_id(conn: &mut Conn, org: OrgId, id: i64) -> Result<Option<AccessRequest>> {
    let query = Query::new(
        "SELECT r.id, r.team_id, r.member_id, r.requester_id FROM team_access_request r \
         JOIN team t ON t.id = r.team_id WHERE t.organization_id = $1 AND r.id = $2",
    );
    conn.optional(query.bind(org).bind(id)).await
}

/// The teams that a member wishes to join.
pub async fn requested_by(conn: &mut Conn, member: MemberId) -> Result<Vec<TeamId>> {
    let query = Query::new("SELECT team_id FROM team_access_request WHERE member_id = $1 ORDER BY team_id");
    conn.all(query.bind(member)).await
}
