//! The field above a long list that narrows it while somebody types.

use askama::{Template, filters::HtmlSafe};

use super::Pager;

/// A search field and its form.
#[derive(Debug, Clone, Template)]
#[template(path = "part/search.html")]
pub struct Search {
    /// The address of the list.
    pub action: String,
    /// The id of what is replaced by what is found.
    pub target: &'static str,
    /// What is searched, as in "Search members".
    pub label: &'static str,
    /// What is searched for.
    pub value: String,
}

impl Search {
    /// The field above a list of several pages, or one that is searched already; a short list needs none.
    pub fn above(
        pager: &Pager,
        action: String,
        target: &'static str,
        label: &'static str,
        value: &str,
    ) -> Option<Self> {
        let is_long = pager.prev.is_some() || pager.next.is_some();
        (is_long || !value.is_empty()).then(|| Self { action, target, label, value: value.to_owned() })
    }
}

impl HtmlSafe for Search {}
