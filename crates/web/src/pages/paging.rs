//! Pages of lists: from the query to what a use case takes, and from what it gives to the links below the list.

use mortise_service::wire::page::{Page, PageRequest};

use crate::{
    edge::{Outcome, Problem, Visit},
    view::Pager,
};

/// Rows on a page of a list.
pub const ROWS: &str = "25";

/// Which page the address asks for. A broken cursor leads to the first page.
pub fn request(visit: &Visit, rows: &str) -> Outcome<PageRequest> {
    let cursor = visit.query.find("cursor");
    PageRequest::parse(cursor, Some(rows))
        .or_else(|_| PageRequest::parse(None, Some(rows)))
        .map_err(|error| Problem::internal(&error))
}

/// The links of a page; other parameters of the address stay.
pub fn pager<T>(visit: &Visit, page: &Page<T>, summary: &str) -> Pager {
    let path = visit.here.split('?').next().unwrap_or_default();
    let link = |link: mortise_service::wire::page::PageLink| {
        link.has_results.then(|| visit.query.with("cursor", Some(&link.cursor.to_string())).behind(path))
    };
    Pager { prev: link(page.previous), next: link(page.next), summary: summary.to_owned() }
}

/// Everything that a use case lists, for pages that show it whole: page after page, up to `max` rows.
pub async fn whole<T, F>(max: usize, mut list: impl FnMut(PageRequest) -> F) -> Outcome<Vec<T>>
where
    F: Future<Output = mortise_service::Result<Page<T>>>,
{
    let (mut rows, mut request) = (Vec::new(), PageRequest::default());
    loop {
        let page = list(request).await?;
        rows.extend(page.rows);
        if !page.next.has_results || rows.len() >= max {
            return Ok(rows);
        }
        request.cursor = Some(page.next.cursor);
    }
}
