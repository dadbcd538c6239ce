//! What providers can do, as clients name it.

/// A feature of a provider. The word appears in `features`, and with the prefix `integrations-` as the gate of a
/// description and as the name of an organization's switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    AlertRule,
    ChatUnfurl,
    Codeowners,
    Commits,
    Deployment,
    EnterpriseAlertRule,
    EnterpriseIncidentManagement,
    IncidentManagement,
    IssueBasic,
    IssueSync,
    Serverless,
    StacktraceLink,
    TicketRules,
}

impl Feature {
    /// The word that clients see.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AlertRule => "alert-rule",
            Self::ChatUnfurl => "chat-unfurl",
            Self::Codeowners => "codeowners",
            Self::Commits => "commits",
            Self::Deployment => "deployment",
            Self::EnterpriseAlertRule => "enterprise-alert-rule",
            Self::EnterpriseIncidentManagement => "enterprise-incident-management",
            Self::IncidentManagement => "incident-management",
            Self::IssueBasic => "issue-basic",
            Self::IssueSync => "issue-sync",
            Self::Serverless => "serverless",
            Self::StacktraceLink => "stacktrace-link",
            Self::TicketRules => "ticket-rules",
        }
    }

    /// The name of the switch that an organization has for it; `None` where there is none and it is always on.
    pub const fn switch(self) -> Option<&'static str> {
        Some(match self {
            Self::AlertRule => "integrations-alert-rule",
            Self::ChatUnfurl => "integrations-chat-unfurl",
            Self::Codeowners => "integrations-codeowners",
            Self::Deployment => "integrations-deployment",
            Self::EnterpriseAlertRule => "integrations-enterprise-alert-rule",
            Self::EnterpriseIncidentManagement => "integrations-enterprise-incident-management",
            Self::IncidentManagement => "integrations-incident-management",
            Self::IssueBasic => "integrations-issue-basic",
            Self::IssueSync => "integrations-issue-sync",
            Self::StacktraceLink => "integrations-stacktrace-link",
            Self::TicketRules => "integrations-ticket-rules",
            Self::Commits | Self::Serverless => return None,
        })
    }
}
