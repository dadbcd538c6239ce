//! Issue and metric alert rules of several projects in one list.

use mortise_domain::{MetricRuleId, OrgId, ProjectId, RuleId};

use crate::{Conn, Pattern, Query, Result, Slice, team::Owners};

/// What rules are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// When they were made.
    DateAdded,
    /// Their names.
    Name,
    /// When they last fired; those that never did are the oldest.
    DateTriggered,
    /// The state of the last incident of metric rules; rules about issues come after those without one.
    Incident,
}

impl Sort {
    fn of_issue_rules(self) -> &'static str {
        match self {
            Self::DateAdded => "r.date_added",
            Self::Name => "lower(r.label)",
            Self::DateTriggered => {
                "(SELECT COALESCE(MAX(f.date_added), 0) FROM rule_fire f WHERE f.rule_id = r.id)"
            }
            Self::Incident => "CAST(-2 AS BIGINT)",
        }
    }

    fn of_metric_rules(self) -> &'static str {
        match self {
            Self::DateAdded => "m.date_added",
            Self::Name => "lower(m.name)",
            Self::DateTriggered => {
                "(SELECT COALESCE(MAX(i.date_started), 0) FROM incident i WHERE i.rule_id = m.id)"
            }
            Self::Incident => {
                "CAST(COALESCE((SELECT i.status FROM incident i WHERE i.rule_id = m.id \
                 ORDER BY i.date_started DESC, i.id DESC LIMIT 1), -1) AS BIGINT)"
            }
        }
    }
}

/// What the columns are called that rules are sorted by.
const PLACES: [&str; 4] = ["place_a", "place_b", "place_c", "place_d"];

/// Which rules are wanted.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Of this organization ...
    pub org: OrgId,
    /// ... and these projects.
    pub projects: Vec<ProjectId>,
    /// With a name that contains this.
    pub name: Option<String>,
    /// Owned by these; `None` for all.
    pub owners: Option<Owners>,
    /// Those about issues.
    pub issue_rules: bool,
    /// Those about metrics.
    pub metric_rules: bool,
    /// Their order: what comes first counts first.
    pub sorts: Vec<Sort>,
    /// Smallest first.
    pub ascending: bool,
}

/// A rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// About issues.
    Issue(RuleId),
    /// About metrics.
    Metric(MetricRuleId),
}

/// The rules that are wanted, by id.
pub async fn list(conn: &mut Conn, filter: &Filter, slice: Slice) -> Result<Vec<Found>> {
    let mut query =
        Query::new("SELECT is_metric, id FROM (SELECT CAST(0 AS BIGINT) AS is_metric, r.id AS id");
    let places = || filter.sorts.iter().zip(PLACES);
    for (sort, place) in places() {
        query.push(", ").push(sort.of_issue_rules()).push(" AS ").push(place);
    }
    query.push(" FROM rule r WHERE r.status IN (0, 1) AND r.project_id IN ");
    query.list(filter.projects.iter().copied());
    narrow(&mut query, filter, filter.issue_rules, "r.label", "r.owner_team_id");
    query.push(" UNION ALL SELECT CAST(1 AS BIGINT) AS is_metric, m.id AS id");
    for (sort, place) in places() {
        query.push(", ").push(sort.of_metric_rules()).push(" AS ").push(place);
    }
    query.push(" FROM metric_rule m WHERE m.organization_id = ").arg(filter.org);
    query
        .push(" AND EXISTS (SELECT 1 FROM metric_rule_project p WHERE p.rule_id = m.id AND p.project_id IN ");
    query.list(filter.projects.iter().copied()).push(")");
    narrow(&mut query, filter, filter.metric_rules, "m.name", "m.owner_team_id");
    let direction = if filter.ascending { " ASC" } else { " DESC" };
    query.push(") AS rules ORDER BY ");
    for column in places().map(|(_, place)| place).chain(["is_metric"]) {
        query.push(column).push(direction).push(", ");
    }
    query.push("id").push(direction);
    query.slice(slice);
    let found: Vec<(i64, i64)> = conn.all(query).await?;
    let typed = |(is_metric, id)| match is_metric {
        0 => Found::Issue(RuleId::new(id)),
        _ => Found::Metric(MetricRuleId::new(id)),
    };
    Ok(found.into_iter().map(typed).collect())
}

fn narrow(query: &mut Query, filter: &Filter, is_wanted: bool, name: &'static str, team: &'static str) {
    if !is_wanted {
        query.push(" AND 1 = 0");
    }
    if let Some(text) = &filter.name {
        query.push(" AND ").matches(name, &[Pattern::contains(text.as_str())]);
    }
    if let Some(owners) = &filter.owners {
        query.push(" AND ");
        owners.push(query, team);
    }
}
