//! Pages for what went wrong.

use askama::Template;

use super::Shell;

/// An error page: 403, 404, a failed CSRF check, or 500 with the id that the log line has.
#[derive(Debug, Clone, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    pub shell: Shell,
    pub status: u16,
    pub heading: String,
    /// What it means and what to do now.
    pub advice: String,
    /// Id of the failure, for the operator; empty unless the fault is ours.
    pub error_id: String,
}

impl ErrorPage {
    /// The address leads nowhere, or to something the visitor may not know of.
    pub fn not_found(shell: Shell) -> Self {
        Self::new(
            shell,
            404,
            "There is nothing here",
            "The address may be mistyped, or what it led to was deleted or moved.",
        )
    }

    /// The visitor is known but may not do this.
    pub fn forbidden(shell: Shell) -> Self {
        Self::new(
            shell,
            403,
            "You can't open this page",
            "Your role doesn't allow it. An owner of the organization can change that.",
        )
    }

    /// A form came without the token of the visitor's session.
    pub fn csrf(shell: Shell) -> Self {
        let advice = "Nothing was changed. The page was open for too long, or cookies are blocked: go back, reload the page and send the form again.";
        Self::new(shell, 403, "This form has expired", advice)
    }

    /// The request was refused for what it says; `advice` is the reason.
    pub fn refused(shell: Shell, status: u16, advice: &str) -> Self {
        Self::new(shell, status, "That didn't work", advice)
    }

    /// The fault is ours; `error_id` is in the log.
    pub fn internal(shell: Shell, error_id: &str) -> Self {
        let advice = "The fault is ours, not yours, and it has been logged. Try again; if it stays, give the operator this id:";
        Self { error_id: error_id.to_owned(), ..Self::new(shell, 500, "Something broke", advice) }
    }

    fn new(shell: Shell, status: u16, heading: &str, advice: &str) -> Self {
        Self {
            shell,
            status,
            heading: heading.to_owned(),
            advice: advice.to_owned(),
            error_id: String::new(),
        }
    }
}
