//! The nodes.

use super::{
    COMPONENT, Class, Form, Kind, MAIL, NOTIFY_EVENT, NodeType, Param, SERVICE,
    params::{
        AGE_UNITS, AGES, ASSIGNEES, ATTRIBUTE, CATEGORIES, FALLTHROUGHS, FREQUENCY, LEVEL, MAIL_TARGETS,
        RELEASE_ENDS, SESSION_FREQUENCY, TAGGED, optional, required,
    },
};

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
            MAIL,
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
        SERVICE,
        "Send a notification via {service}",
        "Send a notification via an integration",
        Class::Service,
    ),
    action(COMPONENT, "", "", Class::Component),
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
