//! The tags of an issue.

use axum::extract::{Path, State};
use mortise_service::{Ctx, access::class, issues::tags};
use mortise_wire::tag::{TagKeyDetail, TagValue};
use serde::Deserialize;

use super::IssuePath;
use crate::{
    Result,
    edge::{Json, Paged},
    extract::{IssueOf, Paging, Query},
};

/// The tag of a path.
#[derive(Debug, Deserialize)]
pub(crate) struct TagPath {
    key: String,
}

#[utoipa::path(get, path = "/api/0/issues/{issue}/tags/", tag = "Issues", params(IssuePath,
    ("key" = Option<Vec<String>>, Query, description = "Only these"),
    ("limit" = Option<i64>, Query, description = "Values of each")),
    responses((status = 200, description = "The tags with their most frequent values", body = [TagKeyDetail])))]
pub(crate) async fn list_tags(
    access: IssueOf<class::Group>,
    query: Query,
    State(ctx): State<Ctx>,
) -> Result<Json<Vec<TagKeyDetail>>> {
    let only: Vec<String> = query.all("key").map(str::to_owned).collect();
    Ok(Json(tags::list_tags(&ctx, &access, &only, query.one("limit")).await?))
}

#[utoipa::path(get, path = "/api/0/issues/{issue}/tags/{key}/", tag = "Issues", params(IssuePath,
    ("key" = String, Path, description = "The key")),
    responses((status = 200, description = "The tag with its most frequent values", body = TagKeyDetail)))]
pub(crate) async fn get_tag(
    access: IssueOf<class::Group>,
    Path(path): Path<TagPath>,
    State(ctx): State<Ctx>,
) -> Result<Json<TagKeyDetail>> {
    Ok(Json(tags::get_tag(&ctx, &access, &path.key).await?))
}

#[utoipa::path(get, path = "/api/0/issues/{issue}/tags/{key}/values/", tag = "Issues", params(IssuePath,
    ("key" = String, Path, description = "The key"),
    ("sort" = Option<String>, Query, description = "`-date`, `-count` or `-first_seen`")),
    responses((status = 200, description = "The values of the tag", body = [TagValue])))]
pub(crate) async fn list_tag_values(
    access: IssueOf<class::Group>,
    Path(path): Path<TagPath>,
    query: Query,
    paging: Paging,
    State(ctx): State<Ctx>,
) -> Result<Paged<Vec<TagValue>>> {
    let sort = query.one("sort");
    let page = tags::list_tag_values(&ctx, &access, &path.key, sort, paging.request()?).await?;
    Ok(paging.answer(page))
}
