//! First-party integrations as stored rows. Credentials are sealed here and opened here.

mod create;
mod request;

pub use create::{NewIdentity, NewIntegration, create_integration_in};
pub use request::{Requested, request_installation};
