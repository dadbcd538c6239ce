//! Jira Cloud.

use crate::issue_sync::IssueSync;

/// Its settings.
pub(crate) static SETTINGS: IssueSync = IssueSync::new("Jira", "ticket", true);
