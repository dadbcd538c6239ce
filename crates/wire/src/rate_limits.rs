//! Telling SDKs to pause: the header `X-Sentry-Rate-Limits` and the categories of data it names.

use std::fmt;

/// The header's name.
pub const RATE_LIMITS_HEADER: &str = "x-sentry-rate-limits";
/// The header that carries the text of an error.
pub const ERROR_HEADER: &str = "x-sentry-error";

macro_rules! categories {
    ($($variant:ident = $text:literal),* $(,)?) => {
        /// What kind of data something is, for limits and counters.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Category { $(#[doc = $text] $variant),* }

        impl Category {
            /// Every category.
            pub const ALL: &'static [Category] = &[$(Category::$variant),*];

            /// The text clients see.
            pub const fn as_str(self) -> &'static str {
                match self { $(Category::$variant => $text),* }
            }
        }
    };
}

categories! {
    Default = "default", Error = "error", Transaction = "transaction", Security = "security",
    Attachment = "attachment", Session = "session", Profile = "profile", Replay = "replay", Monitor = "monitor",
    Span = "span", Feedback = "feedback", MetricBucket = "metric_bucket", LogItem = "log_item",
    Internal = "internal", Unknown = "unknown",
}

impl Category {
    /// The category of an envelope item, an event counting as an error.
    pub fn of_item(kind: &str) -> Self {
        match kind {
            "event" => Self::Error,
            "transaction" => Self::Transaction,
            "security" | "raw_security" | "nel" => Self::Security,
            "attachment" | "form_data" | "unreal_report" => Self::Attachment,
            "session" | "sessions" => Self::Session,
            "profile" | "profile_chunk" => Self::Profile,
            "replay_event" | "replay_recording" | "replay_video" => Self::Replay,
            "check_in" => Self::Monitor,
            "span" | "otel_span" => Self::Span,
            "feedback" | "user_report" => Self::Feedback,
            "statsd" | "metric_meta" | "trace_metric" => Self::MetricBucket,
            "log" | "otel_log" => Self::LogItem,
            "client_report" => Self::Internal,
            _ => Self::Unknown,
        }
    }

    /// Whether the limits of a key count it: errors, messages and security reports.
    pub fn is_error_class(self) -> bool {
        matches!(self, Self::Default | Self::Error | Self::Security)
    }
}

impl std::str::FromStr for Category {
    type Err = UnknownCategory;

    fn from_str(text: &str) -> Result<Self, UnknownCategory> {
        match text {
            "user_report_v2" => Ok(Self::Feedback),
            _ => Self::ALL.iter().copied().find(|category| category.as_str() == text).ok_or(UnknownCategory),
        }
    }
}

/// A text that names no category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown data category")]
pub struct UnknownCategory;

/// Whose limit it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitScope {
    /// The organization's.
    Organization,
    /// The project's.
    Project,
    /// The key's.
    Key,
}

impl LimitScope {
    /// Name of the scope, and the reason that goes with it.
    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Organization => ("organization", "org_quota"),
            Self::Project => ("project", "project_quota"),
            Self::Key => ("key", "key_quota"),
        }
    }
}

/// A limit that is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimit {
    /// Seconds until it is over.
    pub retry_after_s: u64,
    /// What it concerns; empty is everything.
    pub categories: Vec<Category>,
    /// Whose it is.
    pub scope: LimitScope,
}

impl RateLimit {
    /// The limit of a key, which concerns errors, messages and security reports.
    pub fn of_key(retry_after_s: u64) -> Self {
        let categories = vec![Category::Error, Category::Default, Category::Security];
        Self { retry_after_s, categories, scope: LimitScope::Key }
    }
}

impl fmt::Display for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let categories: Vec<_> = self.categories.iter().map(|category| category.as_str()).collect();
        let (scope, reason) = self.scope.texts();
        write!(f, "{}:{}:{scope}:{reason}", self.retry_after_s, categories.join(";"))
    }
}

/// The value of the header; `None` without limits.
pub fn header_value(limits: &[RateLimit]) -> Option<String> {
    let texts: Vec<_> = limits.iter().map(ToString::to_string).collect();
    (!texts.is_empty()).then(|| texts.join(", "))
}

/// The value of `Retry-After`: the longest pause, in seconds.
pub fn retry_after_s(limits: &[RateLimit]) -> Option<u64> {
    limits.iter().map(|limit| limit.retry_after_s).max()
}
