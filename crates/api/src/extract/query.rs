//! Query parameters, in their order, repeated ones kept.

use axum::extract::FromRequestParts;
use http::request::Parts;
use mortise_service::{Ctx, projects::Named};

use crate::Error;

/// The query of a request, decoded. Pairs that are no UTF-8 are decoded with replacement characters.
#[derive(Debug, Clone, Default)]
pub struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    /// Reads a query string.
    pub fn parse(text: Option<&str>) -> Self {
        let pairs = url::form_urlencoded::parse(text.unwrap_or_default().as_bytes());
        Self { pairs: pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect() }
    }

    /// The last value of a parameter: what most readers take of a repeated one.
    pub fn one(&self, name: &str) -> Option<&str> {
        self.pairs.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a parameter, in order.
    pub fn all<'q>(&'q self, name: &'q str) -> impl Iterator<Item = &'q str> {
        self.pairs.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether a parameter has a value that switches something on (`1`, `true`, ...).
    pub fn is_on(&self, name: &str) -> bool {
        self.one(name)
            .is_some_and(|value| matches!(value.to_ascii_lowercase().as_str(), "1" | "true" | "yes" | "on"))
    }

    /// The projects that `project` and `projectSlug` name.
    pub fn projects(&self) -> Named {
        let all = |name| self.all(name).map(str::to_owned).collect();
        Named { ids: all("project"), slugs: all("projectSlug") }
    }

    /// All pairs.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }
}

impl FromRequestParts<Ctx> for Query {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &Ctx) -> Result<Self, Error> {
        Ok(Self::parse(parts.uri.query()))
    }
}
