//! Counts and times requests. Labels are few on purpose: the area and the status, never a path.

use std::{convert::Infallible, time::Instant};

use axum::response::Response;
use http::Request;
use tower::{Service, ServiceExt as _};

/// Has `service` answer a request, counts it, and logs it at debug level: method, area, status and time, nothing that a
/// client wrote.
pub(super) async fn observed<S, B>(service: S, request: Request<B>) -> Result<Response, Infallible>
where
    S: Service<Request<B>, Response = Response, Error = Infallible>,
{
    let started = Instant::now();
    let area = area(request.uri().path());
    let method = request.method().clone();
    let response = service.oneshot(request).await?;
    let seconds = started.elapsed().as_secs_f64();
    let status = response.status().as_u16();
    metrics::counter!("mortise_http_requests_total", "area" => area, "status" => status.to_string())
        .increment(1);
    metrics::histogram!("mortise_http_request_duration_seconds", "area" => area).record(seconds);
    tracing::debug!(http.method = %method, http.area = area, http.status = status, duration_ms = seconds * 1000.0, "answered");
    Ok(response)
}

fn area(path: &str) -> &'static str {
    match path {
        "/healthz" | "/readyz" | "/metrics" | "/_health/" => "operations",
        _ if path.starts_with("/api/0/") => "api",
        _ if path.starts_with("/api/") => "ingestion",
        _ => "web",
    }
}
