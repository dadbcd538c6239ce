//! The edge: what is true of every route.

mod authorization;
pub(crate) mod cookies;
mod cors;
mod csrf;
pub mod endpoint;
mod error;
mod fallback;
mod rate_limit;
mod respond;
mod table;

pub use authorization::client_of;
pub use endpoint::Gate;
pub use error::{Error, Result};
pub use respond::{Accepted, Created, Empty, Json, NoContent, Paged, uncached};
pub use table::{Registered, RouteFacts, Routes};
