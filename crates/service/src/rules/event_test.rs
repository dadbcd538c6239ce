//! Tests that an event alone answers: its level, tags and attributes. They run before its transaction, with no lock held.

use mortise_wire::python;
use serde_json::Value;

use crate::pipeline::{
    Normalized,
    view::{Object, frames, values},
};

/// How a value is compared. Without regard to case; negative ones hold when no value violates them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Match {
    Contains,
    NotContains,
    StartsWith,
    NotStartsWith,
    EndsWith,
    NotEndsWith,
    Equal,
    NotEqual,
    IsSet,
    NotSet,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Match {
    pub(super) fn parse(code: &str) -> Option<Self> {
        Some(match code {
            "co" => Self::Contains,
            "nc" => Self::NotContains,
            "sw" => Self::StartsWith,
            "nsw" => Self::NotStartsWith,
            "ew" => Self::EndsWith,
            "new" => Self::NotEndsWith,
            "eq" => Self::Equal,
            "ne" => Self::NotEqual,
            "is" => Self::IsSet,
            "ns" => Self::NotSet,
            "gt" => Self::Greater,
            "gte" => Self::GreaterOrEqual,
            "lt" => Self::Less,
            "lte" => Self::LessOrEqual,
            _ => return None,
        })
    }

    /// Whether lowercase values fit a lowercase text.
    fn holds(self, values: &[String], wanted: &str) -> bool {
        match self {
            Self::IsSet => return !values.is_empty(),
            Self::NotSet => return values.is_empty(),
            _ if wanted.is_empty() => return false,
            _ => {}
        }
        let any = |test: &dyn Fn(&str) -> bool| values.iter().any(|value| test(value));
        match self {
            Self::Contains => any(&|value| value.contains(wanted)),
            Self::NotContains => !any(&|value| value.contains(wanted)),
            Self::StartsWith => any(&|value| value.starts_with(wanted)),
            Self::NotStartsWith => !any(&|value| value.starts_with(wanted)),
            Self::EndsWith => any(&|value| value.ends_with(wanted)),
            Self::NotEndsWith => !any(&|value| value.ends_with(wanted)),
            Self::Equal => any(&|value| value == wanted),
            Self::NotEqual => !any(&|value| value == wanted),
            Self::Greater | Self::GreaterOrEqual | Self::Less | Self::LessOrEqual => {
                let number = |text: &str| text.trim().parse::<f64>().ok();
                let Some(wanted) = number(wanted) else { return false };
                any(&|value| number(value).is_some_and(|value| self.compares(value, wanted)))
            }
            Self::IsSet | Self::NotSet => false,
        }
    }

    fn compares(self, value: f64, wanted: f64) -> bool {
        match self {
            Self::Greater => value > wanted,
            Self::GreaterOrEqual => value >= wanted,
            Self::Less => value < wanted,
            Self::LessOrEqual => value <= wanted,
            _ => false,
        }
    }
}

/// What is asked of an event. Texts are lowercase.
#[derive(Debug)]
pub(super) enum EventTest {
    Level {
        level: i64,
        of: Match,
    },
    Tag {
        key: String,
        of: Match,
        value: String,
    },
    Attribute {
        name: String,
        of: Match,
        value: String,
    },
    /// The category of its issue; all are errors here.
    Category(i64),
}

/// The category of errors.
const CATEGORY_ERROR: i64 = 1;

impl EventTest {
    /// A tag's key as it is compared.
    pub(super) fn tag_key(key: &str) -> String {
        let key = key.to_lowercase();
        key.strip_prefix("sentry:").map(str::to_owned).unwrap_or(key)
    }

    pub(super) fn holds(&self, event: &Normalized) -> bool {
        match self {
            Self::Level { level, of } => {
                let own = event.level.number();
                match of {
                    Match::Equal => own == *level,
                    Match::GreaterOrEqual => own >= *level,
                    Match::LessOrEqual => own <= *level,
                    _ => false,
                }
            }
            Self::Tag { key, of, value } => {
                let own = event.tags.iter().filter(|(tag, _)| Self::tag_key(tag) == *key);
                of.holds(&own.map(|(_, value)| value.to_lowercase()).collect::<Vec<_>>(), value)
            }
            Self::Attribute { name, of, value } => of.holds(&attribute(event, name), value),
            Self::Category(category) => *category == CATEGORY_ERROR,
        }
    }
}

/// The values of an attribute, lowercase.
fn attribute(event: &Normalized, name: &str) -> Vec<String> {
    let Some(data) = event.data.as_object() else { return Vec::new() };
    let own = |text: &str| vec![text.to_lowercase()];
    let mut path: Vec<&str> = name.split('.').collect();
    let head = path.remove(0);
    match (head, path.as_slice()) {
        ("message", []) => {
            let searched = [event.message.as_str(), &event.title, &event.culprit].join(" ");
            vec![event.message.to_lowercase(), searched.to_lowercase()]
        }
        ("platform", []) => own(event.platform),
        ("environment", []) => event.environment.as_deref().map(own).unwrap_or_default(),
        ("type", []) => own(event.event_type),
        ("extra", [_, ..]) => texts(at(data.get("extra"), &path)),
        ("exception", [part @ ("type" | "value")]) => {
            values(data, "exception").flat_map(|exception| texts(exception.get(*part))).collect()
        }
        ("error", [part @ ("handled" | "unhandled")]) => {
            let handled = |exception: &Object| exception.get("mechanism")?.get("handled")?.as_bool();
            let found = values(data, "exception").filter_map(handled);
            found.map(|is_handled| (is_handled == (*part == "handled")).to_string()).collect()
        }
        ("error", ["main_thread"]) => main_thread(data),
        ("user", [part]) => {
            let user = data.get("user");
            let own = at(user, &[part]).filter(|value| !value.is_null());
            texts(own.or_else(|| at(user, &["data", part])))
        }
        ("http", [part @ ("url" | "method")]) => texts(at(data.get("request"), &[part])),
        ("http", ["status_code"]) => texts(at(data.get("contexts"), &["response", "status_code"])),
        ("sdk", ["name"]) => texts(at(data.get("sdk"), &["name"])),
        ("stacktrace", [part]) => stacktrace(data, part),
        ("device", [part]) if part.starts_with("screen_") => {
            texts(at(data.get("contexts"), &["device", part]))
        }
        ("unreal", ["crashtype" | "crash_type"]) => {
            texts(at(data.get("contexts"), &["unreal", "crash_type"]))
        }
        ("app", ["in_foreground"]) => texts(at(data.get("contexts"), &["app", "in_foreground"])),
        ("os", ["distribution", part @ ("name" | "version")]) => {
            let key = format!("distribution_{part}");
            texts(at(data.get("contexts"), &["os", &key]))
        }
        _ => Vec::new(),
    }
}

fn at<'v>(value: Option<&'v Value>, path: &[&str]) -> Option<&'v Value> {
    // Attribute names are lowercase, keys of events need not be.
    path.iter().try_fold(value?, |value, key| {
        let object = value.as_object()?;
        object.get(*key).or_else(|| object.iter().find(|(own, _)| own.to_lowercase() == *key).map(|(_, v)| v))
    })
}

/// The texts of a value, lowercase: of a list one for each item.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) => items
            .iter()
            .filter(|item| !item.is_null())
            .map(|item| python::text(item).to_lowercase())
            .collect(),
        Some(other) => vec![python::text(other).to_lowercase()],
    }
}

/// Whether the threads of exceptions are main threads.
fn main_thread(data: &Object) -> Vec<String> {
    let is_main = |exception: &Object| {
        let id = exception.get("thread_id").filter(|id| !id.is_null())?;
        let thread = values(data, "threads").find(|thread| thread.get("id") == Some(id))?;
        thread.get("main")?.as_bool()
    };
    values(data, "exception").filter_map(is_main).map(|is_main| is_main.to_string()).collect()
}

fn stacktrace(data: &Object, part: &str) -> Vec<String> {
    let own = frames(data);
    let all: Vec<&Value> = match own.is_empty() {
        false => own.iter().collect(),
        true => values(data, "exception").flat_map(frames).collect(),
    };
    let of_frame = |frame: &Value| match part {
        "module" | "filename" | "abs_path" | "package" => texts(frame.get(part)),
        "code" => ["pre_context", "context_line", "post_context"]
            .iter()
            .flat_map(|key| texts(frame.get(*key)))
            .collect(),
        _ => Vec::new(),
    };
    all.into_iter().flat_map(of_frame).collect()
}
