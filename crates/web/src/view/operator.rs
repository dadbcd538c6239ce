//! Pages for those who run the server.

use askama::Template;

use super::{Shell, When};

/// Apps that wait to be published.
#[derive(Debug, Clone, Template)]
#[template(path = "publication_requests.html")]
pub struct PublicationRequestsPage {
    pub shell: Shell,
    pub requests: Vec<RequestRow>,
}

/// One of them.
#[derive(Debug, Clone)]
pub struct RequestRow {
    /// What people read.
    pub app: String,
    /// Who makes it.
    pub organization: String,
    /// Its settings, where it is published.
    pub page: String,
    /// Who asked; empty when nobody is known.
    pub by: String,
    pub when: Option<When>,
    /// What was asked and answered.
    pub answers: Vec<(String, String)>,
}
