//! Reports of browsers and check-ins of monitors: accepted, counted and dropped, so that their senders do not retry.

use axum::{
    extract::{Request, State},
    response::Response,
};
use mortise_service::{Ctx, ingest};
use mortise_wire::{
    envelope::{Accepted, CHECK_IN_BYTES_MAX, IngestErrorBody},
    rate_limits::Category,
};

use super::{
    answer::{self, Refused},
    body::{self, BodyLimits},
    request::{Head, Named},
};

const LIMITS: BodyLimits = BodyLimits {
    sent_bytes_max: CHECK_IN_BYTES_MAX,
    unpacked_bytes_max: CHECK_IN_BYTES_MAX,
    has_header_line: false,
};

/// Takes a report of a broken security policy, and drops it.
#[utoipa::path(post, path = "/api/{project}/security/", tag = "Ingestion",
    params(("project" = String, Path, description = "The number of the project")),
    responses((status = 200, description = "Counted and dropped", body = Accepted),
        (status = "4XX", description = "Refused", body = IngestErrorBody)))]
pub(crate) async fn post_security(
    State(ctx): State<Ctx>,
    Named(project): Named<String>,
    request: Request,
) -> Result<Response, Refused> {
    drop_report(&ctx, &project, None, request, Category::Security).await
}

/// Takes a report of a network error, and drops it.
#[utoipa::path(post, path = "/api/{project}/nel/", tag = "Ingestion",
    params(("project" = String, Path, description = "The number of the project")),
    responses((status = 200, description = "Counted and dropped", body = Accepted),
        (status = "4XX", description = "Refused", body = IngestErrorBody)))]
pub(crate) async fn post_nel(
    State(ctx): State<Ctx>,
    Named(project): Named<String>,
    request: Request,
) -> Result<Response, Refused> {
    drop_report(&ctx, &project, None, request, Category::Security).await
}

/// Takes a check-in of a monitor, and drops it.
#[utoipa::path(post, path = "/api/{project}/cron/{monitor}/", tag = "Ingestion",
    params(("project" = String, Path, description = "The number of the project"),
        ("monitor" = String, Path, description = "The slug of the monitor")),
    responses((status = 200, description = "Counted and dropped", body = Accepted),
        (status = "4XX", description = "Refused", body = IngestErrorBody)))]
pub(crate) async fn post_check_in(
    State(ctx): State<Ctx>,
    Named((project, _monitor)): Named<(String, String)>,
    request: Request,
) -> Result<Response, Refused> {
    drop_report(&ctx, &project, None, request, Category::Monitor).await
}

/// Takes a check-in with the key in the path, and drops it.
#[utoipa::path(method(get, post), path = "/api/{project}/cron/{monitor}/{key}/", tag = "Ingestion",
    params(("project" = String, Path, description = "The number of the project"),
        ("monitor" = String, Path, description = "The slug of the monitor"),
        ("key" = String, Path, description = "The public key")),
    responses((status = 200, description = "Counted and dropped", body = Accepted),
        (status = "4XX", description = "Refused", body = IngestErrorBody)))]
pub(crate) async fn post_check_in_with_key(
    State(ctx): State<Ctx>,
    Named((project, _monitor, key)): Named<(String, String, String)>,
    request: Request,
) -> Result<Response, Refused> {
    drop_report(&ctx, &project, Some(key), request, Category::Monitor).await
}

async fn drop_report(
    ctx: &Ctx,
    project: &str,
    key: Option<String>,
    request: Request,
    category: Category,
) -> Result<Response, Refused> {
    let (parts, body) = request.into_parts();
    let head = Head::read(&parts, Some(project), key)?;
    let sender = head.admit(ctx, None).await?;
    body::read(ctx, body, head.encoding(), LIMITS).await?;
    ingest::count_dropped(ctx, &sender, category);
    Ok(answer::accepted(ingest::Accepted::default()))
}
