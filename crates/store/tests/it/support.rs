//! Runs a test on both databases.

use mortise_domain::{OrgId, Time};
use mortise_store::{Query, Store, StoreError, testing};

/// Declares a test that runs on SQLite and on PostgreSQL: `on_both!(name, |store| async move { .. })`.
#[macro_export]
macro_rules! on_both {
    ($name:ident, |$store:ident| $body:expr) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            let sqlite = mortise_store::testing::sqlite().await.unwrap();
            let $store = sqlite.store.clone();
            $body.await;
            if let Some(postgres) = $crate::support::postgres().await {
                let $store = postgres.store.clone();
                $body.await;
                postgres.store.close().await;
            }
        }
    };
}

/// The PostgreSQL store, or a note that the test ran on SQLite only. In CI its absence is a failure.
pub async fn postgres() -> Option<testing::TestStore> {
    let store = testing::postgres().await.unwrap();
    assert!(store.is_some() || std::env::var("CI").is_err(), "{} is not set", testing::POSTGRES_URL_VAR);
    store
}

/// A point in time for rows.
pub fn noon() -> Time {
    "2026-01-02T12:00:00Z".parse().unwrap()
}

/// An organization to hang rows on.
pub async fn organization(store: &Store, slug: &'static str) -> OrgId {
    store
        .write(move |tx| {
            Box::pin(async move {
                let query = Query::new(
                    "INSERT INTO organization (slug, name, status, default_role, flags, options, date_added) \
                     VALUES ($1, $1, 0, 'member', 1, '{}', $2) RETURNING id",
                );
                tx.one::<OrgId>(query.bind(slug).bind(noon())).await
            })
        })
        .await
        .map_err(|e: StoreError| e.to_string())
        .unwrap()
}
