//! Metric alert rules: what they count, their thresholds and actions, and the incidents that came of them.

use mortise_domain::{
    EnvironmentId, IncidentId, MetricActionId, MetricRuleId, MetricTriggerId, OrgId, ProjectId, TeamId, Time,
    UserId,
};
use serde_json::Value as Json;

use crate::{Conn, Pattern, Query, Result, Slice, Tx, row, team::Owners};

row! {
    /// A rule. `data` is JSON of which this crate knows nothing.
    pub struct MetricRule {
        pub id: MetricRuleId,
        pub organization_id: OrgId,
        pub name: String,
        pub environment_id: Option<EnvironmentId>,
        /// Its name.
        pub environment: Option<String>,
        pub owner_user_id: Option<UserId>,
        pub owner_team_id: Option<TeamId>,
        pub created_by_id: Option<UserId>,
        pub data: Json,
        pub date_added: Time,
        pub date_modified: Time,
    }
}

row! {
    /// A threshold. `label` is `critical` or `warning`, `threshold` a JSON number.
    pub struct Trigger {
        pub id: MetricTriggerId,
        pub rule_id: MetricRuleId,
        pub label: String,
        pub threshold: Json,
        pub date_added: Time,
    }
}

row! {
    /// What is done when a threshold is crossed.
    pub struct Action {
        pub id: MetricActionId,
        pub trigger_id: MetricTriggerId,
        pub data: Json,
        pub date_added: Time,
    }
}

row! {
    /// A time during which a rule was over a threshold. status: 2 closed, 10 warning, 20 critical.
    pub struct Incident {
        pub id: IncidentId,
        pub organization_id: OrgId,
        pub identifier: i64,
        pub rule_id: MetricRuleId,
        pub title: String,
        pub status: i64,
        pub date_started: Time,
        pub date_detected: Time,
        pub date_closed: Option<Time>,
    }
}

/// What a rule holds that people decide.
#[derive(Debug, Clone)]
pub struct Content {
    /// Its name.
    pub name: String,
    /// The only environment whose events count.
    pub environment_id: Option<EnvironmentId>,
    /// Whose it is: a person ...
    pub owner_user_id: Option<UserId>,
    /// ... or a team.
    pub owner_team_id: Option<TeamId>,
    /// What it counts, and how.
    pub data: Json,
    /// Where.
    pub projects: Vec<ProjectId>,
    /// Its thresholds.
    pub triggers: Vec<NewTrigger>,
}

/// A threshold to make or change.
#[derive(Debug, Clone)]
pub struct NewTrigger {
    /// `critical` or `warning`.
    pub label: String,
    /// A JSON number.
    pub threshold: Json,
    /// What is done when it is crossed.
    pub actions: Vec<NewAction>,
}

/// An action to make or change.
#[derive(Debug, Clone)]
pub struct NewAction {
    /// The one that it changes.
    pub id: Option<MetricActionId>,
    /// As in [`Action`].
    pub data: Json,
}

const RULE: &str = "SELECT r.id, r.organization_id, r.name, r.environment_id, e.name AS environment, r.owner_user_id, \
    r.owner_team_id, r.created_by_id, r.data, r.date_added, r.date_modified \
    FROM metric_rule r LEFT JOIN environment e ON e.id = r.environment_id WHERE ";

/// Makes a rule.
pub async fn insert(
    tx: &mut Tx,
    org: OrgId,
    new: &Content,
    created_by: Option<UserId>,
    now: Time,
) -> Result<MetricRuleId> {
    let query = Query::new(
        "INSERT INTO metric_rule (organization_id, name, environment_id, owner_user_id, owner_team_id, created_by_id, \
         data, date_added, date_modified) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING id",
    );
    let query = query.bind(org).bind(&new.name).bind(new.environment_id).bind(new.owner_user_id);
    let id = tx.one(query.bind(new.owner_team_id).bind(created_by).bind(&new.data).bind(now)).await?;
    put_parts(tx, id, new, now).await?;
    Ok(id)
}

/// Replaces what a rule holds. Thresholds keep their ids by label, actions those that are named.
pub async fn update(tx: &mut Tx, id: MetricRuleId, new: &Content, now: Time) -> Result<()> {
    let query = Query::new(
        "UPDATE metric_rule SET name = $2, environment_id = $3, owner_user_id = $4, owner_team_id = $5, data = $6, \
         date_modified = $7 WHERE id = $1",
    );
    let query = query.bind(id).bind(&new.name).bind(new.environment_id).bind(new.owner_user_id);
    tx.execute_one(query.bind(new.owner_team_id).bind(&new.data).bind(now)).await?;
    tx.execute(Query::new("DELETE FROM metric_rule_project WHERE rule_id = $1").bind(id)).await?;
    put_parts(tx, id, new, now).await
}

async fn put_parts(tx: &mut Tx, id: MetricRuleId, new: &Content, now: Time) -> Result<()> {
    for project in &new.projects {
        let query = Query::new("INSERT INTO metric_rule_project (rule_id, project_id) VALUES ($1, $2)");
        tx.execute(query.bind(id).bind(*project)).await?;
    }
    let mut gone = Query::new("DELETE FROM metric_trigger WHERE rule_id = $1 AND label NOT IN ").bind(id);
    gone.list(new.triggers.iter().map(|it| &it.label));
    tx.execute(gone).await?;
    for NewTrigger { label, threshold, actions } in &new.triggers {
        let query = Query::new(
            "INSERT INTO metric_trigger (rule_id, label, threshold, date_added) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (rule_id, label) DO UPDATE SET threshold = excluded.threshold RETURNING id",
        );
        let trigger: MetricTriggerId = tx.one(query.bind(id).bind(label).bind(threshold).bind(now)).await?;
        let kept: Vec<MetricActionId> = actions.iter().filter_map(|action| action.id).collect();
        let mut gone = Query::new("DELETE FROM metric_action WHERE trigger_id = $1").bind(trigger);
        if !kept.is_empty() {
            gone.push(" AND id NOT IN ").list(kept);
        }
        tx.execute(gone).await?;
        for NewAction { id, data } in actions {
            if let Some(id) = id {
                let query =
                    Query::new("UPDATE metric_action SET data = $3 WHERE id = $1 AND trigger_id = $2");
                if tx.execute(query.bind(*id).bind(trigger).bind(data)).await? > 0 {
                    continue;
                }
            }
            let query =
                Query::new("INSERT INTO metric_action (trigger_id, data, date_added) VALUES ($1, $2, $3)");
            tx.execute(query.bind(trigger).bind(data).bind(now)).await?;
        }
    }
    Ok(())
}

/// Removes a rule and its incidents.
pub async fn delete(tx: &mut Tx, id: MetricRuleId) -> Result<()> {
    tx.execute_one(Query::new("DELETE FROM metric_rule WHERE id = $1").bind(id)).await
}

/// The rules of an organization that concern any of these projects, newest first.
pub async fn list(
    conn: &mut Conn,
    org: OrgId,
    projects: &[ProjectId],
    slice: Slice,
) -> Result<Vec<MetricRule>> {
    let mut query = Query::new(RULE);
    query.push("r.organization_id = ").arg(org);
    query
        .push(" AND EXISTS (SELECT 1 FROM metric_rule_project p WHERE p.rule_id = r.id AND p.project_id IN ");
    query.list(projects.iter().copied()).push(") ORDER BY r.id DESC").slice(slice);
    conn.all(query).await
}

/// How many rules an organization has.
pub async fn count(conn: &mut Conn, org: OrgId) -> Result<i64> {
    conn.one(Query::new("SELECT COUNT(*) FROM metric_rule WHERE organization_id = $1").bind(org)).await
}

/// These rules of an organization.
pub async fn by_ids(conn: &mut Conn, org: OrgId, ids: &[MetricRuleId]) -> Result<Vec<MetricRule>> {
    let mut query = Query::new(RULE);
    query.push("r.organization_id = ").arg(org).push(" AND r.id IN ").list(ids.iter().copied());
    conn.all(query).await
}

/// Rules of live organizations behind an id, in order of id.
pub async fn behind(conn: &mut Conn, after: MetricRuleId, limit: i64) -> Result<Vec<MetricRule>> {
    let mut query = Query::new(RULE);
    query.push("EXISTS (SELECT 1 FROM organization o WHERE o.id = r.organization_id AND o.status = 0)");
    query.push(" AND r.id > ").arg(after).push(" ORDER BY r.id LIMIT ").arg(limit);
    conn.all(query).await
}

/// The live projects of these rules: rule, project and slug, by slug.
pub async fn projects(
    conn: &mut Conn,
    rules: &[MetricRuleId],
) -> Result<Vec<(MetricRuleId, ProjectId, String)>> {
    let mut query = Query::new(
        "SELECT m.rule_id, p.id, p.slug FROM metric_rule_project m JOIN project p ON p.id = m.project_id \
         WHERE p.status = 0 AND m.rule_id IN ",
    );
    query.list(rules.iter().copied()).push(" ORDER BY p.slug");
    conn.all(query).await
}

/// The thresholds of these rules, the critical one of each first.
pub async fn triggers(conn: &mut Conn, rules: &[MetricRuleId]) -> Result<Vec<Trigger>> {
    let mut query =
        Query::new("SELECT id, rule_id, label, threshold, date_added FROM metric_trigger WHERE rule_id IN ");
    query.list(rules.iter().copied()).push(" ORDER BY label");
    conn.all(query).await
}

/// The actions of these thresholds, oldest first.
pub async fn actions(conn: &mut Conn, triggers: &[MetricTriggerId]) -> Result<Vec<Action>> {
    let mut query =
        Query::new("SELECT id, trigger_id, data, date_added FROM metric_action WHERE trigger_id IN ");
    query.list(triggers.iter().copied()).push(" ORDER BY id");
    conn.all(query).await
}

const INCIDENT: &str = "SELECT id, organization_id, identifier, rule_id, title, status, date_started, date_detected, \
    date_closed FROM incident WHERE ";

/// The incident of a rule that is not over.
pub async fn open_incident(conn: &mut Conn, rule: MetricRuleId) -> Result<Option<Incident>> {
    let mut query = Query::new(INCIDENT);
    query.push("status <> 2 AND rule_id = ").arg(rule).push(" ORDER BY id DESC LIMIT 1");
    conn.optional(query).await
}

/// Opens an incident, with the next number of the organization.
pub async fn open(tx: &mut Tx, rule: &MetricRule, status: i64, started: Time, now: Time) -> Result<Incident> {
    let query = Query::new(
        "INSERT INTO incident (organization_id, identifier, rule_id, title, status, date_started, date_detected) \
         SELECT CAST($1 AS BIGINT), COALESCE(MAX(identifier), 0) + 1, CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS BIGINT), \
         CAST($5 AS BIGINT), CAST($6 AS BIGINT) FROM incident WHERE organization_id = $1 RETURNING *",
    );
    let query = query.bind(rule.organization_id).bind(rule.id).bind(&rule.name);
    tx.one(query.bind(status).bind(started).bind(now)).await
}

/// Gives an incident another status; with a time it is over.
pub async fn set_status(tx: &mut Tx, id: IncidentId, status: i64, closed: Option<Time>) -> Result<()> {
    let query = Query::new("UPDATE incident SET status = $2, date_closed = $3 WHERE id = $1");
    tx.execute_one(query.bind(id).bind(status).bind(closed)).await
}

/// Which incidents are wanted.
#[derive(Debug, Clone, Default)]
pub struct IncidentFilter {
    /// Of rules that concern any of these projects.
    pub projects: Vec<ProjectId>,
    /// Of this rule.
    pub rule: Option<MetricRuleId>,
    /// Of rules that only count events of these environments; empty for all.
    pub environments: Vec<String>,
    /// Of rules that these own; `None` for all.
    pub owners: Option<Owners>,
    /// Those that are not over (`true`), or those that are.
    pub is_open: Option<bool>,
    /// With this status.
    pub status: Option<i64>,
    /// With a title that contains this.
    pub title: Option<String>,
    /// Not over before.
    pub since: Option<Time>,
    /// Not begun after.
    pub until: Option<Time>,
}

/// The incidents that are wanted, those that began last first.
pub async fn incidents(
    conn: &mut Conn,
    org: OrgId,
    filter: &IncidentFilter,
    slice: Slice,
) -> Result<Vec<Incident>> {
    let mut query = Query::new(INCIDENT);
    query.push("organization_id = ").arg(org);
    query.push(match filter.is_open {
        Some(true) => " AND status <> 2",
        Some(false) => " AND status = 2",
        None => "",
    });
    if let Some(status) = filter.status {
        query.push(" AND status = ").arg(status);
    }
    if let Some(rule) = filter.rule {
        query.push(" AND rule_id = ").arg(rule);
    }
    if let Some(title) = &filter.title {
        query.push(" AND ").matches("title", &[Pattern::contains(title.as_str())]);
    }
    if let Some(since) = filter.since {
        query.push(" AND (date_closed IS NULL OR date_closed >= ").arg(since).push(")");
    }
    if let Some(until) = filter.until {
        query.push(" AND date_started <= ").arg(until);
    }
    if !filter.environments.is_empty() || filter.owners.is_some() {
        query.push(" AND rule_id IN (SELECT r.id FROM metric_rule r WHERE r.organization_id = ").arg(org);
        if !filter.environments.is_empty() {
            query.push(" AND r.environment_id IN (SELECT e.id FROM environment e WHERE e.name IN ");
            query.list(&filter.environments).push(")");
        }
        if let Some(owners) = &filter.owners {
            query.push(" AND ");
            owners.push(&mut query, "r.owner_team_id");
        }
        query.push(")");
    }
    query.push(" AND EXISTS (SELECT 1 FROM metric_rule_project p WHERE p.rule_id = incident.rule_id AND p.project_id IN ");
    query.list(filter.projects.iter().copied()).push(") ORDER BY date_started DESC, id DESC").slice(slice);
    conn.all(query).await
}

/// The newest incident of each of these rules of an organization.
pub async fn newest_incidents(conn: &mut Conn, org: OrgId, rules: &[MetricRuleId]) -> Result<Vec<Incident>> {
    let mut query = Query::new(INCIDENT);
    query.push("organization_id = ").arg(org);
    query.push(" AND id IN (SELECT MAX(id) FROM incident WHERE rule_id IN ").list(rules.iter().copied());
    query.push(" GROUP BY rule_id)");
    conn.all(query).await
}

/// The incidents of a rule of an organization, newest first.
pub async fn incidents_of(
    conn: &mut Conn,
    org: OrgId,
    rule: MetricRuleId,
    slice: Slice,
) -> Result<Vec<Incident>> {
    let mut query = Query::new(INCIDENT);
    query.push("organization_id = ").arg(org).push(" AND rule_id = ").arg(rule);
    query.push(" ORDER BY id DESC").slice(slice);
    conn.all(query).await
}

/// The incident of an organization with this number.
pub async fn incident(conn: &mut Conn, org: OrgId, identifier: i64) -> Result<Option<Incident>> {
    let mut query = Query::new(INCIDENT);
    query.push("organization_id = ").arg(org).push(" AND identifier = ").arg(identifier);
    conn.optional(query).await
}
