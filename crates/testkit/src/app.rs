//! The whole application over a database of its own, called without a port.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::{Extension, Router, extract::ConnectInfo};
use http::Method;
use mortise_crypto::{Keyring, Passwords};
use mortise_domain::{Clock, SystemClock, SystemIds};
use mortise_egress::{AddressGuard, Egress, EgressConfig, Limits, Lookup, LookupFuture};
use mortise_providers::{Provider, Registry};
use mortise_service::{Ctx, CtxParts, ProviderApps, Settings, analytics::Sink};
use mortise_store::testing::{self, TestStore};

use crate::{Analytics, ManualClock, RequestBuilder, World};

/// What signs calls of the internal RPC.
pub const RPC_SECRET: &str = "the-secret-of-the-test-hosts-rpc";
/// What signed them before.
pub const OLD_RPC_SECRET: &str = "the-old-secret-of-the-test-hosts-rpc";

/// Knows no name but that of this machine, so that no test calls anybody else.
struct ThisMachine;

impl Lookup for ThisMachine {
    fn lookup(&self, host: &str) -> LookupFuture {
        let is_known = host == "localhost";
        Box::pin(async move {
            if is_known {
                Ok(vec![Ipv4Addr::LOCALHOST.into()])
            } else {
                Err(io::Error::other("no such name"))
            }
        })
    }
}

/// The application.
#[derive(Debug)]
pub struct TestApp {
    /// The context that requests run in; for use cases that have no route.
    pub ctx: Ctx,
    /// Its clock.
    pub clock: Arc<ManualClock>,
    /// What it told analytics.
    pub analytics: Arc<Analytics>,
    router: Router,
    database: TestStore,
}

impl TestApp {
    /// Over a fresh SQLite file.
    pub async fn sqlite() -> Self {
        Self::with_settings(|_| {}).await
    }

    /// Over a fresh PostgreSQL database; `None` where no server is named, which is a failure in CI.
    pub async fn postgres() -> Option<Self> {
        let database = testing::postgres().await.expect("a fresh PostgreSQL database");
        assert!(
            database.is_some() || std::env::var("CI").is_err(),
            "{} is not set",
            testing::POSTGRES_URL_VAR
        );
        database.map(|database| Self::over(database, |_| {}, |standard| standard))
    }

    /// Over a fresh SQLite file, with other settings.
    pub async fn with_settings(change: impl FnOnce(&mut Settings)) -> Self {
        Self::over(testing::sqlite().await.expect("a fresh SQLite database"), change, |standard| standard)
    }

    /// Over a fresh SQLite file, with one more provider, or another one instead of the standard one.
    pub async fn with_provider(provider: impl Provider + 'static) -> Self {
        let database = testing::sqlite().await.expect("a fresh SQLite database");
        Self::over(database, |_| {}, |standard| standard.with(provider))
    }

    /// One over SQLite and, where a server is named, one over PostgreSQL, with other settings and providers.
    pub async fn everywhere(
        change: impl Fn(&mut Settings),
        providers: impl Fn(Registry) -> Registry,
    ) -> Vec<Self> {
        let mut apps =
            vec![Self::over(testing::sqlite().await.expect("a fresh SQLite database"), &change, &providers)];
        if let Some(database) = testing::postgres().await.expect("a fresh PostgreSQL database") {
            apps.push(Self::over(database, &change, &providers));
        }
        apps
    }

    fn over(
        database: TestStore,
        change: impl FnOnce(&mut Settings),
        providers: impl FnOnce(Registry) -> Registry,
    ) -> Self {
        let clock = Arc::new(ManualClock::at(SystemClock.now()));
        let guard = AddressGuard::public_only().allow_loopback();
        let egress = EgressConfig::new(guard, "Mortise/test", Limits::STANDARD).with_lookup(ThisMachine);
        let egress = Egress::new(egress).expect("a client");
        let public_url: mortise_domain::PublicUrl = "http://m.test:8000".parse().expect("a URL");
        let mut settings = Settings {
            ingest_url: public_url.clone(),
            support_url: public_url.clone(),
            public_url,
            version: "0.0.0-test",
            webhook_timeout_ms: 10_000,
            event_retention_days: 90,
            api_requests_per_s: None,
            relay_app_status: false,
            gravatar: true,
            example_provider: true,
            rpc_secrets: vec![RPC_SECRET.into(), OLD_RPC_SECRET.into()],
            disable_broken: false,
            provider_apps: ProviderApps::default(),
            sends_mail: true,
        };
        change(&mut settings);
        let analytics = Arc::new(Analytics::default());
        let parts = CtxParts {
            store: database.store.clone(),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            ids: Arc::new(SystemIds),
            keyring: Arc::new(Keyring::generate(&SystemIds)),
            passwords: Arc::new(Passwords::with_cost(8, 1, &SystemIds).expect("cheap passwords")),
            egress,
            analytics: Arc::clone(&analytics) as Arc<dyn Sink>,
            limits: mortise_service::limits::Limits::default(),
            settings,
        };
        let ctx = Ctx::with_providers(parts, providers);
        let peer: SocketAddr = ([203, 0, 113, 7], 4711).into();
        let router = mortise_api::api(&ctx).router.layer(Extension(ConnectInfo(peer)));
        Self { ctx, clock, analytics, router, database }
    }

    /// The database, for tests that look behind the API or restart.
    pub fn database(&self) -> &TestStore {
        &self.database
    }

    /// An organization with people, a team and a project; see [`World`].
    pub async fn world(&self) -> World {
        World::create(&self.ctx).await
    }

    /// Starts a request.
    pub fn request(&self, method: Method, path: impl Into<String>) -> RequestBuilder {
        RequestBuilder::new(self.router.clone(), method, path.into())
    }

    /// Starts a GET request.
    pub fn get(&self, path: impl Into<String>) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    /// Starts a POST request.
    pub fn post(&self, path: impl Into<String>) -> RequestBuilder {
        self.request(Method::POST, path)
    }

    /// Starts a PUT request.
    pub fn put(&self, path: impl Into<String>) -> RequestBuilder {
        self.request(Method::PUT, path)
    }

    /// Starts a DELETE request.
    pub fn delete(&self, path: impl Into<String>) -> RequestBuilder {
        self.request(Method::DELETE, path)
    }
}
