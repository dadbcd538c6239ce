//! `mortise keys`: rotation of the sealing keys, with servers running.
//!
//! 1. `rotate` adds a key to the file. Running servers read the file again when it changes ([`crate::serve`]) and seal
//!    with the new key from then on.
//! 2. It waits until they have, and seals again whatever lies under an older key, a batch at a time.
//! 3. `prune` drops the old keys once nothing needs them. Backups made before still bring their own.
//!
//! Keys that come from the environment belong to whoever set it: `generate` prints the keyring to set on every node, and
//! `reseal` does the rest after they were restarted.

use std::time::Duration;

use anyhow::{Result, bail};
use mortise_crypto::ExposeSecret as _;
use mortise_domain::SystemIds;
use mortise_service::sealed;
use serde_json::json;

use crate::{
    config::Config,
    context::{self, Opened},
    keys, output,
    serve::KEYS_POLL_INTERVAL,
};

/// Commands.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Adds a key, and seals everything again with it
    Rotate(Json),
    /// Seals again whatever lies under an older key
    Reseal(Json),
    /// Drops all keys but the newest; refused while something lies under an older one
    Prune(Json),
    /// Prints the present keys and a new one, for MORTISE_SEALING_KEYS; changes nothing
    Generate,
}

/// Flags.
#[derive(clap::Args)]
pub(crate) struct Json {
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// Carries out the command.
pub(crate) async fn run(config: &Config, command: &Command) -> Result<()> {
    match command {
        Command::Rotate(args) => rotate(config, args.json).await,
        Command::Reseal(args) => reseal(&context::open_existing(config).await?, args.json).await,
        Command::Prune(args) => prune(config, args.json).await,
        Command::Generate => {
            let keyring = match keys::load(config)? {
                Some(present) => present.with_new_key(&SystemIds),
                None => mortise_crypto::Keyring::generate(&SystemIds),
            };
            output::print(&format!("{}\n", keyring.to_text().expose_secret().trim_end().replace('\n', ",")))
        }
    }
}

async fn rotate(config: &Config, json: bool) -> Result<()> {
    require_file(config)?;
    let opened = context::open_existing(config).await?;
    let keyring = opened.ctx.keyring.with_new_key(&SystemIds);
    keys::replace(&keys::file(config), &keyring.to_text())?;
    opened.ctx.keyring.adopt(&keyring);
    // Running servers must be able to open what is sealed from here on.
    tokio::time::sleep(KEYS_POLL_INTERVAL + Duration::from_secs(1)).await;
    reseal(&opened, json).await
}

async fn reseal(opened: &Opened, json: bool) -> Result<()> {
    let report = sealed::reseal(&opened.ctx).await?;
    let newest = opened.ctx.keyring.key_ids().last().copied();
    output::answer(
        json,
        &json!({"key": newest, "sealed_again": report.resealed, "values": report.values}),
        || {
            let key = newest.unwrap_or_default();
            format!(
                "{} of {} values were sealed again; all lie under key {key}",
                report.resealed, report.values
            )
        },
    )
}

async fn prune(config: &Config, json: bool) -> Result<()> {
    require_file(config)?;
    let opened = context::open_existing(config).await?;
    let report = sealed::inspect(&opened.ctx).await?;
    if report.outdated > 0 || report.unreadable > 0 {
        bail!(
            "{} values lie under older keys and {} do not open; run `mortise keys reseal` first",
            report.outdated,
            report.unreadable
        );
    }
    let before = opened.ctx.keyring.key_ids();
    let kept = opened.ctx.keyring.only_newest();
    keys::replace(&keys::file(config), &kept.to_text())?;
    let dropped: Vec<_> = before.into_iter().filter(|id| !kept.key_ids().contains(id)).collect();
    output::answer(json, &json!({"dropped": dropped}), || format!("{} old keys were dropped", dropped.len()))
}

fn require_file(config: &Config) -> Result<()> {
    if config.sealing_keys.is_some() {
        bail!(
            "the keys come from MORTISE_SEALING_KEYS: set what `mortise keys generate` prints on every node, restart \
             them, then run `mortise keys reseal`"
        );
    }
    Ok(())
}
