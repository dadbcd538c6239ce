//! What an organization can connect to: the list of everything (`directory`, `items`, `families`), a provider with its
//! installations (`provider`), the settings of one installation (`config`), asking the owners for something (`request`). Apps have pages of their own.

mod config;
mod directory;
mod families;
mod items;
mod provider;
mod request;

use axum::Router;
use mortise_service::{
    Ctx,
    access::{Class, Permission, class},
};

pub(super) use request::ask;

/// The permission class of installations.
const CLASS: Class = class::OrganizationIntegrations::CLASS;

pub(super) fn routes() -> Router<Ctx> {
    Router::new()
        .merge(directory::routes())
        .merge(provider::routes())
        .merge(config::routes())
        .merge(request::routes())
}
