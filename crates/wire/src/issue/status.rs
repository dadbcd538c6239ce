//! How an issue was resolved, or until when it is ignored.

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{datetime::WireTime, repository::Commit, user::User};

/// The `statusDetails` of an issue.
#[derive(Debug, Clone, Default)]
pub enum StatusDetails {
    /// Nothing to tell: `{}`.
    #[default]
    None,
    /// Resolved at once, by somebody. Clients see `{}` here too and learn who it was from the history; pages show it.
    Resolved(Box<User>),
    /// Resolved in a release.
    InRelease(String, Option<Box<User>>),
    /// Resolved in whatever release comes next.
    InNextRelease(Option<Box<User>>),
    /// Resolved in a commit.
    InCommit(Box<Commit>, Option<Box<User>>),
    /// Resolved by age.
    AutoResolved,
    /// Ignored until it escalates.
    IgnoredUntilEscalating,
    /// Ignored until something happens.
    Ignored(IgnoreConditions, Option<Box<User>>),
}

/// What ends ignoring an issue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IgnoreConditions {
    /// So many more events.
    pub ignore_count: Option<i64>,
    /// A time.
    pub ignore_until: Option<WireTime>,
    /// So many more users.
    pub ignore_user_count: Option<i64>,
    /// Minutes in which the users come.
    pub ignore_user_window: Option<i64>,
    /// Minutes in which the events come.
    pub ignore_window: Option<i64>,
}

impl StatusDetails {
    /// The details as webhook bodies write them.
    #[must_use]
    pub fn with_six_digits(mut self) -> Self {
        if let Self::Ignored(conditions, _) = &mut self {
            conditions.ignore_until = conditions.ignore_until.map(WireTime::with_six_digits);
        }
        self
    }
}

impl Serialize for StatusDetails {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Self::None | Self::Resolved(_) => {}
            Self::InRelease(version, actor) => {
                map.serialize_entry("inRelease", version)?;
                map.serialize_entry("actor", actor)?;
            }
            Self::InNextRelease(actor) => {
                map.serialize_entry("inNextRelease", &true)?;
                map.serialize_entry("actor", actor)?;
            }
            Self::InCommit(commit, actor) => {
                map.serialize_entry("inCommit", commit)?;
                if let Some(actor) = actor {
                    map.serialize_entry("actor", actor)?;
                }
            }
            Self::AutoResolved => map.serialize_entry("autoResolved", &true)?,
            Self::IgnoredUntilEscalating => map.serialize_entry("ignoreUntilEscalating", &true)?,
            Self::Ignored(conditions, actor) => {
                if let Ok(Value::Object(keys)) = serde_json::to_value(conditions) {
                    keys.iter().try_for_each(|(key, value)| map.serialize_entry(key, value))?;
                }
                map.serialize_entry("actor", actor)?;
            }
        }
        map.end()
    }
}

impl utoipa::PartialSchema for StatusDetails {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::Object::new().into()
    }
}

impl ToSchema for StatusDetails {}
