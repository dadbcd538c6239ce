//! What was acknowledged survives. A server under load is killed again and again; every event that was answered with
//! 200 is there afterwards, and the app hears of every new issue and, once more with its settings, of every time that an
//! alert rule fired.

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
use serde_json::{Value, json};

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
    let made = Made::of(place, &with_alerts(world(&format!("http://{}/webhook", receiver.address))));
    make_rule(place, &made);
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
    let stored = texts(place, "SELECT event_id FROM error_event");
    let lost: Vec<&String> = acknowledged.iter().filter(|id| !stored.contains(*id)).collect();
    assert!(lost.is_empty(), "{} of {} events are lost: {lost:?}", lost.len(), acknowledged.len());
    let titles: BTreeSet<String> = acknowledged.iter().map(|id| title(id)).collect();
    receiver.wait_for(&titles, &receiver.titles);
    // Every event made the rule fire, in the transaction that stored it.
    let fired = texts(place, "SELECT event_id FROM rule_fire");
    let silent: Vec<&String> = acknowledged.iter().filter(|id| !fired.contains(*id)).collect();
    assert!(silent.is_empty(), "the rule did not fire for {silent:?}");
    receiver.wait_for(&fired, &receiver.alerts);
    assert_eq!(server.stop(), Some(0));
}

/// The same world, where the app has an action for alert rules.
fn with_alerts(mut world: Value) -> Value {
    world["organizations"][0]["apps"][0]["schema"] = json!({"elements": [{
        "type": "alert-rule-action", "title": "Page somebody",
        "settings": {"type": "alert-rule-settings", "uri": "/alert",
            "required_fields": [{"type": "text", "name": "who", "label": "Who"}]},
    }]});
    world
}

/// Makes a rule that tells the app of every event of every issue.
fn make_rule(place: &Place, made: &Made) {
    let server = place.serve();
    let installed = made.api(&server, "/api/0/organizations/acme/sentry-app-installations/");
    let installed = installed.json();
    let rule = json!({
        "name": "Everything", "actionMatch": "all", "frequency": 5,
        "conditions": [{"id": "sentry.rules.conditions.every_event.EveryEventCondition"}],
        "actions": [{
            "id": "sentry.rules.actions.notify_event_sentry_app.NotifyEventSentryAppAction",
            "sentryAppInstallationUuid": installed[0]["uuid"], "hasSchemaFormConfig": true,
            "settings": [{"name": "who", "value": "Ann"}],
        }],
    });
    let header =
        format!("Authorization: Bearer {}\r\nContent-Type: application/json\r\n", made.text("/tokens/owner"));
    let path = "/api/0/projects/acme/web/rules/";
    let answer = http::request(server.address, "POST", path, &header, rule.to_string().as_bytes());
    let answer = answer.expect("an answer");
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(server.stop(), Some(0));
}

/// A column of texts in the database.
fn texts(place: &Place, sql: &'static str) -> BTreeSet<String> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::open(&Open::url(place.database_url())).await.unwrap();
        let texts: Vec<String> = store.read().await.unwrap().all(Query::new(sql)).await.unwrap();
        store.close().await;
        texts.into_iter().collect()
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
                    let event = json!({"event_id": id, "message": title(&id), "fingerprint": [id]});
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

/// What was heard of, each once.
type Heard = Arc<Mutex<BTreeSet<String>>>;

/// Takes webhooks and remembers the titles of issues that were created and the ids of events that made a rule fire.
struct Receiver {
    address: SocketAddr,
    titles: Heard,
    alerts: Heard,
}

impl Receiver {
    fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let address = listener.local_addr().expect("an address");
        let (titles, alerts) = (Heard::default(), Heard::default());
        let heard = (Arc::clone(&titles), Arc::clone(&alerts));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (titles, alerts) = (Arc::clone(&heard.0), Arc::clone(&heard.1));
                // A server that is killed cuts its calls.
                thread::spawn(move || drop(listen(stream, &titles, &alerts)));
            }
        });
        Self { address, titles, alerts }
    }

    fn wait_for(&self, wanted: &BTreeSet<String>, heard: &Heard) {
        let started = Instant::now();
        loop {
            let missing = wanted.difference(&heard.lock().unwrap()).count();
            if missing == 0 {
                return;
            }
            let waited = started.elapsed();
            assert!(waited < ARRIVAL_TIME_MAX, "{missing} of {} were never told", wanted.len());
            thread::sleep(Duration::from_millis(50));
        }
    }
}

/// Answers the requests of one connection.
fn listen(stream: TcpStream, titles: &Heard, alerts: &Heard) -> std::io::Result<()> {
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
        let webhook: Value = serde_json::from_slice(&body)?;
        let data = &webhook["data"];
        match webhook["action"].as_str() {
            Some("created") => titles.lock().unwrap().extend(text(&data["issue"]["title"])),
            Some("triggered") if data["issue_alert"]["settings"][0]["value"] == "Ann" => {
                alerts.lock().unwrap().extend(text(&data["event"]["event_id"]));
            }
            _ => {}
        }
        answers.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")?;
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}
