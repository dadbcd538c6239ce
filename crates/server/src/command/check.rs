//! `mortise check`: what is wrong, and what to do about it. It changes nothing: a database is neither created nor
//! brought up to date.

use anyhow::Result;
use mortise_service::sealed;
use mortise_store::{Open, Store};
use serde_json::{Value, json};

use crate::{
    config::{Config, Loaded},
    context, keys,
    output::{self, Exit},
};

/// Flags.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Ok,
    Warning,
    Error,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Level::Ok => "ok",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

struct Finding {
    level: Level,
    about: &'static str,
    text: String,
    remedy: String,
}

impl Finding {
    fn ok(about: &'static str, text: impl Into<String>) -> Self {
        Self { level: Level::Ok, about, text: text.into(), remedy: String::new() }
    }

    fn warning(about: &'static str, text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { level: Level::Warning, about, text: text.into(), remedy: remedy.into() }
    }

    fn error(about: &'static str, text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { level: Level::Error, about, text: text.into(), remedy: remedy.into() }
    }
}

/// Prints the findings; fails when one is an error.
pub(crate) async fn run(loaded: &Loaded, args: &Args) -> Result<()> {
    let config = &loaded.config;
    let mut findings = variables(loaded);
    findings.push(public_url(config)?);
    findings.extend(egress(config));
    findings.push(mail(config));
    let keys = key_file(config);
    let has_keys = keys.level != Level::Error;
    findings.push(keys);
    let database = database(config).await;
    findings.push(database.finding);
    if database.is_current && has_keys {
        findings.push(sealed_values(config).await?);
    }
    output::answer(args.json, &findings.iter().map(as_json).collect(), || {
        findings.iter().map(as_text).collect::<Vec<_>>().join("\n")
    })?;
    match findings.iter().filter(|finding| finding.level == Level::Error).count() {
        0 => Ok(()),
        1 => Err(Exit { code: 1, text: "1 error was found".to_owned() }.into()),
        count => Err(Exit { code: 1, text: format!("{count} errors were found") }.into()),
    }
}

fn as_json(finding: &Finding) -> Value {
    json!({
        "level": finding.level.word(),
        "about": finding.about,
        "text": finding.text,
        "remedy": Some(&finding.remedy).filter(|text| !text.is_empty()),
    })
}

fn as_text(finding: &Finding) -> String {
    let first = format!("{:<8}{}: {}", finding.level.word(), finding.about, finding.text);
    if finding.remedy.is_empty() { first } else { format!("{first}\n        {}", finding.remedy) }
}

fn variables(loaded: &Loaded) -> Vec<Finding> {
    let unknown = |name: &String| {
        Finding::warning(
            "environment",
            format!("{name} is no option"),
            "`mortise config` lists the variables.",
        )
    };
    let findings: Vec<_> = loaded.unknown_variables.iter().map(unknown).collect();
    if findings.is_empty() {
        vec![Finding::ok("configuration", "every option is understood")]
    } else {
        findings
    }
}

fn public_url(config: &Config) -> Result<Finding> {
    let about = "public_url";
    let url = config.public_url(config.listen)?;
    if !config.is_local() && !config.has_public_url() {
        let text = format!("not set, so links start with {}", url.as_str());
        return Ok(Finding::error(
            about,
            text,
            "Set it to the address that people type: links and DSNs start with it.",
        ));
    }
    if config.has_public_url() && !url.is_https() && !config.is_local() {
        let text = format!("{} is not encrypted", url.as_str());
        return Ok(Finding::warning(about, text, "Put a reverse proxy with TLS in front, and use https://."));
    }
    Ok(Finding::ok(about, url.as_str()))
}

fn egress(config: &Config) -> Option<Finding> {
    config.egress.allow.iter().any(|network| network.prefix_len() == 0).then(|| {
        Finding::warning(
            "egress.allow",
            "webhooks may call every address, the machine itself and its network included",
            "Name only the networks that receivers are in.",
        )
    })
}

fn mail(config: &Config) -> Finding {
    let about = "mail";
    match config.mail.route() {
        Ok(None) => Finding::ok(about, "not sent: mail.smtp_url is not set"),
        Ok(Some(_)) => Finding::ok(about, "sent through mail.smtp_url"),
        Err(error) => Finding::error(about, format!("{error:#}"), "Mend it, or set no mail.smtp_url."),
    }
}

fn key_file(config: &Config) -> Finding {
    let about = "sealing keys";
    let file = keys::file(config);
    match keys::load(config) {
        Err(error) => Finding::error(about, format!("{error:#}"), "Put the right keys back, from a backup."),
        Ok(None) => Finding::ok(about, "none yet; the first start makes them"),
        Ok(Some(_)) if config.sealing_keys.is_some() => Finding::ok(about, "from MORTISE_SEALING_KEYS"),
        Ok(Some(_)) => match keys::is_exposed(&file) {
            Ok(false) => Finding::ok(about, file.display().to_string()),
            Ok(true) => {
                let text = format!("others than the owner may read {}", file.display());
                Finding::error(about, text, format!("Run: chmod 600 {}", file.display()))
            }
            Err(error) => Finding::error(about, format!("{error:#}"), "Make the data folder readable."),
        },
    }
}

/// What is said of the database, and whether more can be asked of it without changing it.
struct Database {
    finding: Finding,
    is_current: bool,
}

async fn database(config: &Config) -> Database {
    let about = "database";
    let unfit = |finding| Database { finding, is_current: false };
    if let Some(file) = config.sqlite_file().filter(|file| !file.exists()) {
        let text = format!("{} is not there yet; the first start makes it", file.display());
        return unfit(Finding::ok(about, text));
    }
    let newest = Store::newest_schema();
    match Store::schema_of(&Open::url(config.database_url())).await {
        Ok(Some(version)) if version == newest => Database {
            finding: Finding::ok(about, format!("schema {version}, the newest")),
            is_current: true,
        },
        Ok(Some(version)) if version > newest => unfit(Finding::error(
            about,
            format!("schema {version} is newer than this program, which knows {newest}"),
            "Use the newer program, or bring back a backup that was made before the upgrade.",
        )),
        Ok(None) => unfit(Finding::ok(about, "empty; the first start fills it")),
        Ok(Some(version)) => unfit(Finding::warning(
            about,
            format!("schema {version}, this program brings it to {newest}"),
            "The next start does that. Take a backup before.",
        )),
        Err(error) => {
            let remedy = "Check database_url, and that the database runs and lets us in.";
            unfit(Finding::error(about, error.to_string(), remedy))
        }
    }
}

async fn sealed_values(config: &Config) -> Result<Finding> {
    let about = "sealed values";
    let opened = context::open(config, config.listen).await?;
    let report = sealed::inspect(&opened.ctx).await?;
    Ok(match (report.unreadable, report.outdated) {
        (0, 0) => Finding::ok(about, format!("{} open", report.values)),
        (0, outdated) => {
            let text = format!("{outdated} of {} lie under an older key", report.values);
            Finding::warning(about, text, "Run: mortise keys reseal")
        }
        (unreadable, _) => {
            let text = format!("{unreadable} of {} do not open with these keys", report.values);
            Finding::error(
                about,
                text,
                "Put the keys back that were in use, from a backup; they can be side by side.",
            )
        }
    })
}
