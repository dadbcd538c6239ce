//! Sizes and rates.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use mortise_testkit::api_test;
use serde_json::json;

use super::{ID, assert_refused, count, envelope, execute, message, outcomes, to_envelope, to_store};

const LIMITED: &str = "Sentry dropped data due to a quota or internal rate limit being reached. This will not affect \
    your application. See https://docs.sentry.io/product/accounts/quotas/ for more information.";

/// A body that unpacks to `mib` MiB of the same byte after `head`.
pub fn bomb(head: &str, byte: u8, mib: usize) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(head.as_bytes()).unwrap();
    let block = vec![byte; 1 << 20];
    for _ in 0..mib {
        encoder.write_all(&block).unwrap();
    }
    encoder.finish().unwrap()
}

api_test!(bodies_beyond_the_limits_are_refused, |app| async move {
    let world = app.world().await;
    let large = envelope(&json!({"message": "x".repeat(1024 * 1024)}));
    let answer = to_envelope(&app, &world).body(large).send().await;
    let detail = "envelope exceeded size limits for type 'event' (https://develop.sentry.dev/sdk/envelopes/#size-limits)";
    assert_refused(&answer, 400, detail);
    let answer = to_store(&app, &world).body(vec![b'{'; 200 * 1024 + 1]).send().await;
    assert_eq!(answer.status, 413);
    let answer = to_envelope(&app, &world).body(vec![b'\n'; 20 * 1024 * 1024 + 1]).send().await;
    assert_eq!(answer.status, 413);
});

api_test!(bombs_are_refused, |app| async move {
    let world = app.world().await;
    let packed = |head: &str, byte, mib| {
        to_envelope(&app, &world).header("content-encoding", "gzip").body(bomb(head, byte, mib))
    };
    assert_refused(&packed("", 0, 200).send().await, 400, "invalid event envelope");
    assert_eq!(packed("{}\n", b'a', 120).send().await.status, 413);
    let store = to_store(&app, &world).header("content-encoding", "gzip").body(bomb("{", b' ', 50));
    assert_eq!(store.send().await.status, 413);
});

api_test!(a_key_may_send_so_much_per_window, |app| async move {
    let world = app.world().await;
    execute(&app, "UPDATE project_key SET rate_limit_window = 60, rate_limit_count = 2").await;
    // To the beginning of a window.
    app.clock.advance(60 - app.ctx.now().as_second().rem_euclid(60));
    for number in 0..2 {
        let event = json!({"message": format!("number {number}")});
        to_store(&app, &world).body(event.to_string()).send().await.expect(200);
    }
    let answer = to_store(&app, &world).body(message("third").to_string()).send().await;
    assert_refused(&answer, 429, LIMITED);
    let seconds: u64 = answer.header("retry-after").parse().unwrap();
    assert!((50..=60).contains(&seconds), "{seconds}");
    assert_eq!(
        answer.header("x-sentry-rate-limits"),
        format!("{seconds}:error;default;security:key:key_quota")
    );
    assert_eq!(to_envelope(&app, &world).body(envelope(&message("x"))).send().await.status, 429);
    let mixed = envelope(&message("x")) + "{\"type\":\"session\"}\n{}\n";
    let answer = to_envelope(&app, &world).body(mixed).send().await.expect(200);
    assert!(answer.header("x-sentry-rate-limits").contains(":key_quota"));
    to_envelope(&app, &world).body("{}\n{\"type\":\"session\"}\n{}\n").send().await.expect(200);
    let attached = envelope(&message("x")) + "{\"type\":\"attachment\",\"length\":1}\na\n";
    assert_eq!(to_envelope(&app, &world).body(attached).send().await.status, 429);
    app.clock.advance(60);
    let answer = to_store(&app, &world).body(message("third").to_string()).send().await.expect(200);
    assert_eq!(answer.json(), json!({"id": ID}));
    assert_eq!(count(&app, "SELECT COUNT(*) FROM error_event").await, 3);
    assert!(outcomes(&app).await.contains(&"rate_limited error key_quota 4".to_owned()));
});
