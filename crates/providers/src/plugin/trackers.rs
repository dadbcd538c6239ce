//! Plugins that make items of issues. First-party integrations do that here; these keep their settings and say so.

use super::{
    COMMON, FieldChoices, FieldDefault, LINKS, PluginAuth, PluginKind, PluginManifest, field, secret,
};

const TRACKER: PluginManifest = PluginManifest { kind: PluginKind::IssueTracking, ..COMMON };
const COMMITS: &str = "commits";
const ISSUES: &str = "issue-basic";

macro_rules! keeps_only {
    ($name:literal, $what:literal) => {
        Some(concat!(
            "Links issues to ",
            $what,
            " in ",
            $name,
            ". This server keeps the settings, but the plugin does not make or \
             link anything here."
        ))
    };
}

pub(super) const ASANA: PluginManifest = PluginManifest {
    slug: "asana",
    name: "Asana",
    description: keeps_only!("Asana", "tasks"),
    described: &[(ISSUES, "Make tasks of issues."), (ISSUES, "Link issues to tasks that are there.")],
    fields: &[field("workspace", "Workspace", "select").help("The workspace in Asana.")],
    required_field: Some("workspace"),
    auth: Some(PluginAuth { provider: "asana", settings: &["ASANA_CLIENT_ID", "ASANA_CLIENT_SECRET"] }),
    ..TRACKER
};

pub(super) const BITBUCKET: PluginManifest = PluginManifest {
    slug: "bitbucket",
    name: "Bitbucket",
    description: keeps_only!("Bitbucket", "issues"),
    described: &[
        (COMMITS, "Follow commits and releases."),
        (ISSUES, "Make issues in Bitbucket."),
        (ISSUES, "Link issues to those in Bitbucket."),
    ],
    fields: &[field("repo", "Repository Name", "text")
        .default(FieldDefault::Stored)
        .placeholder("e.g. getsentry/sentry")
        .help("The repository with its owner.")],
    required_field: Some("repo"),
    is_hidden: true,
    auth: Some(PluginAuth {
        provider: "bitbucket",
        settings: &["BITBUCKET_CONSUMER_KEY", "BITBUCKET_CONSUMER_SECRET"],
    }),
    ..TRACKER
};

pub(super) const GITHUB: PluginManifest = PluginManifest {
    slug: "github",
    name: "GitHub",
    description: keeps_only!("GitHub", "issues"),
    described: &[
        (COMMITS, "Follow commits and releases."),
        (ISSUES, "Make issues in GitHub, or link to them."),
    ],
    fields: &[field("repo", "Repository Name", "text")
        .default(FieldDefault::Stored)
        .placeholder("e.g. getsentry/sentry")
        .help("The repository with its owner.")],
    required_field: Some("repo"),
    is_hidden: true,
    auth: Some(PluginAuth { provider: "github", settings: &["GITHUB_APP_ID", "GITHUB_API_SECRET"] }),
    ..TRACKER
};

pub(super) const GITLAB: PluginManifest = PluginManifest {
    slug: "gitlab",
    name: "GitLab",
    description: keeps_only!("GitLab", "issues"),
    described: &[(ISSUES, "Make issues in GitLab."), (ISSUES, "Link issues to those in GitLab.")],
    fields: &[
        field("gitlab_url", "GitLab URL", "url")
            .default(FieldDefault::Text("https://gitlab.com"))
            .placeholder("e.g. https://gitlab.example.com")
            .help("Where your GitLab is."),
        secret("gitlab_token", "Access Token")
            .placeholder("e.g. g5DWFtLzaztgYFrqhVfE")
            .help("A token of GitLab's API."),
        field("gitlab_repo", "Repository Name", "text")
            .placeholder("e.g. getsentry/sentry")
            .help("The repository with its owner."),
        field("gitlab_labels", "Issue Labels", "text")
            .optional()
            .placeholder("e.g. high, bug")
            .help("The labels that new issues get."),
    ],
    required_field: Some("gitlab_url"),
    is_hidden: true,
    ..TRACKER
};

pub(super) const JIRA: PluginManifest = PluginManifest {
    slug: "jira",
    name: "JIRA",
    description: keeps_only!("Jira", "tickets"),
    described: &[(ISSUES, "Make tickets in Jira, or link to them.")],
    fields: &[
        field("instance_url", "JIRA Instance URL", "text")
            .default(FieldDefault::Stored)
            .placeholder("e.g. \"https://jira.atlassian.com\"")
            .help("This server must be able to reach it."),
        field("username", "Username/Email", "text")
            .default(FieldDefault::Stored)
            .help("A user who administers the project in Jira."),
        field("password", "Password/API Token", "secret"),
        field("default_project", "Linked Project", "select")
            .optional()
            .default(FieldDefault::Stored)
            .choices(FieldChoices::Of(&[])),
        field("ignored_fields", "Ignored Fields", "textarea")
            .optional()
            .default(FieldDefault::Stored)
            .placeholder("e.g. \"components, security, customfield_10006\"")
            .help("Properties that forms leave out, with commas between."),
        field("default_priority", "Default Priority", "select")
            .optional()
            .default(FieldDefault::Stored)
            .choices(FieldChoices::Of(&[])),
        field("default_issue_type", "Default Issue Type", "select")
            .optional()
            .default(FieldDefault::Stored)
            .choices(FieldChoices::Of(&[])),
        field("auto_create", "Automatically create JIRA Tickets", "bool")
            .optional()
            .default(FieldDefault::StoredOrNo)
            .help("Makes a ticket of every new issue."),
    ],
    required_field: Some("username"),
    is_hidden: true,
    ..TRACKER
};

pub(super) const PHABRICATOR: PluginManifest = PluginManifest {
    slug: "phabricator",
    name: "Phabricator",
    description: keeps_only!("Phabricator", "tasks"),
    described: &[(ISSUES, "Make tasks of issues."), (ISSUES, "Link issues to tasks that are there.")],
    fields: &[
        field("host", "Host", "text").placeholder("e.g. http://secure.phabricator.org"),
        secret("token", "Token").optional().help("A token of Conduit, from your settings in Phabricator."),
        field("username", "Username", "text").optional().help("Not needed where there is a token."),
        field("certificate", "Certificate", "textarea").optional().help("Not needed where there is a token."),
    ],
    required_field: Some("host"),
    ..TRACKER
};

pub(super) const PIVOTAL: PluginManifest = PluginManifest {
    slug: "pivotal",
    name: "Pivotal Tracker",
    description: keeps_only!("Pivotal Tracker", "stories"),
    described: &[(ISSUES, "Make stories of issues."), (ISSUES, "Link issues to stories that are there.")],
    fields: &[
        secret("token", "API Token")
            .placeholder("e.g. a9877d72b6d13b23410a7109b35e88bc")
            .help("A token of the API, from your profile in Pivotal Tracker."),
        field("project", "Project ID", "text")
            .default(FieldDefault::Stored)
            .placeholder("e.g. 639281")
            .help("The number of the project."),
    ],
    required_field: Some("token"),
    ..TRACKER
};

pub(super) const REDMINE: PluginManifest = PluginManifest {
    slug: "redmine",
    name: "Redmine",
    description: keeps_only!("Redmine", "issues"),
    described: &[(ISSUES, "Make issues in Redmine."), (ISSUES, "Link issues to those in Redmine.")],
    fields: &[
        field("host", "Host", "text")
            .placeholder("e.g. http://bugs.redmine.org")
            .help("Where your Redmine is."),
        field("key", "Key", "text").help("The key of the API, from your account in Redmine."),
        field("project_id", "Project", "select").optional().choices(FieldChoices::Of(&[])),
        field("tracker_id", "Tracker", "select").optional().choices(FieldChoices::Of(&[])),
        field("default_priority", "Default Priority", "select").optional().choices(FieldChoices::Of(&[])),
        field("extra_fields", "Extra Fields", "textarea")
            .optional()
            .help("Further attributes, as a JSON object."),
    ],
    required_field: Some("host"),
    ..TRACKER
};

pub(super) const TRELLO: PluginManifest = PluginManifest {
    slug: "trello",
    name: "Trello",
    description: keeps_only!("Trello", "cards"),
    described: &[(ISSUES, "Make cards of issues."), (ISSUES, "Link issues to cards that are there.")],
    fields: &[
        field("key", "Trello API Key", "text").default(FieldDefault::Stored),
        secret("token", "Trello API Token"),
        field("organization", "Trello Organization", "select")
            .optional()
            .default(FieldDefault::Stored)
            .choices(FieldChoices::Remote),
    ],
    required_field: Some("key"),
    links: &[("Trello Setup Instructions", "/docs/apps/plugins.md"), LINKS[0], LINKS[1]],
    ..TRACKER
};
