//! Tokens: those that people make for scripts ([`user`]), those of organizations for continuous integration ([`org`]),
//! and legacy API keys ([`api_key`]). A text is shown when its token is made and never again; the store has its hash.

pub mod api_key;
pub mod org;
pub mod user;

pub use api_key::create_api_key;
pub use org::create_org_token;
pub use user::{create_user_token, create_user_token_in};
