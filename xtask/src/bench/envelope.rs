//! Envelopes as the Python SDK sends them: a Django-like error of about ten kilobytes, compressed. Its number is in the
//! title, where the webhook and the issue list show it again, and in the fingerprint, which makes it an issue.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read as _, Write as _};

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;

const TEMPLATE: &str = include_str!("python_event.json");
const MARK: &str = "no stock for order bench-";

/// Makes envelopes. Every sender has its own, so that event ids do not need a lock.
pub(super) struct Envelopes {
    /// The first half of every event id is random, the second counts.
    id_prefix: String,
    made: u64,
}

impl Envelopes {
    pub(super) fn new() -> Result<Self> {
        let mut random = [0_u8; 8];
        File::open("/dev/urandom")?.read_exact(&mut random)?;
        Ok(Self { id_prefix: format!("{:016x}", u64::from_ne_bytes(random)), made: 0 })
    }

    /// The compressed envelope of the error with this number, with a new event id.
    pub(super) fn of(&mut self, number: u64) -> Result<Vec<u8>> {
        self.made += 1;
        let id = format!("{}{:016x}", self.id_prefix, self.made);
        let now = now().to_string();
        let event = TEMPLATE
            .replace("{event_id}", &id)
            .replace("{timestamp}", &now)
            .replace("{value}", &format!("{MARK}{number}-end"))
            .replace("{number}", &number.to_string());
        let mut text = String::with_capacity(event.len() + 256);
        writeln!(text, r#"{{"event_id":"{id}","sent_at":"{now}"}}"#)?;
        writeln!(text, r#"{{"type":"event","content_type":"application/json","length":{}}}"#, event.len())?;
        text.push_str(&event);
        // The fastest level: what is measured is the server, on the same processors.
        let mut encoder = GzEncoder::new(Vec::with_capacity(4096), Compression::fast());
        encoder.write_all(text.as_bytes())?;
        encoder.finish().context("compressing an envelope")
    }
}

#[expect(clippy::disallowed_methods, reason = "a load generator lives in real time")]
fn now() -> Timestamp {
    Timestamp::now()
}

/// The header lines that the SDK sends along.
pub(super) fn headers(key: &str) -> String {
    format!(
        "User-Agent: sentry.python/2.75.0\r\nContent-Type: application/x-sentry-envelope\r\n\
         Content-Encoding: gzip\r\n\
         X-Sentry-Auth: Sentry sentry_key={key}, sentry_version=7, sentry_client=sentry.python/2.75.0\r\n"
    )
}

/// Finds the number of the error that a text tells of.
pub(super) fn number_in(text: &[u8]) -> Option<u64> {
    let start = text.windows(MARK.len()).position(|window| window == MARK.as_bytes())? + MARK.len();
    let rest = text.get(start..)?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(rest.get(..digits)?).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::io::BufRead as _;

    use super::*;

    #[test]
    fn an_envelope_holds_one_event_of_its_declared_length() {
        let body = Envelopes::new().unwrap().of(42).unwrap();
        let mut text = std::io::BufReader::new(flate2::read::GzDecoder::new(body.as_slice()));
        let mut lines = [String::new(), String::new()];
        for line in &mut lines {
            text.read_line(line).unwrap();
        }
        let mut event = String::new();
        text.read_to_string(&mut event).unwrap();
        let [header, item] = lines.map(|line| serde_json::from_str::<serde_json::Value>(&line).unwrap());
        assert_eq!(item["length"], event.len());
        let event: serde_json::Value = serde_json::from_str(&event).unwrap();
        assert_eq!(event["event_id"], header["event_id"]);
        assert_eq!(event["event_id"].as_str().unwrap().len(), 32);
        assert_eq!(event["fingerprint"][0], "bench-42");
        let value = event["exception"]["values"][0]["value"].as_str().unwrap();
        assert_eq!(number_in(value.as_bytes()), Some(42));
    }

    #[test]
    fn a_text_without_a_numbered_error_has_no_number() {
        assert_eq!(number_in(b"{\"action\":\"created\"}"), None);
        assert_eq!(number_in(b""), None);
    }
}
