//! Alert rules: the list, the page of one, and the editor.

use askama::Template;

use super::{Count, Field, Link, OrgRef, Pager, Select, Shell, State, Svg, When, component::FormField};

/// The alert rules of an organization.
#[derive(Debug, Clone, Template)]
#[template(path = "rules.html")]
pub struct RulesPage {
    pub shell: Shell,
    pub rows: Vec<RuleRow>,
    pub pager: Pager,
    /// Projects that a new rule can be for.
    pub projects: Vec<OrgRef>,
    pub may_write: bool,
}

/// A rule in the list.
#[derive(Debug, Clone)]
pub struct RuleRow {
    pub id: String,
    pub name: String,
    pub project: String,
    /// What it does, in words.
    pub actions: Vec<String>,
    pub state: State,
    /// When it last fired; `None` for never.
    pub fired: Option<When>,
}

/// A rule: whether it is heard, what it does, and when it fired.
#[derive(Debug, Clone, Template)]
#[template(path = "rule.html")]
pub struct RulePage {
    pub shell: Shell,
    pub project: String,
    pub id: String,
    pub state: State,
    /// It was switched off and does nothing.
    pub is_disabled: bool,
    /// What keeps it quiet for the reader.
    pub mutes: Vec<Mute>,
    /// For whom the reader may mute it.
    pub mute_target: Select,
    /// How long it can be muted.
    pub mute_for: Select,
    pub parts: Vec<RulePart>,
    /// It mails, and this server sends no mails.
    pub lacks_mail: bool,
    /// What it says that this server does not do, in words.
    pub not_done: Vec<String>,
    /// The only environment whose events count; empty for all.
    pub environment: String,
    pub made: When,
    /// Who made it; empty when nobody is known.
    pub made_by: String,
    /// The windows of time.
    pub periods: Vec<Link>,
    /// The window in words, as in "last 24 hours".
    pub span: &'static str,
    /// How often it fired in the window.
    pub fires: Count,
    pub chart: Svg,
    /// For which issues, most often first.
    pub issues: Vec<FiredIssue>,
    pub pager: Pager,
    pub may_write: bool,
}

/// A rule is quiet.
#[derive(Debug, Clone)]
pub struct Mute {
    /// For everybody, not for the reader alone.
    pub is_for_all: bool,
    /// Who muted it; empty when nobody is known.
    pub by: String,
    /// `None` for ever.
    pub until: Option<When>,
}

/// Conditions, filters or actions in words.
#[derive(Debug, Clone)]
pub struct RulePart {
    /// `When`, `If`, `Then`.
    pub title: &'static str,
    /// `all`, `any` or `none`, where there are several.
    pub how: String,
    pub lines: Vec<String>,
}

/// An issue for which a rule fired.
#[derive(Debug, Clone)]
pub struct FiredIssue {
    pub id: String,
    pub short_id: String,
    pub title: String,
    pub count: Count,
    pub last: When,
    /// The event for which it fired last; empty for none.
    pub event: String,
}

/// The metric alert rules of an organization.
#[derive(Debug, Clone, Template)]
#[template(path = "metric_rules.html")]
pub struct MetricRulesPage {
    pub shell: Shell,
    pub rows: Vec<MetricRuleRow>,
    pub pager: Pager,
}

/// A metric alert rule.
#[derive(Debug, Clone)]
pub struct MetricRuleRow {
    pub id: String,
    pub name: String,
    /// Slugs, with commas between them.
    pub projects: String,
    /// As in `count()`.
    pub aggregate: String,
    /// Which events count; empty for all.
    pub query: String,
    /// The only environment whose events count; empty for all.
    pub environment: String,
    /// Over how many minutes is counted.
    pub window_minutes: String,
    /// In words, as in "critical above 300".
    pub thresholds: Vec<String>,
    /// Whom each threshold tells, as in "critical: Send an email to members of #core".
    pub tells: Vec<String>,
    pub state: State,
    /// The newest incident.
    pub last: Option<IncidentRow>,
}

/// A metric alert rule with its incidents.
#[derive(Debug, Clone, Template)]
#[template(path = "metric_rule.html")]
pub struct MetricRulePage {
    pub shell: Shell,
    pub rule: MetricRuleRow,
    /// Whether this server counts what it is about.
    pub is_evaluated: bool,
    /// It mails, and this server sends no mails.
    pub lacks_mail: bool,
    /// What it says that this server does not do, in words.
    pub not_done: Vec<String>,
    /// Newest first.
    pub incidents: Vec<IncidentRow>,
    pub pager: Pager,
}

/// A time during which a metric was beyond a threshold.
#[derive(Debug, Clone)]
pub struct IncidentRow {
    /// Its number in the organization.
    pub number: String,
    pub state: State,
    pub began: When,
    /// `None` while it lasts.
    pub ended: Option<When>,
}

/// The editor of a rule.
#[derive(Debug, Clone, Template)]
#[template(path = "rule_form.html")]
pub struct RuleFormPage {
    pub shell: Shell,
    pub project: String,
    /// The id; empty for a new one.
    pub id: String,
    pub action: String,
    pub error: String,
    pub name: Field,
    pub environment: Select,
    pub frequency: Select,
    pub lists: Vec<NodeList>,
    pub may_write: bool,
}

/// Conditions, filters or actions.
#[derive(Debug, Clone)]
pub struct NodeList {
    /// `conditions`, `filters`, `actions`.
    pub kind: &'static str,
    pub title: &'static str,
    /// How many must hold; `None` for actions.
    pub matching: Option<Select>,
    pub error: String,
    pub nodes: Vec<NodeRow>,
    /// What can be added.
    pub add: Select,
}

/// A condition, filter or action of the rule.
#[derive(Debug, Clone)]
pub struct NodeRow {
    /// As in `actions.2`: the name of what is kept, and of the button that removes it.
    pub name: String,
    /// The node as JSON, with what the fields do not hold.
    pub kept: String,
    /// Its sentence.
    pub pieces: Vec<Piece>,
    /// Fields that an app describes.
    pub fields: Vec<FormField>,
    /// Why the app could not be asked; empty when all is well.
    pub error: String,
}

/// A part of a node's sentence.
#[derive(Debug, Clone)]
pub enum Piece {
    /// Words.
    Text(String),
    /// Something to fill in; its choices are plain texts.
    Input { field: FormField, is_number: bool },
}
