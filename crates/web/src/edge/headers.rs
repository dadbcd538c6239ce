//! Headers of every page.

use axum::response::Response;
use http::{HeaderValue, header};

use crate::assets::CONTENT_SECURITY_POLICY;

/// Lets the forms of a page lead to other servers: browsers check each address that a form leads on to, and where an app
/// sends people next is not known here.
pub fn let_forms_lead_away(mut response: Response) -> Response {
    let policy = CONTENT_SECURITY_POLICY.replace("form-action 'self'", "form-action 'self' http: https:");
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Lets the forms of a page lead to addresses with this scheme.
pub fn let_forms_lead_to(mut response: Response, scheme: &str) -> Response {
    let policy =
        CONTENT_SECURITY_POLICY.replace("form-action 'self'", &format!("form-action 'self' {scheme}:"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Adds what a page says about itself to browsers and caches; what the handler has set stays.
pub fn decorate(response: &mut Response) {
    let headers = response.headers_mut();
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
        (header::VARY, "Cookie"),
    ];
    for (name, value) in fixed {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}
