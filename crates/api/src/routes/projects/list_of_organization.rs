//! `GET /api/0/organizations/{org}/projects/`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use mortise_service::{
    Ctx,
    access::class,
    projects::{self, ListRequest},
};
use mortise_wire::project::ProjectSummary;

use crate::{
    Result,
    edge::Json,
    extract::{Org, Paging, Query},
    openapi::OrgPath,
};

/// The projects of an organization, by slug; all at once with `all_projects=1`.
#[utoipa::path(get, path = "/api/0/organizations/{org}/projects/", tag = "Projects",
    params(OrgPath,
        ("query" = Option<String>, Query, description = "`id:`, `slug:`, `team:`, `!team:`, `is_member:` and text"),
        ("all_projects" = Option<bool>, Query, description = "Everything on one page"),
        ("collapse" = Option<Vec<String>>, Query, description = "`latestDeploys` leaves them out"),
        ("statsPeriod" = Option<String>, Query, description = "`1h`, `24h`, `7d`, `14d`, `30d` or `90d`: adds counts"),
        ("options" = Option<Vec<String>>, Query, description = "Names of options to show")),
    responses((status = 200, description = "The projects", body = [ProjectSummary])))]
pub(crate) async fn list_organization_projects(
    access: Org<class::OrganizationProjects>,
    State(ctx): State<Ctx>,
    query: Query,
    paging: Paging,
) -> Result<Response> {
    let everything = query.is_on("all_projects");
    let wanted = ListRequest {
        query: query.one("query").unwrap_or_default().to_owned(),
        options: query.all("options").chain(query.all("options[]")).map(str::to_owned).collect(),
        stats_period: query.one("statsPeriod").map(str::to_owned),
        collapse: query.all("collapse").map(str::to_owned).collect(),
        page: if everything { None } else { Some(paging.request()?) },
    };
    let page = projects::list_of_organization(&ctx, &access, &wanted).await?;
    Ok(if everything {
        let rows: Json<Vec<ProjectSummary>> = Json(page.rows);
        rows.into_response()
    } else {
        paging.answer(page).into_response()
    })
}
