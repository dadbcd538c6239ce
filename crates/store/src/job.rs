//! Periodic jobs: when each runs next, and which node has it in hand. A node that dies with a job in hand loses it when
//! the lease ends.

use mortise_domain::Time;

use crate::{Query, Result, Tx};

/// Makes the job known; due at once when it is new.
pub async fn register(tx: &mut Tx, name: &str, now: Time) -> Result<()> {
    let query = Query::new("INSERT INTO job (name, next_at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING");
    tx.execute(query.bind(name).bind(now)).await?;
    Ok(())
}

/// Takes the job in hand, when it is due and nobody else has it.
pub async fn claim(tx: &mut Tx, name: &str, node: &str, now: Time, until: Time) -> Result<bool> {
    let query = Query::new(
        "UPDATE job SET leased_by = $2, lease_until = $4 WHERE name = $1 AND next_at <= $3 \
         AND (lease_until IS NULL OR lease_until <= $3)",
    );
    Ok(tx.execute(query.bind(name).bind(node).bind(now).bind(until)).await? == 1)
}

/// Puts the job back, to run again at `next`. Nothing when the lease was lost.
pub async fn release(tx: &mut Tx, name: &str, node: &str, next: Time) -> Result<()> {
    let query = Query::new(
        "UPDATE job SET leased_by = NULL, lease_until = NULL, next_at = $3 WHERE name = $1 AND leased_by = $2",
    );
    tx.execute(query.bind(name).bind(node).bind(next)).await?;
    Ok(())
}
