//! Where source code lives.

use super::{COMMON, described};
use crate::{
    Aspects,
    Feature::{Codeowners, Commits, IssueBasic, IssueSync, StacktraceLink, TicketRules},
    Manifest,
    manifest::Described,
};

const LINES: Described = described(
    StacktraceLink,
    "Jump from a line of a stack trace to the same line in your repository, at the commit that was running.",
);
const OWNERS: Described = described(
    Codeowners,
    "Bring the CODEOWNERS file of your repository along, so that an issue finds the people and teams who own the \
     code that it comes from.",
);
const COMMITS: Described = described(
    Commits,
    "Know which commits are in a release, and which of them most likely brought an issue.",
);
const RESOLVE: Described = described(
    Commits,
    "Resolve an issue by naming it in the message of a commit or the text of a pull request, as in `Fixes WEB-1`.",
);

pub(super) const BITBUCKET: Manifest = Manifest {
    key: "bitbucket",
    integration_key: "bitbucket",
    name: "Bitbucket",
    description: "Connect the repositories of a Bitbucket workspace to releases and issues.",
    described: &[
        COMMITS,
        RESOLVE,
        described(IssueBasic, "Create Bitbucket issues here."),
        described(IssueBasic, "Link issues to those that Bitbucket has."),
        LINES,
    ],
    features: &[Commits, IssueBasic, StacktraceLink],
    report_name: "Bitbucket Integration",
    ..COMMON
};

pub(super) const BITBUCKET_SERVER: Manifest = Manifest {
    key: "bitbucket_server",
    integration_key: "bitbucket_server",
    name: "Bitbucket Server",
    dialog: (1030, 1000),
    description: "Connect the repositories of a Bitbucket Server of your own to releases.",
    described: &[COMMITS, RESOLVE],
    features: &[Commits],
    report_name: "Bitbucket Server Integration",
    ..COMMON
};

const GITHUB_FEATURES: &[Described] = &[
    described(
        Commits,
        "Follow what happens in your repositories: commits of a release, the commit that most likely brought an \
         issue, and issues that a commit or a pull request resolves by naming them.",
    ),
    described(
        IssueBasic,
        "Create GitHub issues from issues here, or link to those that GitHub has; assignee, labels and a comment are \
         filled in on the spot.",
    ),
    LINES,
    OWNERS,
    described(TicketRules, "Open a GitHub issue as soon as an alert rule says so."),
];

pub(crate) const GITHUB: Manifest = Manifest {
    key: "github",
    integration_key: "github",
    name: "GitHub",
    dialog: (1030, 1000),
    description: "Connect the repositories of a GitHub organization: see the commits behind a release and the one that \
                  likely broke it, open the code behind a stack trace, and turn issues into GitHub issues.",
    described: GITHUB_FEATURES,
    features: &[Codeowners, Commits, IssueBasic, StacktraceLink],
    report_name: "GitHub Integration",
    ..COMMON
};

pub(crate) const GITHUB_ENTERPRISE: Manifest = Manifest {
    key: "github_enterprise",
    integration_key: "github_enterprise",
    name: "GitHub Enterprise",
    dialog: (1030, 1000),
    description: "Connect the repositories of a GitHub Enterprise server of your own: see the commits behind a release, \
                  open the code behind a stack trace, and turn issues into GitHub issues.",
    described: GITHUB_FEATURES,
    features: &[Codeowners, Commits, IssueBasic, StacktraceLink],
    aspects: Aspects {
        alerts: &[(
            "warning",
            Some("icon-warning-sm"),
            "This server must be able to reach your GitHub Enterprise server, and the other way round. If a firewall \
             stands between them, open it for the two addresses before you begin.",
        )],
        disable_dialog: Some((
            "Visit GitHub Enterprise",
            "An installation is suspended on the side of GitHub Enterprise: open the settings of the GitHub App there \
             and suspend or uninstall it.",
        )),
        removal_dialog: Some((
            "Delete",
            "Deleting this installation disconnects its repositories from the organization. Links to issues stay.",
        )),
        ..Aspects::NONE
    },
    report_name: "GitHub Enterprise Integration",
    ..COMMON
};

pub(crate) const GITLAB: Manifest = Manifest {
    key: "gitlab",
    integration_key: "gitlab",
    name: "GitLab",
    dialog: (1030, 1000),
    description: "Connect the projects of a GitLab group, on gitlab.com or on a server of your own, to releases and issues.",
    described: &[
        COMMITS,
        described(
            Commits,
            "Resolve an issue by naming it in the message of a commit or the text of a merge request, as in `Fixes WEB-1`.",
        ),
        described(IssueBasic, "Create GitLab issues here."),
        described(IssueBasic, "Link issues to those that GitLab has."),
        LINES,
        OWNERS,
    ],
    features: &[Codeowners, Commits, IssueBasic, StacktraceLink],
    report_name: "GitLab Integration",
    ..COMMON
};

pub(super) const AZURE_DEVOPS: Manifest = Manifest {
    key: "vsts",
    integration_key: "vsts",
    name: "Azure DevOps",
    dialog: (600, 800),
    description: "Connect an Azure DevOps organization: create and link work items, keep status, assignee and comments \
                  in step, see the commits behind a release, and open the code behind a stack trace.",
    described: &[
        described(
            Commits,
            "Follow the commits of Azure Repos: what went into a release, and which commit most likely brought an \
             issue.",
        ),
        described(
            IssueBasic,
            "Create a work item from an issue, or link to one that is there, without leaving the page.",
        ),
        described(
            IssueSync,
            "Keep both sides in step: who is assigned here is assigned there, a comment appears on the other side, and \
             a resolved issue moves its work item to the state that you choose.",
        ),
        described(
            IssueSync,
            "Resolve an issue when its work item is closed, and open it again when the work item comes back.",
        ),
        LINES,
        described(TicketRules, "Open a work item as soon as an alert rule says so."),
    ],
    features: &[Commits, IssueBasic, IssueSync, StacktraceLink, TicketRules],
    report_name: "Azure DevOps Integration",
    ..COMMON
};

/// The same installation, begun in the marketplace of Azure DevOps.
pub(super) const AZURE_DEVOPS_EXTENSION: Manifest =
    Manifest { key: "vsts-extension", is_visible: false, ..AZURE_DEVOPS };
