//! Legacy plugins of projects. Below a project each path is served under `plugins/` and its old name `plugin/`.

mod issue;
mod list;
mod plugin;
mod release_hook;
mod release_token;

use mortise_service::access::class;
use utoipa_axum::routes;

use crate::Routes;

pub(crate) fn routes(r: &mut Routes) {
    r.class::<class::Organization>(routes!(list::list_organization_plugins));
    r.class::<class::Organization>(routes!(list::list_configured_plugins));
    r.class::<class::Project>(routes!(list::list_project_plugins))
        .alias("/api/0/projects/{org}/{proj}/plugin/");
    r.class::<class::Project>(routes!(
        plugin::get_plugin,
        plugin::post_plugin,
        plugin::update_plugin,
        plugin::disable_plugin
    ))
    .alias("/api/0/projects/{org}/{proj}/plugin/{plugin}/");
    r.class::<class::ProjectReleaseToken>(routes!(
        release_token::get_release_token,
        release_token::rotate_release_token
    ));
    r.plain(routes!(release_hook::post_release));
    let below = ["plugins", "plugin"].into_iter().flat_map(|word| {
        let heads = ["issues", "groups", "organizations/{org}/issues", "organizations/{org}/groups"];
        heads.map(|head| format!("/api/0/{head}/{{issue}}/{word}/{{plugin}}/{{action}}/"))
    });
    let registered = r.class::<class::Group>(routes!(issue::get_issue_action, issue::post_issue_action));
    below.skip(1).fold(registered, |registered, path| registered.alias(&path));
}
