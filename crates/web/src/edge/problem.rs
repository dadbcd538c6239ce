//! Why there is no page: said by a handler, turned into a redirect or an error page by [`super::visit::layer`].

use axum::response::{IntoResponse, Response};
use http::{Method, StatusCode};
use mortise_domain::{Ids, SystemIds};
use mortise_service::Error;

use super::{Visit, answer, cookies, local::path_of_referer};
use crate::{
    routes as to,
    view::{Section, error::ErrorPage},
};

/// Why there is no page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The visitor has to sign in first.
    SignIn,
    /// The visitor has to enter the password again first.
    Sudo,
    /// The visitor has to become a superuser first, and may.
    Superuser,
    /// There is nothing, or nothing that the visitor may know of.
    NotFound,
    /// The visitor may not.
    Forbidden,
    /// A form without the visitor's token.
    Csrf,
    /// A form that is too large.
    TooLarge,
    /// The project in the path has this slug now.
    Moved {
        /// The new slug.
        slug: String,
    },
    /// The request was refused for what it says.
    Refused(String),
    /// The database could not be had in time.
    Busy,
    /// The fault is ours; the id is in the log.
    Internal(String),
}

/// What a handler gives: a page or a problem.
pub type Outcome<T = Response> = Result<T, Problem>;

impl Problem {
    /// A fault of ours: logged once, here.
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        let error_id = SystemIds.hex(16);
        tracing::error!(error.id = %error_id, %error, "a page failed");
        Self::Internal(error_id)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NoSuchResource | Error::NotFound | Error::Missing(_) => Self::NotFound,
            Error::NotAuthenticated => Self::SignIn,
            // A session is never refused by its credentials, only by a gate that asks for the password.
            Error::Unauthorized(_) => Self::Sudo,
            Error::Forbidden => Self::Forbidden,
            Error::Moved { slug } => Self::Moved { slug },
            Error::Busy => Self::Busy,
            error @ (Error::Store(_) | Error::Internal(_)) => Self::internal(&error),
            error @ (Error::Refused(_)
            | Error::Invalid(_)
            | Error::Conflict(_)
            | Error::Gone(_)
            | Error::TooLarge(_)
            | Error::TooMany(_)
            | Error::Relayed { .. }
            | Error::Unconfigured(_)
            | Error::Upstream(_)) => match super::Refused::of(error) {
                Ok(refused) => Self::Refused(refused.text()),
                Err(problem) => problem,
            },
        }
    }
}

/// The status alone, marked with the problem: the layer makes the page.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The answer to a problem.
pub(super) async fn show(visit: &Visit, problem: Problem) -> Response {
    match problem {
        Problem::SignIn => {
            let next = back(visit);
            (cookies::end(&visit.ctx), answer::go(&format!("{}?next={}", to::sign_in(), to::encode(&next))))
                .into_response()
        }
        Problem::Sudo => answer::go(&format!("{}?next={}", to::sudo(), to::encode(&back(visit)))),
        Problem::Superuser => answer::go(&format!("{}?next={}", to::superuser(), to::encode(&back(visit)))),
        Problem::Moved { slug } if visit.method.is_safe() => answer::go(&moved(&visit.here, &slug)),
        problem => match error_page(visit, problem).await {
            Ok(response) => response,
            // Not even the frame could be made, so the page does without.
            Err(problem) => error_response(visit.bare_shell("Error", Section::None), problem),
        },
    }
}

async fn error_page(visit: &Visit, problem: Problem) -> Outcome {
    let (shell, is_member) = visit.shell_of_path().await?;
    // Whoever has no business in an organization is not told that it exists.
    let problem = if problem == Problem::Forbidden && !is_member { Problem::NotFound } else { problem };
    Ok(error_response(shell, problem))
}

fn error_response(mut shell: crate::view::Shell, problem: Problem) -> Response {
    shell.title = "Error".to_owned();
    let page = match problem {
        Problem::Forbidden => ErrorPage::forbidden(shell),
        Problem::Csrf => ErrorPage::csrf(shell),
        Problem::TooLarge => ErrorPage::refused(shell, 413, "The form is too large. Nothing was changed."),
        Problem::Refused(text) => ErrorPage::refused(shell, 400, &text),
        Problem::Busy => ErrorPage::refused(shell, 503, Error::BUSY),
        Problem::Internal(error_id) => ErrorPage::internal(shell, &error_id),
        Problem::NotFound | Problem::SignIn | Problem::Sudo | Problem::Superuser | Problem::Moved { .. } => {
            ErrorPage::not_found(shell)
        }
    };
    let status = StatusCode::from_u16(page.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    answer::page_with(status, &page).unwrap_or_else(|_| status.into_response())
}

/// Where the visitor goes on: the page itself, or the page with the form that was sent.
fn back(visit: &Visit) -> String {
    if visit.method == Method::GET {
        return visit.here.clone();
    }
    path_of_referer(&visit.referer, &visit.host).map_or_else(to::home, str::to_owned)
}

/// The same path with another project slug: the segment behind `projects`.
fn moved(here: &str, slug: &str) -> String {
    let (path, query) = here.split_once('?').map_or((here, ""), |(path, query)| (path, query));
    let mut is_slug = false;
    let segments: Vec<String> = path
        .split('/')
        .map(|segment| {
            let new = if is_slug { to::encode(slug) } else { segment.to_owned() };
            is_slug = segment == "projects";
            new
        })
        .collect();
    let path = segments.join("/");
    if query.is_empty() { path } else { format!("{path}?{query}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_a_renamed_project_keeps_the_rest_of_the_address() {
        assert_eq!(
            moved("/settings/acme/projects/old/keys/?a=1", "new"),
            "/settings/acme/projects/new/keys/?a=1"
        );
    }
}
