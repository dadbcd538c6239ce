//! Pages of lists: from the query to what a use case takes, and from what it gives to the links below the list.

use mortise_service::wire::page::{Page, PageRequest};

use crate::{
    edge::{Outcome, Problem, Visit},
    view::{Choice, Pager},
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
    pager_of(visit.here.split('?').next().unwrap_or_default(), visit, page, summary)
}

/// The same for a list that is shown at other addresses, too: below a form that was refused.
pub fn pager_of<T>(path: &str, visit: &Visit, page: &Page<T>, summary: &str) -> Pager {
    let link = |link: mortise_service::wire::page::PageLink| {
        link.has_results.then(|| visit.query.with("cursor", Some(&link.cursor.to_string())).behind(path))
    };
    Pager { prev: link(page.previous), next: link(page.next), summary: summary.to_owned() }
}

/// Everything that a use case lists, for pages that show it whole:
///
/// ```ignore
/// let mut walk = Walk::new(ROWS_MAX);
/// while let Some(request) = walk.request() {
///     walk.add(list(ctx, access, &request).await?);
/// }
/// ```
pub struct Walk<T> {
    /// What was listed so far.
    pub rows: Vec<T>,
    /// Whether there are more.
    pub is_cut: bool,
    next: Option<PageRequest>,
    max: usize,
}

impl<T> Walk<T> {
    /// A walk that ends behind the page on which there are `max` rows.
    pub fn new(max: usize) -> Self {
        Self { rows: Vec::new(), is_cut: false, next: Some(PageRequest::default()), max }
    }

    /// What to ask for next; `None` at the end.
    pub fn request(&self) -> Option<PageRequest> {
        self.next
    }

    /// What stands behind the rows as choices where there are more; `what` they are, as a plural.
    pub fn rest(&self, what: &str) -> Option<Choice> {
        self.is_cut.then(|| Choice::note(&format!("Only the first {} {what} are listed", self.max)))
    }

    /// Takes over a page.
    pub fn add(&mut self, page: Page<T>) {
        self.rows.extend(page.rows);
        let goes_on = page.next.has_results && self.rows.len() < self.max;
        self.is_cut = page.next.has_results && !goes_on;
        let next = PageRequest { cursor: Some(page.next.cursor), ..PageRequest::default() };
        self.next = goes_on.then_some(next);
    }
}
