//! The rules of all projects of an organization.

use std::collections::HashMap;

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
    projects::{self, Named, Unnamed},
    teams,
};

/// The parameters, as they were sent.
#[derive(Debug, Clone, Default)]
pub struct CombinedQuery {
    /// `name`: a part of the name.
    pub name: Option<String>,
    /// `project` and `projectSlug`, repeated.
    pub projects: Named,
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

/// The rules of the projects that the caller reaches.
pub async fn list_of_organization(
    ctx: &Ctx,
    access: &OrgAccess,
    query: &CombinedQuery,
    page: PageRequest,
) -> Result<Page<wire::CombinedRule>> {
    let window = page.offset_window()?;
    let mut conn = ctx.store.read().await?;
    let projects = projects::selected(&mut conn, access, &query.projects, Unnamed::Reachable).await?;
    let owners = teams::owners(&mut conn, access, &query.teams).await?;
    let sorts = sorts(&query.sorts)?;
    let is_wanted = |kind: &str| query.kinds.is_empty() || query.kinds.iter().any(|it| it == kind);
    let filter = Filter {
        org: access.org.id,
        projects,
        name: query.name.clone().filter(|name| !name.is_empty()),
        owners,
        issue_rules: is_wanted(ISSUE_RULE),
        metric_rules: is_wanted(METRIC_RULE),
        sorts,
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

/// What these words mean, each once; all must be known.
fn sorts(words: &[String]) -> Result<Vec<Sort>> {
    let (mut sorts, mut unknown) = (Vec::new(), Vec::new());
    for word in words {
        let sort = match word.as_str() {
            "date_added" => Sort::DateAdded,
            "name" => Sort::Name,
            "date_triggered" => Sort::DateTriggered,
            "incident_status" => Sort::Incident,
            other => {
                unknown.push(other);
                continue;
            }
        };
        if !sorts.contains(&sort) {
            sorts.push(sort);
        }
    }
    if !unknown.is_empty() {
        return Err(Error::invalid(format!("Invalid sort key(s): {}", unknown.join(", "))));
    }
    Ok(if sorts.is_empty() { vec![Sort::DateAdded] } else { sorts })
}
