//! OAuth applications, and what the caller has let applications do. Only for people in a browser.

mod authorizations;
mod create;
mod delete;
mod get;
mod list;
mod revoke;
mod rotate_secret;
mod update;

use utoipa_axum::routes;

use crate::{Routes, edge::Gate};

pub(crate) fn routes(r: &mut Routes) {
    r.gated(Gate::Session, routes!(list::list_applications, create::create_application));
    r.gated(
        Gate::Session,
        routes!(get::get_application, update::update_application, delete::delete_application),
    );
    r.gated(Gate::Session, routes!(rotate_secret::rotate_application_secret));
    r.gated(Gate::Session, routes!(authorizations::list_authorizations, revoke::revoke_authorization));
}
