//! Fetching files of owners that a commit touched. Whoever stores the commit says when (`fetch_later` of the store); a
//! periodic job takes them in hand and fetches them, and may fetch them twice. Where a file cannot be had, the owners of the
//! organization are told, and the other files that come from the same repository are left as they are. What goes wrong here
//! is tried again after those that wait.

use std::collections::HashMap;

use mortise_domain::{CodeOwnersId, RepositoryId, Time};
use mortise_store::{
    code_mapping::{self, CodeMapping},
    code_owners::{self as store, CodeOwners},
    organization::{self, Organization},
};

use super::{RAW_CHARS_MAX, job::derive};
use crate::{Ctx, Error, Result, authenticate::after, code_mappings, events, features};

/// Files taken in hand in one run; each is a call or two to the other side.
const BATCH: i64 = 20;
/// How long whoever has files in hand keeps them, seconds: longer than a slow other side takes for all of them.
const IN_HAND_S: i64 = 900;
const MISSING: &str = "The repository has no such file.";
const TOO_LONG: &str = "The file is too long.";

/// Fetches the files that are due; how many were taken in hand.
pub(crate) async fn fetch_touched(ctx: &Ctx) -> Result<u64> {
    let now = ctx.now();
    let until = after(now, IN_HAND_S);
    let claim = ctx.store.write::<_, Error, _>(move |tx| {
        Box::pin(async move { Ok(store::claim_to_fetch(tx, now, until, BATCH).await?) })
    });
    let rows = claim.await?;
    let mut conn = ctx.store.read().await?;
    let ids: Vec<_> = rows.iter().map(|row| row.code_mapping_id).collect();
    let mappings = code_mapping::by_ids(&mut conn, &ids).await?;
    let orgs: Vec<_> = mappings.iter().map(|mapping| mapping.organization_id).collect();
    let orgs = organization::by_ids(&mut conn, &orgs).await?;
    drop(conn);
    let count = rows.len() as u64;
    let mut by_repository: HashMap<RepositoryId, Vec<(CodeOwners, CodeMapping)>> = HashMap::new();
    for row in rows {
        let mapping = mappings.iter().find(|mapping| mapping.id == row.code_mapping_id);
        if let Some(mapping) = mapping {
            by_repository.entry(mapping.repository_id).or_default().push((row, mapping.clone()));
        }
    }
    for files in by_repository.into_values() {
        let org = orgs.iter().find(|org| files.iter().any(|(_, mapping)| mapping.organization_id == org.id));
        let Some(org) = org else { continue };
        // What goes wrong here with one repository keeps no other from being fetched.
        if let Err(error) = fetch_all(ctx, org, files, until).await {
            tracing::warn!(%error, organization.id = %org.id, "files of owners are not fetched yet");
        }
    }
    Ok(count)
}

/// Fetches what comes from one repository, until something cannot be had.
async fn fetch_all(
    ctx: &Ctx,
    org: &Organization,
    files: Vec<(CodeOwners, CodeMapping)>,
    until: Time,
) -> Result<()> {
    let all: Vec<CodeOwnersId> = files.iter().map(|(row, _)| row.id).collect();
    if features::has(org, "integrations-codeowners") {
        for (row, mapping) in files {
            if let Err(reason) = fetch(ctx, org, &row, &mapping).await? {
                return give_up(ctx, &row, &mapping, all, reason, until).await;
            }
        }
    }
    let write = ctx.store.write::<_, Error, _>(move |tx| {
        Box::pin(async move { Ok(store::mark_fetched(tx, &all, until).await?) })
    });
    write.await
}

/// Takes over a file as it is in the repository, or says why it cannot be had.
async fn fetch(
    ctx: &Ctx,
    org: &Organization,
    row: &CodeOwners,
    mapping: &CodeMapping,
) -> Result<Result<(), String>> {
    let raw = match code_mappings::owners_file(ctx, org, mapping).await? {
        Ok(Some(file)) if file.raw.is_empty() => return Ok(Err(MISSING.to_owned())),
        Ok(Some(file)) if file.raw.chars().count() > RAW_CHARS_MAX => return Ok(Err(TOO_LONG.to_owned())),
        Ok(Some(file)) => file.raw,
        Ok(None) => return Ok(Err(MISSING.to_owned())),
        Err(reason) => return Ok(Err(reason)),
    };
    if row.raw.as_deref() == Some(&raw) {
        return Ok(Ok(()));
    }
    let schema = derive(ctx, mapping, &raw).await?;
    let now = ctx.now();
    let new = CodeOwners { raw: Some(raw), schema: Some(schema), ..row.clone() };
    let write = ctx.store.write::<_, Error, _>(move |tx| {
        Box::pin(async move {
            // Who removed the file or gave it another mapping meanwhile wants something else.
            let now_there = store::find(tx, new.project_id, new.id).await?;
            if now_there.is_some_and(|row| row.code_mapping_id == new.code_mapping_id) {
                store::update(tx, &new, now).await?;
            }
            Ok(())
        })
    });
    write.await.map(Ok)
}

/// Tells why the file stays as it is.
async fn give_up(
    ctx: &Ctx,
    row: &CodeOwners,
    mapping: &CodeMapping,
    all: Vec<CodeOwnersId>,
    reason: String,
    until: Time,
) -> Result<()> {
    let now = ctx.now();
    let (org, project, id) = (mapping.organization_id, row.project_id, row.id);
    let write = ctx.store.write::<_, Error, _>(move |tx| {
        Box::pin(async move {
            store::mark_fetched(tx, &all, until).await?;
            events::code_owners_not_fetched(tx, org, project, id, reason, now).await?;
            Ok(())
        })
    });
    write.await
}
