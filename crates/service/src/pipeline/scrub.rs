//! Private data: which values are replaced before anything is stored.
//!
//! A key that looks like a credential hides its whole value. Keys are compared by substring, case-insensitively.

use std::sync::LazyLock;

use regex::Regex;

/// What stands in for a hidden value.
pub(crate) const FILTERED: &str = "[Filtered]";

/// Words that mark a credential. `auth` also matches inside `oauth` and `authorization`, but not in `author`.
static CREDENTIAL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        "(?i)password|secret|passwd|api_?key|credentials|mysql_pwd|private_?key|token|bearer\
         |auth(?:ori[zs]|[^o]|o[^r]|o?$)",
    )
    .expect("the pattern of credentials is valid")
});

/// A project's rules for private data.
#[derive(Debug, Clone)]
pub struct Scrubber {
    credentials: bool,
    addresses: bool,
    sensitive: Vec<String>,
    safe: Vec<String>,
}

impl Scrubber {
    /// Hides nothing.
    pub const fn off() -> Self {
        Self { credentials: false, addresses: false, sensitive: Vec::new(), safe: Vec::new() }
    }

    /// Hides values whose key looks like a credential: the default of a project.
    pub const fn credentials() -> Self {
        Self { credentials: true, addresses: false, sensitive: Vec::new(), safe: Vec::new() }
    }

    /// Also drops the IP addresses of users (`scrubIPAddresses`).
    #[must_use]
    pub fn and_addresses(mut self) -> Self {
        self.addresses = true;
        self
    }

    /// Also hides values of keys that contain one of `fields` (`sensitiveFields`).
    #[must_use]
    pub fn and_fields(mut self, fields: &[String]) -> Self {
        self.sensitive = lowered(fields);
        self
    }

    /// Never hides values of keys equal to one of `fields` (`safeFields`).
    #[must_use]
    pub fn except_fields(mut self, fields: &[String]) -> Self {
        self.safe = lowered(fields);
        self
    }

    /// Whether the value under `key` must be hidden.
    pub(crate) fn hides(&self, key: &str) -> bool {
        if !self.credentials && self.sensitive.is_empty() {
            return false;
        }
        let looks_private = self.credentials && CREDENTIAL.is_match(key);
        if !looks_private && self.sensitive.is_empty() {
            return false;
        }
        let key = key.to_lowercase();
        let named = self.sensitive.iter().any(|field| key.contains(field.as_str()));
        (looks_private || named) && !self.safe.contains(&key)
    }

    /// Whether addresses of users must be dropped.
    pub(crate) const fn hides_addresses(&self) -> bool {
        self.addresses
    }
}

fn lowered(fields: &[String]) -> Vec<String> {
    fields.iter().map(|field| field.trim().to_lowercase()).filter(|field| !field.is_empty()).collect()
}
