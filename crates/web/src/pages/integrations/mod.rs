//! What an organization can connect to: the list of everything (`directory`, `families`), a provider with its installations
//! (`provider`), the settings of one installation (`config`), what it knows of code (`code_mappings`) and of people (`names`), a
//! documentation integration (`doc`), a legacy plugin (`plugin`), asking the owners for something (`request`). Apps have pages
//! of their own.

mod code_mappings;
mod config;
mod directory;
mod doc;
mod families;
pub(super) mod names;
mod plugin;
mod provider;
mod request;

use axum::Router;
use mortise_service::{
    Ctx,
    access::{Class, Permission, class},
};

pub(super) use doc::{host, resources};
pub(super) use families::{families, family};
pub(super) use request::ask;

/// The permission class of installations.
const CLASS: Class = class::OrganizationIntegrations::CLASS;

pub(super) fn routes() -> Router<Ctx> {
    Router::new()
        .merge(directory::routes())
        .merge(provider::routes())
        .merge(doc::routes())
        .merge(plugin::routes())
        .merge(config::routes())
        .merge(code_mappings::routes())
        .merge(names::routes())
        .merge(request::routes())
}
