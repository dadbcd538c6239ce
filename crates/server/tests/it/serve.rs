//! Starting, being watched, and stopping.

use std::io::{Read as _, Write as _};

use crate::support::{Place, http};

#[test]
fn machines_can_see_how_it_is() {
    let server = Place::new().serve();
    assert_eq!(server.get("/healthz").body, "ok");
    let health = server.get("/_health/");
    assert_eq!((health.status, health.body.as_str()), (200, "ok"));
    let ready = server.get("/readyz");
    assert_eq!(ready.status, 200);
    let ready = ready.json();
    assert_eq!((&ready["ready"], &ready["database"]), (&true.into(), &"ok".into()));
    let metrics = server.get("/metrics").body;
    for name in
        ["mortise_http_requests_total", "mortise_http_request_duration_seconds", "mortise_outbox_lag_seconds"]
    {
        assert!(metrics.contains(name), "{name}: {metrics}");
    }
}

#[test]
fn metrics_are_not_there_for_strangers() {
    let place = Place::new();
    let server = place.serve_with(&["--metrics-allow", "192.0.2.0/24"]);
    assert_eq!(server.get("/metrics").status, 404);
    let server = place.serve();
    let forwarded = http::request(server.address, "GET", "/metrics", "X-Forwarded-For: 127.0.0.1\r\n", b"");
    assert_eq!(forwarded.unwrap().status, 404);
    let server = place.serve_with(&["--trusted-proxies", "127.0.0.1"]);
    let asked_for = |client: &str| {
        let header = format!("X-Forwarded-For: {client}\r\n");
        http::request(server.address, "GET", "/metrics", &header, b"").unwrap().status
    };
    assert_eq!((asked_for("10.1.2.3"), asked_for("198.51.100.7")), (200, 404));
}

#[test]
fn the_first_lines_say_what_is_open() {
    let place = Place::new();
    let server = place.serve();
    let said = server.log();
    assert!(said.contains(&format!("listens on {}, with embedded SQLite", server.address)), "{said}");
    assert!(said.contains("webhooks may call this machine too"), "{said}");
}

#[test]
fn logs_can_be_json() {
    let server = Place::new().serve_with(&["--log-format", "json"]);
    let said = server.log();
    assert!(!said.is_empty());
    for line in said.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    }
}

#[test]
fn a_request_that_runs_is_finished_before_it_ends() {
    let place = Place::new();
    let mut server = place.serve();
    let mut slow = http::connect(server.address).unwrap();
    let body = br#"{"username": "nobody", "password": "x"}"#;
    let head = format!(
        "POST /api/0/auth/login/ HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        server.address,
        body.len()
    );
    slow.write_all(head.as_bytes()).unwrap();
    slow.write_all(&body[..10]).unwrap();
    // Answered before the signal, so that the request above is known to run.
    server.get("/readyz");
    server.signal("TERM");
    while http::get(server.address, "/healthz").is_ok() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    slow.write_all(&body[10..]).unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    assert_eq!(server.wait(), Some(0));
}

#[test]
fn an_interrupt_ends_it_as_well() {
    let place = Place::new();
    let mut server = place.serve();
    server.signal("INT");
    assert_eq!(server.wait(), Some(0));
}

#[test]
fn a_port_that_is_taken_is_told() {
    let place = Place::new();
    let server = place.serve();
    let said = place.run(&["--listen", &server.address.to_string()]).failed(1);
    assert!(said.contains(&format!("cannot listen on {}", server.address)), "{said}");
}

#[test]
fn a_worker_answers_health_alone() {
    let server = Place::new().serve_with(&["--role", "worker"]);
    assert_eq!(server.get("/readyz").status, 200);
    assert_eq!(server.get("/api/0/").status, 404);
}

#[test]
fn a_client_that_is_refused_while_it_writes_reads_why() {
    let server = Place::new().serve();
    let large = vec![b'x'; 24 * 1024 * 1024];
    let headers = "Content-Type: application/json\r\n";
    for (method, path, status) in [("POST", "/api/0/auth/login/", 413), ("PUT", "/api/0/users/me/", 401)] {
        let answer = http::request(server.address, method, path, headers, &large).unwrap();
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
    }
}

#[test]
fn heads_without_end_are_refused() {
    let server = Place::new().serve();
    let long = format!("X-Long: {}\r\n", "x".repeat(1_000_000));
    for headers in [long, "X-Many: x\r\n".repeat(200)] {
        // The connection may be cut before all of the head was sent.
        match http::request(server.address, "GET", "/healthz", &headers, b"") {
            Ok(answer) => assert_eq!(answer.status, 431),
            Err(error) => assert_ne!(error.kind(), std::io::ErrorKind::WouldBlock),
        }
    }
}
