//! Azure DevOps.

use crate::issue_sync::IssueSync;

/// Its settings.
pub(crate) static SETTINGS: IssueSync = IssueSync { name: "Azure DevOps", item: "work item", is_jira: false };
