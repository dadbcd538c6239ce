//! A listener on this machine that behaves as badly as a test wants.

use std::{net::SocketAddr, time::Duration};

use mortise_egress::{AddressGuard, Egress, EgressConfig, Limits};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Small and quick, so that every limit is met in a test.
pub(crate) const LIMITS: Limits = Limits {
    connect_timeout: Duration::from_millis(500),
    total_timeout: Duration::from_millis(600),
    response_head_bytes_max: 4096,
    response_body_bytes_max: 10_000,
    record_bytes_max: 100,
    idle_connections_max: 2,
};

/// A client that may call this machine.
pub(crate) fn local() -> Egress {
    egress(EgressConfig::new(AddressGuard::public_only().allow_loopback(), "Mortise/test", LIMITS))
}

pub(crate) fn egress(config: EgressConfig) -> Egress {
    Egress::new(config).expect("a client")
}

/// Starts a listener that hands every connection, after the head and body of a request were read, to `answer`.
pub(crate) async fn peer<F, Fut>(answer: F) -> SocketAddr
where
    F: Fn(TcpStream, String) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = vec![0; 65_536];
            let read = stream.read(&mut buffer).await.unwrap_or(0);
            let request = String::from_utf8_lossy(&buffer[..read]).into_owned();
            tokio::spawn(answer(stream, request));
        }
    });
    address
}

/// A listener that always writes the same bytes and hangs up.
pub(crate) async fn says(bytes: impl Into<Vec<u8>>) -> SocketAddr {
    let bytes = bytes.into();
    peer(move |mut stream, _| {
        let bytes = bytes.clone();
        async move {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
    })
    .await
}
