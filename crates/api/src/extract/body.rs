//! Request bodies: JSON, a form, or the texts of a multipart form. Bodies are read after access was decided.

use axum::{
    body::{Bytes, HttpBody as _},
    extract::{FromRequest, Multipart, Request, multipart::MultipartError},
    http::header,
};
use http::StatusCode;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use mortise_service::{Ctx, Error as Refusal};
use mortise_wire::{
    errors::{self as texts, ErrorBody},
    fields::{self, Fields},
    json_in,
};

use crate::{Error, Result};

/// The largest body of a write request, bytes.
pub const API_BODY_BYTES_MAX: usize = 8 * 1024 * 1024;

/// The body of a write request.
#[derive(Debug, Clone)]
pub struct Body(pub fields::Body);

impl Body {
    /// Starts reading it field by field.
    pub fn fields(&self) -> Fields {
        Fields::new(&self.0)
    }

    /// The body, or what was read of it. What is wrong with it is told after what is wrong with the rest of the call:
    /// `rest` finds what the path names, which is only done here when it decides what is told.
    pub async fn after<T, R>(
        read: Result<T>,
        rest: impl Future<Output = mortise_service::Result<R>>,
    ) -> Result<T> {
        match read {
            Ok(read) => Ok(read),
            Err(error) => {
                rest.await?;
                Err(error)
            }
        }
    }

    /// The body as JSON; a form as nothing, for endpoints that read JSON only.
    pub fn json(&self) -> Option<&serde_json::Value> {
        match &self.0 {
            fields::Body::Json(value) => Some(value),
            fields::Body::Form(_) => None,
        }
    }
}

/// The body of an endpoint that reads JSON only: what is none, cannot be parsed or is empty counts as no body.
#[derive(Debug, Clone)]
pub struct JsonBody(pub Option<serde_json::Value>);

impl FromRequest<Ctx> for JsonBody {
    type Rejection = Error;

    async fn from_request(request: Request, _: &Ctx) -> Result<Self> {
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !content_type.is_some_and(|text| text.starts_with("application/json")) {
            return Ok(Self(None));
        }
        Ok(Self(json_in::parse_strict(&whole(request).await?).ok()))
    }
}

impl FromRequest<Ctx> for Body {
    type Rejection = Error;

    async fn from_request(request: Request, _: &Ctx) -> Result<Self> {
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if kind == "multipart/form-data" && !request.body().is_end_stream() {
            return multipart(request).await;
        }
        let bytes = whole(request).await?;
        if bytes.is_empty() {
            return Ok(Self(fields::Body::empty()));
        }
        match kind.as_str() {
            "application/json" => match json_in::parse_strict(&bytes) {
                Ok(value) => Ok(Self(fields::Body::Json(value))),
                Err(error) => Err(Refusal::invalid(texts::malformed_json(&error)).into()),
            },
            "application/x-www-form-urlencoded" => {
                let pairs = url::form_urlencoded::parse(&bytes);
                let pairs = pairs.map(|(name, value)| (name.into_owned(), value.into_owned()));
                Ok(Self(fields::Body::Form(pairs.collect())))
            }
            _ => {
                let text = texts::unsupported_media_type(&content_type);
                Err(Error::detail(StatusCode::UNSUPPORTED_MEDIA_TYPE, text))
            }
        }
    }
}

/// All of a body that is not too large.
pub(crate) async fn whole(request: Request) -> Result<Bytes> {
    let bytes = Limited::new(request.into_body(), API_BODY_BYTES_MAX).collect().await;
    Ok(bytes.map_err(|error| unreadable(error.as_ref()))?.to_bytes())
}

fn unreadable(error: &(dyn std::error::Error + 'static)) -> Error {
    if error.is::<LengthLimitError>() { too_large() } else { broken() }
}

fn unreadable_part(error: &MultipartError) -> Error {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE { too_large() } else { broken() }
}

fn too_large() -> Error {
    let text = format!("The request body is larger than {API_BODY_BYTES_MAX} bytes.");
    Error::Status(StatusCode::PAYLOAD_TOO_LARGE, ErrorBody::detail(text))
}

fn broken() -> Error {
    Refusal::invalid("The request body could not be read.").into()
}

/// The texts of a multipart form. Files are read as texts too; their callers check what they get.
async fn multipart(request: Request) -> Result<Body> {
    let form = Multipart::from_request(request, &()).await;
    let mut form = form.map_err(|_| Refusal::invalid(texts::MULTIPART_BOUNDARY))?;
    let mut pairs = Vec::new();
    let mut size = 0;
    while let Some(field) = form.next_field().await.map_err(|error| unreadable_part(&error))? {
        let name = field.name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(|error| unreadable_part(&error))?;
        size += bytes.len();
        if size > API_BODY_BYTES_MAX {
            return Err(too_large());
        }
        pairs.push((name, String::from_utf8_lossy(&bytes).into_owned()));
    }
    Ok(Body(fields::Body::Form(pairs)))
}
