//! `GET /api/0/organizations/{org}/audit-logs/`

use axum::extract::State;
use mortise_service::{
    Ctx,
    access::class,
    audit_log::{self, LogRequest},
};
use mortise_wire::audit::AuditLog;

use crate::{
    Result,
    edge::Paged,
    extract::{Org, Paging, Query},
    openapi::OrgPath,
};

/// What was done in an organization, newest first: an object, although it is paged.
#[utoipa::path(get, path = "/api/0/organizations/{org}/audit-logs/", tag = "Audit log",
    params(OrgPath, ("event" = Option<String>, Query, description = "The name of an event"),
        ("actor" = Option<i64>, Query, description = "The id of the user who did it")),
    responses((status = 200, description = "Entries, and every name of an event", body = AuditLog)))]
pub(crate) async fn list_audit_log(
    access: Org<class::OrganizationAudit>,
    State(ctx): State<Ctx>,
    query: Query,
    paging: Paging,
) -> Result<Paged<AuditLog>> {
    let wanted = LogRequest {
        event: query.one("event").map(str::to_owned),
        actor: query.one("actor").map(str::to_owned),
        page: paging.request()?,
    };
    let (log, page) = audit_log::list(&ctx, &access, &wanted).await?;
    Ok(paging.answer_with(page, |_| log))
}
