//! What runs beside the requests.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use metrics_exporter_prometheus::PrometheusHandle;
use mortise_crypto::Keyring;
use mortise_service::{Ctx, delivery, jobs};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{config::Config, keys};

/// How often the keys' file is looked at.
pub(crate) const KEYS_POLL_INTERVAL: Duration = Duration::from_secs(2);
/// How often the recorder digests its samples, so that they do not pile up where nobody reads them.
const METRICS_UPKEEP_INTERVAL: Duration = Duration::from_secs(5);

/// The running workers.
pub(crate) struct Workers(JoinSet<()>);

impl Workers {
    /// Waits until they have finished what they had in hand.
    pub(crate) async fn finish(mut self) {
        while let Some(ended) = self.0.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a worker ended badly");
            }
        }
    }
}

/// Starts what this node's role asks for; all of it ends after `stop`.
pub(crate) fn start(
    config: &Config,
    ctx: &Ctx,
    metrics: &PrometheusHandle,
    mail: Option<delivery::MailRoute>,
    stop: &CancellationToken,
) -> Workers {
    let mut workers = JoinSet::new();
    workers.spawn(digest(metrics.clone(), stop.clone()));
    if config.sealing_keys.is_none() {
        workers.spawn(follow_keys(ctx.clone(), keys::file(config), stop.clone()));
    }
    if config.role.works() {
        workers.spawn(jobs::run(ctx.clone(), stop.clone()));
        let options = delivery::Options::default();
        let mut subscribers = delivery::subscribers();
        if let Some(route) = mail {
            subscribers = subscribers.with(delivery::Mails(route));
        }
        let running = delivery::start(ctx.clone(), subscribers, options, stop.clone());
        workers.spawn(running.stopped());
    }
    Workers(workers)
}

async fn digest(metrics: PrometheusHandle, stop: CancellationToken) {
    while wait(METRICS_UPKEEP_INTERVAL, &stop).await {
        metrics.run_upkeep();
    }
}

/// Takes over the keys when their file changes, so that `mortise keys rotate` needs no restart.
async fn follow_keys(ctx: Ctx, file: PathBuf, stop: CancellationToken) {
    let mut seen = stamp(&file).await;
    while wait(KEYS_POLL_INTERVAL, &stop).await {
        let now = stamp(&file).await;
        if now.is_none() || now == seen {
            continue;
        }
        match read_keys(&file).await {
            Ok(keyring) => {
                tracing::info!(keys.count = keyring.key_ids().len(), "the sealing keys have changed");
                ctx.keyring.adopt(&keyring);
                seen = now;
            }
            Err(error) => {
                tracing::error!(%error, "the sealing keys cannot be read; the old ones stay in use");
            }
        }
    }
}

async fn read_keys(file: &Path) -> anyhow::Result<Keyring> {
    Ok(Keyring::parse(&tokio::fs::read_to_string(file).await?.into())?)
}

/// What changes whenever the file does: it is always replaced, never rewritten.
async fn stamp(file: &Path) -> Option<(u64, std::time::SystemTime)> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = tokio::fs::metadata(file).await.ok()?;
    Some((metadata.ino(), metadata.modified().ok()?))
}

/// `false` when it is time to stop.
async fn wait(interval: Duration, stop: &CancellationToken) -> bool {
    tokio::select! {
        () = stop.cancelled() => false,
        () = tokio::time::sleep(interval) => true,
    }
}
