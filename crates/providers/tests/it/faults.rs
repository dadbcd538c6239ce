use std::time::Duration;

use mortise_providers::{ApiError, ApiErrorKind, ProviderError};

use crate::peer::{BODY_BYTES_MAX, Peer, answer, api_error, client, impatient, named};

async fn fault(peer: &Peer) -> (ApiErrorKind, Option<u16>, String) {
    let ApiError { kind, code, text, .. } = api_error(client().get(&peer.url("/")).send().await);
    (kind, code, text)
}

fn unreachable(host: impl std::fmt::Display) -> (ApiErrorKind, Option<u16>, String) {
    (ApiErrorKind::Host, Some(503), format!("Unable to reach host: {host}"))
}

#[tokio::test]
async fn who_does_not_answer_in_time_has_timed_out() {
    let peer = Peer::hangs().await;
    let text = format!("Timed out attempting to reach host: {}", peer.address);
    assert_eq!(fault(&peer).await, (ApiErrorKind::Timeout, Some(504), text));
    assert_eq!(peer.got().len(), 1, "nothing is tried again");
}

#[tokio::test]
async fn who_is_not_there_or_speaks_no_http_is_not_reached() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let refused = api_error(client().get(&format!("http://{address}/")).send().await);
    assert_eq!((refused.kind, refused.code, refused.text.clone()), unreachable(address));
    assert!(ProviderError::from(refused).is_unavailable());
    for said in ["", "SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Le"] {
        let peer = Peer::says([said]).await;
        assert_eq!(fault(&peer).await, unreachable(peer.address), "{said:?}");
        assert_eq!(peer.got().len(), 1, "nothing is tried again");
    }
    let peer = Peer::says([answer(200, "text/plain", "")]).await;
    let tls = api_error(client().get(&format!("https://{}/", peer.address)).send().await);
    assert_eq!((tls.kind, tls.code, tls.text), unreachable(peer.address));
    let nonsense = api_error(client().get("no url").send().await);
    assert_eq!((nonsense.kind, nonsense.text.as_str()), (ApiErrorKind::Host, "Unable to reach host"));
}

#[tokio::test]
async fn who_does_not_take_a_connection_in_time_is_not_reached() {
    // A listener whose queue is full takes no more connections and refuses none.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(Ok(stream)) =
        tokio::time::timeout(Duration::from_millis(200), tokio::net::TcpStream::connect(address)).await
    {
        waiting.push(stream);
    }
    let quick = impatient(Duration::from_millis(300)).timeout(Duration::from_secs(20));
    let error = api_error(quick.get(&format!("http://{address}/")).send().await);
    assert_eq!((error.kind, error.code, error.text), unreachable(address));
}

#[tokio::test]
async fn who_hangs_up_in_the_middle_has_reset_the_connection() {
    for said in [
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
    ] {
        let peer = Peer::says([said]).await;
        let reset = (ApiErrorKind::Reset, Some(104), "Connection reset by peer".to_owned());
        assert_eq!(fault(&peer).await, reset, "{said:?}");
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_to_its_end_is_broken() {
    let chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n";
    let text = "Connection broken: invalid chunk length".to_owned();
    assert_eq!(fault(&Peer::says([chunks]).await).await, (ApiErrorKind::Broken, None, text));
    let large = answer(200, "application/json", &"1".repeat(BODY_BYTES_MAX + 1));
    let text = format!("The body of the answer is larger than {BODY_BYTES_MAX} bytes.");
    let error = fault(&Peer::says([large]).await).await;
    assert_eq!(error, (ApiErrorKind::Broken, None, text));
    let packed = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello";
    assert_eq!(fault(&Peer::says([packed]).await).await.0, ApiErrorKind::Broken);
}

#[tokio::test]
async fn addresses_that_are_not_public_are_refused_wherever_they_come_from() {
    // Written as such.
    let error = api_error(client().get("http://10.0.0.1/").send().await);
    assert_eq!((error.kind, error.code, error.text), unreachable("10.0.0.1"));
    // Behind a name.
    let error = api_error(named("169.254.169.254").get("http://git.test:8080/").send().await);
    assert_eq!((error.kind, error.code, error.text), unreachable("git.test:8080"));
    // Behind a redirect.
    for (to, host) in
        [("http://192.168.1.1/", "192.168.1.1"), ("http://git.test/", "git.test"), ("file:///etc/passwd", "")]
    {
        let said =
            format!("HTTP/1.1 302 X\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        let peer = Peer::says([said]).await;
        let error = api_error(named("10.1.2.3").get(&peer.url("/")).send().await);
        let expected = unreachable(host).2.trim_end_matches(": ").to_owned();
        assert_eq!((error.kind, error.code, error.text), (ApiErrorKind::Host, Some(503), expected));
    }
}
