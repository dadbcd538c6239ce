//! Sentry Apps: the directory, one app, the tokens of internal ones, and what is installed in an organization.

mod avatar;
mod change;
mod components;
mod create;
mod external_issues;
mod features;
mod get;
mod hook_projects;
mod installation;
mod installations;
mod list;
mod publish;
mod requests;
mod stats;
mod tokens;

use mortise_service::access::{Permission, class};
use utoipa_axum::routes;

use crate::{Routes, edge::Gate};

pub(crate) fn routes(r: &mut Routes) {
    r.list::<class::SentryApps>(routes!(list::list_apps, create::create_app));
    r.class::<class::SentryApp>(routes!(get::get_app, change::update_app, change::remove_app));
    r.class::<class::SentryApp>(routes!(features::list_features));
    r.class::<class::SentryApp>(routes!(components::list_components));
    r.class::<class::Organization>(routes!(components::list_org_components));
    r.list::<class::DocIntegrations>(routes!(features::list_every_feature));
    r.class::<class::SentryApp>(routes!(avatar::get_avatar, avatar::set_avatar));
    r.plain(routes!(avatar::get_photo));
    r.class::<class::SentryApp>(routes!(publish::request_publication));
    r.class::<class::AppStats>(routes!(stats::get_install_stats));
    r.class::<class::AppStats>(routes!(stats::get_interactions, stats::count_interaction));
    r.class::<class::AppStats>(routes!(requests::list_requests));
    r.gated(Gate::Authenticated, routes!(stats::list_install_counts));
    r.class::<class::AppSecret>(routes!(change::rotate_secret));
    r.class::<class::Organization>(routes!(list::list_owned));
    r.gated(Gate::Session, routes!(tokens::list_tokens, tokens::create_token));
    r.class::<class::InternalAppTokens>(routes!(tokens::delete_token));
    r.gated(
        Gate::AppPuts(class::Installation::CLASS),
        routes!(installation::get_installation, installation::confirm_installation, installation::uninstall),
    );
    r.class::<class::Installation>(routes!(components::list_choices));
    r.class::<class::Installation>(routes!(external_issues::act_on_issue));
    r.class::<class::ExternalIssues>(routes!(external_issues::put_external_issue));
    r.class::<class::ExternalIssues>(routes!(external_issues::remove_external_issue));
    r.class::<class::Installation>(routes!(
        hook_projects::list_hook_projects,
        hook_projects::set_hook_projects,
        hook_projects::clear_hook_projects
    ));
    let (schemas, paths, exchange) = routes!(installation::exchange);
    r.gated(Gate::Body, (schemas, paths, exchange.fallback(installation::refuse_method)));
    r.class::<class::OrganizationIntegrations>(routes!(
        installations::list_installations,
        installations::install_app
    ));
}
