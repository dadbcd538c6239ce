//! What happens to integrations that are broken: a line in the log, and where the operator wants it, they are disabled and
//! their owners told, until somebody installs them again.

use mortise_domain::{AuditEvent, IntegrationId, OrgId, status::ObjectStatus};
use mortise_store::{
    StoreError, Tx,
    integration::{
        health::{self, Calls},
        installed,
    },
};
use serde_json::json;

use super::health::{first_day, last_old_day, trouble};
use crate::{
    Ctx, Error, Result, audit,
    events::{self, ProviderFacts},
};

/// Integrations that are looked at in one statement.
const BATCH: i64 = 200;

/// Looks at every active integration that had errors, and forgets old counts; how many are broken.
pub(crate) async fn judge(ctx: &Ctx) -> Result<u64> {
    let now = ctx.now();
    let old = last_old_day(now);
    let forgotten =
        ctx.store.write::<_, StoreError, _>(move |tx| Box::pin(async move { health::purge(tx, old).await }));
    forgotten.await?;
    let (mut after, mut broken) = (IntegrationId::new(0), 0);
    loop {
        let mut conn = ctx.store.read().await?;
        let failing = health::failing(&mut conn, first_day(now), after, BATCH).await?;
        drop(conn);
        let Some(last) = failing.last() else { return Ok(broken) };
        after = last.integration_id;
        for one in failing.into_iter().filter(|one| trouble(one).is_some()) {
            broken += 1;
            act(ctx, one).await?;
        }
    }
}

/// Disables a broken integration, or says that it is broken.
async fn act(ctx: &Ctx, one: Calls) -> Result<()> {
    let id = one.integration_id;
    if !ctx.settings.disable_broken {
        tracing::warn!(integration.id = id.get(), provider = one.provider, "an integration is broken");
        return Ok(());
    }
    let inner = ctx.clone();
    let disabled =
        ctx.store.write(move |tx| Box::pin(async move { disable(tx, &inner, id, one.provider).await }));
    if disabled.await? {
        tracing::warn!(integration.id = id.get(), "an integration was disabled, because it is broken");
    }
    Ok(())
}

/// Disables an integration and tells the owners of the organization that had it first. Nothing happens where nobody has it,
/// or it is disabled already.
async fn disable(tx: &mut Tx, ctx: &Ctx, id: IntegrationId, provider: String) -> Result<bool, Error> {
    let now = ctx.now();
    let Some(org): Option<OrgId> = installed::first_org(tx, id).await? else { return Ok(false) };
    if !installed::disable(tx, id, ObjectStatus::Disabled.number(), now).await? {
        return Ok(false);
    }
    health::clear(tx, id).await?;
    let known = ctx.providers().get(&provider);
    let name = known.map_or_else(|| provider.clone(), |it| it.manifest().name.to_owned());
    let entry = audit::Entry::new(org, AuditEvent::IntegrationDisable, json!({ "provider": provider }));
    audit::record(tx, &audit::Actor::system(), &entry.target(org.get()), now).await?;
    let facts = ProviderFacts { kind: "first_party".to_owned(), slug: provider, name };
    events::integration_disabled(tx, org, id, facts, now).await?;
    Ok(true)
}
