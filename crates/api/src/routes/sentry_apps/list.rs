//! Lists of apps: the directory, and those of an organization.

use axum::extract::State;
use mortise_service::{Ctx, access::class, apps};
use mortise_wire::sentry_app::SentryApp;

use crate::{
    Result,
    edge::Paged,
    extract::{Anyone, Org, Paging, Query},
    openapi::OrgPath,
};

#[utoipa::path(get, path = "/api/0/sentry-apps/", tag = "Sentry Apps",
    params(("status" = Option<String>, Query, description = "`published`, `unpublished` or `internal`")),
    responses((status = 200, description = "Apps, newest first", body = [SentryApp])))]
pub(crate) async fn list_apps(
    caller: Anyone<class::SentryApps>,
    query: Query,
    paging: Paging,
    State(ctx): State<Ctx>,
) -> Result<Paged<Vec<SentryApp>>> {
    let page = apps::list_apps(&ctx, &caller, query.one("status"), paging.request()?).await?;
    Ok(paging.answer(page))
}

#[utoipa::path(get, path = "/api/0/organizations/{org}/sentry-apps/", tag = "Sentry Apps",
    params(OrgPath, ("status" = Option<String>, Query, description = "The status of an app")),
    responses((status = 200, description = "The apps that the organization owns, newest first", body = [SentryApp])))]
pub(crate) async fn list_owned(
    access: Org<class::Organization>,
    query: Query,
    paging: Paging,
    State(ctx): State<Ctx>,
) -> Result<Paged<Vec<SentryApp>>> {
    Ok(paging.answer(apps::list_owned(&ctx, &access, query.one("status"), paging.request()?).await?))
}
