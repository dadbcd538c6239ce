//! What nodes ask for: parameters, and the words that they take with what people read.

use super::{Form, Param};

pub(super) const fn required(name: &'static str, form: Form) -> Param {
    Param { name, form, is_required: true, is_listed: true }
}

pub(super) const fn optional(name: &'static str, form: Form) -> Param {
    Param { name, form, is_required: false, is_listed: true }
}

pub(super) const fn unlisted(name: &'static str, form: Form) -> Param {
    Param { name, form, is_required: false, is_listed: false }
}

const INTERVALS: &[(&str, &str)] = &[
    ("1m", "one minute"),
    ("5m", "5 minutes"),
    ("15m", "15 minutes"),
    ("1h", "one hour"),
    ("1d", "one day"),
    ("1w", "one week"),
    ("30d", "30 days"),
];
pub(super) const COMPARISON_INTERVALS: &[(&str, &str)] = &[
    ("5m", "5 minutes"),
    ("15m", "15 minutes"),
    ("1h", "one hour"),
    ("1d", "one day"),
    ("1w", "one week"),
    ("30d", "30 days"),
];
pub(super) const SESSION_INTERVALS: &[(&str, &str)] =
    &[("5m", "5 minutes"), ("10m", "10 minutes"), ("30m", "30 minutes"), ("1h", "1 hour")];
pub(super) const COMPARISONS: &[(&str, &str)] = &[("count", "count"), ("percent", "percent")];
pub(super) const MATCHES: &[(&str, &str)] = &[
    ("co", "contains"),
    ("ew", "ends with"),
    ("eq", "equals"),
    ("is", "is set"),
    ("nc", "does not contain"),
    ("new", "does not end with"),
    ("ne", "does not equal"),
    ("ns", "is not set"),
    ("nsw", "does not start with"),
    ("sw", "starts with"),
];
pub(super) const LEVELS: &[(&str, &str)] =
    &[("50", "fatal"), ("40", "error"), ("30", "warning"), ("20", "info"), ("10", "debug"), ("0", "sample")];
pub(super) const LEVEL_MATCHES: &[(&str, &str)] =
    &[("eq", "equal to"), ("gte", "greater than or equal to"), ("lte", "less than or equal to")];
pub(super) const CATEGORIES: &[(&str, &str)] = &[
    ("1", "Error"),
    ("2", "Performance"),
    ("3", "Profile"),
    ("4", "Cron"),
    ("5", "Replay"),
    ("6", "Feedback"),
];
pub(super) const AGES: &[(&str, &str)] = &[("older", "older"), ("newer", "newer")];
pub(super) const AGE_UNITS: &[(&str, &str)] =
    &[("minute", "minute(s)"), ("hour", "hour(s)"), ("day", "day(s)"), ("week", "week(s)")];
pub(super) const RELEASE_ENDS: &[(&str, &str)] = &[("oldest", "oldest"), ("newest", "newest")];
pub(super) const ASSIGNEES: &[(&str, &str)] =
    &[("Unassigned", "No One"), ("Team", "Team"), ("Member", "Member")];
/// Whom an alert can be mailed to.
pub const MAIL_TARGETS: &[(&str, &str)] =
    &[("IssueOwners", "Suggested Assignees"), ("Team", "Team"), ("Member", "Member")];
/// Who is mailed when that is nobody.
pub const FALLTHROUGHS: &[(&str, &str)] = &[
    ("ActiveMembers", "Recently Active Members"),
    ("AllMembers", "All Project Members"),
    ("NoOne", "No One"),
];

/// The attributes of events that are offered. Besides them there are `extra.<path>`, `user.<custom>` and
/// `device.screen_<..>`.
pub const ATTRIBUTES: &[&str] = &[
    "message",
    "platform",
    "environment",
    "type",
    "error.handled",
    "error.unhandled",
    "error.main_thread",
    "exception.type",
    "exception.value",
    "user.id",
    "user.email",
    "user.username",
    "user.ip_address",
    "http.method",
    "http.url",
    "http.status_code",
    "sdk.name",
    "stacktrace.code",
    "stacktrace.module",
    "stacktrace.filename",
    "stacktrace.abs_path",
    "stacktrace.package",
    "unreal.crashtype",
    "app.in_foreground",
    "os.distribution.name",
    "os.distribution.version",
];

pub(super) const FREQUENCY: &[Param] = &[
    required("value", Form::Int(100)),
    required("interval", Form::Choice(INTERVALS)),
    unlisted("comparisonType", Form::Choice(COMPARISONS)),
    unlisted("comparisonInterval", Form::Choice(COMPARISON_INTERVALS)),
];
pub(super) const SESSION_FREQUENCY: &[Param] = &[
    required("value", Form::Number(100)),
    required("interval", Form::Choice(SESSION_INTERVALS)),
    unlisted("comparisonType", Form::Choice(COMPARISONS)),
    unlisted("comparisonInterval", Form::Choice(COMPARISON_INTERVALS)),
];
pub(super) const TAGGED: &[Param] = &[
    required("key", Form::Text("key")),
    required("match", Form::NamedChoice(MATCHES)),
    optional("value", Form::Text("value")),
];
pub(super) const ATTRIBUTE: &[Param] = &[
    required("attribute", Form::Attribute),
    required("match", Form::NamedChoice(MATCHES)),
    optional("value", Form::Text("value")),
];
pub(super) const LEVEL: &[Param] =
    &[required("level", Form::NamedChoice(LEVELS)), required("match", Form::NamedChoice(LEVEL_MATCHES))];
