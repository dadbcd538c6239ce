//! The answer that shows an uploaded photo to anybody.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use mortise_service::Error as Refusal;

use crate::{Result, edge::Empty, extract::Query};

/// A photo never changes under its name.
const FOREVER: &str = "max-age=315360000";

/// The photo that `find` gives for the pixels that `s` asks for. A photo that is not there is said before a size that is
/// no number.
pub(super) async fn answer<F>(
    query: &Query,
    headers: &HeaderMap,
    find: impl FnOnce(Option<i64>) -> F,
) -> Result<Response>
where
    F: Future<Output = Result<Vec<u8>, Refusal>>,
{
    let asked = query.one("s").filter(|text| !text.is_empty());
    let side = asked.map(|text| text.trim().parse::<i64>());
    let photo = match find(side.clone().and_then(Result::ok)).await {
        Err(Refusal::NotFound) => return Ok(Empty(StatusCode::NOT_FOUND).into_response()),
        found => found?,
    };
    if side.is_some_and(|side| side.is_err()) {
        return Ok(Empty(StatusCode::BAD_REQUEST).into_response());
    }
    let origin = headers.get(header::ORIGIN).filter(|origin| *origin != "null").cloned();
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/png")),
        (header::CACHE_CONTROL, HeaderValue::from_static(FOREVER)),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.unwrap_or(HeaderValue::from_static("*"))),
        (header::VARY, HeaderValue::from_static("Origin")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    Ok((headers, photo).into_response())
}
