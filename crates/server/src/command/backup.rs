//! `mortise backup` and `mortise restore`, for the embedded database.
//!
//! A backup is one SQLite file: the database as it was at one moment, and a table `backup` with the version, the time
//! and the sealing keys. It is taken from a snapshot, so the server keeps running. PostgreSQL has tools of its own.

use std::{
    fs::{self, OpenOptions},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use mortise_crypto::{ExposeSecret as _, Keyring};
use mortise_domain::{Clock as _, SystemClock};
use mortise_store::backup::{self, Note};
use serde_json::json;

use crate::{
    config::Config,
    context::{self, Use, VERSION},
    keys, output,
};

/// Flags of `backup`.
#[derive(clap::Args)]
pub(crate) struct BackupArgs {
    /// Where the backup goes; must not exist
    file: PathBuf,
    /// Leaves the sealing keys out; the backup is of no use without them
    #[arg(long)]
    without_keys: bool,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// Flags of `restore`.
#[derive(clap::Args)]
pub(crate) struct RestoreArgs {
    /// The backup
    file: PathBuf,
    /// Replaces a database and keys that are there; they are kept beside the new ones
    #[arg(long)]
    replace: bool,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// Writes a backup.
pub(crate) async fn backup(config: &Config, args: &BackupArgs) -> Result<()> {
    let database = embedded(config)?;
    context::require_database(config).await?;
    if args.file.exists() {
        bail!("{} exists already", args.file.display());
    }
    let keys = if args.without_keys { None } else { keys::load(config)?.map(|keys| keys.to_text()) };
    let note = Note {
        version: VERSION.to_owned(),
        created_at: SystemClock.now(),
        keys: keys.as_ref().map(|keys| keys.expose_secret().to_owned()),
    };
    // Under another name until it is whole. Only its owner may read it: it holds secrets.
    let draft = beside(&args.file, "partial");
    let created = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft);
    created.with_context(|| draft.display().to_string())?;
    let written = backup::write(&database, &draft, &note);
    if written.is_err() {
        // The reason of the failure says more than that of the clearing up.
        let _ = fs::remove_file(&draft);
    }
    written.context("the backup was not written")?;
    fs::File::open(&draft)?.sync_all()?;
    fs::rename(&draft, &args.file).with_context(|| args.file.display().to_string())?;
    let bytes = fs::metadata(&args.file)?.len();
    output::answer(
        args.json,
        &json!({"file": args.file, "bytes": bytes, "keys": note.keys.is_some()}),
        || {
            let keys = if note.keys.is_some() {
                "It holds the sealing keys: keep it safe."
            } else {
                "It holds no keys."
            };
            format!("{} has {bytes} bytes. {keys}", args.file.display())
        },
    )
}

/// Brings a backup back.
pub(crate) async fn restore(config: &Config, args: &RestoreArgs) -> Result<()> {
    let database = embedded(config)?;
    let _alone = context::lock(config, Use::Alone)?;
    let keys_file = keys::file(config);
    if database.exists() && !args.replace {
        bail!("{} exists; --replace keeps it beside the restored one", database.display());
    }
    let draft = beside(&database, "restoring");
    let note = backup::read(&args.file, &draft).context("the backup cannot be restored")?;
    let keyring = note.keys.as_ref().map(|text| Keyring::parse(&text.clone().into())).transpose()?;
    set_aside(&database)?;
    for suffix in ["-wal", "-shm"] {
        set_aside(&PathBuf::from(format!("{}{suffix}", database.display())))?;
    }
    fs::rename(&draft, &database).with_context(|| database.display().to_string())?;
    if let Some(keyring) = &keyring
        && config.sealing_keys.is_none()
    {
        set_aside(&keys_file)?;
        keys::replace(&keys_file, &keyring.to_text())?;
    }
    let version = &note.version;
    output::answer(
        args.json,
        &json!({"database": database, "version": version, "created_at": note.created_at}),
        || {
            let hint = if keyring.is_some() { "" } else { " It brought no keys: put them back yourself." };
            format!(
                "{} is as it was at {}, made by version {version}.{hint}",
                database.display(),
                note.created_at
            )
        },
    )
}

fn embedded(config: &Config) -> Result<PathBuf> {
    config.sqlite_file().context(
        "this is for the embedded database. Back PostgreSQL up with `pg_dump --format=custom --file=mortise.dump URL` \
         (and `pg_restore` to bring it back), and keep a copy of the sealing keys: the file `keys` in the data folder, \
         or MORTISE_SEALING_KEYS",
    )
}

/// Renames what is there, so that nothing is lost. Names of earlier times are taken over.
fn set_aside(file: &Path) -> Result<()> {
    if file.exists() {
        fs::rename(file, beside(file, "before-restore")).with_context(|| file.display().to_string())?;
    }
    Ok(())
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}.{suffix}", file.display()))
}
