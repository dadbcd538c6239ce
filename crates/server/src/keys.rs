//! The sealing keys on disk: the file `keys` in the data folder, readable by its owner only, made on the first start.
//! A change is written beside the file and moved over it, so a reader sees the old keys or the new ones, never half.

use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use mortise_crypto::{ExposeSecret as _, Keyring, SecretString};
use mortise_domain::{Ids as _, SystemIds};

use crate::config::Config;

const OWNER_ONLY: u32 = 0o600;

/// Where the keys of a data folder are.
pub(crate) fn file(config: &Config) -> PathBuf {
    config.data_dir.join("keys")
}

/// The keys, made when there are none yet.
pub(crate) fn load_or_create(config: &Config) -> Result<Keyring> {
    if let Some(keyring) = load(config)? {
        return Ok(keyring);
    }
    let keyring = Keyring::generate(&SystemIds);
    create_folder(config)?;
    if create(&file(config), &keyring.to_text())? {
        return Ok(keyring);
    }
    // Another process made them in the meantime.
    load(config)?.context("the sealing keys came and went")
}

/// Makes the data folder, for its owner only. A folder that is there keeps its permissions.
pub(crate) fn create_folder(config: &Config) -> Result<()> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&config.data_dir);
    made.with_context(|| config.data_dir.display().to_string())
}

/// The keys, if there are any.
pub(crate) fn load(config: &Config) -> Result<Option<Keyring>> {
    if let Some(text) = &config.sealing_keys {
        let text: SecretString = text.replace(',', "\n").into();
        return Ok(Some(Keyring::parse(&text).context("sealing_keys")?));
    }
    let file = file(config);
    match fs::read_to_string(&file) {
        Ok(text) => Ok(Some(Keyring::parse(&text.into()).with_context(|| file.display().to_string())?)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| file.display().to_string()),
    }
}

/// Writes keys where there are none. `false`: there are some.
pub(crate) fn create(file: &Path, keys: &SecretString) -> Result<bool> {
    let draft = draft(file, keys)?;
    // Linking, unlike renaming, fails when the name is taken.
    let linked = fs::hard_link(&draft, file);
    fs::remove_file(&draft)?;
    match linked {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error).with_context(|| file.display().to_string()),
    }
}

/// Writes keys over those that are there.
pub(crate) fn replace(file: &Path, keys: &SecretString) -> Result<()> {
    let draft = draft(file, keys)?;
    fs::rename(&draft, file).with_context(|| file.display().to_string())
}

/// Whether others than the owner may read the file.
pub(crate) fn is_exposed(file: &Path) -> Result<bool> {
    let mode = fs::metadata(file).with_context(|| file.display().to_string())?.permissions().mode();
    Ok(mode & 0o077 != 0)
}

fn draft(file: &Path, keys: &SecretString) -> Result<PathBuf> {
    let draft = file.with_extension(SystemIds.hex(4));
    let mut out = OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(&draft);
    let out = out.as_mut().map_err(|error| anyhow::anyhow!("{}: {error}", draft.display()))?;
    out.write_all(keys.expose_secret().as_bytes())?;
    out.sync_all()?;
    Ok(draft)
}
