use mortise_service::pipeline::{Scrubber, normalize};
use serde_json::{Value, json};

use super::{event, intake, notes, tag};

const CHROME_ON_WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36";

#[test]
fn every_context_is_an_object_with_a_type() {
    let event = event(
        json!({"contexts": {"os": {"name": "X"}, "mine": {"type": 3, "a": 1}, "gone": null, "bad": 7}}),
    );
    let expected = json!({"os": {"name": "X", "type": "os"}, "mine": {"a": 1, "type": "mine"}});
    assert_eq!(event.data["contexts"], expected);
    assert_eq!(notes(&event), ["invalid_data contexts"]);
}

#[test]
fn the_user_agent_tells_browser_system_and_device() {
    let apple = "AppleWebKit/605.1.15 (KHTML, like Gecko)";
    let cases = [
        (CHROME_ON_WINDOWS.to_owned(), Some("Chrome 120.0.0.0"), Some("Windows 10"), None),
        (format!("{CHROME_ON_WINDOWS} Edg/121.0.1"), Some("Edge 121.0.1"), Some("Windows 10"), None),
        (format!("{CHROME_ON_WINDOWS} OPR/106.0"), Some("Opera 106.0"), Some("Windows 10"), None),
        (
            format!("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {apple} Version/17.2 Safari/605.1.15"),
            Some("Safari 17.2"),
            Some("Mac OS X 10.15.7"),
            None,
        ),
        (
            format!(
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) {apple} Version/17.1 Mobile/1 Safari/6.1"
            ),
            Some("Mobile Safari 17.1"),
            Some("iOS 17.1"),
            Some("iPhone"),
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/120.0.1 Mobile Safari/537.36"
                .to_owned(),
            Some("Chrome Mobile 120.0.1"),
            Some("Android 14"),
            None,
        ),
        (
            "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0".to_owned(),
            Some("Firefox 121.0"),
            Some("Ubuntu"),
            None,
        ),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://x.test/bot)".to_owned(), None, None, None),
        ("curl/8.1".to_owned(), None, None, None),
        ("Mozilla/5.0 (".to_owned(), None, None, None),
    ];
    for (agent, browser, os, device) in cases {
        let event = event(json!({"request": {"headers": {"user-agent": agent}}}));
        assert_eq!(tag(&event, "browser"), browser, "{agent}");
        assert_eq!(tag(&event, "os"), os, "{agent}");
        assert_eq!(tag(&event, "device.family"), device, "{agent}");
    }
}

#[test]
fn contexts_of_the_sender_win_over_the_user_agent() {
    let event = event(json!({
        "request": {"headers": [["User-Agent", CHROME_ON_WINDOWS]]}, "contexts": {"os": {"name": "BeOS"}},
    }));
    assert_eq!((tag(&event, "os"), tag(&event, "browser.name")), (Some("BeOS"), Some("Chrome")));
}

#[test]
fn the_requests_own_agent_counts_for_pages_only() {
    let scrubber = Scrubber::off();
    let mut intake = intake(&scrubber);
    intake.client.user_agent = Some(CHROME_ON_WINDOWS);
    let browser =
        |platform: &str| normalize(json!({"platform": platform}), &intake).data.get("contexts").cloned();
    assert!(browser("javascript").is_some());
    assert_eq!(browser("python"), None::<Value>);
}

#[test]
fn extra_data_is_cut_to_depth_and_size() {
    let mut deep = json!("end");
    for _ in 0..10 {
        deep = json!({"d": deep});
    }
    let cut = event(json!({"extra": {"deep": deep, "long": "x".repeat(20_000), "none": null}}));
    let extra = &cut.data["extra"];
    assert_eq!(extra.pointer("/deep/d/d/d/d/d/d").unwrap(), "[Object]");
    assert_eq!(extra["long"].as_str().unwrap().len(), 16 * 1024);
    assert_eq!(extra["none"], Value::Null);
    assert_eq!(notes(&cut), ["value_too_long extra"]);
    let many: Vec<String> = (0..1000).map(|_| "y".repeat(10_000)).collect();
    let big = event(json!({"extra": {"many": many}}));
    assert!(big.data["extra"].to_string().len() < 70_000);
    assert_eq!(event(json!({"extra": [1]})).data.get("extra"), None);
}
