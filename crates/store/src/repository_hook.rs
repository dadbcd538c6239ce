//! Repositories whose webhooks on the other side are to be brought up to date. Whoever takes one in hand gets it for a while;
//! one that is asked for again meanwhile is done again.

use mortise_domain::{IntegrationId, OrgId, RepositoryId, Time};

use crate::{Query, Result, Tx, row};

row! {
    /// A repository whose webhook is to be brought up to date.
    pub struct HookUpdate {
        pub id: i64,
        pub repository_id: RepositoryId,
        /// How often it was taken in hand, this time included.
        pub attempts: i64,
        /// Until when it is in hand.
        pub due_at: Time,
    }
}

/// Has the webhooks of the repositories brought up to date that an organization has from an integration in this state.
pub async fn schedule(
    tx: &mut Tx,
    org: OrgId,
    integration: IntegrationId,
    status: i64,
    now: Time,
) -> Result<()> {
    let query = Query::new(
        "INSERT INTO repository_hook_update (repository_id, attempts, due_at) \
         SELECT id, 0, $4 FROM repository WHERE organization_id = $1 AND integration_id = $2 AND status = $3 ORDER BY id \
         ON CONFLICT (repository_id) DO UPDATE SET attempts = 0, due_at = excluded.due_at",
    );
    tx.execute(query.bind(org).bind(integration).bind(status).bind(now)).await.map(drop)
}

/// Takes up to `limit` in hand that are due, until `until`.
pub async fn claim(tx: &mut Tx, now: Time, until: Time, limit: i64) -> Result<Vec<HookUpdate>> {
    // What another node took at the same time is not due any more.
    let query = Query::new(
        "UPDATE repository_hook_update SET attempts = attempts + 1, due_at = $2 WHERE due_at <= $1 AND id IN \
         (SELECT id FROM repository_hook_update WHERE due_at <= $1 ORDER BY due_at, id LIMIT $3) \
         RETURNING id, repository_id, attempts, due_at",
    );
    tx.all(query.bind(now).bind(until).bind(limit)).await
}

/// Ends what is in hand, to be done again at `again` if that is a time. Nothing where it is not in hand any more.
pub async fn end(tx: &mut Tx, update: &HookUpdate, again: Option<Time>) -> Result<()> {
    let query = match again {
        Some(at) => Query::new("UPDATE repository_hook_update SET due_at = $3 WHERE id = $1 AND due_at = $2")
            .bind(update.id)
            .bind(update.due_at)
            .bind(at),
        None => Query::new("DELETE FROM repository_hook_update WHERE id = $1 AND due_at = $2")
            .bind(update.id)
            .bind(update.due_at),
    };
    tx.execute(query).await.map(drop)
}
