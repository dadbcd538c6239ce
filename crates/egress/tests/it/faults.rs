use std::time::Duration;

use mortise_egress::{CallError, Failed, Method, Request};
use tokio::io::AsyncWriteExt;

use crate::peer::{LIMITS, local, peer, says};

async fn fails(url: String) -> Failed {
    local().call(Request::new(Method::GET, url)).await.expect_err("the call must fail")
}

#[tokio::test]
async fn a_peer_that_never_answers_is_given_up() {
    let address = peer(|stream, _| async move {
        tokio::time::sleep(Duration::from_secs(60)).await;
        drop(stream);
    })
    .await;
    let failed = fails(format!("http://{address}/")).await;
    assert_eq!(failed.error, CallError::Timeout { limit_ms: 600 });
    assert!(failed.error.is_timeout() && failed.error.is_transient());
    assert_eq!(failed.exchange.response, None);
    assert!(failed.exchange.duration_us >= 600_000);
}

#[tokio::test]
async fn a_request_may_have_less_time() {
    let address = peer(|stream, _| async move {
        tokio::time::sleep(Duration::from_secs(60)).await;
        drop(stream);
    })
    .await;
    let request = Request::new(Method::GET, format!("http://{address}/")).timeout(Duration::from_millis(50));
    let failed = local().call(request).await.unwrap_err();
    assert_eq!(failed.error, CallError::Timeout { limit_ms: 50 });
}

#[tokio::test]
async fn a_body_that_stops_coming_is_given_up_and_its_beginning_kept() {
    let address = peer(|mut stream, _| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf").await;
        tokio::time::sleep(Duration::from_secs(60)).await;
        drop(stream);
    })
    .await;
    let failed = fails(format!("http://{address}/")).await;
    assert_eq!(failed.error, CallError::Timeout { limit_ms: 600 });
    let response = failed.exchange.response.unwrap();
    assert_eq!((response.status, response.message.body.as_str()), (200, "half"));
}

#[tokio::test]
async fn a_peer_that_hangs_up_is_a_reset() {
    for said in ["", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"] {
        let address = says(said).await;
        assert_eq!(fails(format!("http://{address}/")).await.error, CallError::Reset, "{said:?}");
    }
}

#[tokio::test]
async fn an_aborted_connection_is_a_reset() {
    let address = peer(|stream, _| async move {
        // With linger zero, closing sends RST instead of FIN.
        stream.set_zero_linger().expect("a socket option");
        drop(stream);
    })
    .await;
    assert_eq!(fails(format!("http://{address}/")).await.error, CallError::Reset);
}

#[tokio::test]
async fn a_closed_port_is_no_connection() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = fails(format!("http://{address}/")).await.error;
    assert!(matches!(&error, CallError::Connect { reason } if reason.contains("refused")), "{error:?}");
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_not_followed() {
    let target = says("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let address =
        says(format!("HTTP/1.1 302 Found\r\nLocation: http://{target}/\r\nContent-Length: 0\r\n\r\n")).await;
    let answer = local().call(Request::new(Method::GET, format!("http://{address}/"))).await.unwrap();
    assert_eq!(answer.status.as_u16(), 302);
    assert_eq!(answer.header("location"), Some(format!("http://{target}/").as_str()));
    assert!(!answer.is_success());
}

#[tokio::test]
async fn an_endless_body_is_cut_off() {
    let address = peer(|mut stream, _| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        while stream.write_all(&[b'x'; 1024]).await.is_ok() {}
    })
    .await;
    let failed = fails(format!("http://{address}/")).await;
    assert_eq!(failed.error, CallError::BodyTooLarge { limit_bytes: LIMITS.response_body_bytes_max });
    let response = failed.exchange.response.unwrap();
    assert_eq!(response.message.body, "x".repeat(100));
    assert_eq!(response.message.body_bytes, 10_000);
}

#[tokio::test]
async fn a_body_of_exactly_the_limit_passes() {
    for (length, passes) in [(10_000, true), (10_001, false)] {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
        let address = says(head + &"x".repeat(length)).await;
        let result = local().call(Request::new(Method::GET, format!("http://{address}/"))).await;
        assert_eq!(result.is_ok(), passes, "{length}");
    }
}

#[tokio::test]
async fn a_small_body_that_unpacks_to_a_large_one_is_cut_off() {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut packer, &vec![0; 1_000_000]).unwrap();
    let packed = packer.finish().unwrap();
    assert!(packed.len() < 5_000);
    let mut said =
        format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", packed.len())
            .into_bytes();
    said.extend(packed);
    let address = says(said).await;
    let failed = fails(format!("http://{address}/")).await;
    assert_eq!(failed.error, CallError::BodyTooLarge { limit_bytes: 10_000 });
}

#[tokio::test]
async fn huge_headers_are_refused() {
    let long = format!("HTTP/1.1 200 OK\r\nX-Long: {}\r\nContent-Length: 0\r\n\r\n", "x".repeat(5_000));
    let longer = format!("HTTP/1.1 200 OK\r\nX-Long: {}\r\nContent-Length: 0\r\n\r\n", "x".repeat(2_000_000));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "A: b\r\n".repeat(500));
    for said in [long, longer, many] {
        let address = says(said).await;
        let error = fails(format!("http://{address}/")).await.error;
        assert_eq!(error, CallError::HeadersTooLarge { limit_bytes: 4096 });
    }
}

#[tokio::test]
async fn garbage_is_told_from_http() {
    for said in ["SSH-2.0-OpenSSH_9.2\r\n\r\n", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "HTTP/1.1 abc\r\n\r\n"] {
        let address = says(said).await;
        let error = fails(format!("http://{address}/")).await.error;
        assert!(matches!(error, CallError::InvalidResponse { .. }), "{said:?}: {error:?}");
    }
}

#[tokio::test]
async fn a_body_that_does_not_unpack_is_no_valid_answer() {
    let chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n";
    let packed = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello";
    for said in [chunks, packed] {
        let failed = fails(format!("http://{}/", says(said).await)).await;
        assert!(matches!(failed.error, CallError::InvalidResponse { .. }), "{said:?}: {:?}", failed.error);
        assert_eq!(failed.exchange.response.map(|it| it.status), Some(200));
    }
}

#[tokio::test]
async fn a_peer_without_tls_fails_the_handshake() {
    let address = says("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await;
    let error = fails(format!("https://{address}/")).await.error;
    assert!(matches!(error, CallError::Tls { .. }), "{error:?}");
}

#[tokio::test]
async fn a_handshake_that_hangs_counts_as_connecting() {
    let address = peer(|stream, _| async move {
        tokio::time::sleep(Duration::from_secs(60)).await;
        drop(stream);
    })
    .await;
    let failed = fails(format!("https://{address}/")).await;
    assert_eq!(failed.error, CallError::ConnectTimeout { limit_ms: 500 });
}
