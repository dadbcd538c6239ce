//! What was acknowledged survives. A server under load is killed again and again; every event that was answered with
//! 200 is there afterwards, and the app hears of every new issue.

use std::{
    collections::BTreeSet,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use mortise_store::testing;

use crate::support::{
    Place, http,
    world::{Made, world},
};

/// Raised for long runs.
const ROUNDS_VARIABLE: &str = "MORTISE_TEST_KILLS";
const ROUNDS: u64 = 5;
const SENDERS: usize = 4;
/// How long a life of the server is: between these, milliseconds.
const LIFE_MS: (u64, u64) = (150, 600);
/// How long deliveries may take to arrive after the last life began.
const ARRIVAL_TIME_MAX: Duration = Duration::from_secs(90);

#[test]
fn nothing_acknowledged_is_lost_on_sqlite() {
    survive(&Place::new());
}

#[test]
fn nothing_acknowledged_is_lost_on_postgresql() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let Some(database) = runtime.block_on(testing::postgres()).unwrap() else {
        assert!(std::env::var("CI").is_err(), "{} is not set", testing::POSTGRES_URL_VAR);
        eprintln!("skipped: {} is not set", testing::POSTGRES_URL_VAR);
        return;
    };
    runtime.block_on(database.store.close());
    survive(&Place::with_database(&database.open.url));
}

fn survive(place: &Place) {
    let receiver = Receiver::start();
    let made = Made::of(place, &world(&format!("http://{}/webhook", receiver.address)));
    let rounds = std::env::var(ROUNDS_VARIABLE).map_or(ROUNDS, |text| text.parse().expect("a number"));
    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    let sent = Arc::new(AtomicU64::new(0));
    for round in 0..rounds {
        let server = place.serve();
        let load = Load::start(server.address, made.key(), &acknowledged, &sent);
        let (least, most) = LIFE_MS;
        thread::sleep(Duration::from_millis(least + round * 7919 % (most - least)));
        server.kill();
        load.stop();
    }
    let acknowledged = std::mem::take(&mut *acknowledged.lock().unwrap());
    assert!(acknowledged.len() > rounds as usize, "no load to speak of: {}", acknowledged.len());
    let server = place.serve();
    for id in &acknowledged {
        let found = made.api(&server, &format!("/api/0/projects/acme/web/events/{id}/"));
        assert_eq!(found.status, 200, "event {id} of {} is lost: {}", acknowledged.len(), found.body);
    }
    let titles: BTreeSet<String> = acknowledged.iter().map(|id| title(id)).collect();
    receiver.wait_for(&titles);
    assert_eq!(server.stop(), Some(0));
}

/// Every event is an issue of its own, named after its id. Letters, since numbers in titles are grouped.
fn title(id: &str) -> String {
    let letter = |digit: char| char::from(b'a' + digit.to_digit(16).unwrap_or_default() as u8);
    id.chars().map(letter).collect()
}

/// Senders that never stop by themselves.
struct Load {
    stop: Arc<AtomicBool>,
    senders: Vec<thread::JoinHandle<()>>,
}

impl Load {
    fn start(address: SocketAddr, key: &str, acknowledged: &Arc<Mutex<Vec<String>>>, sent: &Arc<AtomicU64>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let header = format!("X-Sentry-Auth: Sentry sentry_version=7, sentry_key={key}\r\n");
        let sender = || {
            let (stop, header) = (Arc::clone(&stop), header.clone());
            let (acknowledged, sent) = (Arc::clone(acknowledged), Arc::clone(sent));
            thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let id = format!("{:032x}", u128::from(sent.fetch_add(1, Ordering::Relaxed)) * 0x9e37_79b9_7f4a_7c15 + 1);
                    let event = serde_json::json!({"event_id": id, "message": title(&id), "fingerprint": [id]});
                    let answer =
                        http::request(address, "POST", "/api/1/store/", &header, event.to_string().as_bytes());
                    if answer.is_ok_and(|answer| answer.status == 200 && answer.body.contains(&id)) {
                        acknowledged.lock().unwrap().push(id);
                    }
                }
            })
        };
        let senders = (0..SENDERS).map(|_| sender()).collect();
        Self { stop, senders }
    }

    fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.senders.into_iter().for_each(|sender| sender.join().expect("a sender ends well"));
    }
}

/// Takes webhooks and remembers the titles of issues that were created.
struct Receiver {
    address: SocketAddr,
    titles: Arc<Mutex<BTreeSet<String>>>,
}

impl Receiver {
    fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let address = listener.local_addr().expect("an address");
        let titles = Arc::new(Mutex::new(BTreeSet::new()));
        let heard = Arc::clone(&titles);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let heard = Arc::clone(&heard);
                // A server that is killed cuts its calls.
                thread::spawn(move || drop(listen(stream, &heard)));
            }
        });
        Self { address, titles }
    }

    fn wait_for(&self, wanted: &BTreeSet<String>) {
        let started = Instant::now();
        loop {
            let missing = wanted.difference(&self.titles.lock().unwrap()).count();
            if missing == 0 {
                return;
            }
            let waited = started.elapsed();
            assert!(waited < ARRIVAL_TIME_MAX, "{missing} of {} issues were never told", wanted.len());
            thread::sleep(Duration::from_millis(50));
        }
    }
}

/// Answers the requests of one connection.
fn listen(stream: TcpStream, heard: &Mutex<BTreeSet<String>>) -> std::io::Result<()> {
    let mut answers = stream.try_clone()?;
    let mut requests = BufReader::new(stream);
    loop {
        let (mut length, mut line) = (0, String::new());
        while requests.read_line(&mut line)? > 0 && line != "\r\n" {
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
            line.clear();
        }
        if line.is_empty() {
            return Ok(());
        }
        let mut body = vec![0; length];
        requests.read_exact(&mut body)?;
        let webhook: serde_json::Value = serde_json::from_slice(&body)?;
        if let (Some("created"), Some(title)) =
            (webhook["action"].as_str(), webhook["data"]["issue"]["title"].as_str())
        {
            heard.lock().unwrap().insert(title.to_owned());
        }
        answers.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")?;
    }
}
