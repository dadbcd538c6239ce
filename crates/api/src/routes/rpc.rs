//! `/api/0/internal/rpc/{service}/{method}/`: the internal RPC, for other parts of a host. It is not there until the operator
//! sets a secret, and no part of the documented API. The signature is the permission: it is looked at before anything else,
//! and neither limits of requests nor other credentials matter.
//!
//! | what | answer |
//! |---|---|
//! | no signature | 403 |
//! | one that none of the secrets makes | 401 |
//! | no such service or method | 404 |
//! | a body or arguments of another form, a call that fails | 400 |
//! | what this server has no counterpart of, or lacks a setting for | 422 with the reason |

use axum::{
    Json,
    extract::{Request, State},
    response::{IntoResponse as _, Response},
    routing::post,
};
use http::{HeaderMap, Method, StatusCode, header};
use mortise_service::{
    Ctx, Error as Refusal,
    rpc::{self, Failure},
};
use mortise_wire::{
    errors::{self as texts, ErrorBody, auth},
    json_in,
    rpc::Object,
};
use serde_json::{Value, json};

use crate::{
    Error, Result, Routes,
    extract::{Segments, whole},
};

const SCHEME: &str = "rpcsignature";
const MALFORMED: &str = "Malformed request.";
const FAILED: &str = "Invalid input.";

pub(crate) fn routes(r: &mut Routes) {
    if r.ctx().settings.rpc_secrets.is_empty() {
        return;
    }
    let handlers = post(call).fallback(async |method: Method| {
        Error::detail(StatusCode::METHOD_NOT_ALLOWED, texts::method_not_allowed(method.as_str()))
    });
    r.internal("/api/0/internal/rpc/{service}/{method}/", handlers);
}

async fn call(segments: Segments, State(ctx): State<Ctx>, request: Request) -> Result<Response> {
    let signature = signature(request.headers()).ok_or(Refusal::Forbidden)?.to_owned();
    let path = request.uri().path().to_owned();
    let body = whole(request).await?;
    if !rpc::is_signed(&ctx, &path, &body, &signature) {
        return Err(Refusal::unauthorized(auth::SIGNATURE_INVALID).into());
    }
    let (service, method) = (segments.text("service")?, segments.text("method")?);
    match rpc::call(&ctx, service, method, arguments(&body)?).await {
        Ok(reply) => Ok(Json(reply).into_response()),
        Err(failure) => refuse(service, method, failure),
    }
}

/// What the header carries; nothing where it is of another scheme.
fn signature(headers: &HeaderMap) -> Option<&str> {
    let (scheme, signature) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case(SCHEME).then(|| signature.trim())
}

/// `args` of the body. `meta` tells of who looks at what is asked for, which nothing here depends on.
fn arguments(body: &[u8]) -> Result<Object> {
    let malformed = || Refusal::invalid(MALFORMED);
    if body.is_empty() {
        return Err(malformed().into());
    }
    let mut body =
        json_in::parse_strict(body).map_err(|error| Refusal::invalid(texts::malformed_json(&error)))?;
    if !matches!(body.get("meta"), None | Some(Value::Null | Value::Object(_))) {
        return Err(malformed().into());
    }
    match body.get_mut("args").map(Value::take) {
        Some(Value::Object(args)) => Ok(args),
        _ => Err(malformed().into()),
    }
}

/// Callers are told little, as by the original; the log says more.
fn refuse(service: &str, method: &str, failure: Failure) -> Result<Response> {
    match failure {
        Failure::NoSuchMethod => Err(Refusal::NotFound.into()),
        Failure::Malformed(reason) => {
            tracing::info!(service, method, at = %reason, "a call has arguments of another form");
            Err(Refusal::invalid(MALFORMED).into())
        }
        Failure::Unsupported(refusal) => {
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(refusal)).into_response())
        }
        Failure::Failed(
            ours @ (Refusal::Store(_) | Refusal::Internal(_) | Refusal::Busy | Refusal::Upstream(_)),
        ) => Err(ours.into()),
        Failure::Failed(_) => {
            tracing::info!(service, method, "a call failed");
            Err(Refusal::Invalid(ErrorBody::Other(json!([FAILED]))).into())
        }
    }
}
