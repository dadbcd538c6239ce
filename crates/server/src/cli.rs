//! The command line. Commands are declared here; each is carried out by a function of [`crate::command`] or
//! [`crate::serve`]. Every option of the configuration is a flag of every command.

use anyhow::Result;
use clap::{Arg, CommandFactory, FromArgMatches, Parser, Subcommand, ValueHint};

use crate::{
    command,
    config::{
        self, Loaded,
        options::{Kind, OPTIONS},
    },
    serve, telemetry,
};

/// An integration platform for error tracking, in one binary.
///
/// Without a command it serves. The first start creates an owner, an organization and a project, and prints how to
/// sign in.
#[derive(Parser)]
#[command(name = "mortise", version, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Starts the server (the default)
    Serve,
    /// Makes a declared world (users, organizations, projects, apps, ...) and prints what it made as JSON
    Seed(command::seed::Args),
    /// People
    #[command(subcommand)]
    User(command::people::UserCommand),
    /// Organizations
    #[command(subcommand)]
    Org(command::people::OrgCommand),
    /// API tokens of people
    #[command(subcommand)]
    Token(command::people::TokenCommand),
    /// Sentry Apps
    #[command(subcommand)]
    App(command::app::Command),
    /// Says what is wrong with configuration, database and keys, and what to do about it
    Check(command::check::Args),
    /// Prints every option with its value, where it came from, and what it means
    Config(command::config::Args),
    /// Writes one file with everything that is in the embedded database; works while the server runs
    Backup(command::backup::BackupArgs),
    /// Brings back what a backup holds; the server must not run
    Restore(command::backup::RestoreArgs),
    /// Keys that seal secrets in the database
    #[command(subcommand)]
    Keys(command::keys::Command),
    /// Mails
    #[command(subcommand)]
    Mail(command::mail::Command),
    /// Prints the OpenAPI document of the HTTP API
    Openapi,
    /// Prints this help as one document
    #[command(hide = true)]
    HelpMarkdown,
}

/// Reads the command line and does what it says.
pub(crate) fn run() -> Result<()> {
    let matches = definition().get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let command = cli.command.unwrap_or(Command::Serve);
    match &command {
        Command::Config(args) if args.markdown => return crate::output::print(&config::print::markdown()),
        Command::HelpMarkdown => return command::help::print(definition()),
        _ => {}
    }
    let loaded = config::load(&matches)?;
    let is_server = matches!(command, Command::Serve);
    telemetry::start_logging(&loaded.config.log, is_server)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(Box::pin(carry_out(command, loaded)))
}

async fn carry_out(command: Command, loaded: Loaded) -> Result<()> {
    let config = &loaded.config;
    match command {
        Command::Serve => serve::run(config).await,
        Command::Seed(args) => command::seed::run(config, &args).await,
        Command::User(user) => command::people::run_user(config, user).await,
        Command::Org(org) => command::people::run_org(config, org).await,
        Command::Token(token) => command::people::run_token(config, token).await,
        Command::App(app) => command::app::run(config, app).await,
        Command::Check(args) => command::check::run(&loaded, &args).await,
        Command::Config(args) => command::config::run(&loaded, &args),
        Command::Backup(args) => command::backup::backup(config, &args).await,
        Command::Restore(args) => command::backup::restore(config, &args).await,
        Command::Keys(keys) => command::keys::run(config, &keys).await,
        Command::Mail(mail) => command::mail::run(config, &mail),
        Command::Openapi => command::openapi::run(config).await,
        Command::HelpMarkdown => Ok(()),
    }
}

/// The commands with the options of the configuration as flags.
fn definition() -> clap::Command {
    let mut cli = Cli::command().arg(
        Arg::new(config::FILE_FLAG)
            .long(config::FILE_FLAG)
            .value_name("FILE")
            .global(true)
            .value_hint(ValueHint::FilePath)
            .help("The configuration file (TOML)")
            .help_heading(HEADING),
    );
    for spec in OPTIONS.iter().filter(|spec| spec.is_flag()) {
        let mut help = spec.meaning.to_owned();
        if let Some(default) = spec.default.filter(|default| !default.is_empty()) {
            help = format!("{help} [default: {default}]");
        }
        let arg = Arg::new(spec.key).long(spec.flag()).value_name(value_name(spec.kind)).global(true);
        cli = cli.arg(arg.help(help).help_heading(HEADING).hide_short_help(!COMMON.contains(&spec.key)));
    }
    cli
}

const HEADING: &str = "Configuration";
/// Options that `-h` shows; `--help` shows all.
const COMMON: &[&str] = &["listen", "public_url", "data_dir", "database_url"];

fn value_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Address => "IP:PORT",
        Kind::Path => "PATH",
        Kind::Url => "URL",
        Kind::Number => "NUMBER",
        Kind::Switch => "true|false",
        Kind::Networks => "NETWORKS",
        Kind::Choice(_) => "WORD",
        Kind::Text | Kind::Secret => "TEXT",
    }
}
