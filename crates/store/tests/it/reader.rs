//! Where reads run: short ones where they are asked for, long ones elsewhere.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use mortise_store::{Query, testing};

const SHORT: &str = "SELECT COUNT(*) FROM setting";
const LONG: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) \
    SELECT COUNT(*) FROM n";

/// Counts how often the only thread of the test was free for somebody else.
fn turns() -> Arc<AtomicU64> {
    let turns = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&turns);
    tokio::spawn(async move {
        loop {
            counted.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
        }
    });
    turns
}

#[tokio::test]
async fn a_long_read_does_not_hold_up_the_thread_that_asks() {
    let test = testing::sqlite().await.unwrap();
    let mut conn = test.store.read().await.unwrap();
    let opened: i64 = conn.one(Query::new(SHORT)).await.unwrap();
    assert_eq!(opened, 0);
    let turns = turns();
    let counted: i64 = conn.one(Query::new(LONG)).await.unwrap();
    assert_eq!(counted, 1_000_000);
    assert!(turns.load(Ordering::Relaxed) > 1);
    let after: i64 = conn.one(Query::new(SHORT)).await.unwrap();
    assert_eq!(after, 0);
}

#[tokio::test]
async fn a_short_read_is_done_without_another_thread() {
    let test = testing::sqlite().await.unwrap();
    let mut conn = test.store.read().await.unwrap();
    let opened: i64 = conn.one(Query::new(SHORT)).await.unwrap();
    let turns = turns();
    // So often that its steps together are many: what counts are those of one run.
    for _ in 0..2_000 {
        let again: i64 = conn.one(Query::new(SHORT)).await.unwrap();
        assert_eq!(again, opened);
    }
    assert_eq!(turns.load(Ordering::Relaxed), 0);
}
