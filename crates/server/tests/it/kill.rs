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

use mortise_store::{Open, Query, Store, testing};

use crate::support::{
    Place, http,
    world::{Made, world},
};

/// Raised for long runs.
const ROUNDS_VARIABLE: &str = "MORTISE_TEST_KILLS";
const ROUNDS: u64 = 5;
const SENDERS: usize = 4;
/// A life of the server ends when it has acknowledged so many events: between these.
const ACKNOWLEDGED: (u64, u64) = (5, 60);
/// How long a life may take, on a busy machine.
const LIFE_TIME_MAX: Duration = Duration::from_secs(60);
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
        let (least, most) = ACKNOWLEDGED;
        load.wait_for(least + round * 7919 % (most - least));
        server.kill();
        load.stop();
    }
    let acknowledged = std::mem::take(&mut *acknowledged.lock().unwrap());
    let server = place.serve();
    let stored = stored(place);
    let lost: Vec<&String> = acknowledged.iter().filter(|id| !stored.contains(*id)).collect();
    assert!(lost.is_empty(), "{} of {} events are lost: {lost:?}", lost.len(), acknowledged.len());
    let titles: BTreeSet<String> = acknowledged.iter().map(|id| title(id)).collect();
    receiver.wait_for(&titles);
    assert_eq!(server.stop(), Some(0));
}

/// The ids of all events in the database.
fn stored(place: &Place) -> BTreeSet<String> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::open(&Open::url(place.database_url())).await.unwrap();
        let query = Query::new("SELECT event_id FROM error_event");
        let ids: Vec<String> = store.read().await.unwrap().all(query).await.unwrap();
        store.close().await;
        ids.into_iter().collect()
    })
}

/// Every event is an issue of its own, named after its id. Letters, since numbers in titles are grouped.
fn title(id: &str) -> String {
    let letter = |digit: char| char::from(b'a' + digit.to_digit(16).unwrap_or_default() as u8);
    id.chars().map(letter).collect()
}

/// Senders that never stop by themselves.
struct Load {
    stop: Arc<AtomicBool>,
    acknowledged: Arc<Mutex<Vec<String>>>,
    before: usize,
    senders: Vec<thread::JoinHandle<()>>,
}

impl Load {
    fn start(
        address: SocketAddr,
        key: &str,
        acknowledged: &Arc<Mutex<Vec<String>>>,
        sent: &Arc<AtomicU64>,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let header = format!("X-Sentry-Auth: Sentry sentry_version=7, sentry_key={key}\r\n");
        let sender = || {
            let (stop, header) = (Arc::clone(&stop), header.clone());
            let (acknowledged, sent) = (Arc::clone(acknowledged), Arc::clone(sent));
            thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let id = format!(
                        "{:032x}",
                        u128::from(sent.fetch_add(1, Ordering::Relaxed)) * 0x9e37_79b9_7f4a_7c15 + 1
                    );
                    let event =
                        serde_json::json!({"event_id": id, "message": title(&id), "fingerprint": [id]});
                    let answer = http::request(
                        address,
                        "POST",
                        "/api/1/store/",
                        &header,
                        event.to_string().as_bytes(),
                    );
                    if answer.is_ok_and(|answer| answer.status == 200 && answer.body.contains(&id)) {
                        acknowledged.lock().unwrap().push(id);
                    }
                }
            })
        };
        let before = acknowledged.lock().unwrap().len();
        let senders = (0..SENDERS).map(|_| sender()).collect();
        Self { stop, acknowledged: Arc::clone(acknowledged), before, senders }
    }

    /// Waits until so many events were acknowledged.
    fn wait_for(&self, count: u64) {
        let started = Instant::now();
        while ((self.acknowledged.lock().unwrap().len() - self.before) as u64) < count {
            assert!(started.elapsed() < LIFE_TIME_MAX, "no load to speak of");
            thread::sleep(Duration::from_millis(2));
        }
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
