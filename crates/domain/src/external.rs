//! Services outside where people and teams have names of their own.

coded! {
    /// A service in which a user or a team has another name.
    pub enum ExternalProvider {
        Email = 100, "email";
        Slack = 110, "slack";
        SlackStaging = 111, "slack_staging";
        Msteams = 120, "msteams";
        Pagerduty = 130, "pagerduty";
        Discord = 140, "discord";
        Opsgenie = 150, "opsgenie";
        Github = 200, "github";
        GithubEnterprise = 201, "github_enterprise";
        Gitlab = 210, "gitlab";
        JiraServer = 300, "jira_server";
        Perforce = 400, "perforce";
        /// A code host that Mortise does not know.
        CustomScm = 700, "custom_scm";
    }
}
