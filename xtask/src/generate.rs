//! Committed files that the program itself writes: the reference documents. They are in the repository because people
//! read them there, and CI checks that they say what the program says.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{process, workspace};

const MORTISE: &str = "debug/mortise";
const APP_REFERENCE: &str = "debug/examples/app_reference";

/// A file, and the program with the arguments that prints it.
const GENERATED: &[(&str, &str, &[&str])] = &[
    ("docs/openapi.json", MORTISE, &["openapi"]),
    ("docs/configuration.md", MORTISE, &["config", "--markdown"]),
    ("docs/cli.md", MORTISE, &["help-markdown"]),
    ("docs/apps/scopes-and-events.md", APP_REFERENCE, &["scopes-and-events"]),
    ("docs/apps/payloads.md", APP_REFERENCE, &["payloads"]),
];

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Writes nothing; fails when a committed file is not what the program prints
    #[arg(long)]
    check: bool,
}

/// Writes or checks every generated file.
pub(crate) fn run(args: &Args) -> Result<()> {
    // All of the workspace, so that libraries get the same features, and the same build, as in the tests.
    process::run(workspace::cargo().args([
        "build",
        "--workspace",
        "--bin",
        "mortise",
        "--example",
        "app_reference",
    ]))?;
    let mut stale = Vec::new();
    for (file, program, arguments) in GENERATED {
        let text = print(&workspace::target().join(program), arguments)?;
        let path = workspace::root().join(file);
        if std::fs::read(&path).is_ok_and(|committed| committed == text) {
            continue;
        }
        stale.push(*file);
        if !args.check {
            write(&path, &text)?;
        }
    }
    match (stale.is_empty(), args.check) {
        (true, _) => println!("generate: {} files are up to date", GENERATED.len()),
        (false, false) => println!("generate: wrote {}", stale.join(", ")),
        (false, true) => bail!("out of date: {}; run `cargo xtask generate` and commit", stale.join(", ")),
    }
    Ok(())
}

/// What the program prints, with no option coming from the environment.
fn print(binary: &Path, arguments: &[&str]) -> Result<Vec<u8>> {
    let mut command = Command::new(binary);
    command.args(arguments);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("MORTISE_") {
            command.env_remove(name);
        }
    }
    let text = process::capture(&mut command)?;
    if text.is_empty() {
        bail!("`{} {}` printed nothing", binary.display(), arguments.join(" "));
    }
    Ok(text)
}

fn write(path: &PathBuf, text: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text).with_context(|| path.display().to_string())
}
