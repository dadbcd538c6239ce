//! Published clients from the package registries, at the versions that are pinned beside the server's tests, installed
//! once into `target/clients` and again whenever a pin changes.
//!
//! Layout: `node/node_modules` and `python/bin/python`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{process, workspace};

const PINS: &str = "crates/server/tests/clients";

/// JavaScript clients and the browser's driver; returns the folder that holds `node_modules`.
pub(crate) fn install_node(clients: &Path) -> Result<PathBuf> {
    let folder = clients.join("node");
    let files = ["package.json", "package-lock.json", ".npmrc"];
    install(&folder, &files, || {
        // No install scripts: the clients bring their programs as packages of their own.
        let mut npm = Command::new("npm");
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
            .current_dir(&folder);
        process::run(&mut npm)
    })?;
    Ok(folder)
}

/// Python clients; returns the virtual environment.
pub(crate) fn install_python(clients: &Path) -> Result<PathBuf> {
    let folder = clients.join("python");
    install(&folder, &["requirements.txt"], || {
        process::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
        let mut pip = Command::new(folder.join("bin/pip"));
        pip.args(["install", "--quiet", "--no-deps", "--disable-pip-version-check", "-r"]);
        process::run(pip.arg(workspace::root().join(PINS).join("requirements.txt")))
    })?;
    Ok(folder)
}

/// Installs unless it was done with the same pins. The pins are copied last: they also say that all went well.
fn install(folder: &Path, files: &[&str], install: impl FnOnce() -> Result<()>) -> Result<()> {
    let pins = workspace::root().join(PINS);
    let read = |folder: &Path| -> std::io::Result<Vec<Vec<u8>>> {
        files.iter().map(|file| std::fs::read(folder.join(file))).collect()
    };
    let wanted = read(&pins).with_context(|| format!("the pins in {PINS}"))?;
    let stamp = folder.with_extension("installed");
    if read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    for folder in [folder, stamp.as_path()] {
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        std::fs::create_dir_all(folder)?;
    }
    for file in files {
        std::fs::copy(pins.join(file), folder.join(file))?;
    }
    install()?;
    for file in files {
        std::fs::copy(pins.join(file), stamp.join(file))?;
    }
    Ok(())
}
