//! Users, and `me`.

mod delete;
mod emails;
mod get;
mod identities;
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
    r.gated(Gate::Authenticated, routes!(identities::list_own_integrations));
    r.gated(Gate::Authenticated, routes!(identities::list_identities));
    r.gated(Gate::Authenticated, routes!(identities::remove_login_identity));
    r.gated(Gate::Authenticated, routes!(identities::list_social_identities));
    r.gated(Gate::Authenticated, routes!(identities::remove_social_identity));
    r.gated(Gate::Authenticated, routes!(identities::list_user_identities));
    r.gated(Gate::Authenticated, routes!(identities::get_user_identity, identities::remove_user_identity));
}
