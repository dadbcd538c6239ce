//! The webhook receiver: answers at once and remembers when each numbered error first arrived.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::{BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use anyhow::Result;

use super::{envelope, http};

/// Listens on a free loopback port for as long as the process lives.
pub(super) struct Receiver {
    port: u16,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    total: usize,
    first: HashMap<u64, Instant>,
    last: Option<Instant>,
}

impl Receiver {
    pub(super) fn start() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let port = listener.local_addr()?.port();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let shared = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let seen = Arc::clone(&shared);
                std::thread::spawn(move || serve(stream, &seen));
            }
        });
        Ok(Self { port, seen })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Webhooks about numbered errors, with repetitions.
    pub(super) fn total(&self) -> usize {
        lock(&self.seen).total
    }

    /// Errors that a webhook has told of.
    pub(super) fn distinct(&self) -> usize {
        lock(&self.seen).first.len()
    }

    /// When each error was first told of.
    pub(super) fn arrivals(&self) -> HashMap<u64, Instant> {
        lock(&self.seen).first.clone()
    }

    /// When the newest error was first told of.
    pub(super) fn last_arrival(&self) -> Option<Instant> {
        lock(&self.seen).last
    }
}

/// Answers one connection until the other side closes it or sends what is not HTTP.
fn serve(stream: TcpStream, seen: &Mutex<Seen>) {
    let mut stream = BufReader::new(stream);
    while let Ok(Some(http::Message { body, .. })) = http::read_message(&mut stream) {
        let now = Instant::now();
        if let Some(number) = envelope::number_in(&body) {
            let mut seen = lock(seen);
            seen.total += 1;
            if let Entry::Vacant(first) = seen.first.entry(number) {
                first.insert(now);
                seen.last = Some(now);
            }
        }
        if stream.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").is_err() {
            return;
        }
    }
}

/// A thread that panicked cannot have left the counters half written.
fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}
