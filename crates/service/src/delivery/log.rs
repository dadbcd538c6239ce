//! What people see of deliveries: the log, one delivery with its attempts, and doing it again.

use std::collections::HashMap;

use mortise_domain::{DeliveryId, Scope, ScopeSet, status::DeliveryState};
use mortise_providers::{PluginKind, PluginManifest};
use mortise_store::delivery::{self, Attempt, AttemptSummary, Delivery, LogFilter};
use serde_json::Value as Json;

use super::plugin::receivers_of;
use crate::{
    Ctx, Error, Result,
    access::{OrgAccess, ProjectAccess},
    plugins,
};

/// Deliveries on one page of the log at most.
pub const DELIVERIES_PER_PAGE_MAX: i64 = 100;

/// Who may look at deliveries: their bodies tell of issues, so this is for those who look after integrations.
const MAY_READ: ScopeSet =
    ScopeSet::of(&[Scope::OrgRead, Scope::OrgIntegrations, Scope::OrgWrite, Scope::OrgAdmin]);
/// Who may repeat deliveries.
const MAY_REPLAY: ScopeSet = ScopeSet::of(&[Scope::OrgIntegrations, Scope::OrgWrite, Scope::OrgAdmin]);

/// Which deliveries are wanted; see [`LogFilter`].
pub type DeliveryFilter = LogFilter;

/// A page of the log.
#[derive(Debug, Clone)]
pub struct LogPage {
    /// Newest first.
    pub deliveries: Vec<DeliveryView>,
    /// What to pass as `before` for the next page; `None` on the last one.
    pub next_before: Option<DeliveryId>,
}

/// A delivery in the log.
#[derive(Debug, Clone)]
pub struct DeliveryView {
    /// The delivery.
    pub delivery: Delivery,
    /// Where it stands.
    pub state: DeliveryState,
    /// Its last attempt.
    pub last_attempt: Option<AttemptSummary>,
}

/// A delivery with everything that is known of it.
#[derive(Debug, Clone)]
pub struct DeliveryDetail {
    /// The delivery.
    pub delivery: Delivery,
    /// Where it stands.
    pub state: DeliveryState,
    /// All attempts, in order.
    pub attempts: Vec<AttemptView>,
}

/// An attempt.
#[derive(Debug, Clone)]
pub struct AttemptView {
    /// The attempt; its `exchange` is `{"request", "response", "duration_us", "error"}`.
    pub attempt: Attempt,
    /// Why there was no answer, as a sentence.
    pub error: Option<String>,
}

/// Those that deliveries of the organization go to, with their names: pairs of what [`DeliveryFilter::subscriber`] takes
/// and what people read, by name.
pub async fn list_subscribers(ctx: &Ctx, access: &OrgAccess) -> Result<Vec<(String, String)>> {
    access.require(MAY_READ)?;
    let mut conn = ctx.store.read().await?;
    let named = delivery::names(&mut conn, access.org.id).await?;
    let mut all: Vec<_> = named.into_iter().map(|named| (named.subscriber, named.name)).collect();
    all.extend(plugins::notifying_plugins(&mut conn, access.org.id).await?.into_iter().map(|found| {
        let name = format!("{} of {}", found.plugin.name, found.project_name);
        (receivers_of(found.project, found.plugin), name)
    }));
    all.sort_by_cached_key(|(subscriber, name)| (name.to_lowercase(), subscriber.clone()));
    Ok(all)
}

/// What [`DeliveryFilter::subscriber`] takes for the deliveries of a plugin that notifies; `None` for any other.
pub fn subscriber_of_plugin(access: &ProjectAccess, slug: &str) -> Option<String> {
    let plugin = PluginManifest::find(slug).filter(|plugin| plugin.kind == PluginKind::Notification)?;
    Some(receivers_of(access.project.id, plugin))
}

/// The log of an organization, newest first, from behind `before`.
pub async fn list_deliveries(
    ctx: &Ctx,
    access: &OrgAccess,
    filter: &DeliveryFilter,
    before: Option<DeliveryId>,
    per_page: i64,
) -> Result<LogPage> {
    access.require(MAY_READ)?;
    let per_page = per_page.clamp(1, DELIVERIES_PER_PAGE_MAX);
    let mut conn = ctx.store.read().await?;
    let mut rows = delivery::list(&mut conn, access.org.id, filter, before, per_page + 1).await?;
    let has_more = rows.len() as i64 > per_page;
    rows.truncate(usize::try_from(per_page).unwrap_or(0));
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let last = delivery::last_attempts(&mut conn, &ids).await?;
    let mut last: HashMap<_, _> = last.into_iter().map(|attempt| (attempt.delivery_id, attempt)).collect();
    let next_before = if has_more { ids.last().copied() } else { None };
    let view = |delivery: Delivery| {
        let state = state_of(&delivery)?;
        let last_attempt = last.remove(&delivery.id);
        Ok(DeliveryView { delivery, state, last_attempt })
    };
    Ok(LogPage { deliveries: rows.into_iter().map(view).collect::<Result<_>>()?, next_before })
}

/// A delivery of the organization with its attempts.
pub async fn get_delivery(ctx: &Ctx, access: &OrgAccess, id: DeliveryId) -> Result<DeliveryDetail> {
    access.require(MAY_READ)?;
    let mut conn = ctx.store.read().await?;
    let delivery = delivery::by_id(&mut conn, access.org.id, id).await?.ok_or(Error::NotFound)?;
    let attempts = delivery::attempts_of(&mut conn, id).await?.into_iter().map(attempt_view).collect();
    Ok(DeliveryDetail { state: state_of(&delivery)?, delivery, attempts })
}

/// Makes a finished delivery due again, under the same `Request-ID` and with a fresh schedule. One that is pending is
/// left as it is (409).
pub async fn replay_delivery(ctx: &Ctx, access: &OrgAccess, id: DeliveryId) -> Result<()> {
    access.require(MAY_REPLAY)?;
    let (org, now) = (access.org.id, ctx.now());
    let exists = delivery::by_id(&mut *ctx.store.read().await?, org, id).await?.is_some();
    if !exists {
        return Err(Error::NotFound);
    }
    let replayed =
        ctx.store.write(move |tx| Box::pin(async move { delivery::replay(tx, org, id, now).await })).await?;
    if replayed { Ok(()) } else { Err(Error::conflict("This delivery is still pending.")) }
}

/// Makes every delivery that failed for good and fits the filter due again. How many.
pub async fn replay_failed_deliveries(ctx: &Ctx, access: &OrgAccess, filter: DeliveryFilter) -> Result<u64> {
    access.require(MAY_REPLAY)?;
    let (org, now) = (access.org.id, ctx.now());
    let replayed = ctx
        .store
        .write(move |tx| Box::pin(async move { delivery::replay_failed(tx, org, &filter, now).await }));
    Ok(replayed.await?)
}

fn state_of(delivery: &Delivery) -> Result<DeliveryState> {
    delivery.state.try_into().map_err(|error| Error::Internal(format!("delivery {}: {error}", delivery.id)))
}

fn attempt_view(attempt: Attempt) -> AttemptView {
    let error = attempt.exchange.pointer("/error/message").and_then(Json::as_str).map(str::to_owned);
    AttemptView { attempt, error }
}
