//! The table of routes: builds the router, the OpenAPI document and the facts that tests walk, from one registration.
//!
//! The document takes several megabytes while it is put together, and few servers are ever asked for it. So it is put
//! together when it is, from a second walk through the same registrations.

use std::sync::{Arc, OnceLock};

use axum::{Router, extract::Request, middleware, response::Response, routing::MethodRouter};
use http::Method;
use mortise_service::{Ctx, access::Permission};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::openapi::{OpenApi, path::Paths};
use utoipa_axum::router::UtoipaMethodRouter;

use super::{Gate, endpoint, error, fallback, rate_limit::RouteLimits};
use crate::{Api, openapi};

/// One route.
#[derive(Debug, Clone)]
pub struct RouteFacts {
    /// The path with its parameters in braces.
    pub path: String,
    /// The methods that have a handler.
    pub methods: Vec<Method>,
    /// Who may pass; `None` for ingestion, which has rules of its own.
    pub gate: Option<Gate>,
}

/// The table under construction.
pub struct Routes {
    ctx: Ctx,
    router: Router<Ctx>,
    /// Present while the document is what is wanted.
    document: Option<OpenApi>,
    facts: Vec<RouteFacts>,
}

impl std::fmt::Debug for Routes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Routes").field("facts", &self.facts).finish_non_exhaustive()
    }
}

impl Routes {
    /// An empty table for a router.
    pub(crate) fn new(ctx: Ctx) -> Self {
        Self { ctx, router: Router::new(), document: None, facts: Vec::new() }
    }

    /// An empty table for a document.
    pub(crate) fn documented(ctx: Ctx) -> Self {
        Self { document: Some(openapi::skeleton()), ..Self::new(ctx) }
    }

    /// Registers the handlers of one path behind a permission class.
    pub fn class<P: Permission>(&mut self, handlers: UtoipaMethodRouter<Ctx>) -> Registered<'_> {
        self.gated(Gate::Class(P::CLASS), handlers)
    }

    /// Registers the handlers of a list below which no object is, behind a permission class.
    pub fn list<P: Permission>(&mut self, handlers: UtoipaMethodRouter<Ctx>) -> Registered<'_> {
        self.gated(Gate::List(P::CLASS), handlers)
    }

    /// Registers the handlers of one path behind a gate.
    pub fn gated(
        &mut self,
        gate: Gate,
        (schemas, paths, handlers): UtoipaMethodRouter<Ctx>,
    ) -> Registered<'_> {
        let (path, methods) = openapi::single_path(&paths);
        let layered = self.layered(gate, &path, &methods, handlers.clone());
        if let Some(document) = &mut self.document {
            openapi::merge(document, schemas, &paths);
        }
        self.add(&path, &methods, Some(gate), layered.clone());
        Registered { table: self, paths, methods, gate: Some(gate), handlers: layered, bare: handlers }
    }

    /// Handlers behind a gate.
    fn layered(
        &self,
        gate: Gate,
        path: &str,
        methods: &[Method],
        handlers: MethodRouter<Ctx>,
    ) -> MethodRouter<Ctx> {
        let limits = self.ctx.settings.api_requests_per_s.map(|max| RouteLimits::new(path, methods, max));
        let (ctx, allow, methods) = (self.ctx.clone(), allow(methods), methods.to_vec());
        let endpoint = Arc::new(endpoint::Endpoint { ctx, gate, methods, limits, allow });
        // The layer answers methods without handler before they get here; the fallback makes axum hand them over.
        let handlers = match gate {
            Gate::Body => handlers,
            _ => handlers.fallback(async || http::StatusCode::METHOD_NOT_ALLOWED),
        };
        handlers.layer(middleware::from_fn_with_state(endpoint, endpoint::layer))
    }

    /// Registers handlers that follow rules of their own (ingestion).
    pub fn plain(&mut self, (schemas, paths, handlers): UtoipaMethodRouter<Ctx>) -> Registered<'_> {
        let (path, methods) = openapi::single_path(&paths);
        if let Some(document) = &mut self.document {
            openapi::merge(document, schemas, &paths);
        }
        self.add(&path, &methods, None, handlers.clone());
        Registered { table: self, paths, methods, gate: None, handlers: handlers.clone(), bare: handlers }
    }

    /// Registers handlers that follow rules of their own and are no part of the documented API.
    pub fn internal(&mut self, path: &str, handlers: MethodRouter<Ctx>) {
        self.router = std::mem::take(&mut self.router).route(path, handlers);
    }

    /// The context that the handlers run in.
    pub fn ctx(&self) -> &Ctx {
        &self.ctx
    }

    fn add(&mut self, path: &str, methods: &[Method], gate: Option<Gate>, handlers: MethodRouter<Ctx>) {
        self.router = std::mem::take(&mut self.router).route(path, handlers);
        self.facts.push(RouteFacts { path: path.to_owned(), methods: methods.to_vec(), gate });
    }

    /// The document of a table that was begun for it.
    pub(crate) fn into_document(self) -> String {
        self.document.as_ref().map(openapi::render).unwrap_or_default()
    }

    /// Ends the table.
    pub(crate) fn finish(self) -> Api {
        let (document, ctx) = (OnceLock::new(), self.ctx.clone());
        let document = Arc::new((document, ctx));
        let serve = async move || {
            let (document, ctx) = &*document;
            openapi::serve(document.get_or_init(|| crate::document(ctx)).clone())
        };
        let public = self.ctx.settings.public_url.clone();
        let unmatched = async move |request: Request| -> Response { fallback::answer(&request, &public) };
        let router = self
            .router
            .route(openapi::PATH, axum::routing::get(serve))
            .route("/api/0/{*rest}", axum::routing::any(unmatched))
            .layer(CatchPanicLayer::custom(|_| error::internal(&"a handler panicked")))
            .with_state(self.ctx);
        Api { router, facts: self.facts }
    }
}

/// What was just registered, to be given further paths.
pub struct Registered<'r> {
    table: &'r mut Routes,
    paths: Paths,
    methods: Vec<Method>,
    gate: Option<Gate>,
    handlers: MethodRouter<Ctx>,
    /// The same without a gate.
    bare: MethodRouter<Ctx>,
}

impl std::fmt::Debug for Registered<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registered").field("methods", &self.methods).finish_non_exhaustive()
    }
}

impl Registered<'_> {
    /// Serves the same handlers under another path, documented there too.
    pub fn alias(self, path: &str) -> Self {
        if let Some(document) = &mut self.table.document {
            openapi::add_alias(document, &self.paths, path);
        }
        self.table.add(path, &self.methods, self.gate, self.handlers.clone());
        self
    }

    /// The same behind another permission class, for handlers that find out from the path where they are.
    pub fn alias_for<P: Permission>(self, path: &str) -> Self {
        if let Some(document) = &mut self.table.document {
            openapi::add_alias(document, &self.paths, path);
        }
        let gate = Gate::Class(P::CLASS);
        let handlers = self.table.layered(gate, path, &self.methods, self.bare.clone());
        self.table.add(path, &self.methods, Some(gate), handlers);
        self
    }
}

/// The text of `Allow`: the implemented methods in their order, `HEAD` with `GET`, then `OPTIONS`.
fn allow(methods: &[Method]) -> String {
    let order = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let mut names: Vec<&str> = order.iter().filter(|m| methods.contains(m)).map(Method::as_str).collect();
    if methods.contains(&Method::GET) {
        names.push("HEAD");
    }
    names.push("OPTIONS");
    names.join(", ")
}
