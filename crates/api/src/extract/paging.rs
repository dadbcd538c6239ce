//! Pages of lists.

use axum::extract::FromRequestParts;
use http::request::Parts;
use mortise_service::Ctx;
use mortise_wire::page::{LinkUrl, Page, PageError, PageRequest, link_header};

use super::Query;
use crate::{Error, edge::Paged};

/// Which page is asked for, and where the list is, so that the answer can link to its neighbours.
#[derive(Debug, Clone)]
pub struct Paging {
    base: String,
    query: Query,
}

impl Paging {
    /// The page asked for, at most 100 rows.
    pub fn request(&self) -> Result<PageRequest, PageError> {
        PageRequest::parse(self.query.one("cursor"), self.query.one("per_page"))
    }

    /// The page asked for with another maximum.
    pub fn request_with_max(&self, max: i64) -> Result<PageRequest, PageError> {
        PageRequest::parse_with_max(self.query.one("cursor"), self.query.one("per_page"), max)
    }

    /// The answer: the rows as a list.
    pub fn answer<T>(&self, page: Page<T>) -> Paged<Vec<T>> {
        self.answer_with(page, |rows| rows)
    }

    /// The answer: the rows inside a body of another shape.
    pub fn answer_with<T, B>(&self, page: Page<T>, body: impl FnOnce(Vec<T>) -> B) -> Paged<B> {
        let link = link_header(LinkUrl { base: &self.base, params: self.query.pairs() }, &page);
        Paged { body: body(page.rows), link, extra: Vec::new() }
    }
}

impl FromRequestParts<Ctx> for Paging {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, ctx: &Ctx) -> Result<Self, Error> {
        Ok(Self { base: ctx.link(parts.uri.path()), query: Query::parse(parts.uri.query()) })
    }
}
