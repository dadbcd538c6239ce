//! Sealed values in the database: where each lies ([`place`]), and what the rotation of keys needs: looking at all of
//! them, and sealing them again with the newest key while everything runs.

use std::fmt::Display;

use mortise_crypto::{ExposeSecret as _, Place};
use mortise_store::sealed::{self, SEALED_COLUMNS, SealedColumn, SealedValue};
use serde_json::{Map, Value};

use crate::{Ctx, Error, Result};

/// How many values are sealed again in one transaction.
const BATCH: i64 = 200;

/// What was found, and what was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Sealed values there are.
    pub values: u64,
    /// Of these, how many lie under an older key than the newest.
    pub outdated: u64,
    /// Of these, how many do not open with the keys there are.
    pub unreadable: u64,
    /// How many were sealed again.
    pub resealed: u64,
}

/// The place of a value: what names its row is said beside each of the columns in [`mortise_store::sealed`].
pub fn place(column: SealedColumn, row: impl Display) -> Place {
    Place::new(column.table, column.column, row)
}

/// Seals a JSON object.
pub(crate) fn seal_object(
    ctx: &Ctx,
    column: SealedColumn,
    row: impl Display,
    object: &Map<String, Value>,
) -> Vec<u8> {
    let text = Value::Object(object.clone()).to_string();
    ctx.keyring.seal(&place(column, row), text.as_bytes(), &*ctx.ids)
}

/// The JSON object that was sealed.
pub(crate) fn open_object(
    ctx: &Ctx,
    column: SealedColumn,
    row: impl Display,
    blob: &[u8],
) -> Result<Map<String, Value>> {
    let broken = |error: &dyn Display| {
        Error::Internal(format!("{}.{} of {row} does not open: {error}", column.table, column.column))
    };
    let text = ctx.keyring.open(&place(column, &row), blob).map_err(|error| broken(&error))?;
    serde_json::from_slice(text.expose_secret()).map_err(|error| broken(&error))
}

/// Looks at every sealed value.
pub async fn inspect(ctx: &Ctx) -> Result<Report> {
    walk(ctx, async |_, _| Ok(0)).await
}

/// Seals again whatever lies under an older key. Values that do not open are left as they are.
pub async fn reseal(ctx: &Ctx) -> Result<Report> {
    walk(ctx, async |column, outdated| replace(ctx, column, outdated).await).await
}

/// An outdated value and the same under the newest key.
struct Outdated {
    id: i64,
    old: Vec<u8>,
    new: Vec<u8>,
}

async fn walk(ctx: &Ctx, renew: impl AsyncFn(SealedColumn, Vec<Outdated>) -> Result<u64>) -> Result<Report> {
    let mut report = Report::default();
    for column in SEALED_COLUMNS {
        let mut after = 0;
        loop {
            let values = sealed::page(&mut ctx.store.read().await?, *column, after, BATCH).await?;
            let Some(last) = values.last() else { break };
            after = last.id;
            let outdated = judge(ctx, *column, values, &mut report);
            report.resealed += renew(*column, outdated).await?;
        }
    }
    Ok(report)
}

fn judge(ctx: &Ctx, column: SealedColumn, values: Vec<SealedValue>, report: &mut Report) -> Vec<Outdated> {
    let mut outdated = Vec::new();
    for value in values {
        report.values += 1;
        let place = place(column, &value.place);
        match (ctx.keyring.open(&place, &value.blob), ctx.keyring.needs_reseal(&value.blob)) {
            (Ok(_), Ok(false)) => {}
            (Ok(plain), Ok(true)) => {
                report.outdated += 1;
                let new = ctx.keyring.seal(&place, plain.expose_secret(), &*ctx.ids);
                outdated.push(Outdated { id: value.id, old: value.blob, new });
            }
            (Err(error), _) | (_, Err(error)) => {
                report.unreadable += 1;
                tracing::warn!(%error, table = column.table, row.id = value.id, "a sealed value does not open");
            }
        }
    }
    outdated
}

async fn replace(ctx: &Ctx, column: SealedColumn, outdated: Vec<Outdated>) -> Result<u64> {
    if outdated.is_empty() {
        return Ok(0);
    }
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                let mut count = 0;
                for value in &outdated {
                    count += u64::from(sealed::replace(tx, column, value.id, &value.old, &value.new).await?);
                }
                Ok::<_, Error>(count)
            })
        })
        .await
}
