//! Every option there is, once: its key, kind, default and meaning. Flags, environment variables, the reference document
//! and `mortise config` are made from this list; [`super::Config`] gives the values types.

/// What values of an option look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `IP:PORT`.
    Address,
    /// A file or folder.
    Path,
    /// An absolute `http` or `https` address.
    Url,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Switch,
    /// Networks such as `10.0.0.0/8`, with commas between.
    Networks,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Any text.
    Text,
    /// Text that is never shown and is no flag, because other people on the machine see flags.
    Secret,
}

impl Kind {
    /// The kind in a word or two, for people.
    pub(crate) fn name(self) -> String {
        match self {
            Kind::Address => "address".to_owned(),
            Kind::Path => "path".to_owned(),
            Kind::Url => "URL".to_owned(),
            Kind::Number => "number".to_owned(),
            Kind::Switch => "true or false".to_owned(),
            Kind::Networks => "networks".to_owned(),
            Kind::Choice(words) => words.join(", "),
            Kind::Text => "text".to_owned(),
            Kind::Secret => "secret".to_owned(),
        }
    }
}

/// An option.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spec {
    /// The key in the configuration file; a dot leads into a table.
    pub(crate) key: &'static str,
    /// What values look like.
    pub(crate) kind: Kind,
    /// The default as it would be written; `None` when nothing, or something made from other options, stands in.
    pub(crate) default: Option<&'static str>,
    /// What it does, in a sentence or two.
    pub(crate) meaning: &'static str,
}

impl Spec {
    /// The name of the flag, without dashes in front.
    pub(crate) fn flag(&self) -> String {
        self.key.replace(['.', '_'], "-")
    }

    /// The name of the environment variable.
    pub(crate) fn variable(&self) -> String {
        format!("MORTISE_{}", self.key.replace('.', "_").to_ascii_uppercase())
    }

    /// Whether there is a flag.
    pub(crate) fn is_flag(&self) -> bool {
        self.kind != Kind::Secret
    }
}

const fn spec(key: &'static str, kind: Kind, default: Option<&'static str>, meaning: &'static str) -> Spec {
    Spec { key, kind, default, meaning }
}

/// All options, the ones that most people set first.
#[rustfmt::skip]
pub(crate) const OPTIONS: &[Spec] = &[
    spec("listen", Kind::Address, Some("127.0.0.1:8000"),
        "Where the server listens. Port 0 takes any free port."),
    spec("public_url", Kind::Url, None,
        "The address under which people and programs reach the server; every link starts with it. Default: `http://` and `listen`."),
    spec("ingest_url", Kind::Url, None,
        "The address that DSNs are made from. Default: `public_url`."),
    spec("support_url", Kind::Url, None,
        "Where people are sent for help with an integration. Default: `public_url`."),
    spec("data_dir", Kind::Path, Some("./mortise-data"),
        "The folder of the embedded database and the sealing keys. Created when missing."),
    spec("database_url", Kind::Text, None,
        "`sqlite:PATH`, or `postgres://...` when more than one node is wanted. Default: the file `mortise.db` in `data_dir`."),
    spec("database.connections_max", Kind::Number, Some("16"),
        "Connections to PostgreSQL at most, per node."),
    spec("role", Kind::Choice(&["all", "web", "worker"]), Some("all"),
        "What this node does: answer requests, work off what happened, or both. A worker answers health checks and metrics only."),
    spec("sealing_keys", Kind::Secret, None,
        "The keys that seal secrets in the database, `number:base64` with commas or line ends between. Default: the file `keys` in `data_dir`, made on the first start."),
    spec("egress.allow", Kind::Networks, Some(""),
        "Networks that webhooks and providers may be in besides public addresses. While the server listens on a loopback address only, loopback is open too."),
    spec("trusted_proxies", Kind::Networks, Some(""),
        "Reverse proxies in front of the server: from these the client's address is taken from `X-Forwarded-For`."),
    spec("metrics.allow", Kind::Networks, Some("127.0.0.0/8,::1/128,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7"),
        "Networks whose clients may read `/metrics`. Everybody else is told that it is not there."),
    spec("webhook.timeout_ms", Kind::Number, Some("10000"),
        "How long a receiver of a webhook may take to answer, milliseconds."),
    spec("event.retention_days", Kind::Number, Some("90"),
        "How long error events, deliveries and their attempts are kept, days."),
    spec("api.requests_per_s", Kind::Number, Some("0"),
        "How many API requests per second one caller may make to one endpoint; 0 sets no limit."),
    spec("apps.relay_status", Kind::Switch, Some("false"),
        "Whether an app that fails while somebody waits for it (choices, links to issues) is answered with its own status, or 502 when it says nothing. Otherwise with 400, as clients have always known it."),
    spec("integrations.example", Kind::Switch, Some("false"),
        "Whether the provider `example` is offered. It has no other side: it is for people who write clients and want to try what integrations can do."),
    spec("integrations.disable_broken", Kind::Switch, Some("false"),
        "Whether an integration that is broken is disabled and the owners of its organization get a mail: its account has lost its rights, or for seven days every call to the other side failed. Otherwise only the log says so."),
    spec("github.app_id", Kind::Text, None,
        "The id of your GitHub App, which gets tokens for integrations of GitHub. Needed with `github.private_key`."),
    spec("github.private_key", Kind::Secret, None,
        "The private key of that app in PEM form. Line ends may be written as `\\n`."),
    spec("msteams.client_id", Kind::Text, None,
        "The id of your bot of Microsoft Teams, which says what integrations of Teams say. Needed with `msteams.client_secret`."),
    spec("msteams.client_secret", Kind::Secret, None,
        "The client secret of that bot."),
    spec("mail.smtp_url", Kind::Secret, None,
        "The server that takes mails: `smtps://user:password@host`, or `smtp://host:25` without encryption, `smtp://host:587?tls=required` with STARTTLS. Without it no mails are sent."),
    spec("mail.from", Kind::Text, None,
        "Whom mails are from: `Mortise <mortise@example.com>`. Needed with `mail.smtp_url`."),
    spec("mail.partners_to", Kind::Text, None,
        "Who gets a mail when an app asks to be published. Default: nobody; superusers see the request in any case."),
    spec("rpc.shared_secrets", Kind::Secret, None,
        "What calls of the internal RPC are signed with, of 16 bytes at least: several with commas between while one takes the place of another, any of which is taken. Without one there is no such RPC; with one, whoever knows it may read and change everything that it names."),
    spec("gravatar", Kind::Switch, Some("true"),
        "Whether people's pictures may come from gravatar.com, which learns a hash of their e-mail address."),
    spec("log.format", Kind::Choice(&["text", "json"]), Some("text"),
        "How log lines look. They go to standard error and hold no secrets, bodies, e-mail or IP addresses."),
    spec("log.level", Kind::Text, Some("info"),
        "What is logged: `error`, `warn`, `info`, `debug`, `trace`, or filters such as `info,mortise_service=debug`."),
];

/// The option with this key.
pub(crate) fn by_key(key: &str) -> Option<&'static Spec> {
    OPTIONS.iter().find(|spec| spec.key == key)
}
