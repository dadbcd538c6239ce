//! The names that users and teams have at the other side of an integration.

use mortise_domain::{ExternalActorId, IntegrationId, OrgId, TeamId, Time, UserId};

use crate::{Conn, Query, Result, Slice, Tx, row};

row! {
    /// The name of a user or a team at another service. `provider` is an `ExternalProvider`.
    pub struct ExternalActor {
        pub id: ExternalActorId,
        pub organization_id: OrgId,
        pub integration_id: IntegrationId,
        pub provider: i64,
        pub external_name: String,
        pub external_id: Option<String>,
        pub user_id: Option<UserId>,
        pub team_id: Option<TeamId>,
    }
}

const COLUMNS: &str = "SELECT id, organization_id, integration_id, provider, external_name, external_id, user_id, \
     team_id FROM external_actor WHERE organization_id = ";

/// What a name is looked for by, and made of.
#[derive(Debug, Clone)]
pub struct Name {
    /// At which integration.
    pub integration_id: IntegrationId,
    /// An `ExternalProvider`.
    pub provider: i64,
    /// The name there.
    pub external_name: String,
    /// The id there. `None`: whatever it is; `Some(None)`: without one.
    pub external_id: Option<Option<String>>,
}

/// Whose name it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// A user's.
    User(UserId),
    /// A team's.
    Team(TeamId),
}

impl Whose {
    /// The user and the team.
    fn ids(self) -> (Option<UserId>, Option<TeamId>) {
        match self {
            Self::User(id) => (Some(id), None),
            Self::Team(id) => (None, Some(id)),
        }
    }
}

/// The rows with this name in the organization, oldest first, whoever they belong to.
pub async fn named(conn: &mut Conn, org: OrgId, name: &Name) -> Result<Vec<ExternalActor>> {
    let mut query = Query::new(COLUMNS);
    query.arg(org).push(" AND integration_id = ").arg(name.integration_id);
    query.push(" AND provider = ").arg(name.provider).push(" AND external_name = ").arg(&name.external_name);
    match &name.external_id {
        None => {}
        Some(None) => drop(query.push(" AND external_id IS NULL")),
        Some(Some(id)) => drop(query.push(" AND external_id = ").arg(id)),
    }
    query.push(" ORDER BY id");
    conn.all(query).await
}

/// One row of the organization.
pub async fn find(conn: &mut Conn, org: OrgId, id: ExternalActorId) -> Result<Option<ExternalActor>> {
    let mut query = Query::new(COLUMNS);
    query.arg(org).push(" AND id = ").arg(id);
    conn.optional(query).await
}

/// Notes a name. Whoever has it already is a conflict.
pub async fn insert(tx: &mut Tx, org: OrgId, name: &Name, whose: Whose, now: Time) -> Result<ExternalActor> {
    let query = Query::new(
        "INSERT INTO external_actor (organization_id, integration_id, provider, external_name, external_id, user_id, \
         team_id, date_added, date_updated) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING id, \
         organization_id, integration_id, provider, external_name, external_id, user_id, team_id",
    );
    let (user, team) = whose.ids();
    let query = query.bind(org).bind(name.integration_id).bind(name.provider).bind(&name.external_name);
    tx.one(query.bind(name.external_id.clone().flatten()).bind(user).bind(team).bind(now)).await
}

/// Stores everything that can change about a name. Whoever has it already is a conflict.
pub async fn update(tx: &mut Tx, row: &ExternalActor, now: Time) -> Result<()> {
    let query = Query::new(
        "UPDATE external_actor SET integration_id = $3, provider = $4, external_name = $5, external_id = $6, \
         user_id = $7, team_id = $8, date_updated = $9 WHERE organization_id = $1 AND id = $2",
    );
    let query = query.bind(row.organization_id).bind(row.id).bind(row.integration_id).bind(row.provider);
    let query = query.bind(&row.external_name).bind(row.external_id.as_deref());
    tx.execute_one(query.bind(row.user_id).bind(row.team_id).bind(now)).await
}

/// Forgets a name; whether it was there.
pub async fn delete(tx: &mut Tx, org: OrgId, id: ExternalActorId) -> Result<bool> {
    let query = Query::new("DELETE FROM external_actor WHERE organization_id = $1 AND id = $2");
    Ok(tx.execute(query.bind(org).bind(id)).await? == 1)
}

/// The names at an integration of the organization, by name.
pub async fn of_integration(
    conn: &mut Conn,
    org: OrgId,
    integration: IntegrationId,
    slice: Slice,
) -> Result<Vec<ExternalActor>> {
    let mut query = Query::new(COLUMNS);
    query
        .arg(org)
        .push(" AND integration_id = ")
        .arg(integration)
        .push(" ORDER BY external_name, id")
        .slice(slice);
    conn.all(query).await
}

/// The names of these users in the organization, oldest first.
pub async fn of_users(conn: &mut Conn, org: OrgId, users: &[UserId]) -> Result<Vec<ExternalActor>> {
    let mut query = Query::new(COLUMNS);
    query.arg(org).push(" AND user_id IN ").list(users.iter().copied()).push(" ORDER BY id");
    conn.all(query).await
}

/// The names of these teams in the organization, oldest first.
pub async fn of_teams(conn: &mut Conn, org: OrgId, teams: &[TeamId]) -> Result<Vec<ExternalActor>> {
    let mut query = Query::new(COLUMNS);
    query.arg(org).push(" AND team_id IN ").list(teams.iter().copied()).push(" ORDER BY id");
    conn.all(query).await
}
