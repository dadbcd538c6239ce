//! `mortise mail`: what mails look like, without a mail server.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use mortise_service::delivery::sample_mails;

use crate::{config::Config, output};

/// Commands.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Writes every kind of mail with made-up facts into a folder, as text and as HTML
    Preview(Preview),
}

/// Flags.
#[derive(clap::Args)]
pub(crate) struct Preview {
    /// Where to; made when it is missing. Files of the same name are replaced.
    folder: PathBuf,
}

/// Carries out the command.
pub(crate) fn run(config: &Config, command: &Command) -> Result<()> {
    match command {
        Command::Preview(args) => preview(config, &args.folder),
    }
}

fn preview(config: &Config, folder: &Path) -> Result<()> {
    let site = config.public_url(config.listen)?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for (kind, mail) in sample_mails(site.as_str()) {
        let text = format!("Subject: {}\n\n{}", mail.subject, mail.text);
        for (ending, content) in [("txt", &text), ("html", &mail.html)] {
            let path = folder.join(format!("{kind}.{ending}"));
            fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
            output::print(&format!("{}\n", path.display()))?;
        }
    }
    Ok(())
}
