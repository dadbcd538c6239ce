use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use mortise_egress::Method;
use mortise_providers::{Account, ApiErrorKind, Outcome, ProviderError};

use crate::peer::{Peer, answer, api_error, client, header};

/// An account whose tokens are `t0`, `t1`, ..., renewed when one is refused.
#[derive(Debug, Default)]
struct Renewing(AtomicUsize);

impl Account for Renewing {
    fn token<'a>(&'a self, refused: Option<&'a str>) -> Outcome<'a, String> {
        let number = match refused {
            Some(token) => {
                assert_eq!(token, format!("t{}", self.0.load(Ordering::SeqCst)));
                self.0.fetch_add(1, Ordering::SeqCst) + 1
            }
            None => self.0.load(Ordering::SeqCst),
        };
        Box::pin(async move { Ok(format!("t{number}")) })
    }
}

/// An account whose token cannot be renewed.
#[derive(Debug)]
struct Fixed(Result<&'static str, &'static str>);

impl Account for Fixed {
    fn token<'a>(&'a self, refused: Option<&'a str>) -> Outcome<'a, String> {
        let gone = |text: &str| ProviderError::Identity(text.to_owned());
        let token = match (self.0, refused) {
            (Err(text), Some(_)) => Err(gone(text)),
            (Err(_), None) => Ok("old".to_owned()),
            (Ok(token), _) => Ok(token.to_owned()),
        };
        Box::pin(async move { token })
    }
}

const JSON: &str = "application/json";

fn bearers(peer: &Peer) -> Vec<String> {
    let header = |request: &String| header(request, "authorization").unwrap_or("none").to_owned();
    peer.got().iter().map(header).collect()
}

#[tokio::test]
async fn a_token_that_is_refused_is_renewed_and_the_call_made_once_more() {
    let page = answer(203, "text/html", "\r\n<!DOCTYPE html>");
    for refusal in [answer(401, JSON, "{}"), page] {
        let peer = Peer::says([refusal.clone(), answer(200, JSON, "{}"), refusal.clone()]).await;
        let client = client().account(Arc::new(Renewing::default()));
        let call = client.call(Method::POST, &peer.url("/")).json(&serde_json::json!({ "a": 1 }));
        call.clone().send().await.unwrap();
        assert_eq!(bearers(&peer), ["Bearer t0", "Bearer t1"]);
        assert!(peer.got()[1].ends_with("{\"a\":1}"));
        // Not more often than once.
        let error = api_error(call.send().await);
        assert!(matches!(error.kind, ApiErrorKind::Unauthorized | ApiErrorKind::Unsupported));
        assert_eq!(bearers(&peer)[2..], ["Bearer t1", "Bearer t2"]);
    }
}

#[tokio::test]
async fn other_refusals_are_no_matter_of_the_token() {
    for said in [answer(403, JSON, "{}"), answer(500, JSON, "{}"), answer(200, "text/html", "<html>")] {
        let peer = Peer::says([said]).await;
        let client = client().account(Arc::new(Renewing::default()));
        api_error(client.get(&peer.url("/")).send().await);
        assert_eq!(bearers(&peer), ["Bearer t0"]);
    }
}

#[tokio::test]
async fn a_token_that_stays_the_same_is_not_tried_again() {
    let peer = Peer::says([answer(401, JSON, "{}")]).await;
    let client = client().account(Arc::new(Fixed(Ok("fixed"))));
    let error = api_error(client.get(&peer.url("/")).send().await);
    let said = "Unauthorized: either your access token was invalid or you do not have access";
    assert_eq!(error.message("Jira", |_| None), said);
    assert_eq!(bearers(&peer), ["Bearer fixed"]);
}

#[tokio::test]
async fn an_account_that_is_gone_is_said_to_be() {
    let peer = Peer::says([answer(401, JSON, "{}")]).await;
    let client = client().account(Arc::new(Fixed(Err("HTTP 400 (invalid_grant): gone"))));
    let error = client.get(&peer.url("/")).send().await.unwrap_err();
    assert!(
        matches!(&error, ProviderError::Identity(text) if text == "HTTP 400 (invalid_grant): gone"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_token_stays_on_the_host_that_it_is_for() {
    let other = Peer::says([answer(200, JSON, "{}")]).await;
    let to = |to: &str| {
        format!("HTTP/1.1 302 X\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    };
    let peer = Peer::says([to("/same"), to(&other.url("/other"))]).await;
    let client = client().account(Arc::new(Renewing::default()));
    client.get(&peer.url("/")).send().await.unwrap();
    assert_eq!(bearers(&peer), ["Bearer t0", "Bearer t0"]);
    assert_eq!(bearers(&other), ["none"]);
}
