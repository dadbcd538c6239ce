//! Issue alert rules.

use mortise_domain::{ProjectId, RuleId, Time, UserId};
use serde_json::Value as Json;

use crate::{Query, Result, Tx};

/// Creates an active rule for all environments that nobody owns.
pub async fn insert(
    tx: &mut Tx,
    project: ProjectId,
    label: &str,
    data: &Json,
    created_by: Option<UserId>,
    now: Time,
) -> Result<RuleId> {
    let query = Query::new(
        "INSERT INTO rule (project_id, label, created_by_id, status, data, date_added) VALUES ($1, $2, $3, 0, $4, $5) \
         RETURNING id",
    );
    tx.one(query.bind(project).bind(label).bind(created_by).bind(data).bind(now)).await
}
