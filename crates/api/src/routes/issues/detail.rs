//! One issue.

use axum::extract::State;
use mortise_service::{
    Ctx,
    access::class,
    issues::detail::{self, DetailQuery},
};
use mortise_wire::issue::IssueDetail;

use super::IssuePath;
use crate::{
    Result,
    edge::Json,
    extract::{IssueOf, Query},
};

#[utoipa::path(get, path = "/api/0/issues/{issue}/", tag = "Issues", params(IssuePath,
    ("environment" = Option<Vec<String>>, Query, description = "What the counts are about"),
    ("expand" = Option<Vec<String>>, Query, description = "What to show beyond the usual"),
    ("collapse" = Option<Vec<String>>, Query, description = "What to leave out: `tags`, `release`, `stats`")),
    responses((status = 200, description = "The issue; of a merged one the survivor", body = IssueDetail)))]
pub(crate) async fn get_issue(
    access: IssueOf<class::Group>,
    query: Query,
    State(ctx): State<Ctx>,
) -> Result<Json<IssueDetail>> {
    let texts = |name: &'static str| query.all(name).map(str::to_owned).collect();
    let wanted = DetailQuery {
        environments: texts("environment"),
        expand: texts("expand"),
        collapse: texts("collapse"),
    };
    Ok(Json(detail::get_issue(&ctx, &access, &wanted).await?))
}
