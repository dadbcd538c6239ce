//! The legacy plugin that a provider comes after: what of its settings an installation takes over.

/// A legacy plugin for the same other side.
#[derive(Debug, Clone, Copy)]
pub struct Predecessor {
    /// Its slug.
    pub plugin: &'static str,
    /// The field of the plugin without which it was never set up.
    pub required_field: &'static str,
    /// The field of the plugin that holds the address of the other side.
    pub address_field: &'static str,
    /// What the provider keeps the same address under.
    pub address_key: &'static str,
    /// The field of the plugin that holds names of fields on the other side, with commas between.
    pub ignored_field: &'static str,
    /// The setting of an installation that is the list of them.
    pub ignored_key: &'static str,
}
