//! Use cases and event subscribers. Authorization happens here and transactions begin and end here: an edge (API, web,
//! command line) finds out who is calling, asks for access to an object, and calls one function of this crate.
//!
//! * [`Ctx`] carries the store, the clock, randomness, keys and settings.
//! * [`Caller`] is who asks; [`access`] turns a caller and a path segment into an access value that proves the right.
//! * [`Error`] is every way in which a use case can refuse; the API maps it to the wire in one exhaustive match.
//! * What happened is appended to the outbox in the same transaction; see [`mortise_store::outbox`].
//! * [`pipeline`] turns what SDKs send into normalized events and decides which issue each belongs to; it does no I/O.

pub mod access;
pub mod accounts;
pub mod analytics;
pub mod applications;
pub mod apps;
pub mod audit;
pub mod audit_log;
pub mod authenticate;
mod caller;
pub mod code_mappings;
pub mod code_owners;
mod ctx;
pub mod delivery;
pub mod directory;
pub mod doc_integrations;
pub mod environments;
mod error;
pub mod events;
pub mod external_actors;
pub mod features;
mod html;
pub mod ingest;
pub mod integrations;
pub mod issues;
pub mod jobs;
pub mod keys;
pub mod limits;
pub mod members;
pub mod metric_rules;
pub mod oauth;
pub mod organizations;
pub mod paging;
pub mod people;
mod pictures;
pub mod pipeline;
pub mod places;
pub mod plugins;
pub mod projects;
pub mod releases;
pub mod repositories;
pub mod roles;
pub mod rpc;
pub mod rules;
pub mod sealed;
pub mod search;
pub mod service_hooks;
pub mod sessions;
pub mod teams;
pub mod tokens;
pub mod world;

pub use authenticate::same_secret;
pub use caller::{Auth, Caller, Client, SessionFacts, TokenAuth};
pub use ctx::{Ctx, CtxParts, Settings};
pub use error::{Error, Result};
pub use limits::Limits;
pub use mortise_crypto::{AppKey, ExposeSecret, SecretString};
pub use mortise_providers::{Apps as ProviderApps, GitHubApp, TeamsApp};
/// What use cases take and give, for edges that do not write it as JSON.
pub use mortise_wire as wire;
