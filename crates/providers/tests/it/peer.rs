//! A listener on this machine that says what a test wants, and the clients that call it.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use mortise_egress::{AddressGuard, Egress, EgressConfig, Limits, Lookup, LookupFuture};
use mortise_providers::{ApiError, CallResult, Client, Memory, Meter, ProviderError, Reply};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

/// Bytes of an answer, at most.
pub(crate) const BODY_BYTES_MAX: usize = 10_000;

/// Every name leads to this address.
struct Fixed(IpAddr);

impl Lookup for Fixed {
    fn lookup(&self, _host: &str) -> LookupFuture {
        let address = self.0;
        Box::pin(async move { Ok(vec![address]) })
    }
}

/// A client that may call this machine, and for which every name is at `address`.
pub(crate) fn named(address: &str) -> Client {
    made(address, Limits::STANDARD)
}

/// A client that may call this machine, and gives up on a connection after a time.
pub(crate) fn impatient(connect_timeout: Duration) -> Client {
    made("127.0.0.1", Limits { connect_timeout, ..Limits::STANDARD })
}

fn made(address: &str, limits: Limits) -> Client {
    let limits = Limits { response_body_bytes_max: BODY_BYTES_MAX, ..limits };
    let guard = AddressGuard::public_only().allow_loopback();
    let config =
        EgressConfig::new(guard, "egress", limits).with_lookup(Fixed(address.parse().expect("an address")));
    Client::new(Egress::new(config).expect("a client"), "Mortise/1.0 (https://m.test)")
        .timeout(Duration::from_millis(500))
}

/// A client that may call this machine.
pub(crate) fn client() -> Client {
    named("127.0.0.1")
}

/// What was counted, and the words for the figures.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts(Arc<Mutex<Vec<CallResult>>>, Arc<Mutex<Vec<String>>>);

impl Meter for Counts {
    fn count(&self, result: CallResult) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(result);
    }

    fn requested(&self) {
        self.1.lock().unwrap_or_else(PoisonError::into_inner).push("request".to_owned());
    }

    fn responded(&self, status: &str) {
        self.1.lock().unwrap_or_else(PoisonError::into_inner).push(status.to_owned());
    }
}

/// Remembers everything for as long as a test wants; keys and lifetimes of what was kept.
#[derive(Clone, Default)]
pub(crate) struct Notes(Arc<Mutex<Vec<(String, Reply, Duration)>>>);

impl Memory for Notes {
    fn recall(&self, key: &str) -> Option<Reply> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(own, ..)| own == key).map(|(_, reply, _)| reply.clone())
    }

    fn keep(&self, key: String, reply: &Reply, lifetime: Duration) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((key, reply.clone(), lifetime));
    }
}

impl Notes {
    /// How long each answer that was kept counts.
    pub(crate) fn lifetimes(&self) -> Vec<Duration> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|(.., lifetime)| *lifetime).collect()
    }
}

impl Counts {
    pub(crate) fn taken(&self) -> Vec<CallResult> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The words: `request`, then what became of it.
    pub(crate) fn words(&self) -> Vec<String> {
        std::mem::take(&mut self.1.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A listener; it answers the requests in order, the last answer is for all that follow, and keeps what it got.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    got: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    /// Says these bytes and hangs up.
    pub(crate) async fn says<T: Into<Vec<u8>>>(answers: impl IntoIterator<Item = T>) -> Self {
        Self::start(answers.into_iter().map(Into::into).collect(), Duration::ZERO).await
    }

    /// Says nothing for a long time.
    pub(crate) async fn hangs() -> Self {
        Self::start(vec![Vec::new()], Duration::from_secs(60)).await
    }

    async fn start(answers: Vec<Vec<u8>>, pause: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let (address, got) = (listener.local_addr().expect("an address"), Arc::default());
        let peer = Self { address, got };
        let shared = peer.clone();
        tokio::spawn(async move {
            let mut answers = answers.into_iter();
            let mut answer = answers.next().unwrap_or_default();
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = request(&mut stream).await;
                shared.got.lock().unwrap_or_else(PoisonError::into_inner).push(request);
                let said = answer.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(pause).await;
                    let _ = stream.write_all(&said).await;
                    let _ = stream.shutdown().await;
                });
                answer = answers.next().unwrap_or(answer);
            }
        });
        peer
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Head and body of the requests so far.
    pub(crate) fn got(&self) -> Vec<String> {
        self.got.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Head and body of a request.
async fn request(stream: &mut tokio::net::TcpStream) -> String {
    let mut text = String::new();
    let mut buffer = vec![0; 65_536];
    loop {
        let read = stream.read(&mut buffer).await.unwrap_or(0);
        text.push_str(&String::from_utf8_lossy(&buffer[..read]));
        let length = header(&text, "content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        let is_whole = text.split_once("\r\n\r\n").is_some_and(|(_, body)| body.len() >= length);
        // Who begins with TLS is not understood.
        if is_whole || read == 0 || text.starts_with('\u{16}') {
            return text;
        }
    }
}

/// A header of a request.
pub(crate) fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    let head = request.split("\r\n\r\n").next()?;
    let lines = head.lines().skip(1).filter_map(|line| line.split_once(": "));
    lines.filter(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
}

/// An answer with this status, type and body.
pub(crate) fn answer(status: u16, content_type: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

/// The error of a call that must fail on the way or by its answer.
#[track_caller]
pub(crate) fn api_error(result: Result<Reply, ProviderError>) -> ApiError {
    match result.expect_err("an error") {
        ProviderError::Api(error) => error,
        other => unreachable!("an error of the other side, not {other:?}"),
    }
}
