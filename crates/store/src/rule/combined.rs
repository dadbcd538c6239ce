//! Issue and metric alert rules of several projects in one list.

use mortise_domain::{MetricRuleId, OrgId, ProjectId, RuleId, TeamId};

use crate::{Conn, Pattern, Query, Result, Slice};

/// What rules are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// When they were made.
    DateAdded,
    /// Their names.
    Name,
    /// When they last fired; those that never did are the oldest.
    DateTriggered,
    /// How bad the open incident of metric rules is; other rules come after those without one.
    Incident,
}

/// Which rules are wanted.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Of this organization ...
    pub org: OrgId,
    /// ... and these projects.
    pub projects: Vec<ProjectId>,
    /// With a name that contains this.
    pub name: Option<String>,
    /// Owned by any of these teams, or by no team when `unowned`; `None` for all.
    pub teams: Option<Vec<TeamId>>,
    /// With `teams`: those that no team owns, too.
    pub unowned: bool,
    /// Those about issues.
    pub issue_rules: bool,
    /// Those about metrics.
    pub metric_rules: bool,
    /// Their order.
    pub sort: Sort,
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
        Query::new("SELECT is_metric, id FROM (SELECT CAST(0 AS BIGINT) AS is_metric, r.id AS id, ");
    query.push(match filter.sort {
        Sort::DateAdded => "r.date_added",
        Sort::Name => "lower(r.label)",
        Sort::DateTriggered => {
            "(SELECT COALESCE(MAX(f.date_added), 0) FROM rule_fire f WHERE f.rule_id = r.id)"
        }
        Sort::Incident => "CAST(-1 AS BIGINT)",
    });
    query.push(" AS place FROM rule r WHERE r.status IN (0, 1) AND r.project_id IN ");
    query.list(filter.projects.iter().copied());
    narrow(&mut query, filter, filter.issue_rules, "r.label", "r.owner_team_id");
    query.push(" UNION ALL SELECT CAST(1 AS BIGINT) AS is_metric, m.id AS id, ");
    query.push(match filter.sort {
        Sort::DateAdded => "m.date_added",
        Sort::Name => "lower(m.name)",
        Sort::DateTriggered => {
            "(SELECT COALESCE(MAX(i.date_started), 0) FROM incident i WHERE i.rule_id = m.id)"
        }
        Sort::Incident => {
            "(SELECT COALESCE(MAX(i.status), 0) FROM incident i WHERE i.rule_id = m.id AND i.status <> 2)"
        }
    });
    query.push(" AS place FROM metric_rule m WHERE m.organization_id = ").arg(filter.org);
    query
        .push(" AND EXISTS (SELECT 1 FROM metric_rule_project p WHERE p.rule_id = m.id AND p.project_id IN ");
    query.list(filter.projects.iter().copied()).push(")");
    narrow(&mut query, filter, filter.metric_rules, "m.name", "m.owner_team_id");
    query.push(if filter.ascending {
        ") AS rules ORDER BY place ASC, is_metric ASC, id ASC"
    } else {
        ") AS rules ORDER BY place DESC, is_metric DESC, id DESC"
    });
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
    if let Some(teams) = &filter.teams {
        query.push(" AND (").push(team).push(" IN ").list(teams.iter().copied());
        if filter.unowned {
            query.push(" OR ").push(team).push(" IS NULL");
        }
        query.push(")");
    }
}
