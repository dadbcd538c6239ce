//! `mortise seed`: makes a declared world and prints what was assigned and generated.

use std::{io::Read as _, path::PathBuf};

use anyhow::{Context as _, Result};
use mortise_service::world::{self, Existing, World, WorldError};

use crate::{
    config::Config,
    context,
    output::{self, Exit},
};

/// Flags.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The document (JSON); `-` is standard input
    file: PathBuf,
    /// Adds to a database that is not empty
    #[arg(long)]
    into_existing: bool,
}

/// Makes the world, or nothing of it.
pub(crate) async fn run(config: &Config, args: &Args) -> Result<()> {
    let world = World::parse(&read(args)?).map_err(exit)?;
    let existing = if args.into_existing { Existing::Allowed } else { Existing::Refused };
    let opened = context::open(config, config.listen).await?;
    let made = world::load(&opened.ctx, world, existing).await.map_err(exit)?;
    output::print_json(&made)
}

fn read(args: &Args) -> Result<String> {
    let mut text = String::new();
    if args.file.as_os_str() == "-" {
        std::io::stdin().read_to_string(&mut text).context("standard input")?;
        return Ok(text);
    }
    std::fs::read_to_string(&args.file).with_context(|| args.file.display().to_string())
}

fn exit(error: WorldError) -> anyhow::Error {
    match error {
        WorldError::Document(_) => Exit { code: 2, text: error.to_string() }.into(),
        WorldError::NotEmpty => {
            Exit { code: 3, text: "the database is not empty; --into-existing adds to it".to_owned() }.into()
        }
        WorldError::Failed(error) => error.into(),
    }
}
