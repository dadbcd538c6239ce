//! Where lists across an organization look: projects, environments, a window of time.

use mortise_domain::{ProjectId, Time};
use mortise_store::{Conn, environment};
use mortise_wire::datetime;

use super::search::when;
use crate::{
    Error, Result,
    access::OrgAccess,
    projects::{self, Named, Unnamed},
};

/// The parameters, as they were sent.
#[derive(Debug, Clone, Default)]
pub struct ScopeQuery {
    /// `project` and `projectSlug`, repeated.
    pub projects: Named,
    /// `environment`, repeated.
    pub environments: Vec<String>,
    /// `statsPeriod`.
    pub stats_period: Option<String>,
    /// `start`.
    pub start: Option<String>,
    /// `end`.
    pub end: Option<String>,
}

/// Where to look.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// In these projects.
    pub projects: Vec<ProjectId>,
    /// In these environments; empty for all.
    pub environments: Vec<String>,
    /// Not before.
    pub since: Option<Time>,
    /// Before.
    pub until: Option<Time>,
}

/// Reads the parameters: projects must be reachable (403), environments exist (404).
pub async fn read(conn: &mut Conn, access: &OrgAccess, now: Time, query: &ScopeQuery) -> Result<Scope> {
    let projects = projects::selected(conn, access, &query.projects, Unnamed::Reachable).await?;
    let environments = environments(conn, access, &query.environments).await?;
    let (since, until) = window(query, now)?;
    Ok(Scope { projects, environments, since, until })
}

/// Those of the parameter that are named; one that the organization does not have is an error.
pub async fn environments(conn: &mut Conn, access: &OrgAccess, names: &[String]) -> Result<Vec<String>> {
    let mut names: Vec<String> = names.iter().filter(|name| !name.is_empty()).cloned().collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        return Ok(names);
    }
    let existing = environment::existing(conn, access.org.id, &names).await?;
    if existing.len() == names.len() { Ok(names) } else { Err(Error::NoSuchResource) }
}

/// A time as parameters say it, also a day, which is its beginning.
pub fn time(text: &str) -> Option<Time> {
    datetime::parse(text).or_else(|| datetime::parse(&format!("{text}T00:00:00")))
}

/// The window of time that the parameters mean.
pub fn window(query: &ScopeQuery, now: Time) -> Result<(Option<Time>, Option<Time>)> {
    let wrong = |text: String| Error::invalid(format!("Invalid date range: {text}"));
    if let Some(period) = query.stats_period.as_deref().filter(|period| !period.is_empty()) {
        let since = when::duration(period).and_then(|length| now.checked_sub(length).ok());
        let since = since.ok_or_else(|| wrong(format!("Invalid statsPeriod: '{period}'")))?;
        return Ok((Some(since), None));
    }
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    match (given(&query.start), given(&query.end)) {
        (None, None) => Ok((None, None)),
        (Some(start), Some(end)) => {
            let read = |text: &str| {
                time(text).ok_or_else(|| wrong(format!("{text} is not a valid ISO8601 date query")))
            };
            let (start, end) = (read(&start)?, read(&end)?);
            if start > end {
                return Err(wrong("start must be before end".to_owned()));
            }
            Ok((Some(start), Some(end)))
        }
        _ => Err(wrong("start and end are both required".to_owned())),
    }
}
