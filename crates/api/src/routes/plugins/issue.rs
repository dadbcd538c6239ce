//! `/api/0/issues/{issue}/plugins/{plugin}/{action}/`

use mortise_service::{access::class, plugins};

use crate::{
    Error,
    extract::{IssueOf, Segments},
};

/// What a plugin says when it is asked what it needs for an item. No plugin makes items here.
#[utoipa::path(get, path = "/api/0/issues/{issue}/plugins/{plugin}/{action}/", tag = "Plugins",
    params(("issue" = String, Path, description = "Id of the issue; below an organization also its short id"),
        ("plugin" = String, Path, description = "The word that names it"),
        ("action" = String, Path, description = "`create`, `link`, `unlink`, `autocomplete`, `options`")),
    responses((status = 400, description = "It is not set up")))]
pub(crate) async fn get_issue_action(access: IssueOf<class::Group>, path: Segments) -> Error {
    answer(&access, &path)
}

/// What a plugin says when it is asked to make an item, or to link or unlink one. No plugin does that here.
#[utoipa::path(post, path = "/api/0/issues/{issue}/plugins/{plugin}/{action}/", tag = "Plugins",
    params(("issue" = String, Path, description = "Id of the issue; below an organization also its short id"),
        ("plugin" = String, Path, description = "The word that names it"),
        ("action" = String, Path, description = "`create`, `link`, `unlink`, `autocomplete`, `options`")),
    responses((status = 400, description = "It is not set up")))]
pub(crate) async fn post_issue_action(access: IssueOf<class::Group>, path: Segments) -> Error {
    answer(&access, &path)
}

fn answer(access: &IssueOf<class::Group>, path: &Segments) -> Error {
    match (path.text("plugin"), path.text("action")) {
        (Ok(plugin), Ok(action)) => plugins::act_on_issue(access, plugin, action).into(),
        (Err(error), _) | (_, Err(error)) => error.into(),
    }
}
