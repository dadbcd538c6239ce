//! First-party integrations as stored rows. Credentials are sealed here and opened here.

mod create;

pub use create::{NewIdentity, NewIntegration, create_integration_in};
