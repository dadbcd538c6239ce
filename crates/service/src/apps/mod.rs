//! Sentry Apps: third-party applications with a proxy user, scopes, tokens and a webhook.
//!
//! An app is owned by an organization. An *internal* app is installed there when it is created and gets tokens that do
//! not expire; a *public* one is installed by choice, first by its owner alone and, once published, by anybody, and
//! exchanges a grant code for tokens that do.
//!
//! | module | what |
//! |---|---|
//! | [`subscriptions`] | events an app may hear of, by family and one by one |
//! | `fields` | reading and checking what a client sends |
//! | [`create`] | an app with everything that belongs to it, in one transaction |
//! | [`install`], `installations`, `installation` | an app in an organization: installing, the list, one of them |
//! | `directory` | an app as an organization meets it, with its installation there |
//! | `exchange` | tokens of installations: from a code, by refreshing |
//! | `tokens` | tokens of internal apps |
//! | `schema`, [`components`] | UI components: what they may look like; preparing them, and calling the app
//! | `secrets` | what signs the calls to an app
//! | `update`, `remove` | changing an app, its end, another secret |
//! | `manifest` | an app as a file, written and applied |
//! | `avatar` | their pictures |
//! | `publish` | asking for one to be published |
//! | `requests` | what they were called with and answered |
//! | [`facade`], [`hooks`], [`programmatic`] | apps for the rest of a host: finding them, their hooks, having one made
//! | `told` | what analytics learn
//! | `stats` | how often apps are installed, looked at and used |
//! | `get`, `list`, `json` | what clients see |

mod avatar;
pub mod components;
pub mod create;
mod directory;
mod exchange;
pub mod facade;
pub(crate) mod features;
pub(crate) mod fields;
mod get;
mod hook_projects;
pub mod hooks;
pub mod install;
mod installation;
mod installations;
mod json;
mod list;
mod manifest;
pub mod programmatic;
mod publish;
mod remove;
mod requests;
pub(crate) mod schema;
mod secrets;
pub(crate) mod stats;
pub mod subscriptions;
mod tokens;
mod told;
mod update;

pub use avatar::{avatar_photo, pictures, set_avatar};
pub use create::{AppSpec, CreatedApp, create_app};
pub use directory::{OfferedApp, offered_app};
pub(crate) use exchange::purge_refreshes;
pub use exchange::{exchange, recognize};
pub use features::described_features;
pub use fields::GRANTABLE as GRANTABLE_SCOPES;
pub use get::{
    AppAccess, app_features, app_for_changing, app_for_counting, app_for_reading, app_for_secret,
    app_for_stats, app_for_tokens, every_feature, get_app,
};
pub use hook_projects::{clear_hook_projects, list_hook_projects, set_hook_projects};
pub use installation::{
    InstallationAccess, Use, confirm_installation, get_installation, installation_for, uninstall,
};
pub use installations::{install_app, installation_json, list_installations, org_for_installations};
pub use list::{list_apps, list_owned};
pub use manifest::{Applied, Change, Kind, Manifest, Plan, apply_manifest, manifest_of, plan_manifest};
pub use publish::{PublicationRequest, publication_requests, request_publication, require_publishable};
pub(crate) use remove::purge_removed;
pub use remove::{remove_app, rotate_secret};
pub(crate) use requests::purge_requests;
pub use requests::{RequestQuery, is_logged, list_requests, logged_kinds};
pub use schema::schema_error;
pub use secrets::OVERLAP_S;
pub(crate) use secrets::{SealedSecrets, Secrets};
pub(crate) use stats::purge_uses;
pub use stats::{
    WindowQuery, all_install_counts, count_interaction, install_stats, interactions, require_superuser,
};
pub use tokens::{MintedToken, create_token, delete_token, list_tokens, mint_token, mint_token_of};
pub use update::update_app;

/// Tokens of one installation at most.
pub const TOKENS_PER_INSTALLATION_MAX: i64 = 20;
