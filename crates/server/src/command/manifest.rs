//! `mortise app apply` and `mortise app export`: apps as files. What would change is shown before it is done.

use std::{
    fs,
    io::{self, BufRead as _, IsTerminal as _, Read as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, anyhow, bail};
use mortise_crypto::ExposeSecret as _;
use mortise_service::{
    Error, access,
    apps::{self, AppAccess, Applied, Change, Manifest, Plan},
};
use mortise_store::{organization, sentry_app};

use super::people::told;
use crate::{config::Config, context, output};

/// `mortise app apply`
#[derive(clap::Args)]
pub(crate) struct ApplyArgs {
    /// The manifest: TOML, or the JSON that `GET /api/0/sentry-apps/{slug}/` answers; `-` reads standard input
    file: PathBuf,
    /// The slug of the organization that owns the app, instead of the one in the file
    #[arg(long)]
    org: Option<String>,
    /// Shows what would change and changes nothing
    #[arg(long)]
    dry_run: bool,
    /// Applies without asking
    #[arg(long, conflicts_with = "dry_run")]
    yes: bool,
}

/// Makes or changes the app that the file describes.
pub(crate) async fn apply(config: &Config, args: &ApplyArgs) -> Result<()> {
    let manifest = read(args)?;
    let opened = context::open_existing(config).await?;
    let ctx = &opened.ctx;
    let slug = &manifest.organization;
    let access = match access::operator(ctx, slug).await {
        Err(Error::NoSuchResource) => bail!("there is no organization {slug:?}; `--org` names another"),
        other => other.map_err(told)?,
    };
    let (name, org) = (manifest.name.clone(), slug.clone());
    let plan = apps::plan_manifest(ctx, &access, manifest).await.map_err(told)?;
    let shown = plan.app.as_ref().map_or(name, |app| app.slug.clone());
    if plan.is_done() {
        return output::print(&format!("{shown} in {org} is as the file says\n"));
    }
    output::print(&difference(&plan, &shown, &org))?;
    if args.dry_run || !confirmed(args)? {
        return output::print("nothing was changed\n");
    }
    let Applied { app, client_secret } = apps::apply_manifest(ctx, &access, plan).await.map_err(told)?;
    match client_secret {
        None => output::print(&format!("{} is changed\n", app.slug)),
        Some(secret) => output::print(&format!(
            "{} is made. Its client secret, which is not printed again: {}\n",
            app.slug,
            secret.expose_secret()
        )),
    }
}

fn read(args: &ApplyArgs) -> Result<Manifest> {
    let is_stdin = args.file == Path::new("-");
    let text = match is_stdin {
        true => {
            let mut text = String::new();
            io::stdin().read_to_string(&mut text).map(|_| text)
        }
        false => fs::read_to_string(&args.file),
    };
    let named = args.file.display();
    let text = text.with_context(|| named.to_string())?;
    let folder = args.file.parent().unwrap_or(Path::new("."));
    let file = |name: &str| fs::read_to_string(folder.join(name)).map_err(|error| error.to_string());
    Manifest::read(&text, args.org.as_deref(), file).map_err(|text| anyhow!("{named}: {text}"))
}

/// What would change, key by key.
fn difference(plan: &Plan, name: &str, org: &str) -> String {
    let verb = if plan.app.is_some() { "changes" } else { "is made" };
    let lines = plan.changes.iter().map(|Change { key, before, after }| {
        let before = before.as_ref().map(|before| format!("  - {key} = {before}\n")).unwrap_or_default();
        format!("{before}  + {key} = {after}\n")
    });
    format!("{name} in {org} {verb}:\n{}", lines.collect::<String>())
}

/// Whether to go on: told beforehand, or asked at a terminal.
fn confirmed(args: &ApplyArgs) -> Result<bool> {
    if args.yes {
        return Ok(true);
    }
    if args.file == Path::new("-") || !io::stdin().is_terminal() {
        bail!("nobody can be asked here; `--yes` applies without asking, `--dry-run` only shows");
    }
    output::say("Apply? [y/N]");
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// Prints the manifest of an app.
pub(crate) async fn export(config: &Config, slug: &str) -> Result<()> {
    let opened = context::open_existing(config).await?;
    let ctx = &opened.ctx;
    let mut conn = ctx.store.read().await?;
    let app = sentry_app::by_slug(&mut conn, slug).await?;
    let app = app.with_context(|| format!("there is no app {slug:?}"))?;
    let owner = organization::by_id(&mut conn, app.owner_id).await?;
    drop(conn);
    let owner = owner.context("the organization that owns it is being deleted")?;
    let access = access::operator(ctx, &owner.slug).await.map_err(told)?;
    let access = AppAccess::new(app, access.caller.clone(), Some(access));
    let manifest = apps::manifest_of(ctx, &access).await.map_err(told)?;
    output::print(&manifest.to_toml().map_err(told)?)
}
