//! Hand-overs under way: prepared in batches, made each in a task of its own. Nothing here can take the node down or
//! another delivery with it: what panics or fails while being prepared counts as a failed attempt of its delivery.

use std::{any::Any, collections::BTreeMap, panic::AssertUnwindSafe, sync::Arc, time::Instant};

use futures_util::{FutureExt, future::BoxFuture};
use mortise_domain::{EventId, Time};
use mortise_store::delivery::{self, Claimed, EventFacts};
use serde_json::json;
use tokio::sync::mpsc::UnboundedSender;

use super::{Attempted, Handover, Prepared, Registry, Subscriber, Verdict};
use crate::{Ctx, Result};

/// A hand-over that ended.
#[derive(Debug)]
pub(super) struct Finished {
    pub(super) delivery: Claimed,
    pub(super) started_at: Time,
    pub(super) duration_us: i64,
    /// Nothing when there was nothing to deliver to.
    pub(super) attempted: Option<Attempted>,
}

/// Makes the hand-overs and sends back what became of each, exactly one [`Finished`] per delivery.
pub(super) async fn hand_over(
    ctx: Ctx,
    registry: Registry,
    claimed: Vec<Claimed>,
    done: UnboundedSender<Finished>,
) {
    let started_at = ctx.now();
    let finish = |delivery: Claimed, attempted: Option<Attempted>| {
        // The receiver only goes away when the node stops; the lease is given back then.
        let _ = done.send(Finished { delivery, started_at, duration_us: 0, attempted });
    };
    let facts = match facts(&ctx, &claimed).await {
        Ok(facts) => facts,
        Err(error) => {
            tracing::error!(%error, "could not read the events of deliveries");
            claimed.into_iter().for_each(|delivery| finish(delivery, Some(internal(&error.to_string()))));
            return;
        }
    };
    let mut groups: BTreeMap<&'static str, (Arc<dyn Subscriber>, Vec<Handover>)> = BTreeMap::new();
    for delivery in claimed {
        match (registry.of(&delivery.subscriber), facts.get(&delivery.event_id)) {
            (Some(subscriber), Some(event)) => {
                let group = groups.entry(subscriber.kind());
                let (payload, happened_at) = (event.payload.clone(), event.created_at);
                let (_, handovers) = group.or_insert_with(|| (Arc::clone(subscriber), Vec::new()));
                handovers.push(Handover { delivery, payload, happened_at });
            }
            _ => finish(delivery, None),
        }
    }
    for (subscriber, handovers) in groups.into_values() {
        let prepared = prepare(&ctx, subscriber.as_ref(), &handovers).await;
        for (handover, prepared) in handovers.into_iter().zip(prepared) {
            match prepared {
                Prepared::Skip => finish(handover.delivery, None),
                Prepared::Run(work) => run(&ctx, handover.delivery, work, done.clone()),
            }
        }
    }
}

/// The facts of the events behind deliveries.
async fn facts(ctx: &Ctx, claimed: &[Claimed]) -> Result<BTreeMap<EventId, EventFacts>> {
    let ids: Vec<_> = claimed.iter().map(|delivery| delivery.event_id).collect();
    let mut conn = ctx.store.read().await?;
    let facts = delivery::event_facts(&mut conn, &ids).await?;
    Ok(facts.into_iter().map(|event| (event.id, event)).collect())
}

/// Prepares a batch; where that fails, each by itself.
async fn prepare(ctx: &Ctx, subscriber: &dyn Subscriber, handovers: &[Handover]) -> Vec<Prepared> {
    match prepare_at_once(ctx, subscriber, handovers).await {
        Ok(prepared) => prepared,
        Err(reason) if handovers.len() <= 1 => {
            tracing::error!(subscriber = subscriber.kind(), reason, "could not prepare a delivery");
            handovers.iter().map(|_| failed(&reason)).collect()
        }
        Err(_) => {
            let mut all = Vec::with_capacity(handovers.len());
            for handover in handovers {
                let one = prepare_at_once(ctx, subscriber, std::slice::from_ref(handover)).await;
                all.push(match one {
                    Ok(mut prepared) => prepared.pop().unwrap_or(Prepared::Skip),
                    Err(reason) => {
                        tracing::error!(
                            subscriber = handover.delivery.subscriber,
                            reason,
                            "could not prepare"
                        );
                        failed(&reason)
                    }
                });
            }
            all
        }
    }
}

async fn prepare_at_once(
    ctx: &Ctx,
    subscriber: &dyn Subscriber,
    handovers: &[Handover],
) -> Result<Vec<Prepared>, String> {
    match AssertUnwindSafe(subscriber.prepare(ctx, handovers)).catch_unwind().await {
        Ok(Ok(prepared)) if prepared.len() == handovers.len() => Ok(prepared),
        Ok(Ok(prepared)) => Err(format!("{} prepared of {}", prepared.len(), handovers.len())),
        Ok(Err(error)) => Err(error.to_string()),
        Err(panic) => Err(panic_text(panic.as_ref())),
    }
}

fn run(ctx: &Ctx, delivery: Claimed, work: BoxFuture<'static, Attempted>, done: UnboundedSender<Finished>) {
    let started_at = ctx.now();
    tokio::spawn(async move {
        let clock = Instant::now();
        let attempted = match AssertUnwindSafe(work).catch_unwind().await {
            Ok(attempted) => attempted,
            Err(panic) => {
                let reason = panic_text(panic.as_ref());
                tracing::error!(subscriber = delivery.subscriber, reason, "a delivery panicked");
                internal(&reason)
            }
        };
        let duration_us = i64::try_from(clock.elapsed().as_micros()).unwrap_or(i64::MAX);
        let _ = done.send(Finished { delivery, started_at, duration_us, attempted: Some(attempted) });
    });
}

fn failed(reason: &str) -> Prepared {
    let attempted = internal(reason);
    Prepared::Run(Box::pin(async move { attempted }))
}

/// Our own failure: tried again, because the next version may do better.
fn internal(reason: &str) -> Attempted {
    let error =
        json!({ "kind": "internal", "reason": reason, "message": "The delivery could not be prepared." });
    Attempted {
        verdict: Verdict::Retry { after: None },
        response_code: None,
        exchange: json!({ "request": null, "response": null, "duration_us": 0, "error": error }),
    }
}

pub(super) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "panic".to_owned())
}
