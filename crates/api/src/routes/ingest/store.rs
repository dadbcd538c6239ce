//! `/api/{project}/store/`: one event as JSON, from older SDKs and from pages that can only load an image.

use std::io::Read;

use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use flate2::bufread::ZlibDecoder;
use http::{HeaderValue, header};
use mortise_service::{Ctx, ingest};
use mortise_wire::envelope::{
    Accepted, IngestError, IngestErrorBody, STORE_EVENT_BYTES_MAX, STORE_REQUEST_BYTES_MAX,
};

use super::{
    answer::{self, Refused},
    body::{self, BodyLimits},
    request::{Head, Named, decode_base64},
};

const LIMITS: BodyLimits = BodyLimits {
    sent_bytes_max: STORE_REQUEST_BYTES_MAX,
    unpacked_bytes_max: STORE_EVENT_BYTES_MAX,
    has_header_line: false,
};

/// One transparent pixel.
const PIXEL: &[u8] =
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\
    \x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// Takes an event: JSON, or base64 of JSON compressed with zlib.
#[utoipa::path(post, path = "/api/{project}/store/", tag = "Ingestion",
    params(("project" = String, Path, description = "The number of the project")),
    request_body(content = String, content_type = "application/json"),
    responses((status = 200, description = "Stored", body = Accepted),
        (status = "4XX", description = "Refused", body = IngestErrorBody),
        (status = 503, description = "Nothing can be taken now", body = IngestErrorBody)))]
pub(crate) async fn post_event(
    State(ctx): State<Ctx>,
    Named(project): Named<String>,
    request: Request,
) -> Result<Response, Refused> {
    take(&ctx, Some(&project), None, request).await
}

/// Takes an event with the key in the path.
#[utoipa::path(post, path = "/api/{project}/store/{key}/", tag = "Ingestion",
    params(("project" = String, Path, description = "The number of the project"),
        ("key" = String, Path, description = "The public key")),
    request_body(content = String, content_type = "application/json"),
    responses((status = 200, description = "Stored", body = Accepted),
        (status = "4XX", description = "Refused", body = IngestErrorBody)))]
pub(crate) async fn post_event_with_key(
    State(ctx): State<Ctx>,
    Named((project, key)): Named<(String, String)>,
    request: Request,
) -> Result<Response, Refused> {
    take(&ctx, Some(&project), Some(key), request).await
}

/// Takes an event for the project that the key belongs to.
#[utoipa::path(post, path = "/api/store/", tag = "Ingestion",
    request_body(content = String, content_type = "application/json"),
    responses((status = 200, description = "Stored", body = Accepted),
        (status = "4XX", description = "Refused", body = IngestErrorBody)))]
pub(crate) async fn post_event_of_key(State(ctx): State<Ctx>, request: Request) -> Result<Response, Refused> {
    take(&ctx, None, None, request).await
}

/// Takes an event from the query, `sentry_data`, and answers with an image.
#[utoipa::path(get, path = "/api/{project}/store/", tag = "Ingestion",
    params(("project" = String, Path, description = "The number of the project"),
        ("sentry_key" = String, Query, description = "The public key"),
        ("sentry_data" = String, Query, description = "base64 of zlib of JSON")),
    responses((status = 200, description = "Stored", content_type = "image/gif", body = Vec<u8>),
        (status = "4XX", description = "Refused", body = IngestErrorBody)))]
pub(crate) async fn get_event(
    State(ctx): State<Ctx>,
    Named(project): Named<String>,
    request: Request,
) -> Result<Response, Refused> {
    let (parts, _) = request.into_parts();
    let head = Head::read(&parts, Some(&project), None)?;
    let sender = head.admit(&ctx, None).await?;
    let data = head.parameter("sentry_data").unwrap_or_default();
    let json = json_of(Bytes::copy_from_slice(data.as_bytes()))?;
    ingest::accept_event(&ctx, &sender, &json).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/gif")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, PIXEL).into_response())
}

async fn take(
    ctx: &Ctx,
    project: Option<&str>,
    key: Option<String>,
    request: Request,
) -> Result<Response, Refused> {
    let (parts, body) = request.into_parts();
    let head = Head::read(&parts, project, key)?;
    let sender = head.admit(ctx, None).await?;
    let body = body::read(ctx, body, head.encoding(), LIMITS).await?;
    let json = json_of(body.bytes.clone())?;
    let id = ingest::accept_event(ctx, &sender, &json).await?;
    Ok(answer::accepted(ingest::Accepted { id: Some(id), limits: Vec::new() }))
}

/// The JSON of a body, which may be base64 of zlib or zlib itself.
fn json_of(body: Bytes) -> Result<Bytes, IngestError> {
    let text = body.trim_ascii();
    match text.first() {
        None => Err(IngestError::EmptyBody),
        // What JSON begins with that base64 and zlib do not.
        Some(b'{' | b'[' | b'"' | 0xef) => Ok(body),
        Some(0x78) if text.get(1).is_some_and(|second| matches!(second, 0x01 | 0x5e | 0x9c | 0xda)) => {
            inflate(text)
        }
        Some(_) => match decode_base64(text) {
            Some(packed) if packed.first() == Some(&0x78) => inflate(&packed),
            Some(json) if json.first() == Some(&b'{') => Ok(Bytes::from(json)),
            _ => Ok(body),
        },
    }
}

fn inflate(packed: &[u8]) -> Result<Bytes, IngestError> {
    let limit = STORE_EVENT_BYTES_MAX as u64 + 1;
    let mut json = Vec::new();
    ZlibDecoder::new(packed).take(limit).read_to_end(&mut json).map_err(|_| IngestError::InvalidBody)?;
    if json.len() > STORE_EVENT_BYTES_MAX { Err(IngestError::BodyTooLarge) } else { Ok(Bytes::from(json)) }
}
