//! `mortise user`, `mortise org` and `mortise token`: what an operator needs when the pages cannot be reached.

use std::io::Read as _;

use anyhow::{Context as _, Result, anyhow};
use mortise_crypto::SecretString;
use mortise_domain::{Ids as _, ScopeSet, SystemIds};
use mortise_service::{
    Error,
    accounts::{self, NewUser},
    audit::Actor,
    features,
    organizations::{self, NewOrganization},
    tokens,
};
use mortise_store::{
    Conn, directory, token,
    user::{self, User},
};
use serde_json::{Value, json};

use super::table;
use crate::{config::Config, context, output};

/// Letters of a generated password: more than 90 bits.
const PASSWORD_LETTERS: usize = 20;

/// `mortise user`
#[derive(clap::Subcommand)]
pub(crate) enum UserCommand {
    /// Creates a person and prints the password
    Create {
        /// The e-mail address, to sign in with
        email: String,
        /// What people read
        #[arg(long, default_value = "")]
        name: String,
        /// Lets sessions be elevated to superuser
        #[arg(long)]
        superuser: bool,
        /// Reads the password from standard input instead of generating one
        #[arg(long)]
        password_stdin: bool,
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
    /// Lists everybody
    List {
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
    /// Replaces a password, prints it, and ends all sessions
    SetPassword {
        /// The e-mail address or user name
        login: String,
        /// Reads the password from standard input instead of generating one
        #[arg(long)]
        password_stdin: bool,
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
}

/// `mortise org`
#[derive(clap::Subcommand)]
pub(crate) enum OrgCommand {
    /// Creates an organization
    Create {
        /// Its name in addresses
        slug: String,
        /// The owner's e-mail address or user name
        #[arg(long)]
        owner: String,
        /// What people read; the slug if absent
        #[arg(long)]
        name: Option<String>,
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
    /// Shows what an organization has, and switches single features on or off
    Features {
        /// Its name in addresses
        slug: String,
        /// Switches a feature on
        #[arg(long, value_name = "FEATURE")]
        on: Vec<String>,
        /// Switches a feature off
        #[arg(long, value_name = "FEATURE")]
        off: Vec<String>,
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
    /// Lists all organizations
    List {
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
}

/// `mortise token`
#[derive(clap::Subcommand)]
pub(crate) enum TokenCommand {
    /// Creates an API token of a person and prints it
    Create {
        /// The person's e-mail address or user name
        login: String,
        /// What it may do: `all`, or scopes with commas between
        #[arg(long, default_value = "all")]
        scopes: String,
        /// A name for it
        #[arg(long)]
        name: Option<String>,
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
    /// Lists the API tokens of a person
    List {
        /// The person's e-mail address or user name
        login: String,
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
}

/// Carries out `mortise user`. Creating somebody may be how a server is set up, so it makes the database that it needs.
pub(crate) async fn run_user(config: &Config, command: UserCommand) -> Result<()> {
    let opened = match command {
        UserCommand::Create { .. } => context::open(config, config.listen).await?,
        UserCommand::List { .. } | UserCommand::SetPassword { .. } => context::open_existing(config).await?,
    };
    let ctx = &opened.ctx;
    match command {
        UserCommand::Create { email, name, superuser, password_stdin, json } => {
            let password = password(password_stdin)?;
            let new = NewUser {
                username: None,
                email,
                name,
                password: Some(SecretString::from(password.as_str())),
                is_superuser: superuser,
            };
            let made = accounts::create_user(ctx, new).await.map_err(told)?;
            let shown = json!({"id": made.id.to_string(), "email": made.email, "password": password});
            output::answer(json, &shown, || {
                format!("{} can sign in with the password {password}", made.email)
            })
        }
        UserCommand::List { json } => {
            let users = directory::users(&mut *ctx.store.read().await?).await?;
            let row = |user: &User| {
                json!({
                    "id": user.id.to_string(), "email": user.email, "username": user.username, "name": user.name,
                    "is_active": user.is_active, "is_superuser": user.is_superuser,
                })
            };
            let rows: Vec<Value> = users.iter().map(row).collect();
            output::answer(json, &rows.clone().into(), || table(&rows))
        }
        UserCommand::SetPassword { login, password_stdin, json } => {
            let found = person(&mut *ctx.store.read().await?, &login).await?;
            let password = password(password_stdin)?;
            accounts::set_password(ctx, found.id, SecretString::from(password.as_str()), None)
                .await
                .map_err(told)?;
            let shown = json!({"id": found.id.to_string(), "email": found.email, "password": password});
            output::answer(json, &shown, || {
                format!("{} can sign in with the password {password}", found.email)
            })
        }
    }
}

/// Carries out `mortise org`.
pub(crate) async fn run_org(config: &Config, command: OrgCommand) -> Result<()> {
    let opened = context::open_existing(config).await?;
    let ctx = &opened.ctx;
    match command {
        OrgCommand::Create { slug, owner, name, json } => {
            let owner = person(&mut *ctx.store.read().await?, &owner).await?.id;
            let new = NewOrganization {
                name: name.unwrap_or_else(|| slug.clone()),
                slug: Some(organizations::valid_slug(slug).map_err(|error| anyhow!(error))?),
                default_team: false,
                is_default: false,
            };
            let inner = ctx.clone();
            let made = ctx
                .store
                .write(move |tx| {
                    Box::pin(async move {
                        organizations::insert_organization(tx, &inner, &Actor::operator(), owner, &new).await
                    })
                })
                .await
                .map_err(told)?;
            let shown = json!({"id": made.id.to_string(), "slug": made.slug});
            output::answer(json, &shown, || {
                format!(
                    "{} is there: {}",
                    made.name,
                    ctx.link(&format!("/organizations/{}/issues/", made.slug))
                )
            })
        }
        OrgCommand::Features { slug, on, off, json } => {
            let switches =
                on.into_iter().map(|name| (name, true)).chain(off.into_iter().map(|name| (name, false)));
            let switches: Vec<_> = switches.collect();
            let org = features::switch_features(ctx, &slug, &switches).await.map_err(told)?;
            let row = |name| json!({"feature": name, "is_on": features::has(&org, name)});
            let rows: Vec<Value> = features::known().map(row).collect();
            output::answer(json, &rows.clone().into(), || table(&rows))
        }
        OrgCommand::List { json } => {
            let orgs = directory::organizations(&mut *ctx.store.read().await?).await?;
            let rows: Vec<Value> = orgs
                .iter()
                .map(|org| json!({"id": org.id.to_string(), "slug": org.slug, "name": org.name}))
                .collect();
            output::answer(json, &rows.clone().into(), || table(&rows))
        }
    }
}

/// Carries out `mortise token`.
pub(crate) async fn run_token(config: &Config, command: TokenCommand) -> Result<()> {
    let opened = context::open_existing(config).await?;
    let ctx = &opened.ctx;
    match command {
        TokenCommand::Create { login, scopes, name, json } => {
            let owner = person(&mut *ctx.store.read().await?, &login).await?;
            let scopes = read_scopes(&scopes)?;
            let made =
                tokens::create_user_token(ctx, owner.id, name.as_deref(), scopes).await.map_err(told)?;
            let text = made.token.unwrap_or_default();
            output::answer(json, &json!({"id": made.id, "token": text, "scopes": made.scopes}), || {
                text.clone()
            })
        }
        TokenCommand::List { login, json } => {
            let mut conn = ctx.store.read().await?;
            let owner = person(&mut conn, &login).await?;
            let found = token::of_user(&mut conn, owner.id).await?;
            let rows: Vec<Value> = found
                .iter()
                .map(|token| {
                    json!({
                        "id": token.id.to_string(), "name": token.name, "ends_in": token.token_last_characters,
                        "scopes": token.scopes.sorted(), "last_used_at": token.last_used_at,
                    })
                })
                .collect();
            output::answer(json, &rows.clone().into(), || table(&rows))
        }
    }
}

/// `all`, or scopes with commas between.
pub(super) fn read_scopes(text: &str) -> Result<ScopeSet> {
    if text == "all" {
        return Ok(ScopeSet::all());
    }
    let texts = text.split(',').map(str::trim).filter(|text| !text.is_empty());
    Ok(texts.map(str::parse).collect::<Result<ScopeSet, _>>()?)
}

/// A refusal in words.
#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
pub(super) fn told(error: Error) -> anyhow::Error {
    anyhow!(error.in_words())
}

async fn person(conn: &mut Conn, login: &str) -> Result<User> {
    user::by_login(conn, login).await?.with_context(|| format!("there is nobody called {login:?}"))
}

fn password(from_stdin: bool) -> Result<String> {
    if !from_stdin {
        return Ok(SystemIds.letters(PASSWORD_LETTERS));
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).context("standard input")?;
    let text = text.trim_end_matches(['\r', '\n']).to_owned();
    accounts::check_password(&SecretString::from(text.as_str())).map_err(told)?;
    Ok(text)
}
