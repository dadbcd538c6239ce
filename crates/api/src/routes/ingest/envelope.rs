//! `POST /api/{project}/envelope/`: everything modern SDKs send.

use axum::{
    extract::{Request, State},
    response::Response,
};
use mortise_service::{Ctx, ingest};
use mortise_wire::envelope::{Accepted, BODY_BYTES_MAX, Envelope, IngestErrorBody, REQUEST_BYTES_MAX};

use super::{
    answer::{self, Refused},
    body::{Arriving, BodyLimits},
    request::{Head, Named},
};

const LIMITS: BodyLimits = BodyLimits {
    sent_bytes_max: REQUEST_BYTES_MAX,
    unpacked_bytes_max: BODY_BYTES_MAX,
    has_header_line: true,
};

/// Takes an envelope. The key is in `X-Sentry-Auth`, `Authorization`, the query, or the envelope's `dsn`.
#[utoipa::path(post, path = "/api/{project}/envelope/", tag = "Ingestion",
    params(("project" = String, Path, description = "The number of the project")),
    request_body(content = String, content_type = "application/x-sentry-envelope"),
    responses(
        (status = 200, description = "Stored", body = Accepted),
        (status = 400, description = "The body cannot be read", body = IngestErrorBody),
        (status = 401, description = "No credentials, or several", body = IngestErrorBody),
        (status = 403, description = "The key may not send", body = IngestErrorBody),
        (status = 413, description = "The body is too large", body = IngestErrorBody),
        (status = 429, description = "The key has sent what it may", body = IngestErrorBody),
        (status = 503, description = "Nothing can be taken now", body = IngestErrorBody),
    ))]
pub(crate) async fn post_envelope(
    State(ctx): State<Ctx>,
    Named(project): Named<String>,
    request: Request,
) -> Result<Response, Refused> {
    take(&ctx, &project, None, request).await
}

/// Takes an envelope with the key in the path.
#[utoipa::path(post, path = "/api/{project}/envelope/{key}/", tag = "Ingestion",
    params(("project" = String, Path, description = "The number of the project"),
        ("key" = String, Path, description = "The public key")),
    request_body(content = String, content_type = "application/x-sentry-envelope"),
    responses((status = 200, description = "Stored", body = Accepted),
        (status = "4XX", description = "Refused", body = IngestErrorBody)))]
pub(crate) async fn post_envelope_with_key(
    State(ctx): State<Ctx>,
    Named((project, key)): Named<(String, String)>,
    request: Request,
) -> Result<Response, Refused> {
    take(&ctx, &project, Some(key), request).await
}

async fn take(ctx: &Ctx, project: &str, key: Option<String>, request: Request) -> Result<Response, Refused> {
    let (parts, body) = request.into_parts();
    let head = Head::read(&parts, Some(project), key)?;
    let known = head.admit_early(ctx).await?;
    let mut body = Arriving::new(ctx, body, head.encoding(), LIMITS).await?;
    if known.is_none() {
        // Nobody is read on whom the first line does not let in.
        let dsn = Envelope::dsn_of_header(body.first_line().await?)?;
        head.admit(ctx, dsn.as_deref()).await?;
    }
    let body = body.rest().await?;
    let envelope = Envelope::parse(&body.bytes)?;
    let sender = head.admit(ctx, envelope.dsn.as_deref()).await?;
    Ok(answer::accepted(ingest::accept_envelope(ctx, &sender, envelope).await?))
}
