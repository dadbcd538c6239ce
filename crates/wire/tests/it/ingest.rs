//! Envelopes, credentials, limits and reports.

use bytes::Bytes;
use mortise_wire::{
    client_report::{ClientReport, DiscardKind},
    envelope::{
        ATTACHMENTS_BYTES_MAX, Accepted, EVENT_BYTES_MAX, Envelope, IngestError, IngestErrorBody,
        SESSIONS_MAX, normalise_event_id,
    },
    ingest_auth::{AuthSources, IngestAuth, IngestAuthError, parse_project_id},
    rate_limits::{Category, LimitScope, RateLimit, header_value, retry_after_s},
};
use proptest::prelude::*;

use crate::samples::text;

fn parse(body: &str) -> Result<Envelope, IngestError> {
    Envelope::parse(&Bytes::copy_from_slice(body.as_bytes()))
}

fn items(body: &str) -> Vec<(String, String)> {
    let show = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    parse(body).unwrap().items.iter().map(|item| (item.kind.clone(), show(&item.payload))).collect()
}

#[test]
fn items_come_with_and_without_length() {
    let expected =
        [("event".to_owned(), "{\"a\":1}".to_owned()), ("attachment".to_owned(), "he\nlo".to_owned())];
    let attachment = "{\"type\":\"attachment\",\"length\":5,\"filename\":\"a.txt\"}\nhe\nlo";
    for body in [
        format!("{{}}\n{{\"type\":\"event\",\"length\":7}}\n{{\"a\":1}}\n{attachment}\n"),
        format!("{{}}\n{{\"type\":\"event\"}}\n{{\"a\":1}}\n{attachment}"),
        format!("{{}}\n{{\"type\":\"event\"}}\n{{\"a\":1}}\n\n{attachment}\n\n"),
    ] {
        assert_eq!(items(&body), expected, "{body}");
    }
    assert_eq!(items("{}"), []);
    assert_eq!(items("{}\n{\"type\":\"new_thing\"}\n"), [("new_thing".to_owned(), String::new())]);
    let envelope = parse(&format!(
        "{{\"event_id\":\"9EC79C33-EC99-42AB-8353-589FCB2E04DC\",\"dsn\":\"http://k@m/7\"}}\n{attachment}"
    ))
    .unwrap();
    assert_eq!(envelope.event_id.as_deref(), Some("9ec79c33ec9942ab8353589fcb2e04dc"));
    assert_eq!(envelope.dsn.as_deref(), Some("http://k@m/7"));
    assert_eq!(envelope.items[0].header_text("filename"), Some("a.txt"));
    assert_eq!(envelope.items_of("attachment").count(), 1);
}

#[test]
fn broken_framing_is_refused_with_the_published_texts() {
    for (body, error) in [
        ("", "empty request body"),
        ("nonsense", "invalid event envelope"),
        ("[]\n", "invalid event envelope"),
        ("{}\n{\"length\":2}\n{}", "invalid event envelope"),
        ("{}\n{\"type\":\"event\",\"length\":9}\n{}", "invalid event envelope"),
        ("{}\n{\"type\":\"event\",\"length\":-1}\n{}", "invalid event envelope"),
        ("{}\n{\"type\":\"event\",\"length\":1}\n{}", "invalid event envelope"),
        ("{}\n{\"type\":\"event\"}\n{}\n{\"type\":\"transaction\"}\n{}", "invalid event envelope"),
        ("{\"event_id\":\"xyz\"}\n", "invalid event id"),
        ("{\"event_id\":5}\n", "invalid event id"),
    ] {
        assert_eq!(parse(body).unwrap_err().to_string(), error, "{body}");
    }
    assert_eq!(IngestError::BodyTooLarge.status(), 413);
    assert_eq!(IngestError::RateLimited.status(), 429);
    assert_eq!(
        text(&IngestErrorBody::new(&IngestError::EmptyBody)),
        r#"{"detail":"empty request body","causes":[]}"#
    );
    assert_eq!(text(&Accepted { id: None }), "{}");
}

#[test]
fn items_beyond_their_size_are_refused() {
    let event = format!("{{}}\n{{\"type\":\"event\"}}\n{}", " ".repeat(EVENT_BYTES_MAX + 1));
    assert_eq!(
        parse(&event).unwrap_err().to_string(),
        "envelope exceeded size limits for type 'event' (https://develop.sentry.dev/sdk/envelopes/#size-limits)"
    );
    let attachment = format!("{{}}\n{{\"type\":\"attachment\"}}\n{}", "x".repeat(ATTACHMENTS_BYTES_MAX + 1));
    assert_eq!(parse(&attachment).unwrap_err(), IngestError::ItemTooLarge("attachment".into()));
    let sessions = format!("{{}}\n{}", "{\"type\":\"session\"}\n{}\n".repeat(SESSIONS_MAX + 1));
    assert_eq!(parse(&sessions).unwrap_err(), IngestError::ItemTooLarge("session".into()));
}

#[test]
fn event_ids_have_two_forms() {
    let plain = "9ec79c33ec9942ab8353589fcb2e04dc";
    assert_eq!(normalise_event_id("9EC79C33-EC99-42AB-8353-589FCB2E04DC").as_deref(), Some(plain));
    assert_eq!(normalise_event_id(plain).as_deref(), Some(plain));
    for text in [
        "",
        "9ec79c33",
        "zec79c33ec9942ab8353589fcb2e04dc",
        "9ec79c33-ec9942ab-8353-589fcb2e04dc----",
        "ééééééééééééééééé",
    ] {
        assert_eq!(normalise_event_id(text), None);
    }
}

proptest! {
    #[test]
    fn framed_items_come_back_as_they_went_in(payloads in prop::collection::vec((any::<bool>(), prop::collection::vec(any::<u8>(), 0..40)), 0..8), newline: bool) {
        let mut body = b"{}".to_vec();
        let mut expected = Vec::new();
        for (with_length, payload) in payloads {
            let with_length = with_length || payload.contains(&b'\n') || payload.is_empty();
            let length = if with_length { format!(",\"length\":{}", payload.len()) } else { String::new() };
            body.extend(format!("\n{{\"type\":\"attachment\"{length}}}\n").bytes());
            body.extend(&payload);
            expected.push(payload);
        }
        if newline || expected.is_empty() {
            body.push(b'\n');
        }
        let envelope = Envelope::parse(&Bytes::from(body)).unwrap();
        let found: Vec<_> = envelope.items.iter().map(|item| item.payload.to_vec()).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn no_bytes_make_the_envelope_reader_panic(body in prop::collection::vec(any::<u8>(), 0..120)) {
        let _ = Envelope::parse(&Bytes::from(body.clone()));
        let _ = ClientReport::parse(&body);
    }
}

const KEY: &str = "0123456789abcdef0123456789abcdef";

#[test]
fn credentials_are_found_in_each_place() {
    let header = format!("Sentry sentry_key={KEY}, sentry_version=7, sentry_client=sentry.python/2.0");
    let wordy = format!("Sentry sentry_client=my sdk (beta)/1, sentry_key={KEY}");
    let short = format!("sentry key={KEY} version=7.0");
    let basic = format!("Basic {}", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY6cw==");
    let dsn = format!("http://{KEY}@m.test/sub/7");
    let query =
        [("sentry_key".to_owned(), KEY.to_uppercase()), ("sentry_version".to_owned(), "7".to_owned())];
    for sources in [
        AuthSources { sentry_auth: Some(&header), ..Default::default() },
        AuthSources { sentry_auth: Some(&wordy), ..Default::default() },
        AuthSources { sentry_auth: Some(&short), ..Default::default() },
        AuthSources { authorization: Some(&header), ..Default::default() },
        AuthSources { authorization: Some(&basic), ..Default::default() },
        AuthSources { query: &query, ..Default::default() },
        AuthSources { path_key: Some(KEY), ..Default::default() },
        AuthSources { envelope_dsn: Some(&dsn), ..Default::default() },
        AuthSources {
            sentry_auth: Some(&header),
            envelope_dsn: Some(&dsn),
            authorization: Some("Bearer x"),
            ..Default::default()
        },
    ] {
        let auth = IngestAuth::find(sources, 7).unwrap();
        assert_eq!((auth.public_key.as_str(), auth.version), (KEY, 7), "{sources:?}");
    }
}

#[test]
fn bad_credentials_are_refused_with_the_published_texts() {
    let header = format!("Sentry sentry_key={KEY}");
    let old = format!("Sentry sentry_key={KEY}, sentry_version=9");
    let query = [("sentry_key".to_owned(), KEY.to_owned())];
    let other = format!("http://{KEY}@m.test/8");
    let find = |sources| {
        let error = IngestAuth::find(sources, 7).unwrap_err();
        (error.status(), error.to_string())
    };
    for (sources, status, detail) in [
        (AuthSources::default(), 401, "missing authorization information"),
        (
            AuthSources { sentry_auth: Some(&header), query: &query, ..Default::default() },
            401,
            "multiple authorization payloads detected",
        ),
        (AuthSources { sentry_auth: Some("Sentry"), ..Default::default() }, 401, "bad x-sentry-auth header"),
        (
            AuthSources { sentry_auth: Some("Sentry x"), ..Default::default() },
            401,
            "bad x-sentry-auth header",
        ),
        (
            AuthSources { authorization: Some("Basic %%%"), ..Default::default() },
            401,
            "bad x-sentry-auth header",
        ),
        (
            AuthSources { sentry_auth: Some(&header), envelope_dsn: Some(&other), ..Default::default() },
            401,
            "bad envelope authentication header",
        ),
        (
            AuthSources { envelope_dsn: Some("nonsense"), ..Default::default() },
            401,
            "bad envelope authentication header",
        ),
        (AuthSources { path_key: Some("abc"), ..Default::default() }, 400, "bad sentry DSN public key"),
        (
            AuthSources { sentry_auth: Some(&old), ..Default::default() },
            400,
            "unsupported protocol version (9)",
        ),
    ] {
        assert_eq!(find(sources), (status, detail.to_owned()), "{sources:?}");
    }
    assert_eq!(parse_project_id("7"), Ok(7));
    for text in ["", "x", "0", "-1", "+1", "99999999999999999999"] {
        assert_eq!(parse_project_id(text), Err(IngestAuthError::BadProject));
    }
    assert_eq!(
        IngestAuthError::KeyDisabled.to_string(),
        "event submission rejected with_reason: KeyDisabled"
    );
}

#[test]
fn limits_are_told_in_one_header() {
    let all = RateLimit { retry_after_s: 10, categories: vec![], scope: LimitScope::Organization };
    let limits = [RateLimit::of_key(60), all];
    assert_eq!(
        header_value(&limits).unwrap(),
        "60:error;default;security:key:key_quota, 10::organization:org_quota"
    );
    assert_eq!(retry_after_s(&limits), Some(60));
    assert_eq!(header_value(&[]), None);
    assert_eq!("user_report_v2".parse(), Ok(Category::Feedback));
    assert!("junk".parse::<Category>().is_err());
    assert_eq!(Category::of_item("replay_event"), Category::Replay);
    assert!(Category::of_item("event").is_error_class() && !Category::of_item("session").is_error_class());
}

#[test]
fn client_reports_count_what_is_countable() {
    let report = ClientReport::parse(
        br#"{"timestamp":1723474509.5,"discarded_events":[{"reason":"queue_overflow","category":"error","quantity":2},{"reason":1},5],"rate_limited_events":[{"reason":"x","category":"default","quantity":1}]}"#,
    )
    .unwrap();
    let found: Vec<_> = report
        .discards
        .iter()
        .map(|d| (d.kind, d.reason.as_str(), d.category.as_str(), d.quantity))
        .collect();
    assert_eq!(
        found,
        [
            (DiscardKind::Discarded, "queue_overflow", "error", 2),
            (DiscardKind::RateLimited, "x", "default", 1)
        ]
    );
    assert!(report.timestamp.is_some());
    assert_eq!(ClientReport::parse(b"[]"), None);
}
