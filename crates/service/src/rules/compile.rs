//! Stored rules as evaluation reads them. A node that cannot be read is never true.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::Arc,
};

use jiff::SignedDuration;
use mortise_domain::{ProjectId, RuleId, TeamId, Time, UserId};
use mortise_store::rule::fire;
use mortise_wire::python;
use serde_json::Value;

use super::{
    check::Node,
    component::installation_uuid,
    event_test::{EventTest, Match},
    frequency_minutes,
    input::nodes,
    nodes::{COMPONENT, MAIL, NOTIFY_EVENT, SERVICE},
};
use crate::{
    Ctx, Result,
    events::{Fallback, Tell, Whom},
};

/// An active rule of a project.
#[derive(Debug)]
pub struct ActiveRule {
    pub(super) id: RuleId,
    pub(super) label: String,
    /// Changes with what the rule asks for, so that what is remembered of it is not used for another.
    pub(super) revision: u64,
    pub(super) environment: Option<String>,
    pub(super) frequency: SignedDuration,
    pub(super) snoozed_until: Option<Time>,
    pub(super) conditions: Group,
    pub(super) filters: Group,
    pub(super) tell: Vec<Tell>,
}

/// Several tests, and how many of them must hold. Holds when there are none.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) of: GroupMatch,
    pub(super) tests: Vec<Test>,
}

/// How many tests of a group must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GroupMatch {
    All,
    Any,
    None,
}

impl GroupMatch {
    fn of(data: &Value, key: &str) -> Self {
        match data.get(key).and_then(Value::as_str) {
            Some("any") => Self::Any,
            Some("none") => Self::None,
            _ => Self::All,
        }
    }

    /// Whether the group holds; `None` while that depends on tests that are not answered yet.
    pub(super) fn settle(self, answers: &[Option<bool>]) -> Option<bool> {
        if answers.is_empty() {
            return Some(true);
        }
        let (deciding, decided) = match self {
            Self::All => (false, false),
            Self::Any => (true, true),
            Self::None => (true, false),
        };
        match () {
            () if answers.contains(&Some(deciding)) => Some(decided),
            () if answers.contains(&None) => None,
            () => Some(!decided),
        }
    }
}

/// What a node asks.
#[derive(Debug)]
pub(super) enum Test {
    /// Of the event alone.
    Event(EventTest),
    /// Of what storing the event brought to light.
    State(StateTest),
    /// Of other rows.
    Stored(StoredTest),
}

#[derive(Debug)]
pub(super) enum StateTest {
    Always,
    Never,
    FirstSeen,
    Regression,
    Reappeared,
    NewHighPriority,
    ExistingHighPriority,
    Older(SignedDuration),
    Newer(SignedDuration),
    Occurrences(i64),
}

#[derive(Debug)]
pub(super) enum StoredTest {
    /// The issue is new in the rule's environment.
    FirstSeenIn(String),
    Frequency(Frequency),
    Unassigned,
    AssignedToTeam(TeamId),
    AssignedToUser(UserId),
    /// Of the project, or of what was seen in the rule's environment.
    LatestRelease(Option<String>),
}

/// More than `value` events or users in an interval; or more percent of what there was a while before.
#[derive(Debug)]
pub(super) struct Frequency {
    pub(super) of_users: bool,
    pub(super) value: i64,
    pub(super) interval: SignedDuration,
    pub(super) percent_of: Option<SignedDuration>,
}

/// The active rules of a project; remembered for seconds.
pub async fn active(ctx: &Ctx, project: ProjectId) -> Result<Arc<[Arc<ActiveRule>]>> {
    let memory = &ctx.ingest().rules;
    if let Some(known) = memory.get(&project) {
        return Ok(known);
    }
    let rows = fire::active(&mut *ctx.store.read().await?, project).await?;
    // Who is mute for ever needs no more thought.
    let heard = rows.into_iter().filter(|row| !row.is_snoozed || row.snoozed_until.is_some());
    let rules: Arc<[Arc<ActiveRule>]> = heard.map(|row| Arc::new(ActiveRule::new(row))).collect();
    memory.insert(project, Arc::clone(&rules));
    Ok(rules)
}

impl ActiveRule {
    pub(super) fn new(row: fire::ActiveRule) -> Self {
        let mut hasher = DefaultHasher::new();
        (row.data.to_string(), &row.environment).hash(&mut hasher);
        let (mut conditions, mut filters) = (Vec::new(), Vec::new());
        for node in nodes(&row.data, "conditions") {
            let id = node.get("id").and_then(Value::as_str).unwrap_or_default();
            let list = if id.starts_with("sentry.rules.filters.") { &mut filters } else { &mut conditions };
            list.push(test(id, node, row.environment.as_deref()).unwrap_or(Test::State(StateTest::Never)));
        }
        Self {
            id: row.id,
            revision: hasher.finish(),
            frequency: SignedDuration::from_mins(frequency_minutes(&row.data)),
            snoozed_until: row.snoozed_until,
            conditions: Group { of: GroupMatch::of(&row.data, "action_match"), tests: conditions },
            filters: Group { of: GroupMatch::of(&row.data, "filter_match"), tests: filters },
            tell: tell(nodes(&row.data, "actions")),
            label: row.label,
            environment: row.environment,
        }
    }
}

/// Whom actions tell through the outbox. Providers that are not there tell nobody.
pub(super) fn tell<'n>(actions: impl Iterator<Item = &'n Node>) -> Vec<Tell> {
    let one = |action: &Node| {
        let text = |key: &str| action.get(key).and_then(Value::as_str).map(str::to_owned);
        match action.get("id").and_then(Value::as_str)? {
            NOTIFY_EVENT => Some(Tell::Everybody),
            SERVICE => Some(Tell::App { slug: text("service")? }),
            COMPONENT => Some(Tell::Installation {
                uuid: installation_uuid(action)?.to_owned(),
                settings: action.get("settings").and_then(Value::as_array).cloned().unwrap_or_default(),
            }),
            MAIL => Some(Tell::Mail { whom: whom(action)? }),
            _ => None,
        }
    };
    actions.filter_map(one).collect()
}

/// Whom an action mails.
fn whom(action: &Node) -> Option<Whom> {
    let id = || action.get("targetIdentifier").map(python::text)?.trim().parse().ok();
    Some(match action.get("targetType").and_then(Value::as_str)? {
        "Team" => Whom::Team { id: id()? },
        "Member" => Whom::Member { id: id()? },
        _ => Whom::Owners {
            fallback: match action.get("fallthroughType").and_then(Value::as_str) {
                Some("AllMembers") => Fallback::AllMembers,
                Some("NoOne") => Fallback::NoOne,
                _ => Fallback::ActiveMembers,
            },
        },
    })
}

fn test(id: &str, node: &Node, environment: Option<&str>) -> Option<Test> {
    let text = |key: &str| node.get(key).map(python::text).filter(|text| !text.is_empty());
    let int = |key: &str| text(key)?.trim().parse::<i64>().ok();
    let class = id.rsplit('.').next().unwrap_or_default();
    Some(match class {
        "FirstSeenEventCondition" => match environment {
            Some(name) => Test::Stored(StoredTest::FirstSeenIn(name.to_owned())),
            None => Test::State(StateTest::FirstSeen),
        },
        "RegressionEventCondition" => Test::State(StateTest::Regression),
        "ReappearedEventCondition" => Test::State(StateTest::Reappeared),
        "EveryEventCondition" => Test::State(StateTest::Always),
        "NewHighPriorityIssueCondition" => Test::State(StateTest::NewHighPriority),
        "ExistingHighPriorityIssueCondition" => Test::State(StateTest::ExistingHighPriority),
        "EventFrequencyCondition" | "EventUniqueUserFrequencyCondition" => {
            let is_percent = text("comparisonType").as_deref() == Some("percent");
            let shift = text("comparisonInterval").unwrap_or_else(|| "5m".to_owned());
            Test::Stored(StoredTest::Frequency(Frequency {
                of_users: class == "EventUniqueUserFrequencyCondition",
                value: int("value")?,
                interval: interval(&text("interval")?)?,
                percent_of: if is_percent { Some(interval(&shift)?) } else { None },
            }))
        }
        "AgeComparisonFilter" => {
            let unit = match text("time")?.as_str() {
                "minute" => 60,
                "hour" => 3600,
                "day" => 24 * 3600,
                "week" => 7 * 24 * 3600,
                _ => return None,
            };
            let age = SignedDuration::from_secs(int("value")?.saturating_mul(unit));
            match text("comparison_type")?.as_str() {
                "older" => Test::State(StateTest::Older(age)),
                "newer" => Test::State(StateTest::Newer(age)),
                _ => return None,
            }
        }
        "IssueOccurrencesFilter" => Test::State(StateTest::Occurrences(int("value")?)),
        "AssignedToFilter" => match text("targetType")?.as_str() {
            "Unassigned" => Test::Stored(StoredTest::Unassigned),
            "Team" => Test::Stored(StoredTest::AssignedToTeam(TeamId::new(int("targetIdentifier")?))),
            "Member" => Test::Stored(StoredTest::AssignedToUser(UserId::new(int("targetIdentifier")?))),
            _ => return None,
        },
        "LatestReleaseFilter" => Test::Stored(StoredTest::LatestRelease(environment.map(str::to_owned))),
        "IssueCategoryFilter" => Test::Event(EventTest::Category(int("value")?)),
        "LevelFilter" | "LevelCondition" => {
            Test::Event(EventTest::Level { level: int("level")?, of: Match::parse(&text("match")?)? })
        }
        "TaggedEventFilter" | "TaggedEventCondition" => Test::Event(EventTest::Tag {
            key: EventTest::tag_key(&text("key")?),
            of: Match::parse(&text("match")?)?,
            value: text("value").unwrap_or_default().to_lowercase(),
        }),
        "EventAttributeFilter" | "EventAttributeCondition" => Test::Event(EventTest::Attribute {
            name: text("attribute")?.to_lowercase(),
            of: Match::parse(&text("match")?)?,
            value: text("value").unwrap_or_default().to_lowercase(),
        }),
        // Shares of sessions and adopted releases need sessions, which are not collected.
        _ => return None,
    })
}

fn interval(word: &str) -> Option<SignedDuration> {
    Some(match word {
        "1m" => SignedDuration::from_mins(1),
        "5m" => SignedDuration::from_mins(5),
        "15m" => SignedDuration::from_mins(15),
        "1h" => SignedDuration::from_hours(1),
        "1d" => SignedDuration::from_hours(24),
        "1w" => SignedDuration::from_hours(7 * 24),
        "30d" => SignedDuration::from_hours(30 * 24),
        _ => return None,
    })
}
