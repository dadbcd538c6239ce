//! Deleting issues: at once out of sight, their rows in small steps.

use mortise_domain::{ErrorEventId, IssueId, ProjectId};

use crate::{Conn, Query, Result, Tx};

/// Hides issues and frees their hashes, so that a new event of theirs starts a new issue.
pub async fn hide(tx: &mut Tx, ids: &[IssueId]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    for sql in [
        "UPDATE issue SET status = 3, substatus = NULL WHERE id IN ",
        "DELETE FROM issue_hash WHERE issue_id IN ",
    ] {
        let mut query = Query::new(sql);
        query.list(ids.iter().copied());
        tx.execute(query).await?;
    }
    Ok(())
}

/// Makes the events of issues unwanted from now on: what their hashes mean is dropped when it comes.
pub async fn discard_hashes(tx: &mut Tx, ids: &[IssueId]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut query = Query::new(
        "INSERT INTO discarded_hash (project_id, hash) SELECT project_id, hash FROM issue_hash WHERE issue_id IN ",
    );
    query.list(ids.iter().copied()).push(" ON CONFLICT (project_id, hash) DO NOTHING");
    tx.execute(query).await?;
    Ok(())
}

/// Whether events with any of these hashes are unwanted.
pub async fn is_discarded(conn: &mut Conn, project: ProjectId, hashes: &[String]) -> Result<bool> {
    let mut query =
        Query::new("SELECT COUNT(*) FROM discarded_hash WHERE project_id = $1 AND hash IN ").bind(project);
    query.list(hashes);
    Ok(conn.one::<i64>(query).await? > 0)
}

/// A hidden issue that still has rows.
pub async fn next_hidden(conn: &mut Conn) -> Result<Option<IssueId>> {
    conn.optional(Query::new("SELECT id FROM issue WHERE status IN (3, 4) ORDER BY id LIMIT 1")).await
}

/// Removes at most `limit` events of a hidden issue, and the issue itself once it has none; whether it is gone.
pub async fn remove_some(tx: &mut Tx, id: IssueId, limit: i64) -> Result<bool> {
    let some = Query::new("SELECT id FROM error_event WHERE issue_id = $1 ORDER BY timestamp, id LIMIT $2");
    let events: Vec<ErrorEventId> = tx.all(some.bind(id).bind(limit)).await?;
    if events.is_empty() {
        tx.execute(Query::new("DELETE FROM issue WHERE id = $1 AND status IN (3, 4)").bind(id)).await?;
        return Ok(true);
    }
    let mut query = Query::new("DELETE FROM error_event WHERE id IN ");
    query.list(events);
    tx.execute(query).await?;
    Ok(false)
}
