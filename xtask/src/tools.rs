//! What tests and checks need besides Rust, how to see whether it is there, and how to get it: cargo tools from the
//! crate registry, the rest from Debian's packages when we may install them, else the exact command is named.

use std::fmt::Write as _;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::{postgres, process, workspace};

/// Known to build with the toolchain of `rust-toolchain.toml`; a newer one that is installed already is fine.
const NEXTEST: (&str, &str) = ("cargo-nextest", "0.9.143");
const DENY: (&str, &str) = ("cargo-deny", "0.20.2");

/// A program from outside the cargo world.
pub(crate) struct Need {
    pub(crate) name: &'static str,
    /// Which tests go without it.
    pub(crate) used_by: &'static str,
    is_there: fn() -> bool,
    packages: &'static [&'static str],
}

pub(crate) const POSTGRES: Need = Need {
    name: "PostgreSQL",
    used_by: "tests on PostgreSQL",
    is_there: || postgres::binaries().is_some(),
    packages: &["postgresql"],
};
pub(crate) const NODE: Need = Need {
    name: "Node.js with npm",
    used_by: "tests with JavaScript clients, browser journeys",
    is_there: || process::find("node").is_some() && process::find("npm").is_some(),
    packages: &["nodejs", "npm"],
};
pub(crate) const PYTHON: Need = Need {
    name: "Python with venv",
    used_by: "tests with Python clients",
    is_there: || process::succeeds(Command::new("python3").args(["-c", "import venv, ensurepip"])),
    packages: &["python3", "python3-venv"],
};
pub(crate) const CHROMIUM: Need = Need {
    name: "Chromium with fonts",
    used_by: "browser journeys",
    is_there: || chromium().is_some() && Path::new("/usr/share/fonts/truetype").is_dir(),
    packages: &["chromium", "fonts-dejavu-core"],
};

/// The browser of the browser journeys.
pub(crate) fn chromium() -> Option<PathBuf> {
    process::find("chromium")
}

/// The test runner, installed when missing.
pub(crate) fn ensure_nextest() -> Result<()> {
    ensure_cargo_tool(NEXTEST)
}

/// Checks dependencies with cargo-deny. Advisories are left out: their database lives outside the registries.
pub(crate) fn deny() -> Result<()> {
    ensure_cargo_tool(DENY)?;
    process::run(workspace::cargo().args(["deny", "--workspace", "check", "bans", "licenses", "sources"]))
}

fn ensure_cargo_tool((name, version): (&str, &str)) -> Result<()> {
    if process::find(name).is_some() {
        return Ok(());
    }
    process::run(workspace::cargo().args(["install", "--locked", name, "--version", version]))
}

/// Makes sure of what is needed, as far as it can, and returns what is still missing. In CI a missing piece is an error.
pub(crate) fn ensure(needs: &[&'static Need]) -> Result<Vec<&'static Need>> {
    let missing = still_missing(needs);
    if missing.is_empty() {
        return Ok(missing);
    }
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages).copied().collect();
    if is_root()? && process::find("apt-get").is_some() {
        // What apt-get could not install is found missing below, with the reason on the terminal above.
        if let Err(error) = apt_install(&packages) {
            process::fail_if_interrupted()?;
            eprintln!("{error:#}");
        }
    }
    let missing = still_missing(&missing);
    let mut told = String::new();
    for need in &missing {
        write!(told, "{} is missing ({}); ", need.name, need.used_by)?;
    }
    if !missing.is_empty() && process::in_ci() {
        bail!("{told}on Debian: {}", command_line(&missing));
    }
    if !missing.is_empty() {
        eprintln!("{told}on Debian: {}", command_line(&missing));
    }
    Ok(missing)
}

fn still_missing(needs: &[&'static Need]) -> Vec<&'static Need> {
    needs.iter().copied().filter(|need| !(need.is_there)()).collect()
}

fn apt_install(packages: &[&str]) -> Result<()> {
    let apt = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    process::run(apt().args(["-qq", "update"]))?;
    process::run(apt().args(["-qq", "install", "-y", "--no-install-recommends"]).args(packages))
}

fn command_line(needs: &[&'static Need]) -> String {
    let packages: Vec<&str> = needs.iter().flat_map(|need| need.packages).copied().collect();
    format!("sudo apt-get update && sudo apt-get install -y --no-install-recommends {}", packages.join(" "))
}

/// Whether this process runs as root (PostgreSQL refuses to).
pub(crate) fn is_root() -> Result<bool> {
    Ok(std::fs::metadata("/proc/self")?.uid() == 0)
}
