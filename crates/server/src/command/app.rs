//! `mortise app`: Sentry Apps, from the command line.

use anyhow::{Context as _, Result, bail};
use mortise_crypto::ExposeSecret as _;
use mortise_domain::{ScopeSet, status::AppStatus};
use mortise_service::{
    Error,
    apps::{self, AppSpec, GRANTABLE_SCOPES, subscriptions},
};
use mortise_store::{directory, organization};
use serde_json::{Value, json};

use super::{
    manifest,
    people::{read_scopes, told},
    table,
};
use crate::{config::Config, context, output};

/// Commands.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Creates an app and prints its credentials; an internal one is installed and gets a token
    Create {
        /// What people read
        name: String,
        /// The slug of the organization that owns it
        #[arg(long)]
        org: String,
        /// `internal`, or `public` for an unpublished one
        #[arg(long, default_value = "internal", value_parser = ["internal", "public"])]
        kind: String,
        /// What it may do: `all`, or scopes with commas between
        #[arg(long, default_value = "")]
        scopes: String,
        /// What it hears of, with commas between, such as `issue,comment`
        #[arg(long, value_delimiter = ',')]
        events: Vec<String>,
        /// Where it listens
        #[arg(long)]
        webhook_url: Option<String>,
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
    /// Makes or changes an app as a file says, after showing what changes
    Apply(manifest::ApplyArgs),
    /// Prints an app as a file for `mortise app apply`; secrets are not in it
    Export {
        /// The slug of the app
        slug: String,
    },
    /// Lists all apps
    List {
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
}

/// Carries out the command.
pub(crate) async fn run(config: &Config, command: Command) -> Result<()> {
    match command {
        Command::Create { name, org, kind, scopes, events, webhook_url, json } => {
            let status = if kind == "internal" { AppStatus::Internal } else { AppStatus::Unpublished };
            let new = New { name, org, status, scopes, events, webhook_url };
            create(config, new, json).await
        }
        Command::Apply(args) => manifest::apply(config, &args).await,
        Command::Export { slug } => manifest::export(config, &slug).await,
        Command::List { json } => list(config, json).await,
    }
}

struct New {
    name: String,
    org: String,
    status: AppStatus,
    scopes: String,
    events: Vec<String>,
    webhook_url: Option<String>,
}

/// What an app may do: everything that apps may, or what is named.
fn scopes(text: &str) -> Result<ScopeSet> {
    let grantable = ScopeSet::of(GRANTABLE_SCOPES);
    if text == "all" {
        return Ok(grantable);
    }
    let scopes = read_scopes(text)?;
    match scopes.difference(grantable).iter().next() {
        Some(scope) => bail!("apps can't have the scope {scope}"),
        None => Ok(scopes),
    }
}

async fn create(config: &Config, new: New, json: bool) -> Result<()> {
    let opened = context::open_existing(config).await?;
    let ctx = &opened.ctx;
    let owner = organization::by_slug(&mut *ctx.store.read().await?, &new.org).await?;
    let owner = owner.with_context(|| format!("there is no organization {:?}", new.org))?;
    let spec = AppSpec {
        scopes: scopes(&new.scopes)?,
        events: subscriptions::expand(&new.events),
        webhook_url: new.webhook_url,
        verify_install: true,
        ..AppSpec::new(owner.id, new.name, new.status)
    };
    let inner = ctx.clone();
    let made = ctx.store.write(move |tx| {
        Box::pin(async move {
            let now = inner.now();
            let created = apps::create::create(tx, &inner, &spec, now).await?;
            let token = match &created.installation {
                Some(own) => Some(apps::mint_token(tx, &inner, &created.app, own.id, None, now).await?),
                None => None,
            };
            Ok::<_, Error>((created, token))
        })
    });
    let (created, token) = made.await.map_err(told)?;
    let token = token.map(|token| token.text.expose_secret().to_owned());
    let shown = json!({
        "id": created.app.id.to_string(),
        "slug": created.app.slug,
        "client_id": created.client_id,
        "client_secret": created.client_secret.expose_secret(),
        "token": token,
    });
    output::answer(json, &shown, || table(std::slice::from_ref(&shown)))
}

async fn list(config: &Config, json: bool) -> Result<()> {
    let opened = context::open_existing(config).await?;
    let found = directory::apps(&mut *opened.ctx.store.read().await?).await?;
    let rows: Vec<Value> = found
        .iter()
        .map(|app| {
            let status = AppStatus::try_from(app.status).map_or("unknown", AppStatus::as_str);
            json!({"id": app.id.to_string(), "slug": app.slug, "name": app.name, "status": status})
        })
        .collect();
    output::answer(json, &rows.clone().into(), || table(&rows))
}
