//! The one door for writing.

use std::time::Duration;

use mortise_store::{
    Open, Query, Store, StoreError,
    outbox::{self, NewEvent, append},
    testing,
};
use tokio::time::timeout;

use crate::{on_both, support};

async fn insert(store: &Store, name: String, fail: bool) -> Result<(), StoreError> {
    store
        .write(move |tx| {
            Box::pin(async move {
                let query = Query::new("INSERT INTO setting (name, value) VALUES ($1, 'x')").bind(&name);
                tx.execute(query).await?;
                if fail { Err(StoreError::Config("refused".to_owned())) } else { Ok(()) }
            })
        })
        .await
}

async fn names(store: &Store) -> Vec<String> {
    let mut conn = store.read().await.unwrap();
    conn.all(Query::new("SELECT name FROM setting ORDER BY name")).await.unwrap()
}

on_both!(a_failed_closure_undoes_only_itself, |store| async move {
    let jobs = (0..50).map(|i| {
        let store = store.clone();
        tokio::spawn(async move { insert(&store, format!("{i:02}"), i % 5 == 0).await.is_ok() })
    });
    let mut kept = 0;
    for job in jobs.collect::<Vec<_>>() {
        kept += usize::from(job.await.unwrap());
    }
    assert_eq!(kept, 40);
    let names = names(&store).await;
    assert_eq!(names.len(), 40);
    assert!(!names.contains(&"10".to_owned()) && names.contains(&"11".to_owned()));
});

on_both!(a_panic_in_a_closure_is_undone_and_the_writer_goes_on, |store| async move {
    let task = tokio::spawn({
        let store = store.clone();
        async move {
            store
                .write(|tx| {
                    Box::pin(async move {
                        tx.execute(Query::new("INSERT INTO setting (name, value) VALUES ('lost', 'x')"))
                            .await?;
                        panic!("a bug");
                        #[expect(unreachable_code, reason = "gives the closure its type")]
                        Ok::<(), StoreError>(())
                    })
                })
                .await
        }
    });
    assert!(!matches!(task.await, Ok(Ok(()))));
    insert(&store, "kept".to_owned(), false).await.unwrap();
    assert_eq!(names(&store).await, ["kept"]);
});

#[tokio::test]
async fn what_was_answered_is_there_after_reopening() {
    let test = testing::sqlite().await.unwrap();
    insert(&test.store, "a".to_owned(), false).await.unwrap();
    test.store.close().await;
    let again = Store::open(&test.open).await.unwrap();
    assert_eq!(names(&again).await, ["a"]);
    again.close().await;
    let closed = insert(&again, "b".to_owned(), false).await;
    assert!(matches!(closed, Err(StoreError::WriterGone)));
}

/// Appends an event of a new organization.
async fn append_event(store: &Store, slug: &'static str) {
    let org = support::organization(store, slug).await;
    let event = NewEvent {
        kind: "issue.created",
        org,
        subject: "issue:1".to_owned(),
        payload: serde_json::json!({}),
    };
    let appended = store.write(|tx| Box::pin(async move { append(tx, &event, support::noon()).await }));
    appended.await.map_err(|error: StoreError| error.to_string()).unwrap();
}

on_both!(events_wake_the_dispatcher_only_after_the_commit, |store| async move {
    let woken = store.appended().notified();
    append_event(&store, "acme").await;
    timeout(Duration::from_secs(5), woken).await.unwrap();
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_hears_of_the_events_of_others_and_not_of_its_own() {
    let Some(test) = support::postgres().await else { return };
    let other = Store::open(&test.open).await.unwrap();
    let mut listener = outbox::listen(&test.store).await.unwrap().unwrap();
    append_event(&test.store, "own").await;
    let own = timeout(Duration::from_millis(300), listener.heard()).await;
    assert!(own.is_err(), "a node heard itself");
    append_event(&other, "others").await;
    timeout(Duration::from_secs(5), listener.heard()).await.unwrap().unwrap();
    drop(listener);
    other.close().await;
    test.store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_commits_reach_the_disk_and_readers_do_not_write() {
    let test = testing::sqlite().await.unwrap();
    let settings = test.store.write(|tx| {
        Box::pin(async move {
            let journal: String = tx.one(Query::new("PRAGMA journal_mode")).await?;
            let synchronous: i64 = tx.one(Query::new("PRAGMA synchronous")).await?;
            let foreign_keys: i64 = tx.one(Query::new("PRAGMA foreign_keys")).await?;
            Ok::<_, StoreError>((journal, synchronous, foreign_keys))
        })
    });
    // 2 is FULL.
    assert_eq!(settings.await.unwrap(), ("wal".to_owned(), 2, 1));
    let mut conn = test.store.read().await.unwrap();
    let written = conn.execute(Query::new("INSERT INTO setting (name, value) VALUES ('a', 'x')")).await;
    assert!(matches!(written, Err(StoreError::Sqlite(_))), "{written:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_that_nobody_waits_for_ends_and_gives_its_connection_back() {
    const ENDLESS: &str =
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n";
    let test = testing::sqlite().await.unwrap();
    // More of them than there are connections.
    for _ in 0..8 {
        let mut conn = test.store.read().await.unwrap();
        let endless = timeout(Duration::from_millis(20), conn.one::<i64>(Query::new(ENDLESS)));
        assert!(endless.await.is_err());
    }
    assert_eq!(names(&test.store).await, Vec::<String>::new());
}

#[tokio::test]
async fn an_sqlite_url_has_no_parameters() {
    let refused = Store::open(&Open::url("sqlite:mortise.db?mode=rwc")).await;
    assert!(matches!(refused, Err(StoreError::Config(_))));
}
