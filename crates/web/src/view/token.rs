//! API tokens of the signed-in user.

use askama::Template;

use super::{Field, Select, Shell, When};

/// The user's tokens.
#[derive(Debug, Clone, Template)]
#[template(path = "tokens.html")]
pub struct TokensPage {
    pub shell: Shell,
    pub tokens: Vec<TokenRow>,
    /// The token just made, shown this one time.
    pub new_token: Option<NewToken>,
}

/// A token that exists; only its last characters are known.
#[derive(Debug, Clone)]
pub struct TokenRow {
    pub id: String,
    pub name: String,
    pub last_characters: String,
    pub scopes: Vec<String>,
    pub created: When,
}

/// A token at the moment it is made.
#[derive(Debug, Clone)]
pub struct NewToken {
    pub name: String,
    pub secret: String,
}

/// The form for a new token. Scopes are picked as a level per resource, as fields named after the resource.
#[derive(Debug, Clone, Template)]
#[template(path = "new_token.html")]
pub struct NewTokenPage {
    pub shell: Shell,
    pub name: Field,
    pub resources: Vec<ScopeChoice>,
    /// What is wrong with the choice of scopes; empty when nothing is.
    pub error: String,
}

/// One resource of the scope picker.
#[derive(Debug, Clone)]
pub struct ScopeChoice {
    pub title: &'static str,
    pub about: &'static str,
    /// Values are the highest scope of each level; empty for no access.
    pub level: Select,
}
