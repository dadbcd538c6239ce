//! What happens to a request before its handler runs: preflight, rate limit (429), credentials (401), origin (400), `Accept` (406),
//! missing credentials (401) or scopes (403), method (405). Objects are looked up after all that, by the extractors.

use std::sync::Arc;

use axum::{
    body::HttpBody as _,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts};
use mortise_domain::ScopeSet;
use mortise_service::{Caller, Ctx, Error as Refusal, access::Class, authenticate};
use mortise_wire::errors as texts;

use super::{
    Error, Result, authorization, cors,
    error::MovedTo,
    fallback,
    rate_limit::{RouteLimits, Spent},
};

/// Who may pass to a route before any object is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Callers with credentials; tokens need a scope of the class for the method.
    Class(Class),
    /// As [`Gate::Class`], for lists below which no object is: with a session, HEAD is answered as GET.
    List(Class),
    /// As [`Gate::Class`], except that an app may PUT whatever its scopes.
    AppPuts(Class),
    /// Callers with credentials, whatever their scopes.
    Authenticated,
    /// Everybody, nobody included; the handler decides.
    Open,
    /// Everybody; bad credentials make a caller nobody instead of being refused.
    Lenient,
    /// Everybody, because the body says who it is from, whatever the method: methods without handler get to the fallback of
    /// the handlers, which finds out.
    Body,
    /// People with a session. Requests with an `Authorization` header are refused.
    Session,
}

/// What the layer knows of its route.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) ctx: Ctx,
    pub(super) gate: Gate,
    pub(super) methods: Vec<Method>,
    /// Present while the operator limits requests.
    pub(super) limits: Option<RouteLimits>,
    /// The text of `Allow`.
    pub(super) allow: String,
}

/// The layer of every route of the API.
pub(super) async fn layer(State(endpoint): State<Arc<Endpoint>>, request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let uri = request.uri().clone();
    // No route has an empty segment, though the router lets one match a parameter.
    if uri.path().contains("//") {
        return fallback::answer(&request, &endpoint.ctx.settings.public_url);
    }
    let method = request.method().clone();
    let mut spent = None;
    let mut response = match admit(&endpoint, request, &mut spent).await {
        Ok(Admitted::Answer(response)) => response,
        Ok(Admitted::Request(request)) => next.run(request).await,
        Err(error) => error.into_response(),
    };
    if let Some(MovedTo(slug)) = response.extensions_mut().remove::<MovedTo>() {
        response = moved(&uri, &slug);
    }
    if method == Method::HEAD {
        take_body(&mut response);
    }
    let mut allow = endpoint.allow.as_str();
    if let Some(spent) = spent {
        spent.decorate(&mut response);
        if !spent.is_allowed() {
            allow = method.as_str();
        }
    }
    cors::decorate(&mut response, origin.as_ref(), allow, &endpoint.ctx.settings.public_url);
    response
}

/// Takes the body of an answer to HEAD away; its length stays.
fn take_body(response: &mut Response) {
    let body = std::mem::take(response.body_mut());
    if let Some(length) = body.size_hint().exact().filter(|length| *length > 0) {
        response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
}

enum Admitted {
    Answer(Response),
    Request(Request),
}

async fn admit(endpoint: &Endpoint, request: Request, spent: &mut Option<Spent>) -> Result<Admitted> {
    if request.method() == Method::OPTIONS {
        return Ok(Admitted::Answer(cors::preflight()));
    }
    let (mut parts, body) = request.into_parts();
    let caller = caller(endpoint, &parts).await;
    if let Some(limits) = &endpoint.limits {
        *spent = limits.spend(&parts, caller.as_ref().ok(), endpoint.ctx.now());
        if let Some(refusal) = spent.as_ref().and_then(Spent::refusal) {
            return Ok(Admitted::Answer(refusal));
        }
    }
    let caller = caller?;
    cors::check(&parts.headers, &caller)?;
    if !accepts_json(&parts.headers) {
        return Err(Error::detail(StatusCode::NOT_ACCEPTABLE, texts::NOT_ACCEPTABLE));
    }
    pass(endpoint.gate, &parts.method, &caller)?;
    if !is_implemented(endpoint, &parts.method) && endpoint.gate != Gate::Body {
        return Err(method_not_allowed(&parts.method));
    }
    parts.extensions.insert(endpoint.gate);
    parts.extensions.insert(caller);
    Ok(Admitted::Request(Request::from_parts(parts, body)))
}

async fn caller(endpoint: &Endpoint, parts: &Parts) -> Result<Caller> {
    match endpoint.gate {
        Gate::Session if parts.headers.contains_key(header::AUTHORIZATION) => {
            Ok(Caller::anonymous(authorization::client_of(parts)))
        }
        Gate::Session => authorization::session(&endpoint.ctx, parts, authorization::client_of(parts)).await,
        Gate::Lenient | Gate::Body => match authorization::caller(&endpoint.ctx, parts).await {
            Err(Error::Service(Refusal::Unauthorized(_))) => {
                Ok(Caller::anonymous(authorization::client_of(parts)))
            }
            other => other,
        },
        Gate::Class(_) | Gate::List(_) | Gate::AppPuts(_) | Gate::Authenticated | Gate::Open => {
            authorization::caller(&endpoint.ctx, parts).await
        }
    }
}

/// The first stage of authorization.
fn pass(gate: Gate, method: &Method, caller: &Caller) -> Result<()> {
    match gate {
        Gate::Open | Gate::Lenient | Gate::Body => Ok(()),
        Gate::Session if caller.user.is_none() => {
            Err(Error::detail(StatusCode::FORBIDDEN, texts::NOT_AUTHENTICATED))
        }
        Gate::Session => Ok(()),
        Gate::Class(_) | Gate::List(_) | Gate::AppPuts(_) | Gate::Authenticated if caller.is_anonymous() => {
            Err(Refusal::NotAuthenticated.into())
        }
        Gate::Authenticated => Ok(()),
        Gate::AppPuts(_) if method == Method::PUT && is_app(caller) => Ok(()),
        // No class lists HEAD. So tokens end here, and sessions where an object asks for scopes.
        Gate::Class(class) | Gate::List(class) | Gate::AppPuts(class) => {
            match authenticate::token_scopes(caller) {
                Some(held) if !held.intersects(class.scopes(method.as_str()).unwrap_or(ScopeSet::EMPTY)) => {
                    Err(Refusal::Forbidden.into())
                }
                _ => Ok(()),
            }
        }
    }
}

/// The refusal of a method that has no handler (405).
pub(crate) fn method_not_allowed(method: &Method) -> Error {
    Error::detail(StatusCode::METHOD_NOT_ALLOWED, texts::method_not_allowed(method.as_str()))
}

fn is_app(caller: &Caller) -> bool {
    caller.user.as_ref().is_some_and(|user| user.is_sentry_app)
}

fn is_implemented(endpoint: &Endpoint, method: &Method) -> bool {
    endpoint.methods.contains(method) || (method == Method::HEAD && endpoint.methods.contains(&Method::GET))
}

/// Whether the client takes JSON. No header takes everything.
fn accepts_json(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(header::ACCEPT).iter().peekable();
    if values.peek().is_none() {
        return true;
    }
    values.filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(',')).any(|range| {
        let kind = range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        matches!(kind.as_str(), "" | "*/*" | "application/*" | "application/json")
    })
}

/// The answer for a renamed project: the same path under the new slug.
fn moved(uri: &Uri, slug: &str) -> Response {
    // /api/0/projects/{org}/{project}/...
    let path: Vec<&str> = uri.path().split('/').collect();
    let renamed: Vec<&str> =
        path.iter().enumerate().map(|(i, part)| if i == 5 { slug } else { *part }).collect();
    let mut location = renamed.join("/");
    if let Some(query) = uri.query() {
        location = format!("{location}?{query}");
    }
    let body = texts::ErrorBody::resource_moved(&location, slug);
    let mut response = (StatusCode::FOUND, axum::Json(body)).into_response();
    if let Ok(value) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    response
}
