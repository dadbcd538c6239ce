use mortise_domain::Time;
use mortise_wire::datetime::{WireTime, parse, parse_or_epoch, to_epoch_seconds};
use serde_json::json;

fn time(text: &str) -> Time {
    text.parse().unwrap()
}

#[test]
fn microseconds_are_written_in_full_or_not_at_all() {
    let write = |text| WireTime::new(time(text)).to_string();
    assert_eq!(write("2024-08-12T14:55:09.123456Z"), "2024-08-12T14:55:09.123456Z");
    assert_eq!(write("2024-08-12T14:55:09.12Z"), "2024-08-12T14:55:09.120000Z");
    assert_eq!(write("2024-08-12T14:55:09Z"), "2024-08-12T14:55:09Z");
    assert_eq!(write("2024-08-12T14:55:09.0000009Z"), "2024-08-12T14:55:09Z");
}

#[test]
fn webhooks_always_write_six_digits() {
    let time = WireTime::new(time("2024-08-12T14:55:09Z")).with_six_digits();
    assert_eq!(serde_json::to_string(&time).unwrap(), "\"2024-08-12T14:55:09.000000Z\"");
}

#[test]
fn input_may_have_a_zone_or_none_and_any_fraction() {
    let expected = time("2024-08-12T14:55:09.123456Z");
    for text in [
        "2024-08-12T14:55:09.123456Z",
        "2024-08-12T14:55:09.123456789Z",
        "2024-08-12T14:55:09.123456789012345Z",
        "2024-08-12T14:55:09.123456",
        "2024-08-12 14:55:09.123456",
        "2024-08-12T16:55:09.123456+02:00",
        "2024-08-12T16:55:09.123456+0200",
        "2024-08-12T09:25:09.123456-05:30",
    ] {
        assert_eq!(parse(text), Some(expected), "{text}");
    }
    assert_eq!(parse("2024-08-12T14:55"), Some(time("2024-08-12T14:55:00Z")));
    assert_eq!(parse("2024-08-12"), Some(time("2024-08-12T00:00:00Z")));
}

#[test]
fn text_that_is_no_time_is_refused() {
    for text in
        ["", "soon", "2024-13-01T00:00:00Z", "2024-08-12T14:55:09+99:99", "12", "2024-08-12T14:55:09.Zé"]
    {
        assert_eq!(parse(text), None, "{text}");
    }
}

#[test]
fn ingestion_also_reads_epoch_seconds() {
    let expected = time("2024-08-12T14:55:09.5Z");
    for value in [json!(1723474509.5), json!("1723474509.5"), json!("2024-08-12T14:55:09.5")] {
        assert_eq!(parse_or_epoch(&value), Some(expected), "{value}");
    }
    for value in [json!(1e300), json!(null), json!(["x"]), json!("nan")] {
        assert_eq!(parse_or_epoch(&value), None, "{value}");
    }
    assert_eq!(to_epoch_seconds(expected), 1723474509.5);
}
