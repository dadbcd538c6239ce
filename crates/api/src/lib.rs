//! The HTTP JSON edge: `/api/0`, SDK ingestion, and the OpenAPI document that describes them.
//!
//! A route is one handler with a `#[utoipa::path]` attribute in `routes/<resource>/<verb>.rs`. A resource registers its
//! handlers with [`edge::Routes`], naming the [gate](edge::Gate) that callers pass:
//!
//! ```ignore
//! pub(crate) fn routes(r: &mut Routes) {
//!     r.class::<class::Member>(routes!(list::list_members, create::create_member));
//!     r.class::<class::Member>(routes!(get::get_member)).alias("/api/0/other/{org}/{member}/");
//! }
//!
//! #[utoipa::path(get, path = "/api/0/organizations/{org}/members/", tag = "Members", params(OrgPath),
//!     responses((status = 200, description = "The members", body = [Member])))]
//! pub(crate) async fn list_members(access: Org<class::Member>, query: Query, paging: Paging, State(ctx): State<Ctx>)
//!     -> Result<Paged<wire::Member>> {
//!     let page = service::members::list(&ctx, &access, query.one("query"), paging.request()?).await?;
//!     Ok(paging.answer(page))
//! }
//! ```
//!
//! What the edge does before a handler runs, in this order, is in [`edge::endpoint`]; what it refuses is decided before
//! any object is looked up. The extractors of [`extract`] do the rest.

pub mod edge;
pub mod extract;
pub mod openapi;
mod routes;

pub use edge::{Error, Result, Routes};

use axum::Router;
use mortise_service::Ctx;

/// The whole API as a router, with its routes' facts.
#[derive(Debug)]
pub struct Api {
    /// Answers requests.
    pub router: Router,
    /// Every route of the documented API: its path, methods and gate.
    pub facts: Vec<edge::RouteFacts>,
}

/// Builds the API over a context.
pub fn api(ctx: &Ctx) -> Api {
    let mut table = Routes::new(ctx.clone());
    routes::all(&mut table);
    table.finish()
}

/// The OpenAPI document, as JSON.
pub fn document(ctx: &Ctx) -> String {
    let mut table = Routes::documented(ctx.clone());
    routes::all(&mut table);
    table.into_document()
}
