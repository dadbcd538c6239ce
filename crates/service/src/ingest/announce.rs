//! The events that ingestion appends to the outbox.

use mortise_domain::{IssueId, OrgId, ProjectId, Time};
use mortise_store::{
    Result, Tx,
    outbox::{self, NewEvent},
};
use serde_json::json;

/// Which issue something happened to, and whose it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject {
    pub(super) org: OrgId,
    pub(super) project: ProjectId,
    pub(super) issue: IssueId,
}

impl Subject {
    /// Appends an event about the issue. `event_id` is the SDK's event that caused it, where one did.
    pub(super) async fn announce(
        self,
        tx: &mut Tx,
        kind: &'static str,
        event_id: Option<&str>,
        now: Time,
    ) -> Result<()> {
        let event = NewEvent {
            kind,
            org: self.org,
            subject: format!("issue:{}", self.issue),
            payload: json!({
                "issue_id": self.issue.get(),
                "project_id": self.project.get(),
                "event_id": event_id,
                "automatic": true,
            }),
        };
        outbox::append(tx, &event, now).await?;
        Ok(())
    }
}
