//! Jira Server.

use crate::issue_sync::IssueSync;

/// Its settings.
pub(crate) static SETTINGS: IssueSync = IssueSync { name: "Jira Server", item: "ticket", is_jira: true };
