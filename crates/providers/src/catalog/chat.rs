//! Where people talk.

use super::{COMMON, described};
use crate::{
    Aspects,
    Feature::{AlertRule, ChatUnfurl},
    Manifest,
};

pub(super) const DISCORD: Manifest = Manifest {
    key: "discord",
    integration_key: "discord",
    name: "Discord",
    dialog: (600, 900),
    description: "Bring alerts to the channels of a Discord server, where people can assign, resolve and archive issues \
                  without leaving the conversation.",
    described: &[
        described(ChatUnfurl, "Show what is behind a link to an issue when somebody posts one."),
        described(AlertRule, "Post to a channel when an alert rule fires, for the issues that you choose."),
    ],
    features: &[AlertRule, ChatUnfurl],
    report_name: "Discord Integration",
    ..COMMON
};

pub(crate) const MSTEAMS: Manifest = Manifest {
    key: "msteams",
    integration_key: "msteams",
    name: "Microsoft Teams",
    can_add: false,
    description: "Bring alerts to the channels of Microsoft Teams, where people can assign, resolve and archive issues \
                  without leaving the conversation.",
    described: &[
        described(ChatUnfurl, "Show what is behind a link to an issue when somebody posts one."),
        described(AlertRule, "Post to a channel when an alert rule fires, for the issues that you choose."),
    ],
    features: &[AlertRule, ChatUnfurl],
    aspects: Aspects {
        external_install: Some((
            "https://teams.microsoft.com/l/app/",
            "Teams Marketplace",
            "Add the app to a team in Microsoft Teams first; an owner of the team can do that. It then greets the team \
             with a button that connects it.",
        )),
        ..Aspects::NONE
    },
    report_name: "Microsoft Teams Integration",
    ..COMMON
};

pub(super) const SLACK: Manifest = Manifest {
    key: "slack",
    integration_key: "slack",
    name: "Slack",
    dialog: (600, 900),
    noun: "Workspace",
    description: "Bring alerts to the channels of a Slack workspace, where people can assign, resolve and archive issues \
                  without leaving the conversation.",
    described: &[
        described(
            ChatUnfurl,
            "Show what is behind a link when somebody posts one: title, status and assignee of an issue, with buttons to \
             act on it.",
        ),
        described(
            AlertRule,
            "Post to a channel or a person when an alert rule fires, with the tags that matter to you, and choose for \
             each project where its alerts go.",
        ),
    ],
    features: &[AlertRule, ChatUnfurl],
    aspects: Aspects {
        alerts: &[(
            "info",
            None,
            "The app posts only to channels that it was invited to. Invite it to the private channels that alerts shall \
             reach.",
        )],
        ..Aspects::NONE
    },
    report_name: "Slack Integration",
    ..COMMON
};
