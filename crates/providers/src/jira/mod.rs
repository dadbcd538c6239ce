//! Jira Cloud.

use crate::issue_sync::IssueSync;

/// Its settings.
pub(crate) static SETTINGS: IssueSync = IssueSync { name: "Jira", item: "ticket", is_jira: true };
