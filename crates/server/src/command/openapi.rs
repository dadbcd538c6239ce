//! `mortise openapi`: the document is put together from the same table as the router, which needs a context; a database
//! in memory is enough for that.

use anyhow::Result;

use crate::{config::Config, context, output};

/// Prints the document.
pub(crate) async fn run(config: &Config) -> Result<()> {
    output::print(&format!("{}\n", mortise_api::document(&context::in_memory(config).await?)))
}
