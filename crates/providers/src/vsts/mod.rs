//! Azure DevOps.

use crate::issue_sync::IssueSync;

/// Its settings.
pub(crate) static SETTINGS: IssueSync = IssueSync::new("Azure DevOps", "work item", false);
