//! The catalogue of nodes: every condition, filter and action that a rule may be made of, with its label and what it
//! asks for. Validation, rendered names and the configuration that clients are offered all read this table.

/// Where a node may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Starts a rule.
    Condition,
    /// Narrows it.
    Filter,
    /// What it does.
    Action,
}

/// What a node does beyond being a condition or filter, as far as it matters for how it is checked and shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Nothing beyond its parameters.
    Plain,
    /// Moved to the filters: refused in new rules, still evaluated.
    Outdated,
    /// Names a person or team of the project.
    Target,
    /// Mails; names a person or team of the project.
    Mail,
    /// Tells one app by its slug.
    Service,
    /// Tells an app that has a component for it.
    Component,
    /// Makes a ticket at a provider. The name of what it makes.
    Ticket(&'static str, Provider),
    /// Tells somebody at a provider. Kept as it came.
    Notify(Provider),
}

/// The provider of an action, by the word of its integrations.
pub type Provider = &'static str;

/// What a parameter takes.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    /// One of these words; the second of each pair is what people read.
    Choice(&'static [(&'static str, &'static str)]),
    /// The same, and rendered names show what people read.
    NamedChoice(&'static [(&'static str, &'static str)]),
    /// The same; clients are told that it chooses a person or team.
    TargetChoice(&'static str, &'static [(&'static str, &'static str)]),
    /// An attribute of events.
    Attribute,
    /// A whole number; an example.
    Int(i64),
    /// A number that is not negative; an example.
    Number(i64),
    /// A text; an example.
    Text(&'static str),
}

/// A parameter.
#[derive(Debug, Clone, Copy)]
pub struct Param {
    /// Its key.
    pub name: &'static str,
    /// What it takes.
    pub form: Form,
    /// Whether it must be there.
    pub is_required: bool,
    /// Whether the configuration lists it.
    pub is_listed: bool,
}

const fn required(name: &'static str, form: Form) -> Param {
    Param { name, form, is_required: true, is_listed: true }
}

const fn optional(name: &'static str, form: Form) -> Param {
    Param { name, form, is_required: false, is_listed: true }
}

const fn unlisted(name: &'static str, form: Form) -> Param {
    Param { name, form, is_required: false, is_listed: false }
}

/// A node that rules may be made of.
#[derive(Debug, Clone, Copy)]
pub struct NodeType {
    /// Its name in rules.
    pub id: &'static str,
    /// Where it may stand.
    pub kind: Kind,
    /// What it says, with its parameters in braces.
    pub label: &'static str,
    /// What lists of nodes to choose from say, where that is another text.
    pub prompt: Option<&'static str>,
    /// What it asks for, in the order in which it is checked.
    pub params: &'static [Param],
    /// More of its nature.
    pub class: Class,
    /// Whether it is offered.
    pub is_enabled: bool,
}

impl NodeType {
    /// The node with this name at this place.
    pub fn find(kind: Kind, id: &str) -> Option<&'static Self> {
        NODES.iter().find(|node| node.kind == kind && node.id == id)
    }

    /// The node with this name.
    pub fn named(id: &str) -> Option<&'static Self> {
        NODES.iter().find(|node| node.id == id)
    }

    /// Whether counting events or users makes it costly.
    pub fn is_slow(&self) -> bool {
        self.id.starts_with("sentry.rules.conditions.event_frequency.")
    }
}

const fn condition(id: &'static str, label: &'static str, params: &'static [Param]) -> NodeType {
    NodeType { id, kind: Kind::Condition, label, prompt: None, params, class: Class::Plain, is_enabled: true }
}

const fn filter(id: &'static str, label: &'static str, params: &'static [Param]) -> NodeType {
    NodeType { kind: Kind::Filter, ..condition(id, label, params) }
}

const fn outdated(id: &'static str, label: &'static str, params: &'static [Param]) -> NodeType {
    NodeType { class: Class::Outdated, ..condition(id, label, params) }
}

const fn action(id: &'static str, label: &'static str, prompt: &'static str, class: Class) -> NodeType {
    let node = NodeType { kind: Kind::Action, class, ..condition(id, label, &[]) };
    NodeType { prompt: Some(prompt), ..node }
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
const COMPARISON_INTERVALS: &[(&str, &str)] = &[
    ("5m", "5 minutes"),
    ("15m", "15 minutes"),
    ("1h", "one hour"),
    ("1d", "one day"),
    ("1w", "one week"),
    ("30d", "30 days"),
];
const SESSION_INTERVALS: &[(&str, &str)] =
    &[("5m", "5 minutes"), ("10m", "10 minutes"), ("30m", "30 minutes"), ("1h", "1 hour")];
const COMPARISONS: &[(&str, &str)] = &[("count", "count"), ("percent", "percent")];
const MATCHES: &[(&str, &str)] = &[
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
const LEVELS: &[(&str, &str)] =
    &[("50", "fatal"), ("40", "error"), ("30", "warning"), ("20", "info"), ("10", "debug"), ("0", "sample")];
const LEVEL_MATCHES: &[(&str, &str)] =
    &[("eq", "equal to"), ("gte", "greater than or equal to"), ("lte", "less than or equal to")];
const CATEGORIES: &[(&str, &str)] = &[
    ("1", "Error"),
    ("2", "Performance"),
    ("3", "Profile"),
    ("4", "Cron"),
    ("5", "Replay"),
    ("6", "Feedback"),
];
const AGES: &[(&str, &str)] = &[("older", "older"), ("newer", "newer")];
const AGE_UNITS: &[(&str, &str)] =
    &[("minute", "minute(s)"), ("hour", "hour(s)"), ("day", "day(s)"), ("week", "week(s)")];
const RELEASE_ENDS: &[(&str, &str)] = &[("oldest", "oldest"), ("newest", "newest")];
const ASSIGNEES: &[(&str, &str)] = &[("Unassigned", "No One"), ("Team", "Team"), ("Member", "Member")];
const MAIL_TARGETS: &[(&str, &str)] =
    &[("IssueOwners", "Suggested Assignees"), ("Team", "Team"), ("Member", "Member")];
const FALLTHROUGHS: &[(&str, &str)] = &[
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

const FREQUENCY: &[Param] = &[
    required("value", Form::Int(100)),
    required("interval", Form::Choice(INTERVALS)),
    unlisted("comparisonType", Form::Choice(COMPARISONS)),
    unlisted("comparisonInterval", Form::Choice(COMPARISON_INTERVALS)),
];
const SESSION_FREQUENCY: &[Param] = &[
    required("value", Form::Number(100)),
    required("interval", Form::Choice(SESSION_INTERVALS)),
    unlisted("comparisonType", Form::Choice(COMPARISONS)),
    unlisted("comparisonInterval", Form::Choice(COMPARISON_INTERVALS)),
];
const TAGGED: &[Param] = &[
    required("key", Form::Text("key")),
    required("match", Form::NamedChoice(MATCHES)),
    optional("value", Form::Text("value")),
];
const ATTRIBUTE: &[Param] = &[
    required("attribute", Form::Attribute),
    required("match", Form::NamedChoice(MATCHES)),
    optional("value", Form::Text("value")),
];
const LEVEL: &[Param] =
    &[required("level", Form::NamedChoice(LEVELS)), required("match", Form::NamedChoice(LEVEL_MATCHES))];

/// Every node, in the order in which they are offered.
pub const NODES: &[NodeType] = &[
    condition(
        "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition",
        "A new issue is created",
        &[],
    ),
    condition(
        "sentry.rules.conditions.regression_event.RegressionEventCondition",
        "The issue changes state from resolved to unresolved",
        &[],
    ),
    condition(
        "sentry.rules.conditions.reappeared_event.ReappearedEventCondition",
        "The issue changes state from ignored to unresolved",
        &[],
    ),
    NodeType {
        is_enabled: false,
        ..condition("sentry.rules.conditions.every_event.EveryEventCondition", "The event occurs", &[])
    },
    condition(
        "sentry.rules.conditions.high_priority_issue.NewHighPriorityIssueCondition",
        "Sentry marks a new issue as high priority",
        &[],
    ),
    condition(
        "sentry.rules.conditions.high_priority_issue.ExistingHighPriorityIssueCondition",
        "Sentry marks an existing issue as high priority",
        &[],
    ),
    condition(
        "sentry.rules.conditions.event_frequency.EventFrequencyCondition",
        "The issue is seen more than {value} times in {interval}",
        FREQUENCY,
    ),
    condition(
        "sentry.rules.conditions.event_frequency.EventUniqueUserFrequencyCondition",
        "The issue is seen by more than {value} users in {interval}",
        FREQUENCY,
    ),
    condition(
        "sentry.rules.conditions.event_frequency.EventFrequencyPercentCondition",
        "The issue affects more than {value} percent of sessions in {interval}",
        SESSION_FREQUENCY,
    ),
    outdated(
        "sentry.rules.conditions.tagged_event.TaggedEventCondition",
        "The event's tags match {key} {match} {value}",
        TAGGED,
    ),
    outdated(
        "sentry.rules.conditions.event_attribute.EventAttributeCondition",
        "The event's {attribute} value {match} {value}",
        ATTRIBUTE,
    ),
    outdated("sentry.rules.conditions.level.LevelCondition", "The event's level is {match} {level}", LEVEL),
    NodeType {
        prompt: Some("The issue is older or newer than..."),
        ..filter(
            "sentry.rules.filters.age_comparison.AgeComparisonFilter",
            "The issue is {comparison_type} than {value} {time}",
            &[
                required("comparison_type", Form::Choice(AGES)),
                required("value", Form::Int(10)),
                required("time", Form::Choice(AGE_UNITS)),
            ],
        )
    },
    NodeType {
        prompt: Some("The issue has happened at least {x} times"),
        ..filter(
            "sentry.rules.filters.issue_occurrences.IssueOccurrencesFilter",
            "The issue has happened at least {value} times",
            &[required("value", Form::Int(10))],
        )
    },
    NodeType {
        prompt: Some("The issue is assigned to {no one/team/member}"),
        class: Class::Target,
        ..filter(
            "sentry.rules.filters.assigned_to.AssignedToFilter",
            "The issue is assigned to {targetType}",
            &[required("targetType", Form::TargetChoice("assignee", ASSIGNEES))],
        )
    },
    filter(
        "sentry.rules.filters.latest_release.LatestReleaseFilter",
        "The event is from the latest release",
        &[],
    ),
    NodeType {
        is_enabled: false,
        ..filter(
            "sentry.rules.filters.latest_adopted_release_filter.LatestAdoptedReleaseFilter",
            "The {oldest_or_newest} release associated with the event's issue is {older_or_newer} than the latest \
             release in {environment}",
            &[
                required("oldest_or_newest", Form::Choice(RELEASE_ENDS)),
                required("older_or_newer", Form::Choice(AGES)),
                required("environment", Form::Text("value")),
            ],
        )
    },
    NodeType {
        prompt: Some("The issue's category is ..."),
        ..filter(
            "sentry.rules.filters.issue_category.IssueCategoryFilter",
            "The issue's category is equal to {value}",
            &[required("value", Form::NamedChoice(CATEGORIES))],
        )
    },
    filter(
        "sentry.rules.filters.event_attribute.EventAttributeFilter",
        "The event's {attribute} value {match} {value}",
        ATTRIBUTE,
    ),
    filter(
        "sentry.rules.filters.tagged_event.TaggedEventFilter",
        "The event's tags match {key} {match} {value}",
        TAGGED,
    ),
    NodeType {
        prompt: Some("The event's level is ..."),
        ..filter("sentry.rules.filters.level.LevelFilter", "The event's level is {match} {level}", LEVEL)
    },
    NodeType {
        params: &[
            required("targetType", Form::TargetChoice("mailAction", MAIL_TARGETS)),
            optional("fallthroughType", Form::Choice(FALLTHROUGHS)),
        ],
        ..action(
            "sentry.mail.actions.NotifyEmailAction",
            "Send a notification to {targetType} and if none can be found then send a notification to {fallthroughType}",
            "Send a notification",
            Class::Mail,
        )
    },
    action(
        NOTIFY_EVENT,
        "Send a notification (for all legacy integrations)",
        "Send a notification to all legacy integrations",
        Class::Plain,
    ),
    action(
        "sentry.rules.actions.notify_event_service.NotifyEventServiceAction",
        "Send a notification via {service}",
        "Send a notification via an integration",
        Class::Service,
    ),
    action(
        "sentry.rules.actions.notify_event_sentry_app.NotifyEventSentryAppAction",
        "",
        "",
        Class::Component,
    ),
    action(
        "sentry.integrations.vsts.notify_action.AzureDevopsCreateTicketAction",
        "Create an Azure DevOps work item in {integration} with these ",
        "Create an Azure DevOps work item",
        Class::Ticket("an Azure DevOps work item", "vsts"),
    ),
    action(
        "sentry.integrations.jira.notify_action.JiraCreateTicketAction",
        "Create a Jira issue in {integration} with these ",
        "Create a Jira issue",
        Class::Ticket("a Jira issue", "jira"),
    ),
    action(
        "sentry.integrations.jira_server.notify_action.JiraServerCreateTicketAction",
        "Create a Jira Server issue in {integration} with these ",
        "Create a Jira Server issue",
        Class::Ticket("a Jira Server issue", "jira_server"),
    ),
    action(
        "sentry.integrations.github.notify_action.GitHubCreateTicketAction",
        "Create a GitHub issue in {integration} with these ",
        "Create a GitHub issue",
        Class::Ticket("a GitHub issue", "github"),
    ),
    action(
        "sentry.integrations.github_enterprise.notify_action.GitHubEnterpriseCreateTicketAction",
        "Create a GitHub Enterprise issue in {integration} with these ",
        "Create a GitHub Enterprise issue",
        Class::Ticket("a GitHub Enterprise issue", "github_enterprise"),
    ),
    action(
        "sentry.integrations.slack.notify_action.SlackNotifyServiceAction",
        "Send a notification to the {workspace} Slack workspace to {channel} (optionally, an ID: {channel_id}) and show \
         tags {tags} and notes {notes} in notification",
        "Send a Slack notification",
        Class::Notify("slack"),
    ),
    action(
        "sentry.integrations.pagerduty.notify_action.PagerDutyNotifyServiceAction",
        "Send a notification to PagerDuty account {account} and service {service} with {severity} severity",
        "Send a PagerDuty notification",
        Class::Notify("pagerduty"),
    ),
    action(
        "sentry.integrations.opsgenie.notify_action.OpsgenieNotifyTeamAction",
        "Send a notification to Opsgenie account {account} and team {team} with {priority} priority",
        "Send an Opsgenie notification",
        Class::Notify("opsgenie"),
    ),
    action(
        "sentry.integrations.msteams.notify_action.MsTeamsNotifyServiceAction",
        "Send a notification to the {team} Team to {channel}",
        "Send a Microsoft Teams notification",
        Class::Notify("msteams"),
    ),
    action(
        "sentry.integrations.discord.notify_action.DiscordNotifyServiceAction",
        "Send a notification to the {server} Discord server in the channel with ID or URL: {channel_id} and show tags \
         {tags} in the notification.",
        "Send a Discord notification",
        Class::Notify("discord"),
    ),
];

/// Tells every alertable app.
pub const NOTIFY_EVENT: &str = "sentry.rules.actions.notify_event.NotifyEventAction";

/// Which parameter of an action names its integration.
pub fn integration_param(id: &str) -> &'static str {
    match id.split('.').nth(2) {
        Some("slack") => "workspace",
        Some("pagerduty" | "opsgenie") => "account",
        Some("msteams") => "team",
        Some("discord") => "server",
        _ => "integration",
    }
}
