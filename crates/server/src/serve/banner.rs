//! The first lines: where the server is, what is open, what to do next. They are for people and go to standard error,
//! where JSON logs were asked for as log lines.

use std::net::SocketAddr;

use mortise_service::Ctx;

use crate::{
    config::{Config, LogFormat, Role},
    context::VERSION,
    output,
};

/// Prints it.
pub(crate) fn print(config: &Config, ctx: &Ctx, listening: SocketAddr) {
    let lines = lines(config, ctx, listening);
    match config.log.format {
        LogFormat::Text => output::say(&format!("\n  {}\n", lines.join("\n  "))),
        LogFormat::Json => lines.iter().for_each(|line| tracing::info!("{line}")),
    }
}

fn lines(config: &Config, ctx: &Ctx, listening: SocketAddr) -> Vec<String> {
    let url = ctx.settings.public_url.as_str();
    let database = if config.is_sqlite() { "embedded SQLite" } else { "PostgreSQL" };
    let mut lines = vec![format!("Mortise {VERSION} listens on {listening}, with {database}")];
    lines.push(match config.role {
        Role::All => format!("Open {url} to sign in"),
        Role::Web => format!("Open {url} to sign in; webhooks are sent by other nodes (role web)"),
        Role::Worker => "Works only: health and metrics are all that it answers (role worker)".to_owned(),
    });
    if config.is_local() {
        let open =
            "Only this machine can reach it, so webhooks may call this machine too (loopback addresses)";
        lines.push(open.to_owned());
    } else if !config.has_public_url() {
        lines.push(
            "public_url is not set: links and DSNs start with the address above; see `mortise check`"
                .to_owned(),
        );
    }
    if !config.mail.is_on() {
        lines.push("Mails are not sent: mail.smtp_url is not set".to_owned());
    }
    if !config.egress.allow.is_empty() {
        let networks: Vec<_> = config.egress.allow.iter().map(ToString::to_string).collect();
        lines.push(format!("Webhooks may call {} besides public addresses", networks.join(", ")));
    }
    lines
}
