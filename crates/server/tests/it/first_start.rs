//! The first start of an empty database.

use crate::support::{Place, Server, http};

fn sign_in(server: &Server, username: &str, password: &str) -> u16 {
    let body = serde_json::json!({"username": username, "password": password}).to_string();
    let header = "Content-Type: application/json\r\n";
    let path = "/api/0/auth/login/";
    http::request(server.address, "POST", path, header, body.as_bytes()).unwrap().status
}

#[test]
fn everything_that_it_prints_works_and_is_printed_once() {
    let place = Place::new();
    let server = place.serve();
    assert_eq!(server.printed("URL"), format!("http://{}", server.address));
    let (user, password) = (server.printed("Sign in"), server.printed("Password"));
    assert_eq!(sign_in(&server, &user, &password), 200);
    assert_ne!(sign_in(&server, &user, "something else"), 200);
    let header = format!("Authorization: Bearer {}\r\n", server.printed("API token"));
    let orgs = http::request(server.address, "GET", "/api/0/organizations/", &header, b"").unwrap();
    assert_eq!(orgs.json()[0]["slug"], "home");
    let dsn = server.printed("DSN");
    let (key, rest) = dsn.strip_prefix("http://").unwrap().split_once('@').unwrap();
    let project = rest.rsplit_once('/').unwrap().1;
    let header = format!("X-Sentry-Auth: Sentry sentry_version=7, sentry_key={key}\r\n");
    let event = br#"{"message": "hello"}"#;
    let path = format!("/api/{project}/store/");
    let stored = http::request(server.address, "POST", &path, &header, event).unwrap();
    assert_eq!(stored.status, 200, "{}", stored.body);
    assert!(!server.log().contains(&password), "secrets are in no log");
    assert_eq!(server.stop(), Some(0));
    assert_eq!(place.serve().output(), "");
}

#[test]
fn a_worker_makes_nobody() {
    let place = Place::new();
    let server = place.serve_with(&["--role", "worker"]);
    assert_eq!(server.output(), "");
    assert_eq!(place.run(&["user", "list", "--json"]).json(), serde_json::json!([]));
}
