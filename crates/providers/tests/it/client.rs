use std::{sync::Arc, time::Duration};

use mortise_egress::{AddressGuard, Egress, EgressConfig, Limits, Method};
use mortise_providers::{
    ApiErrorKind, CallResult, Client, Content, PAGE_SIZE, ProviderError, QUICK_TIMEOUT, TIMEOUT, all_pages,
};
use serde_json::{Value, json};

use crate::peer::{Counts, Peer, answer, api_error, client, header};

const JSON: &str = "application/json";

#[test]
fn the_other_side_has_30_seconds_unless_somebody_says_otherwise() {
    assert_eq!((TIMEOUT, QUICK_TIMEOUT), (Duration::from_secs(30), Duration::from_secs(10)));
    let config = EgressConfig::new(AddressGuard::public_only(), "egress", Limits::STANDARD);
    let client = Client::new(Egress::new(config).unwrap(), "Mortise/1.0");
    assert!(format!("{client:?}").contains("timeout: 30s"), "{client:?}");
    let client = client.timeout(QUICK_TIMEOUT);
    assert!(format!("{client:?}").contains("timeout: 10s"), "{client:?}");
}

#[tokio::test]
async fn a_call_may_have_less_time_than_its_client() {
    let peer = Peer::hangs().await;
    let started = std::time::Instant::now();
    let call = client().timeout(TIMEOUT).get(&peer.url("/")).timeout(Duration::from_millis(50));
    assert_eq!(api_error(call.send().await).kind, ApiErrorKind::Timeout);
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_path_is_joined_with_one_slash_and_a_url_is_taken_as_it_is() {
    let peer = Peer::says([answer(200, JSON, "{}")]).await;
    for base in ["/v1", "/v1/", "/v1//"] {
        client()
            .base_url(peer.url(base))
            .get("/items")
            .query("a", "1 2")
            .query("$top", "3")
            .send()
            .await
            .unwrap();
    }
    client()
        .base_url("http://nowhere.test")
        .get(&peer.url("/v1/items?x=1"))
        .query("y", "2")
        .send()
        .await
        .unwrap();
    let lines: Vec<_> = peer.got().iter().map(|it| it.lines().next().unwrap().to_owned()).collect();
    assert_eq!(lines[..3], ["GET /v1/items?a=1+2&%24top=3 HTTP/1.1"; 3]);
    assert_eq!(lines[3], "GET /v1/items?x=1&y=2 HTTP/1.1");
    let error = api_error(client().get("/items").send().await);
    assert_eq!(
        (error.kind, error.code, error.text.as_str()),
        (ApiErrorKind::Broken, None, "Invalid URL: /items")
    );
}

#[tokio::test]
async fn what_is_sent_says_who_sends_it_and_what_it_is() {
    let peer = Peer::says([answer(200, JSON, "{}")]).await;
    let client = client().base_url(peer.url("")).header("Accept", "application/json; api-version=4.1");
    client.call(Method::POST, "/a").json(&json!({ "x": 1 })).send().await.unwrap();
    let patch = client.call(Method::PATCH, "/b").header("Content-Type", "application/json-patch+json");
    patch.header("accept", "text/plain").json(&json!([])).send().await.unwrap();
    client.call(Method::PUT, "/c").form([("a b", "ü&")]).send().await.unwrap();
    let got = peer.got();
    let headers = |index: usize| {
        ["User-Agent", "Accept", "Content-Type"].map(|name| header(&got[index], name).unwrap())
    };
    let agent = "Mortise/1.0 (https://m.test)";
    assert_eq!(headers(0), [agent, "application/json; api-version=4.1", JSON]);
    assert!(got[0].ends_with("\r\n\r\n{\"x\":1}"), "{}", got[0]);
    assert_eq!(headers(1), [agent, "text/plain", "application/json-patch+json"]);
    assert_eq!(got[1].matches("ontent-type").count() + got[1].matches("ontent-Type").count(), 1);
    assert_eq!(headers(2)[2], "application/x-www-form-urlencoded");
    assert!(got[2].ends_with("\r\n\r\na+b=%C3%BC%26"), "{}", got[2]);
}

#[tokio::test]
async fn an_answer_is_read_as_what_it_is() {
    let xml = "<?xml version=\"1.0\"?><a/>";
    for (said, content) in [
        (answer(200, JSON, "{\"a\":[1]}"), Content::Json(json!({ "a": [1] }))),
        (answer(200, "text/plain", " [1,2]"), Content::Json(json!([1, 2]))),
        (answer(203, "text/html", "{\"a\":1}"), Content::Json(json!({ "a": 1 }))),
        (answer(200, "text/html", xml), Content::Xml(xml.to_owned())),
        ("HTTP/1.1 204 X\r\nConnection: close\r\n\r\n".to_owned(), Content::Json(json!({}))),
    ] {
        let peer = Peer::says([said.clone()]).await;
        let reply = client().get(&peer.url("/")).send().await.unwrap();
        assert_eq!(reply.content, content, "{said}");
    }
    let head = "HTTP/1.1 200 X\r\nContent-Type: text/html\r\nContent-Length: 5\r\nX-A: b\r\n\r\n";
    let peer = Peer::says([head]).await;
    let reply = client().call(Method::HEAD, &peer.url("/")).send().await.unwrap();
    assert_eq!((reply.content.clone(), reply.json()), (Content::Nothing, &Value::Null));
    assert_eq!(reply.headers.get("x-a").unwrap(), "b");
}

#[tokio::test]
async fn what_is_no_answer_to_a_program_is_taken_only_where_it_is_expected() {
    let html = "text/html; charset=utf-8";
    for (kind, body) in [
        (html, "<!doctype html>"),
        (html, "\r\n\r\n<html>"),
        ("text/plain", "moin"),
        (JSON, "{\"a\":"),
        (JSON, ""),
    ] {
        let peer = Peer::says([answer(200, kind, body)]).await;
        let error = api_error(client().get(&peer.url("/")).send().await);
        assert_eq!(
            (error.kind, error.code, error.text.as_str()),
            (ApiErrorKind::Unsupported, Some(200), kind)
        );
        let said = error.message("Jira", |_| None);
        assert_eq!(said, format!("An unsupported response type was returned: {kind}"));
        let reply = client().get(&peer.url("/")).or_text().send().await.unwrap();
        assert_eq!(reply.content, Content::Text(body.to_owned()));
    }
    for scalar in ["1", "\"ok\"", "true", "null"] {
        let peer = Peer::says([answer(200, JSON, scalar)]).await;
        let error = api_error(client().get(&peer.url("/")).send().await);
        assert_eq!(error.kind, ApiErrorKind::Unsupported, "{scalar}");
        let reply = client().get(&peer.url("/")).or_scalar().send().await.unwrap();
        assert_eq!(reply.json().to_string(), scalar);
    }
}

#[tokio::test]
async fn links_are_known_by_their_relation() {
    let said = "HTTP/1.1 200 X\r\nContent-Length: 2\r\nLink: <https://a.test/?p=2,3>; rel=\"next\", <https://a.test/?p=9>; \
        x=1; rel=last\r\nLink: <https://a.test/>; rel=\"first\"\r\nConnection: close\r\n\r\n{}";
    let peer = Peer::says([said]).await;
    let links = client().get(&peer.url("/")).send().await.unwrap().links();
    let expected =
        [("first", "https://a.test/"), ("last", "https://a.test/?p=9"), ("next", "https://a.test/?p=2,3")];
    let links: Vec<_> = links.iter().map(|(rel, url)| (rel.as_str(), url.as_str())).collect();
    assert_eq!(links, expected);
}

fn redirect(status: u16, to: &str) -> String {
    format!("HTTP/1.1 {status} X\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}

#[tokio::test]
async fn only_a_get_is_redirected() {
    for status in [301, 302, 303, 307, 308] {
        let target = Peer::says([answer(200, JSON, "{\"there\":1}")]).await;
        let peer = Peer::says([redirect(status, "/next?a=1"), redirect(status, &target.url("/end"))]).await;
        let reply = client().get(&peer.url("/")).query("a", "b").send().await.unwrap();
        assert_eq!(reply.json(), &json!({ "there": 1 }));
        assert!(peer.got()[1].starts_with("GET /next?a=1 "), "{}", peer.got()[1]);
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let call = client().call(method.clone(), &peer.url("/")).or_text();
            assert_eq!(call.send().await.unwrap().status.as_u16(), status, "{method}");
        }
        assert_eq!(target.got().len(), 1);
    }
}

#[tokio::test]
async fn redirects_in_a_circle_come_to_an_end() {
    let peer = Peer::says([redirect(302, "/again")]).await;
    let error = api_error(client().get(&peer.url("/")).send().await);
    assert_eq!((error.kind, error.code, error.text.as_str()), (ApiErrorKind::Broken, None, "Internal Error"));
    assert_eq!(peer.got().len(), 11);
}

#[tokio::test]
async fn calls_are_counted_once_by_what_becomes_of_them() {
    use CallResult::{Error, Fatal, Success};
    let counts = Counts::default();
    let closed = Peer::says([""]).await;
    for (said, counted) in [
        (answer(200, JSON, "{}"), vec![Success]),
        ("HTTP/1.1 204 X\r\nConnection: close\r\n\r\n".to_owned(), vec![Success]),
        // It answered, whatever it answered.
        (answer(200, "text/html", "<html>"), vec![Success]),
        (redirect(304, "/"), vec![]),
        (answer(400, JSON, "{}"), vec![Error]),
        (answer(429, JSON, "{}"), vec![Error]),
        (answer(500, JSON, "{}"), vec![Error]),
        (answer(403, JSON, "{\"error\":\"account_inactive\"}"), vec![Fatal]),
        (redirect(302, &closed.url("/")), vec![Error]),
        ("SSH-2.0\r\n".to_owned(), vec![Error]),
    ] {
        let peer = Peer::says([said.clone()]).await;
        let client = client().meter(Arc::new(counts.clone()));
        let client =
            client.fatal_if(|error| error.json.as_ref().is_some_and(|it| it["error"] == "account_inactive"));
        let _ = client.get(&peer.url("/")).send().await;
        assert_eq!(counts.taken(), counted, "{said}");
        assert_eq!(peer.got().len(), 1, "nothing is tried again");
    }
}

#[tokio::test]
async fn pages_are_read_until_one_is_short_and_ten_at_most() {
    let read = async |lengths: &[usize]| {
        let asked = std::cell::Cell::new(0);
        let all = all_pages(async |page| {
            asked.set(asked.get() + 1);
            Ok(vec![page; lengths.get(page).copied().unwrap_or(PAGE_SIZE)])
        });
        let all = all.await.unwrap();
        (asked.get(), all.len(), all.last().copied())
    };
    assert_eq!(read(&[0]).await, (1, 0, None));
    assert_eq!(read(&[99, 100]).await, (1, 99, Some(0)));
    assert_eq!(read(&[100, 100, 7]).await, (3, 207, Some(2)));
    assert_eq!(read(&[]).await, (10, 1000, Some(9)));
    let failed = all_pages(async |page| match page {
        0 => Ok(vec![0; PAGE_SIZE]),
        _ => Err(ProviderError::Refused("no".to_owned())),
    });
    assert_eq!(failed.await.unwrap_err().to_string(), "no");
}

#[tokio::test]
async fn a_status_is_told_by_its_kind_with_the_whole_body() {
    for (status, kind) in [
        (401, ApiErrorKind::Unauthorized),
        (409, ApiErrorKind::Conflict),
        (429, ApiErrorKind::RateLimited),
        (400, ApiErrorKind::Status),
        (403, ApiErrorKind::Status),
        (404, ApiErrorKind::Status),
        (500, ApiErrorKind::Status),
        (503, ApiErrorKind::Status),
    ] {
        let peer =
            Peer::says([answer(status, "text/html", "{\"message\":\"ü\"}"), answer(status, JSON, "[1]")])
                .await;
        let error = api_error(client().get(&peer.url("/")).send().await);
        assert_eq!((error.kind, error.code), (kind, Some(status)));
        assert_eq!(
            (error.text.as_str(), &error.json),
            ("{\"message\":\"ü\"}", &Some(json!({ "message": "ü" })))
        );
        assert_eq!(ProviderError::from(error).is_unavailable(), status == 503);
        let error = api_error(client().call(Method::POST, &peer.url("/")).send().await);
        assert_eq!((error.kind, error.text.as_str(), error.json), (kind, "[1]", None));
    }
}
