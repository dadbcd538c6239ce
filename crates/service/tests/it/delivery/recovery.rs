//! Nodes that stop, die or are too slow.

use std::time::Duration;

use mortise_domain::{Time, status::DeliveryState};
use mortise_service::delivery::Options;
use mortise_store::{
    delivery::{self, Claim, Claimed, NewAttempt, Recorded},
    dialect::Dialect,
};
use mortise_testkit::{Receiver, Reply, TestApp, api_test};

use super::support::{emit, log, log_when, options, start, start_with};

/// Takes the lease of the deliveries to `post:0`, as another node would.
async fn claim(app: &TestApp, node: &'static str, lease: Duration) -> Vec<Claimed> {
    let now = app.ctx.now();
    let claimed = app.ctx.store.write(move |tx| {
        Box::pin(async move {
            let lease_until = now.checked_add(lease).unwrap();
            let wanted = Claim { node, subscriber: "post:0", now, lease_until, hold_until: now, limit: 100 };
            delivery::claim(tx, &wanted).await
        })
    });
    claimed.await.unwrap()
}

async fn record(app: &TestApp, node: &'static str, claimed: &Claimed, state: DeliveryState) -> usize {
    let now = app.ctx.now();
    let attempt = NewAttempt {
        app: None,
        kind: claimed.kind.clone(),
        started_at: now,
        duration_us: 1,
        response_code: Some(200),
        exchange: serde_json::json!({}),
    };
    let outcome = Recorded {
        delivery_id: claimed.id,
        attempts_claimed: claimed.attempts,
        state,
        due_at: now,
        attempt: Some(attempt),
    };
    let recorded = app
        .ctx
        .store
        .write(move |tx| Box::pin(async move { delivery::record(tx, node, &[outcome], now).await }));
    recorded.await.unwrap().len()
}

/// Events become deliveries, and then the node is gone.
async fn dispatched(app: &TestApp, world: &mortise_testkit::World, issues: std::ops::Range<i64>) {
    let receiver = Receiver::start().await;
    let running = start_with(app, &[&receiver], Options { calls_max: 0, ..options() });
    emit(app, world, issues.clone()).await;
    let count = usize::try_from(issues.end - issues.start).unwrap();
    log_when(app, world, |log| log.len() == count).await;
    running.stop().await;
}

api_test!(a_lease_that_ended_goes_to_another_node_and_the_late_answer_changes_nothing, |app| async move {
    let world = app.world().await;
    dispatched(&app, &world, 0..1).await;
    let first = claim(&app, "first", Duration::from_secs(40)).await;
    assert_eq!(first.len(), 1);
    assert!(claim(&app, "second", Duration::from_secs(40)).await.is_empty());
    app.clock.advance(41);
    let second = claim(&app, "second", Duration::from_secs(40)).await;
    assert_eq!(second.len(), 1);
    assert_eq!(record(&app, "first", &first[0], DeliveryState::Failed).await, 0);
    assert_eq!(record(&app, "second", &second[0], DeliveryState::Delivered).await, 1);
    let log = log(&app, &world).await;
    assert_eq!((log[0].state, log[0].delivery.attempts), (DeliveryState::Delivered, 1));
});

api_test!(a_restart_continues_where_the_last_node_died, |app| async move {
    let world = app.world().await;
    dispatched(&app, &world, 0..20).await;
    // The node that held these leases is gone without a word.
    assert_eq!(claim(&app, "dead", Duration::from_secs(40)).await.len(), 20);
    let receiver = Receiver::start().await;
    let running = start(&app, &[&receiver]);
    if app.ctx.store.dialect() == Dialect::Postgres {
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(receiver.received().is_empty(), "the lease still holds");
        app.clock.advance(41);
    }
    receiver.wait_for(20).await;
    log_when(&app, &world, |log| log.iter().all(|view| view.state == DeliveryState::Delivered)).await;
    running.stop().await;
    assert_eq!(receiver.received().len(), 20);
});

api_test!(stopping_waits_for_calls_under_way, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    receiver.reply([Reply::status(200).after(Duration::from_millis(300))]);
    let running = start(&app, &[&receiver]);
    emit(&app, &world, 0..3).await;
    receiver.wait_for(3).await;
    running.stop().await;
    let log = log(&app, &world).await;
    assert!(log.iter().all(|view| view.state == DeliveryState::Delivered), "{log:#?}");
});

api_test!(stopping_gives_back_what_takes_too_long, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    receiver.reply([Reply::status(200).after(Duration::from_secs(30))]);
    let running = start_with(&app, &[&receiver], Options { drain: Duration::from_millis(50), ..options() });
    emit(&app, &world, 0..3).await;
    receiver.wait_for(3).await;
    running.stop().await;
    let log = log(&app, &world).await;
    let now: Time = app.ctx.now();
    assert!(log.iter().all(|view| view.delivery.leased_by.is_none() && view.delivery.due_at <= now));
});

api_test!(a_delivery_waits_for_an_earlier_one_of_its_subject_unless_that_is_put_off, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    // The first is refused for now with a long delay, so the second may pass it.
    receiver.reply([Reply::status(503).header("retry-after", "900"), Reply::status(200)]);
    let running = start(&app, &[&receiver]);
    emit(&app, &world, [7, 7]).await;
    receiver.wait_for(2).await;
    let log = log_when(&app, &world, |log| log[0].state == DeliveryState::Delivered).await;
    assert_eq!(log[1].state, DeliveryState::Pending);
    running.stop().await;
});
