//! Answers that are remembered, and what is told of calls.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use mortise_egress::Method;
use mortise_providers::{CATALOG, MEMORY_LIFETIME, Metadata};
use serde_json::{Value, json};

use crate::peer::{Counts, Notes, Peer, answer, client, named};

const JSON: &str = "application/json";

#[tokio::test]
async fn an_answer_is_remembered_where_the_call_asks_for_it() {
    let peer = Peer::says([answer(200, JSON, "{\"n\":1}"), answer(200, JSON, "{\"n\":2}")]).await;
    let (notes, counts) = (Notes::default(), Counts::default());
    let client =
        client().base_url(peer.url("")).memory(Arc::new(notes.clone())).meter(Arc::new(counts.clone()));
    let number = async |call: mortise_providers::Call| call.send().await.unwrap().json()["n"].clone();
    assert_eq!(number(client.get("/a").cached()).await, 1);
    assert_eq!(number(client.get("/a").cached()).await, 1);
    assert_eq!((peer.got().len(), counts.taken().len()), (1, 1), "what is remembered is no call");
    // Without the wish it is asked for; with another query, header or method it is something else.
    assert_eq!(number(client.get("/a")).await, 2);
    assert_eq!(number(client.get("/a").query("q", "1").cached_for(Duration::from_secs(240))).await, 2);
    assert_eq!(number(client.get("/a").header("X-A", "b").cached()).await, 2);
    client.call(Method::HEAD, "/a").cached().send().await.unwrap();
    assert_eq!(peer.got().len(), 5);
    let (own, usual) = (Duration::from_secs(240), Duration::from_secs(900));
    assert_eq!(MEMORY_LIFETIME, usual);
    assert_eq!(notes.lifetimes(), [usual, own, usual, usual]);
}

#[tokio::test]
async fn what_failed_or_changes_something_is_never_remembered() {
    let peer = Peer::says([
        answer(500, JSON, "{}"),
        answer(200, "text/html", "<html>"),
        answer(200, JSON, "{}"),
        answer(300, JSON, "{}"),
    ])
    .await;
    let notes = Notes::default();
    let client = client().base_url(peer.url("")).memory(Arc::new(notes.clone()));
    client.get("/").cached().send().await.unwrap_err();
    client.get("/").cached().send().await.unwrap_err();
    client.call(Method::POST, "/").json(&json!({})).cached().send().await.unwrap();
    client.get("/").cached().send().await.unwrap();
    assert_eq!((notes.lifetimes().len(), peer.got().len()), (0, 4));
}

#[tokio::test]
async fn each_call_is_told_with_what_became_of_it() {
    let counts = Counts::default();
    let words = async |client: mortise_providers::Client, url: String| {
        let _ = client.meter(Arc::new(counts.clone())).get(&url).send().await;
        counts.words()
    };
    for (said, word) in [
        (answer(200, JSON, "{}"), "200"),
        (answer(404, JSON, "{}"), "404"),
        (answer(200, "text/html", "<html>"), "200"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf".to_owned(), "connection_reset_error"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n".to_owned(),
            "invalid_chunk_length",
        ),
        ("SSH-2.0-OpenSSH_9.2\r\n\r\n".to_owned(), "connection_error"),
    ] {
        let peer = Peer::says([said]).await;
        assert_eq!(words(client(), peer.url("/")).await, ["request", word]);
    }
    assert_eq!(words(client(), Peer::hangs().await.url("/")).await, ["request", "timeout"]);
    assert_eq!(
        words(named("10.0.0.1"), "http://git.test/".to_owned()).await,
        ["request", "restricted_ip_address"]
    );
    // What a call is redirected to belongs to it.
    let moved = "HTTP/1.1 302 X\r\nLocation: /b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned();
    let peer = Peer::says([moved.clone(), answer(200, JSON, "{}")]).await;
    assert_eq!(words(client(), peer.url("/")).await, ["request", "200"]);
    assert_eq!(words(client(), Peer::says([moved]).await.url("/")).await, ["request", "unknown"]);
}

/// What opens to this.
fn metadata(kept: Value) -> Metadata {
    Metadata::sealed(move || Ok(kept.as_object().cloned().unwrap_or_default()))
}

#[test]
fn only_servers_that_people_run_themselves_may_do_without_certificates() {
    let lax = metadata(json!({ "verify_ssl": false, "installation": { "verify_ssl": false } }));
    let may = CATALOG.iter().filter(|it| !it.verifies_tls(&lax)).map(|manifest| manifest.integration_key);
    let may: Vec<&str> = may.collect::<BTreeSet<_>>().into_iter().collect();
    assert_eq!(may, ["bitbucket_server", "github_enterprise", "gitlab", "jira_server"]);
    // Nothing but a plain no counts.
    for kept in [Value::Null, json!(true), json!("false"), json!(0)] {
        let strict = metadata(json!({ "verify_ssl": kept, "installation": { "verify_ssl": kept } }));
        assert!(CATALOG.iter().all(|it| it.verifies_tls(&strict)), "{kept}");
    }
    let (absent, closed) = (metadata(json!({})), Metadata::sealed(|| Err("it does not open".to_owned())));
    assert!(CATALOG.iter().all(|it| it.verifies_tls(&absent) && it.verifies_tls(&closed)));
}
