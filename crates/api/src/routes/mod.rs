//! Every route, by resource.

mod applications;
mod audit_log;
mod auth;
mod environments;
mod ingest;
mod issues;
mod keys;
mod members;
mod org_tokens;
mod organizations;
mod projects;
mod root;
mod rules;
mod sentry_apps;
mod teams;
mod tokens;
mod users;

use crate::Routes;

/// Registers all of them.
pub(crate) fn all(r: &mut Routes) {
    applications::routes(r);
    audit_log::routes(r);
    auth::routes(r);
    environments::routes(r);
    ingest::routes(r);
    issues::routes(r);
    keys::routes(r);
    members::routes(r);
    org_tokens::routes(r);
    organizations::routes(r);
    projects::routes(r);
    root::routes(r);
    rules::routes(r);
    sentry_apps::routes(r);
    teams::routes(r);
    tokens::routes(r);
    users::routes(r);
}
