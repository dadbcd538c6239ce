use mortise_egress::{CallError, Exchange, Method, Request};

use crate::peer::{local, peer, says};

const OK: &str = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nSet-Cookie: session=1\r\n\
                  Content-Length: 9\r\n\r\n{\"id\":42}";

#[tokio::test]
async fn a_call_is_recorded_without_credentials() {
    let address = says(OK).await;
    let url = format!("http://{address}/hook?x=1");
    let request = Request::new(Method::POST, &url)
        .header("Content-Type", "application/json")
        .header("authorization", "Bearer abc")
        .secret_header("X-Api-Key", "def")
        .body("{}");
    assert!(!format!("{request:?}").contains("def"));
    let answer = local().call(request).await.unwrap();
    assert_eq!(answer.json::<serde_json::Value>().unwrap()["id"], 42);
    let exchange = answer.exchange;
    assert!(exchange.duration_us > 0);
    let mut recorded = serde_json::to_value(&exchange).unwrap();
    recorded["duration_us"] = 0.into();
    assert_eq!(
        recorded,
        serde_json::json!({
            "request": {
                "method": "POST",
                "url": url,
                "headers": [["Content-Type", "application/json"], ["authorization", "[hidden]"], ["X-Api-Key", "[hidden]"]],
                "body": "{}",
                "body_bytes": 2,
            },
            "response": {
                "status": 201,
                "headers": [["content-type", "application/json"], ["set-cookie", "[hidden]"], ["content-length", "9"]],
                "body": "{\"id\":42}",
                "body_bytes": 9,
            },
            "duration_us": 0,
        })
    );
    let again: Exchange = serde_json::from_value(serde_json::to_value(&exchange).unwrap()).unwrap();
    assert_eq!(again, exchange);
}

/// A credential with what forms, addresses and JSON write in another way.
const KEY: &str = "k\"e/y z";

#[tokio::test]
async fn a_hidden_text_is_in_no_record_however_it_is_written() {
    let address = peer(|mut stream, request| async move {
        let said = format!(
            "HTTP/1.1 200 OK\r\nLocation: /k%22e%2Fy+z\r\nContent-Length: {}\r\n\r\n{request}",
            request.len()
        );
        let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, said.as_bytes()).await;
    })
    .await;
    let encoded: String = url::form_urlencoded::byte_serialize(KEY.as_bytes()).collect();
    let url = format!("http://{address}/{encoded}/all");
    let bodies =
        [format!("key={encoded}&b=1"), serde_json::json!({ "key": KEY, "b": 1 }).to_string(), KEY.to_owned()];
    for body in bodies {
        // The second text is the beginning of the first.
        let request = Request::new(Method::POST, &url).body(body.clone()).hide("k").hide(KEY).hide("");
        assert!(!format!("{request:?}").contains("e%2Fy"));
        let answer = local().call(request).await.unwrap();
        assert!(answer.text().ends_with(&body), "it is sent: {}", answer.text());
        let recorded = serde_json::to_string(&answer.exchange).unwrap();
        assert!(!recorded.contains("e/y") && !recorded.contains("e%2Fy"), "{recorded}");
        assert_eq!(answer.exchange.request.url, format!("http://{address}/[hidden]/all"));
        assert_eq!(answer.exchange.request.message.body_bytes, body.len() as u64);
    }
}

#[tokio::test]
async fn a_hidden_text_leaves_nothing_where_a_record_is_cut() {
    let address = says("HTTP/1.1 204 No Content\r\n\r\n").await;
    let body = format!("{}topsecret", "y".repeat(96));
    let request = Request::new(Method::POST, format!("http://{address}/")).body(body).hide("topsecret");
    let sent = local().call(request).await.unwrap().exchange.request.message;
    assert_eq!((sent.body.as_str(), sent.body_bytes), (format!("{}[hid", "y".repeat(96)).as_str(), 105));
}

#[tokio::test]
async fn what_is_sent_is_what_was_asked_for() {
    let address = peer(|mut stream, request| async move {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", request.len());
        let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, (head + &request).as_bytes()).await;
    })
    .await;
    let request = Request::new(Method::PUT, format!("http://{address}/a?b=c"))
        .header("X-Two", "1")
        .header("X-Two", "2")
        .secret_header("X-Api-Key", "def")
        .body("body");
    let answer = local().call(request).await.unwrap();
    let seen = answer.text();
    for part in [
        "PUT /a?b=c HTTP/1.1\r\n",
        "x-two: 1\r\nx-two: 2\r\n",
        "x-api-key: def\r\n",
        "user-agent: Mortise/test\r\n",
        "\r\n\r\nbody",
    ] {
        assert!(seen.contains(part), "{part:?} in {seen}");
    }
}

#[tokio::test]
async fn bodies_are_cut_in_the_record_and_whole_in_the_answer() {
    let body = "é".repeat(101);
    let address = says(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())).await;
    let request = Request::new(Method::POST, format!("http://{address}/")).body("y".repeat(300));
    let answer = local().call(request).await.unwrap();
    assert_eq!(answer.text(), body);
    let (sent, received) = (&answer.exchange.request.message, answer.exchange.response.as_ref().unwrap());
    assert_eq!((sent.body.len(), sent.body_bytes), (100, 300));
    assert_eq!((received.message.body.as_str(), received.message.body_bytes), ("é".repeat(50).as_str(), 202));
}

#[tokio::test]
async fn what_cannot_be_sent_is_recorded_too() {
    let cases = [
        (Request::new(Method::GET, "no url"), "invalid_url"),
        (Request::new(Method::GET, "ftp://example.com/"), "invalid_url"),
        (Request::new(Method::GET, "http://user:pass@example.com/"), "invalid_url"),
        (Request::new(Method::GET, "http://10.0.0.1/"), "blocked_address"),
        (Request::new(Method::GET, "http://127.0.0.1/").header("a b", "c"), "invalid_header"),
        (Request::new(Method::GET, "http://127.0.0.1/").header("a", "b\r\nc: d"), "invalid_header"),
    ];
    for (request, kind) in cases {
        let failed = local().call(request.clone()).await.unwrap_err();
        assert_eq!(failed.error.kind(), kind, "{request:?}");
        assert!(!failed.error.is_transient());
        assert_eq!(failed.exchange.response, None);
        assert_eq!(failed.exchange.request.method, "GET");
    }
}

#[tokio::test]
async fn an_answer_that_is_not_json_says_where() {
    let address = says("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>").await;
    let answer = local().call(Request::new(Method::GET, format!("http://{address}/"))).await.unwrap();
    let error = answer.json::<serde_json::Value>().unwrap_err();
    assert!(matches!(&error, CallError::NotJson { reason } if reason.contains("line 1")), "{error:?}");
}

#[test]
fn errors_are_data_and_sentences() {
    let error = CallError::BlockedAddress { address: "10.0.0.1".into(), range: "a private address".into() };
    let data = serde_json::to_value(&error).unwrap();
    assert_eq!(
        data,
        serde_json::json!({"kind": "blocked_address", "address": "10.0.0.1", "range": "a private address"})
    );
    assert_eq!(serde_json::from_value::<CallError>(data).unwrap(), error);
    assert_eq!(
        error.to_string(),
        "The address 10.0.0.1 is not allowed: it is a private address. The operator can open networks with egress.allow."
    );
}
