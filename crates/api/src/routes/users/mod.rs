//! Users, and `me`.

mod delete;
mod emails;
mod get;
mod list;
mod notifications;
mod regions;
mod update;

use utoipa_axum::routes;

use crate::{Routes, edge::Gate};

pub(crate) fn routes(r: &mut Routes) {
    r.gated(Gate::Authenticated, routes!(list::list_users));
    r.gated(Gate::Authenticated, routes!(get::get_user, update::update_user, delete::delete_user));
    r.gated(Gate::Authenticated, routes!(emails::list_user_emails));
    r.gated(
        Gate::Authenticated,
        routes!(notifications::get_user_notifications, notifications::update_user_notifications),
    );
    r.gated(Gate::Authenticated, routes!(regions::list_user_regions));
}
