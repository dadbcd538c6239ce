//! The rules of all projects of an organization.

use std::collections::HashMap;

use mortise_domain::TeamId;
use mortise_store::{
    metric_rule,
    rule::{
        self,
        combined::{self as store, Filter, Found, Sort},
    },
};
use mortise_wire::{Page, PageRequest, rule as wire};
use serde_json::Value;

use super::json::{self, Shown};
use crate::{
    Ctx, Error, Result,
    access::OrgAccess,
    metric_rules::{self, Reader},
    paging::slice,
    projects::{self, Unnamed},
};

/// The parameters, as they were sent.
#[derive(Debug, Clone, Default)]
pub struct CombinedQuery {
    /// `name`: a part of the name.
    pub name: Option<String>,
    /// `project`, repeated.
    pub projects: Vec<String>,
    /// `team`, repeated: ids, `myteams`, `unassigned`.
    pub teams: Vec<String>,
    /// `alertType`, repeated: `rule`, `alert_rule`.
    pub kinds: Vec<String>,
    /// `sort`, repeated: `date_added`, `name`, `date_triggered`, `incident_status`.
    pub sorts: Vec<String>,
    /// `asc`.
    pub ascending: bool,
    /// `expand=lastTriggered`.
    pub shown: Shown,
}

/// What rules about issues are called here ...
const ISSUE_RULE: &str = "rule";
/// ... and those about metrics.
const METRIC_RULE: &str = "alert_rule";
const BAD_TEAM: &str = "Error: Teams parameter must be integer team IDs";

/// The rules of the projects that the caller reaches.
pub async fn list_of_organization(
    ctx: &Ctx,
    access: &OrgAccess,
    query: &CombinedQuery,
    page: PageRequest,
) -> Result<Page<wire::CombinedRule>> {
    let window = page.offset_window()?;
    let sort = sort(&query.sorts)?;
    let (teams, unowned) = teams(access, &query.teams)?;
    let mut conn = ctx.store.read().await?;
    let projects = projects::selected(&mut conn, access, &query.projects, Unnamed::Reachable).await?;
    let is_wanted = |kind: &str| query.kinds.is_empty() || query.kinds.iter().any(|it| it == kind);
    let filter = Filter {
        org: access.org.id,
        projects,
        name: query.name.clone().filter(|name| !name.is_empty()),
        teams,
        unowned,
        issue_rules: is_wanted(ISSUE_RULE),
        metric_rules: is_wanted(METRIC_RULE),
        sort,
        ascending: query.ascending,
    };
    let page = window.page(store::list(&mut conn, &filter, slice(&window)).await?);
    let (mut issue_ids, mut metric_ids) = (Vec::new(), Vec::new());
    for found in &page.rows {
        match found {
            Found::Issue(id) => issue_ids.push(*id),
            Found::Metric(id) => metric_ids.push(*id),
        }
    }
    let rows = rule::by_ids(&mut conn, &issue_ids).await?;
    let issue = json::rules(&mut conn, ctx, access, rows, query.shown).await?;
    let mut issue: HashMap<String, wire::Rule> = issue.into_iter().map(|it| (it.id.clone(), it)).collect();
    let rows = metric_rule::by_ids(&mut conn, access.org.id, &metric_ids).await?;
    let metric =
        metric_rules::rules_json(&mut conn, access.org.id, &rows, Reader::of(access), ctx.now()).await?;
    let mut metric: HashMap<_, Value> = rows.iter().map(|row| row.id).zip(metric).collect();
    let rows = page.rows.iter().filter_map(|found| match found {
        Found::Issue(id) => {
            let rule = Box::new(issue.remove(&id.to_string())?);
            Some(wire::CombinedRule::Issue { rule, kind: ISSUE_RULE })
        }
        Found::Metric(id) => Some(wire::CombinedRule::Metric { rule: metric.remove(id)?, kind: METRIC_RULE }),
    });
    let rows = rows.collect();
    Ok(page.replace(|_| rows))
}

/// The first word; all must be known.
fn sort(words: &[String]) -> Result<Sort> {
    let read = |word: &String| match word.as_str() {
        "date_added" => Ok(Sort::DateAdded),
        "name" => Ok(Sort::Name),
        "date_triggered" => Ok(Sort::DateTriggered),
        "incident_status" => Ok(Sort::Incident),
        other => Err(Error::invalid(format!("Invalid sort key: {other}"))),
    };
    let sorts = words.iter().filter(|word| !word.is_empty()).map(read).collect::<Result<Vec<_>>>()?;
    Ok(sorts.first().copied().unwrap_or(Sort::DateAdded))
}

fn teams(access: &OrgAccess, words: &[String]) -> Result<(Option<Vec<TeamId>>, bool)> {
    let mut words = words.iter().filter(|word| !word.is_empty()).peekable();
    if words.peek().is_none() {
        return Ok((None, false));
    }
    let (mut teams, mut unowned) = (Vec::new(), false);
    for word in words {
        match word.as_str() {
            "unassigned" => unowned = true,
            "myteams" => teams.extend(access.teams.iter().map(|membership| membership.team_id)),
            id => teams.push(id.parse().map_err(|_| Error::invalid(BAD_TEAM))?),
        }
    }
    Ok((Some(teams), unowned))
}
