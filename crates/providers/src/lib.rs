//! First-party providers. A provider is a manifest (data) and, once it is built, implementations of capabilities.
//!
//! So far there are manifests only: they say what a stored integration of a provider is, so that such rows can be kept
//! and shown. No provider can be installed yet, and the catalog says so ([`Manifest::is_installable`]).

mod catalog;

pub use catalog::{CATALOG, Manifest, by_key};
