//! The schema and the reading of values.

use mortise_domain::{ScopeSet, Time};
use mortise_store::{Query, StoreError, row};

use crate::{on_both, support};

row! {
    /// One value of each kind.
    pub struct Everything {
        pub number: i64, pub missing: Option<i64>, pub text: String, pub yes: bool, pub when_at: Time, pub scopes: ScopeSet,
        pub json: serde_json::Value, pub bytes: Vec<u8>, pub real: f64
    }
}

on_both!(every_kind_of_value_survives_the_round_trip, |store| async move {
    let scopes = ScopeSet::from_texts(["org:read", "event:admin"]);
    let json = serde_json::json!({"b": 1, "a": [null, "é"]});
    let query = Query::new(
        "SELECT $1 AS number, $2 AS missing, $3 AS text, $4 AS yes, $5 AS when_at, $6 AS scopes, $7 AS json, $8 AS bytes, \
         $9 AS real",
    )
    .bind(i64::MAX)
    .bind(None::<i64>)
    .bind("naïve ☃")
    .bind(true)
    .bind(support::noon())
    .bind(scopes)
    .bind(&json)
    .bind(vec![0_u8, 255])
    .bind(0.5);
    let mut conn = store.read().await.unwrap();
    let got: Everything = conn.one(query).await.unwrap();
    assert_eq!((got.number, got.missing, got.text.as_str(), got.yes), (i64::MAX, None, "naïve ☃", true));
    assert_eq!(
        (got.when_at, got.scopes, got.json, got.bytes, got.real),
        (support::noon(), scopes, json, vec![0, 255], 0.5)
    );
});

on_both!(a_second_row_with_a_unique_value_is_a_conflict, |store| async move {
    support::organization(&store, "acme").await;
    let again = store.write(|tx| {
        Box::pin(async move {
            let query = Query::new(
                "INSERT INTO organization (slug, name, status, default_role, flags, options, date_added) \
                 VALUES ('acme', 'x', 0, 'member', 0, '{}', 0)",
            );
            tx.execute(query).await
        })
    });
    let error: StoreError = again.await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict(_)), "{error}");
});

on_both!(a_row_that_refers_to_nothing_is_refused, |store| async move {
    let orphan = store.write(|tx| {
        Box::pin(async move {
            tx.execute(Query::new(
                "INSERT INTO team (organization_id, slug, name, date_added) VALUES (99, 'a', 'a', 0)",
            ))
            .await
        })
    });
    let error: StoreError = orphan.await.unwrap_err();
    assert!(matches!(error, StoreError::Reference(_)), "{error}");
});

on_both!(a_list_of_nothing_matches_no_row, |store| async move {
    support::organization(&store, "acme").await;
    let mut query = Query::new("SELECT slug FROM organization WHERE id IN ");
    query.list(Vec::<i64>::new());
    let mut conn = store.read().await.unwrap();
    assert_eq!(conn.all::<String>(query).await.unwrap(), Vec::<String>::new());
});

on_both!(a_nul_in_a_text_finds_nothing_and_harms_nothing, |store| async move {
    support::organization(&store, "acme").await;
    let mut conn = store.read().await.unwrap();
    let query = Query::new("SELECT slug FROM organization WHERE slug = $1").bind("acme\0");
    assert_eq!(conn.optional::<String>(query).await.unwrap(), None);
    let query = Query::new("SELECT $1").bind("a\0b");
    assert_eq!(conn.one::<String>(query).await.unwrap(), "a\u{fffd}b");
});
