//! Hand-overs that are HTTP requests: making the call and judging the answer.
//!
//! | what came back | verdict |
//! |---|---|
//! | a status below 400, read or not | delivered |
//! | 408, 429, 5xx | again later, not before `Retry-After` |
//! | any other 4xx | failed: the receiver understood and refuses |
//! | nothing, for a reason that may pass | again later |
//! | nothing, because the address cannot or must not be called | failed |

use std::time::Duration;

use mortise_domain::Time;
use mortise_egress::{Answer, Egress, Exchange, Failed, Request};
use mortise_wire::datetime;
use serde_json::{Value as Json, json};

use super::{Attempted, Verdict};

const BAD_REQUEST: u16 = 400;
const REQUEST_TIMEOUT: u16 = 408;
const TOO_MANY_REQUESTS: u16 = 429;
const SERVER_ERROR: u16 = 500;

/// Makes the call. `now` is what a `Retry-After` with a date is compared with.
pub async fn call(egress: &Egress, request: Request, now: Time) -> Attempted {
    attempted(&egress.call(request).await, now)
}

/// What became of a call.
pub fn attempted(outcome: &Result<Answer, Failed>, now: Time) -> Attempted {
    match outcome {
        Ok(answer) => of_answer(answer, now),
        Err(failed) => of_failure(failed),
    }
}

fn of_answer(answer: &Answer, now: Time) -> Attempted {
    let status = answer.status.as_u16();
    let after = answer.header("retry-after").and_then(|text| retry_after(text, now));
    Attempted {
        verdict: of_status(status, after),
        response_code: Some(status),
        exchange: recorded(&answer.exchange, Json::Null),
    }
}

fn of_failure(failed: &Failed) -> Attempted {
    let status = failed.exchange.response.as_ref().map(|response| response.status);
    let verdict = match status {
        // The head said it all; what is wrong with the body is not the delivery's trouble.
        Some(status) => of_status(status, None),
        None if failed.error.is_transient() => Verdict::Retry { after: None },
        None => Verdict::Failed,
    };
    let mut error = serde_json::to_value(&failed.error).unwrap_or(Json::Null);
    if let Json::Object(error) = &mut error {
        error.insert("message".to_owned(), Json::from(failed.error.to_string()));
    }
    Attempted { verdict, response_code: status, exchange: recorded(&failed.exchange, error) }
}

fn of_status(status: u16, after: Option<Duration>) -> Verdict {
    match status {
        ..BAD_REQUEST => Verdict::Delivered,
        REQUEST_TIMEOUT | TOO_MANY_REQUESTS | SERVER_ERROR.. => Verdict::Retry { after },
        _ => Verdict::Failed,
    }
}

fn recorded(exchange: &Exchange, error: Json) -> Json {
    let mut recorded = serde_json::to_value(exchange).unwrap_or_else(|_| json!({}));
    if let Json::Object(recorded) = &mut recorded {
        recorded.insert("error".to_owned(), error);
    }
    recorded
}

/// Seconds, or an HTTP date.
fn retry_after(text: &str, now: Time) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(text.trim()).map(|zoned| zoned.timestamp());
    let date = date.ok().or_else(|| datetime::parse(text))?;
    Duration::try_from(date.duration_since(now)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_below_400_is_a_delivery_and_a_refusal_is_final() {
        for status in [200, 204, 301, 399] {
            assert_eq!(of_status(status, None), Verdict::Delivered);
        }
        for status in [400, 401, 404, 410, 413, 422] {
            assert_eq!(of_status(status, None), Verdict::Failed);
        }
        for status in [408, 429, 500, 503, 599] {
            assert_eq!(of_status(status, None), Verdict::Retry { after: None });
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Time = "2026-01-02T12:00:00Z".parse().unwrap();
        assert_eq!(retry_after(" 120 ", now), Some(Duration::from_secs(120)));
        assert_eq!(retry_after("Fri, 02 Jan 2026 12:00:30 GMT", now), Some(Duration::from_secs(30)));
        assert_eq!(retry_after("Fri, 02 Jan 2026 11:00:00 GMT", now), None);
        assert_eq!(retry_after("soon", now), None);
    }
}
