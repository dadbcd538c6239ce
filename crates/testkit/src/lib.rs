//! What tests stand on: a whole application in the process ([`TestApp`]), people and things to fill it with
//! ([`World`]), and a clock that is stepped by hand. Only dev-dependencies name this crate.
//!
//! ```ignore
//! api_test!(a_member_sees_the_organization, |app| async move {
//!     let world = app.world().await;
//!     let answer = app.get("/api/0/organizations/acme/").bearer(&world.owner_token).send().await;
//!     assert_eq!(answer.status, 200);
//! });
//! ```

#![expect(clippy::panic, reason = "a test tells what it saw instead of what it expected")]

mod analytics;
mod app;
mod clock;
mod mail;
mod receiver;
mod request;
mod world;

pub use analytics::Analytics;
pub use app::{OLD_RPC_SECRET, RPC_SECRET, TestApp};
pub use clock::ManualClock;
pub use mail::{Letter, MailServer};
pub use receiver::{Received, Receiver, Reply};
pub use request::{Answer, RequestBuilder};
pub use world::World;

/// Declares a test that runs on SQLite and, where a server is named, on PostgreSQL.
#[macro_export]
macro_rules! api_test {
    ($name:ident, |$app:ident| $body:expr) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            let $app = $crate::TestApp::sqlite().await;
            $body.await;
            if let Some($app) = $crate::TestApp::postgres().await {
                $body.await;
            }
        }
    };
}
