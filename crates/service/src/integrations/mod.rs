//! First-party integrations: the catalog, what organizations have of it, their settings. Credentials are sealed here and
//! opened here. What a provider can do is asked of its capabilities; which provider it is never matters.

mod account;
mod app_account;
mod broken;
mod change;
mod config;
mod connection;
mod create;
mod deletion;
pub mod facade;
mod health;
mod identity;
mod json;
mod list;
mod memory;
mod metadata;
mod migrate;
mod remote;
mod request;
mod takeover;

pub(crate) use broken::judge;
pub use change::{CONFIG_BYTES_MAX, remove_integration, update_config};
pub(crate) use config::receivers;
pub(crate) use connection::{connect_row, sentence, unexpected};
pub use create::{NewIdentity, NewIntegration, add_organization, create_integration_in};
pub(crate) use deletion::remove_due;
pub(crate) use health::{CallCounts, broken_providers};
pub use health::{Trouble, flush_calls, health};
pub use identity::{LinkIdentity, Linked, link_identity, open_identity};
pub(crate) use json::integration_json;
pub use list::{
    ListRequest, get_integration, list_integrations, list_own_integrations, list_providers, require_installed,
};
pub(crate) use list::{find, offered};
pub(crate) use memory::Replies;
pub use migrate::migrate_opsgenie;
pub use remote::{change_function, list_functions, list_remote_repositories, require_functions};
pub use request::{Requested, request_installation};
pub use takeover::migrate_issues;
