//! Signing in and out over JSON, and "who am I".

mod config;
mod login;
mod session;
mod validate;

use utoipa_axum::routes;

use crate::{Routes, edge::Gate};

pub(crate) fn routes(r: &mut Routes) {
    r.gated(
        Gate::Lenient,
        routes!(
            session::get_auth,
            session::create_session,
            session::confirm_password,
            session::delete_session
        ),
    );
    r.gated(Gate::Lenient, routes!(login::log_in));
    r.gated(Gate::Lenient, routes!(config::get_auth_config));
    r.gated(Gate::Lenient, routes!(validate::validate_token));
}
