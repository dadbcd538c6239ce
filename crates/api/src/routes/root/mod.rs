//! What answers without naming an object: the root, the health check of clients.

mod health;
mod index;

use utoipa_axum::routes;

use crate::{Routes, edge::Gate};

pub(crate) fn routes(r: &mut Routes) {
    r.gated(Gate::Open, routes!(index::get_root));
    r.gated(Gate::Authenticated, routes!(health::get_health));
}
