//! The first start: an owner, an organization and a project, so that there is something to sign in to. It is a declared
//! world like any other; what it prints is printed once and kept nowhere.

use anyhow::{Context as _, Result};
use mortise_service::{
    Ctx,
    world::{self, Existing, World, WorldError},
};
use serde_json::{Value, json};

use crate::output;

const OWNER: &str = "owner@mortise.local";
const ORGANIZATION: &str = "home";
const PROJECT: &str = "first-project";

/// Makes what an empty database needs, and prints how to use it.
pub(crate) async fn prepare(ctx: &Ctx) -> Result<()> {
    if !mortise_store::user::none_exist(&mut *ctx.store.read().await?).await? {
        return Ok(());
    }
    let world = World::parse(&document().to_string())?;
    match world::load(ctx, world, Existing::Refused).await {
        Ok(made) => output::print(&told(ctx, &made).context("the first start made no sense")?),
        // Another node was quicker.
        Err(WorldError::NotEmpty) => Ok(()),
        Err(error) => Err(error).context("the first owner could not be made"),
    }
}

fn document() -> Value {
    json!({
        "users": [{"email": OWNER, "name": "Owner", "superuser": true}],
        "organizations": [{
            "slug": ORGANIZATION,
            "name": "Home",
            "owner": OWNER,
            "teams": [{"slug": "everyone", "name": "Everyone"}],
            "projects": [{"slug": PROJECT, "name": "First project", "teams": ["everyone"]}],
        }],
        "tokens": [{"key": "first start", "user": OWNER, "scopes": "all"}],
    })
}

fn told(ctx: &Ctx, made: &Value) -> Option<String> {
    let url = ctx.settings.public_url.as_str();
    let password = made["users"][OWNER]["password"].as_str()?;
    let token = made["tokens"]["first start"].as_str()?;
    let dsn = made["organizations"][ORGANIZATION]["projects"][PROJECT]["dsn"].as_str()?;
    Some(format!(
        "
  Mortise is ready. This is shown once:

    URL        {url}
    Sign in    {OWNER}
    Password   {password}
    API token  {token}
    DSN        {dsn}

"
    ))
}
