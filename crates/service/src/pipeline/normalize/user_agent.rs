//! Reads the common browsers, operating systems and devices out of a `User-Agent`. What is not recognised for certain is
//! left out: a wrong tag is worse than none.

use serde_json::{Value, json};

/// Brand tokens, the more specific first: nearly every browser also claims to be Chrome and Safari.
const BROWSERS: [(&str, &str); 12] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge Mobile"),
    ("EdgiOS/", "Edge Mobile"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("YaBrowser/", "Yandex Browser"),
    ("Vivaldi/", "Vivaldi"),
    ("FxiOS/", "Firefox iOS"),
    ("CriOS/", "Chrome Mobile iOS"),
    ("HeadlessChrome/", "HeadlessChrome"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
];

/// The contexts a user agent tells: `browser`, `os` and `device`, those that are known.
pub(super) fn contexts(agent: &str) -> Vec<(&'static str, Value)> {
    // Crawlers copy the browsers they imitate.
    let lower = agent.to_ascii_lowercase();
    if !agent.starts_with("Mozilla/5.0 (")
        || ["bot", "crawl", "spider"].iter().any(|word| lower.contains(word))
    {
        return Vec::new();
    }
    let mut found = Vec::new();
    if let Some((name, version)) = browser(agent) {
        found.push(("browser", json!({"name": name, "version": version, "type": "browser"})));
    }
    if let Some((name, version)) = operating_system(agent) {
        let mut os = json!({"name": name});
        if let Some(version) = version {
            os["version"] = version.into();
        }
        os["type"] = "os".into();
        found.push(("os", os));
    }
    if let Some(family) = device(agent) {
        found.push(("device", json!({"family": family, "model": family, "type": "device"})));
    }
    found
}

fn browser(agent: &str) -> Option<(&'static str, &str)> {
    let mobile = agent.contains("Mobile");
    for (token, name) in BROWSERS {
        let Some(version) = version_after(agent, token) else { continue };
        let name = match name {
            "Chrome" if mobile && agent.contains("Android") => "Chrome Mobile",
            "Firefox" if agent.contains("Android") => "Firefox Mobile",
            name => name,
        };
        return Some((name, version));
    }
    if !agent.contains("Safari/") {
        return None;
    }
    let version = version_after(agent, "Version/")?;
    let on_apple = agent.contains("Macintosh") || device(agent).is_some();
    on_apple.then_some((if mobile { "Mobile Safari" } else { "Safari" }, version))
}

fn operating_system(agent: &str) -> Option<(&'static str, Option<String>)> {
    let platform = agent.split_once('(')?.1.split_once(')')?.0;
    let dotted = |token: &str| version_after(platform, token).map(|version| version.replace('_', "."));
    if platform.contains("Windows NT") {
        let version = dotted("Windows NT ")?;
        let name = match version.as_str() {
            "10.0" => "10",
            "6.3" => "8.1",
            "6.2" => "8",
            "6.1" => "7",
            _ => return Some(("Windows", None)),
        };
        return Some(("Windows", Some(name.to_owned())));
    }
    if platform.contains("iPhone") || platform.contains("iPad") || platform.contains("iPod") {
        return Some(("iOS", dotted("OS ")));
    }
    if platform.contains("Mac OS X") {
        return Some(("Mac OS X", dotted("Mac OS X ")));
    }
    if platform.contains("Android") {
        return Some(("Android", dotted("Android ")));
    }
    if platform.contains("CrOS") {
        return Some(("Chrome OS", None));
    }
    if platform.contains("Ubuntu") {
        return Some(("Ubuntu", None));
    }
    platform.contains("Linux").then_some(("Linux", None))
}

fn device(agent: &str) -> Option<&'static str> {
    ["iPhone", "iPad", "iPod"].into_iter().find(|name| agent.contains(name))
}

/// The number, with dots or underscores, that follows `token`.
fn version_after<'a>(text: &'a str, token: &str) -> Option<&'a str> {
    let rest = &text[text.find(token)? + token.len()..];
    let end = rest.find(|c: char| !matches!(c, '0'..='9' | '.' | '_')).unwrap_or(rest.len());
    Some(rest[..end].trim_end_matches(['.', '_'])).filter(|version| !version.is_empty())
}
