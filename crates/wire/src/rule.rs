//! Issue alert rules.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{datetime::WireTime, issue::Issue};

/// A rule.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// Digits.
    pub id: String,
    /// What starts it, each with its `name` for people.
    #[schema(value_type = Vec<Object>)]
    pub conditions: Vec<Map<String, Value>>,
    /// What narrows it.
    #[schema(value_type = Vec<Object>)]
    pub filters: Vec<Map<String, Value>>,
    /// What it does.
    #[schema(value_type = Vec<Object>)]
    pub actions: Vec<Map<String, Value>>,
    /// `all` or `any` of the conditions.
    pub action_match: String,
    /// `all`, `any` or `none` of the filters.
    pub filter_match: String,
    /// How long it is silent for an issue after it fired, minutes.
    pub frequency: i64,
    /// What people read.
    pub name: String,
    /// When it was made.
    pub date_created: WireTime,
    /// `user:7`, `team:3`.
    pub owner: Option<String>,
    /// Who made it.
    pub created_by: Option<RuleCreator>,
    /// The only environment whose events count.
    pub environment: Option<String>,
    /// The slug of its project.
    pub projects: Vec<String>,
    /// `active` or `disabled`.
    pub status: String,
    /// Whether it is mute for the reader.
    pub snooze: bool,
    /// When it last fired, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<WireTime>)]
    pub last_triggered: Option<Option<WireTime>>,
    /// Apps whose settings could not be fetched, when one rule is read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<RuleError>,
    /// Who muted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snooze_created_by: Option<String>,
    /// Whether it is mute for everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snooze_for_everyone: Option<bool>,
    /// Why the server switched it off: `no_action`, because its actions named only apps that are gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_reason: Option<String>,
    /// When the server switched it off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_date: Option<WireTime>,
}

/// Who made a rule; the id is a number here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RuleCreator {
    /// Of the user.
    pub id: i64,
    /// What people read.
    pub name: String,
    /// The address.
    pub email: String,
}

/// An app that could not be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RuleError {
    /// Which one.
    pub detail: String,
}

/// A rule in a list of rules of both kinds.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum CombinedRule {
    /// About issues.
    Issue {
        /// The rule.
        #[serde(flatten)]
        rule: Box<Rule>,
        /// `rule`.
        #[serde(rename = "type")]
        kind: &'static str,
    },
    /// About metrics.
    Metric {
        /// The rule.
        #[serde(flatten)]
        #[schema(value_type = Object)]
        rule: Value,
        /// `alert_rule`.
        #[serde(rename = "type")]
        kind: &'static str,
    },
}

/// What a rule may be made of.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleConfiguration {
    /// What it can do.
    #[schema(value_type = Vec<Object>)]
    pub actions: Vec<Map<String, Value>>,
    /// What can start it.
    #[schema(value_type = Vec<Object>)]
    pub conditions: Vec<Map<String, Value>>,
    /// What can narrow it.
    #[schema(value_type = Vec<Object>)]
    pub filters: Vec<Map<String, Value>>,
    /// Ids of actions that need an integration that is not there, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled_ticket_actions: Option<Vec<String>>,
}

/// A rule about issues or metrics is mute.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleSnooze {
    /// Who muted it; a number.
    pub owner_id: Option<i64>,
    /// For whom: a number, or `everyone`.
    #[schema(value_type = Object)]
    pub user_id: Value,
    /// Until when: a time, or `forever`.
    #[schema(value_type = Object)]
    pub until: Value,
    /// Since when.
    pub date_added: WireTime,
    /// Which rule about issues; a number.
    pub rule_id: Option<i64>,
    /// Which rule about metrics; a number.
    pub alert_rule_id: Option<i64>,
}

/// How often a rule fired for an issue.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleGroup {
    /// The issue.
    pub group: Issue,
    /// How often.
    pub count: i64,
    /// The last time.
    pub last_triggered: WireTime,
    /// For which event, the last time.
    pub event_id: String,
}

/// How often a rule fired in an hour.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RuleHour {
    /// When it begins.
    pub date: WireTime,
    /// How often.
    pub count: i64,
}
