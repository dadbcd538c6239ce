//! Lists of issues, with a search language.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::HeaderName;
use mortise_service::{
    Ctx,
    access::class,
    issues::{
        list::{self, ListQuery, Listed},
        scope::ScopeQuery,
    },
    projects::Named,
};
use mortise_wire::{issue::Issue, page::PageRequest};

use crate::{
    Result,
    extract::{Org, Paging, ProjectOf, Query},
};

/// How many issues were found, at most what [`MAX_HITS`] says.
const HITS: HeaderName = HeaderName::from_static("x-hits");
/// Where counting stops.
const MAX_HITS: HeaderName = HeaderName::from_static("x-max-hits");
/// The one issue that the query named.
const DIRECT_HIT: HeaderName = HeaderName::from_static("x-sentry-direct-hit");

/// The parameters of both lists.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documents the parameters, which are read one by one")]
struct ListParams {
    /// Words that must all hold, such as `is:unresolved level:error browser:Chrome*`. Empty finds everything.
    query: Option<String>,
    /// Ids of projects, `-1` for all (organizations only).
    project: Option<Vec<i64>>,
    /// Their slugs instead, `$all` for all (organizations only).
    #[param(rename = "projectSlug")]
    project_slug: Option<Vec<String>>,
    /// Names of environments.
    environment: Option<Vec<String>>,
    /// Length of the window of time, such as `14d`; of a project the period of the counts.
    #[param(rename = "statsPeriod")]
    stats_period: Option<String>,
    /// Start of the window of time.
    start: Option<String>,
    /// End of the window of time.
    end: Option<String>,
    /// Period of the counts: `24h`, `14d`, `auto` or nothing.
    #[param(rename = "groupStatsPeriod")]
    group_stats_period: Option<String>,
    /// `date`, `new`, `freq`, `user`, `trends` or `inbox`.
    sort: Option<String>,
    /// `1`: a query that is a short id finds that issue.
    #[param(rename = "shortIdLookup")]
    short_id_lookup: Option<String>,
    /// Ids of issues.
    group: Option<Vec<i64>>,
    /// Rows on a page.
    limit: Option<i64>,
    /// What to show beyond the usual.
    expand: Option<Vec<String>>,
    /// What to leave out.
    collapse: Option<Vec<String>>,
}

fn texts(query: &Query, names: &[&str]) -> Vec<String> {
    let values = names.iter().flat_map(|name| query.all(name));
    values.filter(|value| !value.is_empty()).map(str::to_owned).collect()
}

/// The parameters that say where to look.
pub(in crate::routes) fn scope(query: &Query) -> ScopeQuery {
    let one = |name: &str| query.one(name).map(str::to_owned);
    ScopeQuery {
        projects: Named { ids: texts(query, &["project"]), ..query.projects() },
        environments: texts(query, &["environment"]),
        stats_period: one("statsPeriod"),
        start: one("start"),
        end: one("end"),
    }
}

fn list_query(query: &Query) -> ListQuery {
    let one = |name: &str| query.one(name).map(str::to_owned);
    ListQuery {
        query: one("query"),
        scope: scope(query),
        group_stats_period: one("groupStatsPeriod"),
        sort: one("sort"),
        short_id_lookup: query.is_on("shortIdLookup"),
        named: texts(query, &["group", "id"]),
        hashes: texts(query, &["hashes"]),
        expand: texts(query, &["expand"]),
        collapse: texts(query, &["collapse"]),
    }
}

fn page(paging: &Paging, query: &Query) -> Result<PageRequest> {
    Ok(paging.request()?.with_limit(query.one("limit"))?)
}

fn answer(paging: &Paging, listed: Listed) -> Response {
    match listed {
        Listed::Page(page, hits) => {
            let paged = paging.answer(page).header(HITS, hits.to_string());
            paged.header(MAX_HITS, list::HITS_MAX.to_string()).into_response()
        }
        Listed::Direct(issue) => ([(DIRECT_HIT, "1")], crate::edge::Json([issue])).into_response(),
        Listed::Named(issues) => crate::edge::Json(issues).into_response(),
    }
}

#[utoipa::path(get, path = "/api/0/organizations/{org}/issues/", tag = "Issues", params(
    ("org" = String, Path, description = "Slug or id of the organization"), ListParams),
    responses((status = 200, description = "The issues found", body = [Issue])))]
pub(crate) async fn list_issues(
    access: Org<class::OrganizationEvent>,
    query: Query,
    paging: Paging,
    State(ctx): State<Ctx>,
) -> Result<Response> {
    let page = page(&paging, &query)?;
    let listed = list::list_issues(&ctx, &access, &list_query(&query), page).await?;
    Ok(answer(&paging, listed))
}

#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/issues/", tag = "Issues", params(
    ("org" = String, Path, description = "Slug or id of the organization"),
    ("proj" = String, Path, description = "Slug or id of the project"), ListParams),
    responses((status = 200, description = "The issues found", body = [Issue])))]
pub(crate) async fn list_project_issues(
    access: ProjectOf<class::ProjectEvent>,
    query: Query,
    paging: Paging,
    State(ctx): State<Ctx>,
) -> Result<Response> {
    let page = page(&paging, &query)?;
    let listed = list::list_project_issues(&ctx, &access, &list_query(&query), page).await?;
    Ok(answer(&paging, listed))
}
