//! Counts and times requests. Labels are few on purpose: the area and the status, never a path.

use std::time::Instant;

use axum::{extract::Request, middleware::Next, response::Response};

/// Counts a request, and logs it at debug level: method, area, status and time, nothing that a client wrote.
pub(crate) async fn observe(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let area = area(request.uri().path());
    let method = request.method().clone();
    let response = next.run(request).await;
    let seconds = started.elapsed().as_secs_f64();
    let status = response.status().as_u16();
    metrics::counter!("mortise_http_requests_total", "area" => area, "status" => status.to_string())
        .increment(1);
    metrics::histogram!("mortise_http_request_duration_seconds", "area" => area).record(seconds);
    tracing::debug!(http.method = %method, http.area = area, http.status = status, duration_ms = seconds * 1000.0, "answered");
    response
}

fn area(path: &str) -> &'static str {
    match path {
        "/healthz" | "/readyz" | "/metrics" | "/_health/" => "operations",
        _ if path.starts_with("/api/0/") => "api",
        _ if path.starts_with("/api/") => "ingestion",
        _ => "web",
    }
}
