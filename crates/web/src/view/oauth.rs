//! The pages of OAuth.

use askama::Template;

use super::{Shell, directory::Grant};

/// Whether an application may act for the user.
#[derive(Debug, Clone, Template)]
#[template(path = "oauth_consent.html")]
pub struct ConsentPage {
    pub shell: Shell,
    /// Target of the form: the same address.
    pub action: String,
    /// Who is asked.
    pub user: String,
    /// The application.
    pub name: String,
    /// Its pages: label and address.
    pub links: Vec<(&'static str, String)>,
    /// What it wants to do.
    pub grants: Vec<Grant>,
    /// Scopes for which there are no words.
    pub scopes: Vec<String>,
    /// The host where the browser goes on.
    pub leads_to: String,
}

/// A request that can be neither granted nor handed back.
#[derive(Debug, Clone, Template)]
#[template(path = "oauth_wrong.html")]
pub struct WrongRequestPage {
    pub shell: Shell,
    pub reason: &'static str,
}
