//! Deliveries that go as they should, and those that do not.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use mortise_domain::status::DeliveryState;
use mortise_service::delivery::{self, DeliveryFilter};
use mortise_testkit::{Receiver, Reply, api_test};

use super::support::{PANICS, PANICS_EARLY, attempts, emit, log, log_when, owner, start};

api_test!(an_event_is_delivered_once_and_logged_with_what_was_said, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let running = start(&app, &[&receiver]);
    emit(&app, &world, [7]).await;
    let received = receiver.wait_for(1).await;
    assert_eq!(received[0].json()["issue"], 7);
    let log = log_when(&app, &world, |log| log[0].state == DeliveryState::Delivered).await;
    let last = log[0].last_attempt.clone().unwrap();
    assert_eq!((last.number, last.response_code), (1, Some(200)));
    assert_eq!(received[0].header("request-id"), log[0].delivery.uuid);
    let detail =
        delivery::get_delivery(&app.ctx, &owner(&app, &world).await, log[0].delivery.id).await.unwrap();
    let exchange = &detail.attempts[0].attempt.exchange;
    assert_eq!(exchange["request"]["method"], "POST");
    assert_eq!(exchange["response"]["status"], 200);
    assert!(exchange["error"].is_null());
    running.stop().await;
    assert_eq!(receiver.received().len(), 1);
});

api_test!(a_burst_of_500_events_is_delivered_once_each, |app| async move {
    let world = app.world().await;
    let receivers = [Receiver::start().await, Receiver::start().await];
    let running = start(&app, &[&receivers[0], &receivers[1]]);
    for batch in 0..5 {
        emit(&app, &world, batch * 100..(batch + 1) * 100).await;
    }
    for receiver in &receivers {
        receiver.wait_for(500).await;
    }
    running.stop().await;
    for receiver in &receivers {
        let received = receiver.received();
        let issues: HashSet<_> = received.iter().map(|one| one.json()["issue"].as_i64()).collect();
        let ids: HashSet<_> = received.iter().map(|one| one.header("request-id").to_owned()).collect();
        assert_eq!((received.len(), issues.len(), ids.len()), (500, 500, 500));
    }
});

api_test!(a_slow_receiver_does_not_delay_another, |app| async move {
    let world = app.world().await;
    let (slow, quick) = (Receiver::start().await, Receiver::start().await);
    slow.reply([Reply::status(200).after(Duration::from_secs(30))]);
    let running = start(&app, &[&slow, &quick]);
    let started = Instant::now();
    emit(&app, &world, 0..200).await;
    quick.wait_for(200).await;
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    assert_eq!(slow.received().len(), delivery::Options::default().share_max);
    drop(running);
});

api_test!(events_of_one_issue_come_in_their_order, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    receiver.reply([Reply::status(200).after(Duration::from_millis(20))]);
    let running = start(&app, &[&receiver]);
    emit(&app, &world, [7, 8, 7, 7, 8]).await;
    let received = receiver.wait_for(5).await;
    running.stop().await;
    let log = log(&app, &world).await;
    for subject in ["issue:7", "issue:8"] {
        let mut of_log: Vec<_> = log
            .iter()
            .filter(|view| view.delivery.subject == subject)
            .map(|view| &view.delivery.uuid)
            .collect();
        of_log.reverse();
        let ids: Vec<_> = received.iter().map(|one| one.header("request-id").to_owned()).collect();
        let came: Vec<_> = ids.iter().filter(|id| of_log.contains(id)).collect();
        assert_eq!(came, of_log);
    }
});

api_test!(a_failed_delivery_is_tried_again_on_schedule_under_the_same_id, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    receiver.reply([Reply::status(503), Reply::status(429).header("retry-after", "600"), Reply::status(200)]);
    let running = start(&app, &[&receiver]);
    emit(&app, &world, [7]).await;
    let log = log_when(&app, &world, |log| log[0].delivery.attempts == 1).await;
    assert_eq!(log[0].state, DeliveryState::Pending);
    app.clock.advance(3);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(receiver.received().len(), 1, "too early");
    app.clock.advance(4);
    receiver.wait_for(2).await;
    log_when(&app, &world, |log| log[0].delivery.attempts == 2).await;
    app.clock.advance(590);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(receiver.received().len(), 2, "the receiver asked for ten minutes");
    app.clock.advance(11);
    let received = receiver.wait_for(3).await;
    let log = log_when(&app, &world, |log| log[0].state == DeliveryState::Delivered).await;
    assert!(received.iter().all(|one| one.header("request-id") == log[0].delivery.uuid));
    let tried = attempts(&app, &world, log[0].delivery.id).await;
    let codes: Vec<_> = tried.iter().map(|(number, code, _)| (*number, *code)).collect();
    assert_eq!(codes, [(1, Some(503)), (2, Some(429)), (3, Some(200))]);
    running.stop().await;
});

api_test!(a_refusal_is_final_until_it_is_replayed, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    receiver.reply([Reply::status(413), Reply::status(200)]);
    let running = start(&app, &[&receiver]);
    emit(&app, &world, [7]).await;
    let log = log_when(&app, &world, |log| log[0].state == DeliveryState::Failed).await;
    let (access, id) = (owner(&app, &world).await, log[0].delivery.id);
    delivery::replay_delivery(&app.ctx, &access, id).await.unwrap();
    log_when(&app, &world, |log| log[0].state == DeliveryState::Delivered).await;
    assert_eq!(attempts(&app, &world, id).await.len(), 2);
    let again = delivery::replay_failed_deliveries(&app.ctx, &access, DeliveryFilter::default()).await;
    assert_eq!(again.unwrap(), 0);
    running.stop().await;
});

api_test!(a_delivery_nobody_answers_is_given_up_after_two_days, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    receiver.reply([Reply::status(500)]);
    let running = start(&app, &[&receiver]);
    emit(&app, &world, [7]).await;
    for attempt in 1..=10 {
        log_when(&app, &world, |log| log[0].delivery.attempts >= attempt).await;
        app.clock.advance(36 * 3600);
    }
    let log = log_when(&app, &world, |log| log[0].state == DeliveryState::Failed).await;
    assert_eq!(log[0].delivery.attempts, 11);
    running.stop().await;
});

api_test!(a_connection_that_fails_is_an_attempt_with_its_error, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let running = start(&app, &[&receiver]);
    drop(receiver);
    emit(&app, &world, [7]).await;
    let log = log_when(&app, &world, |log| log[0].delivery.attempts == 1).await;
    assert_eq!(log[0].state, DeliveryState::Pending);
    let tried = attempts(&app, &world, log[0].delivery.id).await;
    assert_eq!(tried, [(1, None, "connect".to_owned())]);
    running.stop().await;
});

api_test!(a_panic_costs_only_the_delivery_that_caused_it, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let running = start(&app, &[&receiver]);
    emit(&app, &world, [1, PANICS, 2, PANICS_EARLY, 3]).await;
    let received = receiver.wait_for(3).await;
    let mut issues: Vec<_> = received.iter().map(|one| one.json()["issue"].as_i64().unwrap()).collect();
    issues.sort_unstable();
    assert_eq!(issues, [1, 2, 3]);
    let log = log_when(&app, &world, |log| {
        log.iter().any(|view| view.delivery.subject == "issue:666" && view.delivery.attempts == 1)
    });
    let log = log.await;
    let poisoned = log.iter().find(|view| view.delivery.subject == "issue:666").unwrap();
    assert_eq!(poisoned.state, DeliveryState::Pending);
    let tried = attempts(&app, &world, poisoned.delivery.id).await;
    assert_eq!(tried, [(1, None, "internal".to_owned())]);
    running.stop().await;
});
