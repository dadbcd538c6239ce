//! The rules of all projects of an organization.

use mortise_domain::TeamId;
use mortise_store::rule::{self as store, Filter, Sort};
use mortise_wire::{Page, PageRequest, rule as wire};

use super::json::{self, Shown};
use crate::{
    Ctx, Error, Result,
    access::OrgAccess,
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
    /// `alertType`, repeated; rules about issues are `rule`.
    pub kinds: Vec<String>,
    /// `sort`, repeated: `date_added`, `name`, `date_triggered`, `incident_status`.
    pub sorts: Vec<String>,
    /// `asc`.
    pub ascending: bool,
    /// `expand=lastTriggered`.
    pub shown: Shown,
}

/// What rules about issues are called here.
const KIND: &str = "rule";
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
    if !query.kinds.is_empty() && !query.kinds.iter().any(|kind| kind == KIND) {
        return Ok(window.page(Vec::new()));
    }
    let name = query.name.clone().filter(|name| !name.is_empty());
    let filter = Filter { projects, name, teams, unowned, sort, ascending: query.ascending };
    let page = window.page(store::list(&mut conn, &filter, slice(&window)).await?);
    let rules = json::rules(&mut conn, ctx, access, page.rows.clone(), query.shown).await?;
    Ok(page.replace(|_| rules.into_iter().map(|rule| wire::CombinedRule { rule, kind: KIND }).collect()))
}

/// The first word that says something about rules of issues; they have no incidents.
fn sort(words: &[String]) -> Result<Sort> {
    let mut found = None;
    for word in words.iter().filter(|word| !word.is_empty()) {
        let sort = match word.as_str() {
            "date_added" => Some(Sort::DateAdded),
            "name" => Some(Sort::Name),
            "date_triggered" => Some(Sort::DateTriggered),
            "incident_status" => None,
            other => return Err(Error::invalid(format!("Invalid sort key: {other}"))),
        };
        found = found.or(sort);
    }
    Ok(found.unwrap_or(Sort::DateAdded))
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
