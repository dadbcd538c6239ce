//! Client keys of a project, with the addresses SDKs send to.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::datetime::WireTime;

/// A client key (DSN).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProjectKey {
    /// The public key again.
    pub id: String,
    /// What people read.
    pub name: String,
    /// The same again.
    pub label: String,
    /// 32 hex digits.
    pub public: String,
    /// 32 hex digits; clients that still send it may.
    pub secret: String,
    /// A number here.
    pub project_id: i64,
    /// Events are taken.
    pub is_active: bool,
    /// How many errors are taken.
    pub rate_limit: Option<KeyRateLimit>,
    /// Where to send what.
    pub dsn: Dsn,
    /// The version of the browser SDK that the loader loads.
    pub browser_sdk_version: String,
    /// The versions to choose from.
    #[serde(rename = "browserSdk")]
    pub browser_sdk: BrowserSdk,
    /// When it was made.
    pub date_created: WireTime,
    /// What the loader switches on.
    pub dynamic_sdk_loader_options: LoaderOptions,
}

/// How many errors a key takes in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeyRateLimit {
    /// Seconds.
    pub window: i64,
    /// Errors.
    pub count: i64,
}

/// Versions of the browser SDK to choose from.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BrowserSdk {
    /// Pairs of value and text.
    pub choices: Vec<[String; 2]>,
}

/// What the loader switches on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct LoaderOptions {
    /// Replays.
    pub has_replay: bool,
    /// Tracing.
    pub has_performance: bool,
    /// Debug builds.
    pub has_debug: bool,
}

impl Default for LoaderOptions {
    fn default() -> Self {
        Self { has_replay: true, has_performance: true, has_debug: false }
    }
}

/// The addresses of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[expect(missing_docs, reason = "one address per kind of payload")]
pub struct Dsn {
    pub secret: String,
    pub public: String,
    pub csp: String,
    pub security: String,
    pub minidump: String,
    pub nel: String,
    pub unreal: String,
    pub crons: String,
    pub cdn: String,
}

impl Dsn {
    /// The addresses of a key at `base`: scheme, host, port and perhaps a path, without final slash.
    pub fn new(base: &str, project_id: i64, public: &str, secret: &str) -> Self {
        let (scheme, rest) = base.split_once("://").unwrap_or(("http", base));
        let api = |kind: &str| format!("{base}/api/{project_id}/{kind}");
        Self {
            secret: format!("{scheme}://{public}:{secret}@{rest}/{project_id}"),
            public: format!("{scheme}://{public}@{rest}/{project_id}"),
            csp: api(&format!("csp-report/?sentry_key={public}")),
            security: api(&format!("security/?sentry_key={public}")),
            minidump: api(&format!("minidump/?sentry_key={public}")),
            nel: api(&format!("nel/?sentry_key={public}")),
            unreal: api(&format!("unreal/{public}/")),
            crons: api(&format!("cron/___MONITOR_SLUG___/{public}/")),
            cdn: format!("{base}/js-sdk-loader/{public}.min.js"),
        }
    }
}

/// What varies between keys.
#[derive(Debug, Clone)]
pub struct KeyFacts<'a> {
    /// What people read.
    pub name: String,
    /// 32 hex digits.
    pub public: String,
    /// 32 hex digits.
    pub secret: String,
    /// The project.
    pub project_id: i64,
    /// Events are taken.
    pub is_active: bool,
    /// How many errors are taken.
    pub rate_limit: Option<KeyRateLimit>,
    /// The version of the browser SDK; null is [`BROWSER_SDK_DEFAULT`].
    pub browser_sdk_version: Option<String>,
    /// When it was made.
    pub date_created: WireTime,
    /// What the loader switches on.
    pub loader_options: LoaderOptions,
    /// Where events are sent: see [`Dsn::new`].
    pub ingest_base: &'a str,
}

/// The version of the browser SDK when none is chosen.
pub const BROWSER_SDK_DEFAULT: &str = "8.x";
/// The versions of the browser SDK to choose from.
pub const BROWSER_SDK_VERSIONS: &[&str] = &["latest", "8.x", "7.x", "6.x", "5.x", "4.x"];

impl From<KeyFacts<'_>> for ProjectKey {
    fn from(facts: KeyFacts<'_>) -> Self {
        let version = facts.browser_sdk_version.unwrap_or_else(|| BROWSER_SDK_DEFAULT.to_owned());
        Self {
            dsn: Dsn::new(facts.ingest_base, facts.project_id, &facts.public, &facts.secret),
            id: facts.public.clone(),
            label: facts.name.clone(),
            name: facts.name,
            public: facts.public,
            secret: facts.secret,
            project_id: facts.project_id,
            is_active: facts.is_active,
            rate_limit: facts.rate_limit,
            browser_sdk_version: version,
            browser_sdk: BrowserSdk {
                choices: BROWSER_SDK_VERSIONS
                    .iter()
                    .map(|text| [(*text).to_owned(), (*text).to_owned()])
                    .collect(),
            },
            date_created: facts.date_created,
            dynamic_sdk_loader_options: facts.loader_options,
        }
    }
}
