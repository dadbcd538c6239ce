//! Issue alert rules. What a rule asks for and does is data (JSON): `{"conditions", "actions", "action_match",
//! "filter_match", "frequency"}`; filters are among the conditions. [`fire`] is what happens when it is asked,
//! [`snooze`] keeps it quiet, [`combined`] lists it beside metric alert rules.

pub mod combined;
pub mod fire;
pub mod snooze;

use mortise_domain::{EnvironmentId, OrgId, ProjectId, RuleId, TeamId, Time, UserId};
use serde_json::Value as Json;

use crate::{Conn, Pattern, Query, Result, Slice, Tx, dialect, row};

row! {
    /// A rule. `status` is an `ObjectStatus`.
    pub struct Rule {
        pub id: RuleId,
        pub project_id: ProjectId,
        /// Its slug.
        pub project: String,
        pub label: String,
        pub environment_id: Option<EnvironmentId>,
        /// Its name.
        pub environment: Option<String>,
        pub owner_user_id: Option<UserId>,
        pub owner_team_id: Option<TeamId>,
        /// Who made it, as its activity says.
        pub created_by_id: Option<UserId>,
        pub status: i64,
        /// Why the server switched it off ...
        pub disable_reason: Option<String>,
        /// ... and when.
        pub disable_date: Option<Time>,
        pub data: Json,
        pub date_added: Time,
    }
}

/// What a rule holds that people decide.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleContent {
    /// Its name.
    pub label: String,
    /// The only environment whose events count; `None` for all.
    pub environment_id: Option<EnvironmentId>,
    /// Whose it is: a person ...
    pub owner_user_id: Option<UserId>,
    /// ... or a team.
    pub owner_team_id: Option<TeamId>,
    /// See the module.
    pub data: Json,
}

impl RuleContent {
    /// A rule for all environments that nobody owns.
    pub fn new(label: impl Into<String>, data: Json) -> Self {
        Self { label: label.into(), environment_id: None, owner_user_id: None, owner_team_id: None, data }
    }
}

const RULE: &str = "SELECT r.id, r.project_id, p.slug AS project, r.label, r.environment_id, e.name AS environment, r.owner_user_id, \
    r.owner_team_id, (SELECT a.user_id FROM rule_activity a WHERE a.rule_id = r.id AND a.kind = 1 \
    ORDER BY a.id LIMIT 1) AS created_by_id, r.status, r.disable_reason, r.disable_date, r.data, r.date_added \
    FROM rule r JOIN project p ON p.id = r.project_id LEFT JOIN environment e ON e.id = r.environment_id WHERE ";

/// What was done to a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// It was made.
    Created = 1,
    /// It was deleted.
    Deleted = 2,
    /// It was replaced.
    Updated = 3,
    /// It was switched on.
    Enabled = 4,
    /// It was switched off.
    Disabled = 5,
}

/// Writes down what somebody did to a rule; nobody stands for the server.
async fn record(tx: &mut Tx, id: RuleId, activity: Activity, by: Option<UserId>, now: Time) -> Result<()> {
    let query =
        Query::new("INSERT INTO rule_activity (rule_id, user_id, kind, date_added) VALUES ($1, $2, $3, $4)");
    tx.execute_one(query.bind(id).bind(by).bind(activity as i64).bind(now)).await
}

/// Creates an active rule.
pub async fn insert(
    tx: &mut Tx,
    project: ProjectId,
    new: &RuleContent,
    by: Option<UserId>,
    now: Time,
) -> Result<RuleId> {
    let query = Query::new(
        "INSERT INTO rule (project_id, label, environment_id, owner_user_id, owner_team_id, data, status, date_added) \
         VALUES ($1, $2, $3, $4, $5, $6, 0, $7) RETURNING id",
    );
    let query = query.bind(project).bind(&new.label).bind(new.environment_id).bind(new.owner_user_id);
    let id = tx.one(query.bind(new.owner_team_id).bind(&new.data).bind(now)).await?;
    record(tx, id, Activity::Created, by, now).await?;
    Ok(id)
}

/// Replaces what a rule holds, and makes it active.
pub async fn update(tx: &mut Tx, id: RuleId, new: &RuleContent, by: Option<UserId>, now: Time) -> Result<()> {
    let query = Query::new(
        "UPDATE rule SET label = $2, environment_id = $3, owner_user_id = $4, owner_team_id = $5, data = $6, status = 0, \
         disable_reason = NULL, disable_date = NULL WHERE id = $1",
    );
    let query = query.bind(id).bind(&new.label).bind(new.environment_id).bind(new.owner_user_id);
    tx.execute_one(query.bind(new.owner_team_id).bind(&new.data)).await?;
    record(tx, id, Activity::Updated, by, now).await
}

/// Switches a disabled rule on.
pub async fn enable(tx: &mut Tx, id: RuleId, by: Option<UserId>, now: Time) -> Result<()> {
    let query =
        Query::new("UPDATE rule SET status = 0, disable_reason = NULL, disable_date = NULL WHERE id = $1");
    tx.execute_one(query.bind(id)).await?;
    record(tx, id, Activity::Enabled, by, now).await
}

/// Switches a rule off, for the server.
pub async fn disable(tx: &mut Tx, id: RuleId, reason: &str, now: Time) -> Result<()> {
    let query =
        Query::new("UPDATE rule SET status = 1, disable_reason = $2, disable_date = $3 WHERE id = $1");
    tx.execute_one(query.bind(id).bind(reason).bind(now)).await?;
    record(tx, id, Activity::Disabled, None, now).await
}

/// Marks a rule as deleted; [`remove_some`] removes it.
pub async fn delete(tx: &mut Tx, id: RuleId, by: Option<UserId>, now: Time) -> Result<()> {
    tx.execute_one(Query::new("UPDATE rule SET status = 2 WHERE id = $1").bind(id)).await?;
    record(tx, id, Activity::Deleted, by, now).await
}

/// The rule of a project with this id, active or disabled.
pub async fn by_id(conn: &mut Conn, project: ProjectId, id: RuleId) -> Result<Option<Rule>> {
    let mut query = Query::new(RULE);
    query.push("r.status IN (0, 1) AND r.project_id = ").arg(project).push(" AND r.id = ").arg(id);
    conn.optional(query).await
}

/// The rules of a project, active or disabled, newest first.
pub async fn of_project(conn: &mut Conn, project: ProjectId, slice: Slice) -> Result<Vec<Rule>> {
    let mut query = Query::new(RULE);
    query
        .push("r.status IN (0, 1) AND r.project_id = ")
        .arg(project)
        .push(" ORDER BY r.id DESC")
        .slice(slice);
    conn.all(query).await
}

/// The active rules of a project, oldest first.
pub async fn active(conn: &mut Conn, project: ProjectId) -> Result<Vec<Rule>> {
    let mut query = Query::new(RULE);
    query.push("r.status = 0 AND r.project_id = ").arg(project).push(" ORDER BY r.id");
    conn.all(query).await
}

/// The active rules of live projects of these organizations whose data contains any of these words, with their
/// organizations; an upper bound, since a word may stand anywhere in it.
pub async fn mentioning(conn: &mut Conn, orgs: &[OrgId], words: &[&str]) -> Result<Vec<(RuleId, OrgId)>> {
    let words: Vec<Pattern> = words.iter().copied().map(Pattern::contains).collect();
    let mut query = Query::new(
        "SELECT r.id, p.organization_id FROM rule r JOIN project p ON p.id = r.project_id \
         WHERE r.status = 0 AND p.status = 0 AND p.organization_id IN ",
    );
    query.list(orgs.iter().copied()).push(" AND ").matches("r.data", &words).push(" ORDER BY r.id");
    conn.all(query).await
}

/// Holds the project until the transaction ends, so that rules that are made at the same time see each other.
pub async fn lock_project(tx: &mut Tx, project: ProjectId) -> Result<()> {
    let lock = dialect::row_lock(tx);
    let mut query = Query::new("SELECT id FROM project WHERE id = $1").bind(project);
    query.push(lock);
    tx.optional::<ProjectId>(query).await?;
    Ok(())
}

/// These rules.
pub async fn by_ids(conn: &mut Conn, ids: &[RuleId]) -> Result<Vec<Rule>> {
    let mut query = Query::new(RULE);
    query.push("r.status IN (0, 1) AND r.id IN ").list(ids.iter().copied());
    conn.all(query).await
}

/// Removes rules that were deleted, with what is known of them, at most `batch` rows of it at a time. How many rows.
pub async fn remove_some(tx: &mut Tx, batch: i64) -> Result<u64> {
    let mut removed = 0;
    for sql in [
        "DELETE FROM rule_fire WHERE id IN (SELECT f.id FROM rule_fire f JOIN rule r ON r.id = f.rule_id \
         WHERE r.status = 2 LIMIT $1)",
        "DELETE FROM rule_issue WHERE (issue_id, rule_id) IN (SELECT i.issue_id, i.rule_id FROM rule_issue i \
         JOIN rule r ON r.id = i.rule_id WHERE r.status = 2 LIMIT $1)",
    ] {
        removed += tx.execute(Query::new(sql).bind(batch)).await?;
    }
    if removed == 0 {
        let query =
            Query::new("DELETE FROM rule WHERE id IN (SELECT id FROM rule WHERE status = 2 LIMIT $1)");
        removed = tx.execute(query.bind(batch)).await?;
    }
    Ok(removed)
}

/// The integrations that an organization uses: provider, id and name.
pub async fn integrations(conn: &mut Conn, org: OrgId) -> Result<Vec<(String, i64, String)>> {
    let query = Query::new(
        "SELECT i.provider, i.id, i.name FROM organization_integration o JOIN integration i ON i.id = o.integration_id \
         WHERE o.organization_id = $1 AND o.status = 0 AND i.status = 0 ORDER BY i.name, i.id",
    );
    conn.all(query.bind(org)).await
}
