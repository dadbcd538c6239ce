//! Where work is planned.

use super::{COMMON, described};
use crate::{
    Aspects,
    Feature::{IssueBasic, IssueSync, TicketRules},
    Manifest,
    manifest::Described,
};

const JIRA_FEATURES: &[Described] = &[
    described(
        IssueBasic,
        "Create a Jira issue from an issue here, or link to one that is there. The title, the link and the stack trace \
         are filled in, and so are the fields that your project requires.",
    ),
    described(
        IssueSync,
        "Keep both sides in step: who is assigned here is assigned there, a comment appears on the other side, and a \
         resolved issue moves its Jira issue to the status that you choose.",
    ),
    described(IssueSync, "Resolve an issue when its Jira issue is done."),
    described(TicketRules, "Open a Jira issue as soon as an alert rule says so."),
];

pub(super) const JIRA: Manifest = Manifest {
    key: "jira",
    integration_key: "jira",
    name: "Jira",
    can_add: false,
    noun: "Instance",
    description: "Connect a Jira Cloud site: create and link issues, and keep status, assignee and comments in step.",
    described: JIRA_FEATURES,
    features: &[IssueBasic, IssueSync, TicketRules],
    aspects: Aspects {
        external_install: Some((
            "https://marketplace.atlassian.com/apps/1219432/sentry-for-jira",
            "Jira Marketplace",
            "Install the app from the Atlassian marketplace first; an administrator of the Jira site can do that. \
             Then come back to connect it.",
        )),
        ..Aspects::NONE
    },
    report_name: "Jira Integration",
    ..COMMON
};

pub(super) const JIRA_SERVER: Manifest = Manifest {
    key: "jira_server",
    integration_key: "jira_server",
    name: "Jira Server",
    dialog: (1030, 1000),
    description: "Connect a Jira Server of your own: create and link issues, and keep status, assignee and comments in step.",
    described: JIRA_FEATURES,
    features: &[IssueBasic, IssueSync],
    aspects: Aspects {
        alerts: &[(
            "warning",
            Some("icon-warning-sm"),
            "This server must be able to reach your Jira Server, and the other way round. If a firewall stands between \
             them, open it for the two addresses before you begin.",
        )],
        ..Aspects::NONE
    },
    report_name: "Jira Server Integration",
    ..COMMON
};
