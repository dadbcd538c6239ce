//! Every route, by resource.

mod applications;
mod audit_log;
mod auth;
mod code_mappings;
mod code_owners;
mod doc_integrations;
mod environments;
mod external_actors;
mod ingest;
mod integration_requests;
mod integrations;
mod issues;
mod keys;
mod members;
mod metric_rules;
mod oauth;
mod org_tokens;
mod organizations;
mod photo;
mod plugins;
mod projects;
mod releases;
mod repositories;
mod root;
mod rpc;
mod rules;
mod segment;
mod sentry_apps;
mod service_hooks;
mod teams;
mod tokens;
mod users;

use crate::Routes;

/// Registers all of them.
pub(crate) fn all(r: &mut Routes) {
    applications::routes(r);
    audit_log::routes(r);
    auth::routes(r);
    doc_integrations::routes(r);
    code_mappings::routes(r);
    code_owners::routes(r);
    environments::routes(r);
    external_actors::routes(r);
    ingest::routes(r);
    integration_requests::routes(r);
    integrations::routes(r);
    issues::routes(r);
    keys::routes(r);
    members::routes(r);
    oauth::routes(r);
    metric_rules::routes(r);
    org_tokens::routes(r);
    organizations::routes(r);
    plugins::routes(r);
    projects::routes(r);
    releases::routes(r);
    repositories::routes(r);
    root::routes(r);
    rpc::routes(r);
    rules::routes(r);
    sentry_apps::routes(r);
    service_hooks::routes(r);
    teams::routes(r);
    tokens::routes(r);
    users::routes(r);
}
