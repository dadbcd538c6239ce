//! Options: flags stand over environment variables, which stand over the configuration file, which stands over defaults.
//! [`options`] lists them; [`Config`] is what the rest of the program reads; where each value came from is kept, for
//! messages and for `mortise config`.

mod de;
mod load;
pub(crate) mod options;
pub(crate) mod print;

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Context as _;
use ipnet::IpNet;
use mortise_crypto::SecretString;
use mortise_domain::PublicUrl;
use mortise_egress::Mailer;
use mortise_service::{AppKey, GitHubApp, TeamsApp, delivery::MailRoute};
use serde::Deserialize;

pub(crate) use load::{FILE_FLAG, Loaded, load};

/// The validated options.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Where to listen.
    #[serde(deserialize_with = "de::address")]
    pub(crate) listen: SocketAddr,
    #[serde(default, deserialize_with = "de::url")]
    public_url: Option<PublicUrl>,
    #[serde(default, deserialize_with = "de::url")]
    ingest_url: Option<PublicUrl>,
    /// Where people are sent for help with an integration.
    #[serde(default, deserialize_with = "de::url")]
    pub(crate) support_url: Option<PublicUrl>,
    /// The folder of the embedded database and the keys.
    pub(crate) data_dir: PathBuf,
    database_url: Option<String>,
    /// Limits of the database.
    pub(crate) database: Database,
    /// What this node does.
    pub(crate) role: Role,
    /// The keyring's text, when it does not come from a file.
    pub(crate) sealing_keys: Option<String>,
    /// What may be called.
    pub(crate) egress: Networks,
    /// Who may say where a request comes from.
    #[serde(deserialize_with = "de::networks")]
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// Who may read metrics.
    pub(crate) metrics: Networks,
    /// The HTTP API.
    pub(crate) api: Api,
    /// Outgoing webhooks.
    pub(crate) webhook: Webhook,
    /// Error events.
    pub(crate) event: Event,
    /// Apps that are called while somebody waits.
    pub(crate) apps: Apps,
    /// First-party integrations.
    pub(crate) integrations: Integrations,
    /// The app of GitHub.
    #[serde(default)]
    pub(crate) github: GitHub,
    /// The bot of Microsoft Teams.
    #[serde(default)]
    pub(crate) msteams: MsTeams,
    /// Mails.
    #[serde(default)]
    pub(crate) mail: Mail,
    /// The internal RPC.
    #[serde(default)]
    pub(crate) rpc: Rpc,
    /// Whether pictures may come from gravatar.com.
    pub(crate) gravatar: bool,
    /// Log lines.
    pub(crate) log: Log,
}

/// `database.*`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Database {
    /// Connections at most.
    pub(crate) connections_max: u32,
}

/// `egress.*`, `metrics.*`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Networks {
    /// Networks that are let through.
    #[serde(deserialize_with = "de::networks")]
    pub(crate) allow: Vec<IpNet>,
}

/// `api.*`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Api {
    /// Requests of one caller to one endpoint; 0 sets no limit.
    pub(crate) requests_per_s: u32,
}

/// `webhook.*`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Webhook {
    /// Time for a receiver, milliseconds.
    pub(crate) timeout_ms: u64,
}

/// `event.*`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Event {
    /// How long events are kept, days.
    pub(crate) retention_days: u32,
}

/// `apps.*`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Apps {
    /// Whether the status of an app that fails is passed on.
    pub(crate) relay_status: bool,
}

/// `integrations.*`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Integrations {
    /// Whether the example is there.
    pub(crate) example: bool,
    /// Whether those that are broken are disabled.
    pub(crate) disable_broken: bool,
}

/// `github.*`
#[derive(Default, Deserialize)]
#[serde(try_from = "GitHubKeys")]
pub(crate) struct GitHub(pub(crate) Option<GitHubApp>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GitHubKeys {
    #[serde(default, deserialize_with = "de::text_or_number")]
    app_id: Option<String>,
    private_key: Option<String>,
}

impl TryFrom<GitHubKeys> for GitHub {
    type Error = String;

    fn try_from(keys: GitHubKeys) -> Result<Self, Self::Error> {
        match (set(keys.app_id), set(keys.private_key)) {
            (Some(id), Some(pem)) => {
                let key = AppKey::from_pem(&pem.into()).map_err(|error| format!("private_key: {error}"))?;
                Ok(Self(Some(GitHubApp { id, key })))
            }
            (None, None) => Ok(Self(None)),
            _ => Err("app_id and private_key are needed together".to_owned()),
        }
    }
}

/// `msteams.*`
#[derive(Default, Deserialize)]
#[serde(try_from = "MsTeamsKeys")]
pub(crate) struct MsTeams(pub(crate) Option<TeamsApp>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MsTeamsKeys {
    client_id: Option<String>,
    client_secret: Option<String>,
}

impl TryFrom<MsTeamsKeys> for MsTeams {
    type Error = &'static str;

    fn try_from(keys: MsTeamsKeys) -> Result<Self, Self::Error> {
        match (set(keys.client_id), set(keys.client_secret)) {
            (Some(client_id), Some(secret)) => {
                Ok(Self(Some(TeamsApp { client_id, client_secret: secret.into() })))
            }
            (None, None) => Ok(Self(None)),
            _ => Err("client_id and client_secret are needed together"),
        }
    }
}

/// What an option holds; one that is empty is not set.
fn set(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// `mail.*`
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mail {
    /// The server.
    smtp_url: Option<String>,
    /// Whom mails are from.
    from: Option<String>,
    /// Who decides about publishing apps.
    partners_to: Option<String>,
}

impl Mail {
    /// Whether mails are sent.
    pub(crate) fn is_on(&self) -> bool {
        self.smtp_url.as_ref().is_some_and(|url| !url.is_empty())
    }

    /// How mails go out; `None` when they do not.
    pub(crate) fn route(&self) -> anyhow::Result<Option<MailRoute>> {
        let Some(url) = set(self.smtp_url.clone()) else { return Ok(None) };
        let from = set(self.from.clone()).context("mail.from is not set")?;
        let mailer = Mailer::new(&url, &from).context("mail.smtp_url or mail.from")?;
        Ok(Some(MailRoute { mailer, partners_to: set(self.partners_to.clone()) }))
    }
}

/// `rpc.*`
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rpc {
    /// Any of them verifies a call; none switches the RPC off.
    #[serde(default, deserialize_with = "de::secrets")]
    pub(crate) shared_secrets: Vec<SecretString>,
}

/// `log.*`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Log {
    /// Text or JSON.
    pub(crate) format: LogFormat,
    /// The filter.
    pub(crate) level: String,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// What a node does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    /// Everything.
    All,
    /// Answers requests.
    Web,
    /// Works off what happened.
    Worker,
}

impl Role {
    /// Whether the node answers the API and pages.
    pub(crate) fn answers(self) -> bool {
        self != Role::Worker
    }

    /// Whether the node runs deliveries and periodic jobs.
    pub(crate) fn works(self) -> bool {
        self != Role::Web
    }
}

impl Config {
    /// Where the database is.
    pub(crate) fn database_url(&self) -> String {
        let file = || format!("sqlite:{}", self.data_dir.join("mortise.db").display());
        self.database_url.clone().unwrap_or_else(file)
    }

    /// Whether the database is the embedded one.
    pub(crate) fn is_sqlite(&self) -> bool {
        self.database_url().starts_with("sqlite:")
    }

    /// The file of the embedded database.
    pub(crate) fn sqlite_file(&self) -> Option<PathBuf> {
        let url = self.database_url();
        let path = url.strip_prefix("sqlite:")?;
        Some(PathBuf::from(path.strip_prefix("//").unwrap_or(path)))
    }

    /// The address that links start with. `listening` is where the server really listens.
    pub(crate) fn public_url(&self, listening: SocketAddr) -> anyhow::Result<PublicUrl> {
        match &self.public_url {
            Some(url) => Ok(url.clone()),
            None => Ok(format!("http://{listening}").parse()?),
        }
    }

    /// The address that DSNs are made from.
    pub(crate) fn ingest_url(&self, listening: SocketAddr) -> anyhow::Result<PublicUrl> {
        match &self.ingest_url {
            Some(url) => Ok(url.clone()),
            None => self.public_url(listening),
        }
    }

    /// Whether links lead where other machines can follow, as far as can be told.
    pub(crate) fn has_public_url(&self) -> bool {
        self.public_url.is_some()
    }

    /// Whether only this machine can reach the server, so that it may call back to this machine.
    pub(crate) fn is_local(&self) -> bool {
        self.listen.ip().is_loopback()
    }
}
