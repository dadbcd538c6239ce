//! What bodies are taken, and what becomes of what is in them.

use std::io::Write;

use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::{
    Compression,
    write::{DeflateEncoder, GzEncoder, ZlibEncoder},
};
use mortise_testkit::api_test;
use serde_json::json;

use super::{ID, assert_refused, auth, count, envelope, message, outcomes, text, to_envelope, to_store};

const INVALID_ENVELOPE: &str = "invalid event envelope";

fn zlib(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

async fn packed(data: &[u8], encoding: &str) -> Vec<u8> {
    use async_compression::tokio::write::{BrotliEncoder, ZstdEncoder};
    use tokio::io::AsyncWriteExt;
    match encoding {
        "br" => {
            let mut encoder = BrotliEncoder::new(Vec::new());
            encoder.write_all(data).await.unwrap();
            encoder.shutdown().await.unwrap();
            encoder.into_inner()
        }
        _ => {
            let mut encoder = ZstdEncoder::new(Vec::new());
            encoder.write_all(data).await.unwrap();
            encoder.shutdown().await.unwrap();
            encoder.into_inner()
        }
    }
}

api_test!(every_encoding_is_unpacked, |app| async move {
    let world = app.world().await;
    let body = envelope(&message("hello")).into_bytes();
    let cases = [
        ("identity", body.clone()),
        ("gzip", gzip(&body)),
        ("GZIP", gzip(&body)),
        ("deflate", zlib(&body)),
        ("deflate", deflate(&body)),
        ("br", packed(&body, "br").await),
        ("zstd", packed(&body, "zstd").await),
    ];
    for (encoding, body) in cases {
        let request = to_envelope(&app, &world).header("content-encoding", encoding).body(body);
        assert_eq!(request.send().await.expect(200).json(), json!({"id": ID}), "{encoding}");
    }
    let request = to_envelope(&app, &world).header("content-encoding", "gzip").body(&gzip(&body)[..20]);
    assert_refused(&request.send().await, 400, "invalid request body");
    let request = to_envelope(&app, &world).header("content-encoding", "lzma").body(body);
    assert_refused(&request.send().await, 400, "invalid request body");
});

api_test!(envelopes_are_framed_as_sdks_frame_them, |app| async move {
    let world = app.world().await;
    let event = message("hello").to_string();
    let cases = [
        format!("{{\"event_id\":\"{ID}\"}}\n{{\"type\":\"event\"}}\n{event}\n"),
        format!("{{\"event_id\":\"{ID}\"}}\n{{\"type\":\"event\"}}\n{event}"),
        format!("{{}}\n{{\"type\":\"event\",\"length\":{}}}\n{event}", event.len()),
        format!(
            "{{\"event_id\":\"9EC79C33-EC99-42AB-8353-589FCB2E04DC\"}}\n{{\"type\":\"thing\"}}\n{{}}\n\
             {{\"type\":\"event\",\"length\":{}}}\n{event}\n{{\"type\":\"attachment\",\"length\":5}}\nhe\nlo\n",
            event.len()
        ),
    ];
    for body in cases {
        let answer = to_envelope(&app, &world).body(body.clone()).send().await;
        assert_eq!((answer.status, answer.json()), (200, json!({"id": ID})), "{body}");
    }
    let bad = ["[]\n", "{}\n{\"type\":\"event\",\"length\":99}\n{}", "{}\n{\"length\":2}\n{}\n", "nonsense"];
    for body in bad {
        assert_refused(&to_envelope(&app, &world).body(body).send().await, 400, INVALID_ENVELOPE);
    }
    assert_refused(&to_envelope(&app, &world).body("").send().await, 400, "empty request body");
    let answer = to_envelope(&app, &world).body("{\"event_id\":\"x\"}\n").send().await;
    assert_refused(&answer, 400, "invalid event id");
    let twice = format!("{{}}\n{{\"type\":\"event\"}}\n{event}\n{{\"type\":\"event\"}}\n{event}\n");
    assert_refused(&to_envelope(&app, &world).body(twice).send().await, 400, INVALID_ENVELOPE);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM error_event").await, 1);
});

api_test!(items_without_use_are_dropped_and_counted, |app| async move {
    let world = app.world().await;
    let report = json!({"timestamp": 1_700_000_000, "discarded_events": [
        {"reason": "queue_overflow", "category": "error", "quantity": 2},
        {"reason": "made up", "category": "nothing", "quantity": 1}]});
    let user_report = json!({"event_id": ID, "name": "Ann", "email": "ann@a.test", "comments": "it broke"});
    let body = format!(
        "{{}}\n{{\"type\":\"session\"}}\n{{}}\n{{\"type\":\"transaction\"}}\n{{}}\n\
         {{\"type\":\"client_report\"}}\n{report}\n{{\"type\":\"user_report\"}}\n{user_report}\n"
    );
    let answer = to_envelope(&app, &world).body(body).send().await.expect(200);
    assert_eq!(answer.json(), json!({}));
    let expected = [
        "client_discard error queue_overflow 2",
        "client_discard unknown other 1",
        "dropped session unsupported 1",
        "dropped transaction unsupported 1",
    ];
    assert_eq!(outcomes(&app).await, expected);
    assert_eq!(text(&app, "SELECT comments FROM user_report").await, "it broke");
});

api_test!(the_store_endpoint_takes_json_and_packed_json, |app| async move {
    let world = app.world().await;
    let json = message("hello").to_string();
    let base64 = STANDARD.encode(zlib(json.as_bytes()));
    for body in [json.clone().into_bytes(), base64.clone().into_bytes(), zlib(json.as_bytes())] {
        assert_eq!(to_store(&app, &world).body(body).send().await.expect(200).json(), json!({"id": ID}));
    }
    let safe = base64.replace('+', "-").replace('/', "_").replace('=', "%3D");
    let path =
        format!("/api/{}/store/?sentry_version=7&sentry_key={}&sentry_data={safe}", world.project, world.key);
    let answer = app.get(path).send().await.expect(200);
    assert_eq!((answer.header("content-type"), &answer.body[..6]), ("image/gif", &b"GIF89a"[..]));
    assert_eq!(count(&app, "SELECT COUNT(*) FROM error_event").await, 1);
});

api_test!(hostile_json_is_refused_or_tamed, |app| async move {
    let world = app.world().await;
    let deep = format!("{{\"extra\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
    for body in [deep.as_str(), "{\"message\":\"cut", "[1]", "7x", "{\"event_id\":\"x\"}", "{\"event_id\":7}"]
    {
        let answer = to_store(&app, &world).body(body).send().await;
        assert_eq!(answer.status, 400, "{}", answer.text());
        assert!(!answer.header("x-sentry-error").is_empty());
    }
    let answer = to_store(&app, &world).body("{\"message\":\"cut").send().await;
    assert!(
        answer.json()["detail"].as_str().unwrap().starts_with("invalid JSON data: "),
        "{}",
        answer.text()
    );
    let odd = [
        r#"{"message":"a","message":"b","message":"last"}"#,
        r#"{"message":"big","extra":{"n":123456789012345678901234567890,"x":1e999,"nan":NaN}}"#,
        r#"{"message":"\ud800 lone","tags":{"a":"\u0000b"}}"#,
        "{\"message\":\"\\u0000nul\",\"logger\":\"\0\"}",
        r#"{"message":{"a":1},"level":7,"tags":5,"exception":"x","user":[],"request":true,"timestamp":{}}"#,
    ];
    for body in odd {
        to_store(&app, &world).body(body).send().await.expect(200);
    }
    let bytes = [b"{\"message\":\"".as_slice(), &[0xff, 0xfe], b"\"}"].concat();
    to_store(&app, &world).body(bytes).send().await.expect(200);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM error_event").await, 6);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM issue WHERE title = 'last'").await, 1);
});

api_test!(an_event_that_cannot_be_read_is_never_acknowledged, |app| async move {
    let world = app.world().await;
    for event in ["{\"message\":\"cut", "[1]", "null"] {
        for header in [format!("{{\"event_id\":\"{ID}\"}}"), "{}".to_owned()] {
            let body = format!("{header}\n{{\"type\":\"event\",\"length\":{}}}\n{event}\n", event.len());
            let answer = to_envelope(&app, &world).body(body).send().await.expect(400);
            assert!(answer.header("x-sentry-error").starts_with("invalid JSON data: "), "{event}");
        }
    }
    assert_eq!(outcomes(&app).await, ["invalid error malformed 6"]);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM error_event").await, 0);
    // A bad id is replaced.
    let body = "{}\n{\"type\":\"event\"}\n{\"event_id\":\"x\",\"message\":\"hello\"}\n";
    let id = to_envelope(&app, &world).body(body).send().await.expect(200).json();
    assert_eq!(text(&app, "SELECT event_id FROM error_event").await, id["id"]);
});

api_test!(a_path_that_is_no_text_names_no_project, |app| async move {
    for path in ["/api/%ff/envelope/", "/api/%ff/store/", "/api/1/envelope/%ff/", "/api/%ff/security/"] {
        assert_refused(&app.post(path).send().await, 400, "bad project path parameter");
    }
});

api_test!(what_cannot_be_kept_says_so, |app| async move {
    let world = app.world().await;
    let security = app.post(format!("/api/{}/security/?sentry_key={}", world.project, world.key));
    assert_eq!(security.body("{}").send().await.expect(200).json(), json!({}));
    let check_in = app.get(format!("/api/{}/cron/nightly/{}/", world.project, world.key));
    check_in.send().await.expect(200);
    app.post(format!("/api/{}/nel", world.project)).body("{}").send().await.expect(401);
    let dump =
        app.post(format!("/api/{}/minidump/", world.project)).header("x-sentry-auth", &auth(&world.key));
    assert_eq!(dump.send().await.expect(404).json()["detail"], "minidumps are not supported");
    assert_eq!(outcomes(&app).await, ["dropped monitor unsupported 1", "dropped security unsupported 1"]);
});
