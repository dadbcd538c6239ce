//! Every route, by resource.

mod auth;
mod ingest;
mod root;
mod sentry_apps;

use crate::Routes;

/// Registers all of them.
pub(crate) fn all(r: &mut Routes) {
    auth::routes(r);
    ingest::routes(r);
    root::routes(r);
    sentry_apps::routes(r);
}
