//! Microseconds per event through the pipeline, on events of real SDKs. Run with `cargo bench -p mortise-service`.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::{hint::black_box, time::Instant};

use mortise_domain::{ProjectId, Time};
use mortise_service::pipeline::{ClientFacts, Intake, Scrubber, process};
use serde_json::Value;

const EVENTS: [(&str, &str); 4] = [
    ("python_error", include_str!("../tests/fixtures/python_error.json")),
    ("python_log", include_str!("../tests/fixtures/python_log.json")),
    ("node_error", include_str!("../tests/fixtures/node_error.json")),
    ("node_unhandled", include_str!("../tests/fixtures/node_unhandled.json")),
];

const ROUNDS: u32 = 2000;

fn main() -> Result<(), serde_json::Error> {
    let scrubber = Scrubber::credentials();
    let intake = Intake {
        received: Time::from_second(1_795_272_600).unwrap_or_default(),
        envelope_event_id: None,
        fallback_event_id: "00000000000000000000000000000abc",
        client: ClientFacts {
            project_id: ProjectId::new(7),
            key_id: None,
            ip_address: None,
            user_agent: None,
            sdk: None,
        },
        scrubber: &scrubber,
    };
    for (name, text) in EVENTS {
        let raw: Value = serde_json::from_str(text)?;
        let inputs = vec![raw.clone(); ROUNDS as usize];
        black_box(process(raw.clone(), &intake));
        let start = Instant::now();
        let outputs: Vec<_> = inputs.into_iter().map(|input| process(input, &intake)).collect();
        let elapsed = start.elapsed();
        println!(
            "{name:16} {:6} bytes {:8.1} us/event",
            raw.to_string().len(),
            elapsed.as_secs_f64() * 1e6 / f64::from(ROUNDS)
        );
        black_box(outputs);
    }
    Ok(())
}
