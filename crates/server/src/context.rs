//! From options to the context that use cases run in.

use std::{
    fs::{File, TryLockError},
    net::SocketAddr,
    path,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use mortise_crypto::{Keyring, Passwords};
use mortise_domain::{PublicUrl, SystemClock, SystemIds};
use mortise_egress::{AddressGuard, Egress, EgressConfig, Limits};
use mortise_service::{Ctx, CtxParts, ProviderApps, Settings};
use mortise_store::{Open, Store};

use crate::{config::Config, keys};

/// The version of the program.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What to do where nothing has been set up.
const WAY_OUT: &str = "name the data folder of your server with --data-dir, its database with --database-url, or its \
                       configuration file with --config; `mortise serve` sets up a new one";

/// A context, and the lock that tells other processes that the data folder is in use.
pub(crate) struct Opened {
    /// The context.
    pub(crate) ctx: Ctx,
    _in_use: Option<File>,
}

/// Opens the database, brings it up to date, and puts the context together. `listening` is where the server listens,
/// or would.
pub(crate) async fn open(config: &Config, listening: SocketAddr) -> Result<Opened> {
    let in_use = if config.is_sqlite() { Some(lock(config, Use::Shared)?) } else { None };
    let keyring = keys::load_or_create(config)?;
    let store = open_store(config).await?;
    let settings = settings(config, config.public_url(listening)?, config.ingest_url(listening)?);
    Ok(Opened { ctx: assemble(config, store, keyring, settings)?, _in_use: in_use })
}

/// The same for commands that work on what a server has made: refuses, and creates nothing, where there is no database
/// yet or an empty one. A folder that is mistyped is told of, not filled.
pub(crate) async fn open_existing(config: &Config) -> Result<Opened> {
    require_database(config).await?;
    open(config, config.listen).await
}

/// Refuses where nothing has been set up, and says where was looked.
pub(crate) async fn require_database(config: &Config) -> Result<()> {
    let place = match config.sqlite_file() {
        Some(file) => {
            let place = path::absolute(&file).unwrap_or(file);
            if !place.exists() {
                bail!("there is no database at {}; {WAY_OUT}", place.display());
            }
            place.display().to_string()
        }
        None => "database_url".to_owned(),
    };
    let schema = Store::schema_of(&Open::url(config.database_url())).await;
    if schema.context("cannot open the database")?.is_none() {
        bail!("the database at {place} is empty; {WAY_OUT}");
    }
    Ok(())
}

/// A context over an empty database in memory, for what needs one but no data.
pub(crate) async fn in_memory(config: &Config) -> Result<Ctx> {
    let store = Store::open(&Open::url("sqlite::memory:")).await?;
    let settings = settings(config, config.public_url(config.listen)?, config.ingest_url(config.listen)?);
    assemble(config, store, Keyring::generate(&SystemIds), settings)
}

/// Opens the database alone.
pub(crate) async fn open_store(config: &Config) -> Result<Store> {
    if config.is_sqlite() {
        keys::create_folder(config)?;
    }
    let mut open = Open::url(config.database_url());
    open.postgres_connections_max = config.database.connections_max;
    Store::open(&open).await.context("cannot open the database")
}

/// Puts a context together.
pub(crate) fn assemble(config: &Config, store: Store, keyring: Keyring, settings: Settings) -> Result<Ctx> {
    let mut guard = AddressGuard::public_only().allow(config.egress.allow.iter().copied());
    if config.is_local() {
        guard = guard.allow_loopback();
    }
    let limits =
        Limits { total_timeout: Duration::from_millis(config.webhook.timeout_ms), ..Limits::STANDARD };
    let egress = Egress::new(EgressConfig::new(guard, format!("Mortise/{VERSION}"), limits))?;
    Ok(Ctx::new(CtxParts {
        store,
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        keyring: Arc::new(keyring),
        passwords: Arc::new(Passwords::new(&SystemIds)?),
        limits: mortise_service::limits::Limits::default(),
        egress,
        analytics: Arc::new(mortise_service::analytics::LogSink),
        settings,
    }))
}

/// The settings that use cases read.
pub(crate) fn settings(config: &Config, public_url: PublicUrl, ingest_url: PublicUrl) -> Settings {
    Settings {
        support_url: config.support_url.clone().unwrap_or_else(|| public_url.clone()),
        public_url,
        ingest_url,
        version: VERSION,
        webhook_timeout_ms: config.webhook.timeout_ms,
        event_retention_days: config.event.retention_days,
        relay_app_status: config.apps.relay_status,
        gravatar: config.gravatar,
        example_provider: config.integrations.example,
        rpc_secrets: config.rpc.shared_secrets.clone(),
        disable_broken: config.integrations.disable_broken,
        provider_apps: ProviderApps { github: config.github.0.clone(), msteams: config.msteams.0.clone() },
        sends_mail: config.mail.is_on(),
        api_requests_per_s: Some(config.api.requests_per_s).filter(|max| *max > 0),
    }
}

/// How a data folder is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// Beside others.
    Shared,
    /// Alone, to replace what is in it.
    Alone,
}

/// Takes the data folder into use until the file is dropped or the process ends, however it ends.
pub(crate) fn lock(config: &Config, how: Use) -> Result<File> {
    keys::create_folder(config)?;
    let path = config.data_dir.join("lock");
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.with_context(|| path.display().to_string())?;
    let locked = match how {
        Use::Shared => file.try_lock_shared(),
        Use::Alone => file.try_lock(),
    };
    match locked {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) if how == Use::Shared => {
            bail!("{} is being restored; try again later", config.data_dir.display())
        }
        Err(TryLockError::WouldBlock) => {
            bail!("{} is in use; stop the server first", config.data_dir.display())
        }
        Err(TryLockError::Error(error)) => Err(error).with_context(|| path.display().to_string()),
    }
}
