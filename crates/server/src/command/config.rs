//! `mortise config`.

use anyhow::Result;

use crate::{
    config::{Loaded, print},
    output,
};

/// Flags.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Prints the reference document instead
    #[arg(long, conflicts_with = "json")]
    pub(crate) markdown: bool,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// Prints the options that are in force.
pub(crate) fn run(loaded: &Loaded, args: &Args) -> Result<()> {
    if args.json { output::print_json(&print::json(loaded)) } else { output::print(&print::text(loaded)) }
}
