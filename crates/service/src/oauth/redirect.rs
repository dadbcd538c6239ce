//! Where a browser may be led. Pure.
//!
//! An address is good when an address that the application registered has the same scheme, host and port and is its
//! beginning, up to a `/`, a `?` or its end. What could mean another place to a browser than it does here is never good:
//! steps up (`..`), a user name, a fragment, a backslash, a scheme that leads to no application.

use url::Url;

/// Schemes that lead to applications: those of pages, and that of an application for phones.
pub(crate) const SCHEMES: [&str; 3] = ["http", "https", "sentry-mobile-agent"];

/// The address to lead to: `asked`, or the first that was registered; `None` when there is none that is good.
pub fn choose(registered: &str, asked: &str) -> Option<Url> {
    let mut registered = registered.lines().map(str::trim).filter(|line| !line.is_empty());
    if asked.is_empty() {
        return registered.next().and_then(safe);
    }
    let url = safe(asked)?;
    registered.any(|registered| is_within(registered, asked, &url)).then_some(url)
}

fn is_within(registered: &str, asked: &str, url: &Url) -> bool {
    let Some(place) = safe(registered) else { return false };
    let same_place = (place.scheme(), place.host(), place.port_or_known_default())
        == (url.scheme(), url.host(), url.port_or_known_default());
    let rest = asked.strip_prefix(registered);
    let ends_well = |rest: &str| {
        let is_closed =
            registered.ends_with(['/', '?']) || place.query().is_some_and(|_| rest.starts_with('&'));
        rest.is_empty() || is_closed || rest.starts_with(['/', '?'])
    };
    same_place && rest.is_some_and(ends_well)
}

/// The address, if it means the same to everybody.
fn safe(text: &str) -> Option<Url> {
    let lower = text.to_ascii_lowercase();
    let is_odd =
        text.contains(|sign: char| sign.is_control() || sign.is_whitespace() || "\\#".contains(sign));
    let path = lower.split('?').next().unwrap_or_default().replace("%2e", ".");
    let steps_up = path.split('/').any(|segment| segment == "..");
    let url = Url::parse(text).ok()?;
    let is_plain = url.username().is_empty() && url.password().is_none();
    let leads_on = SCHEMES.contains(&url.scheme());
    (!is_odd && !steps_up && is_plain && leads_on).then_some(url)
}

/// The address with these pairs behind what it asks already.
pub fn with_query(mut url: Url, pairs: &[(&str, &str)]) -> String {
    url.query_pairs_mut().extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()));
    url.into()
}

/// The address with these pairs as its fragment, which servers do not see.
pub fn with_fragment(mut url: Url, pairs: &[(&str, &str)]) -> String {
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()));
    url.set_fragment(Some(&text.finish().replace('+', "%20")));
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGISTERED: &str = "https://app.test/cb\nhttps://b.test:8443/in/\nsentry-mobile-agent://back";

    fn is_good(asked: &str) -> bool {
        choose(REGISTERED, asked).is_some()
    }

    #[test]
    fn what_begins_with_a_registered_address_is_good() {
        for asked in [
            "https://app.test/cb",
            "https://app.test/cb/more",
            "https://app.test/cb?x=1",
            "https://b.test:8443/in/deep/er?x=..",
            "sentry-mobile-agent://back",
        ] {
            assert!(is_good(asked), "{asked}");
        }
        assert_eq!(choose(REGISTERED, "").unwrap().as_str(), "https://app.test/cb");
    }

    #[test]
    fn everything_else_is_refused() {
        for asked in [
            "https://app.test/",
            "https://app.test/cbx",
            "https://app.test/cb/../admin",
            "https://app.test/cb/%2e%2E/admin",
            "https://app.test/cb#x",
            "https://app.test/cb\\@evil.test",
            "https://app.test@evil.test/cb",
            "https://app.test.evil.test/cb",
            "https://app.test:444/cb",
            "http://app.test/cb",
            "https://b.test/in/",
            "//app.test/cb",
            "https://evil.test/?https://app.test/cb",
            "javascript:alert(1)",
            "sentry-mobile-agent://elsewhere",
            "https://app.test/cb\n",
            "cb",
        ] {
            assert!(!is_good(asked), "{asked}");
        }
        assert!(choose("", "").is_none() && choose("", "https://app.test/cb").is_none());
        assert!(choose("javascript:alert(1)", "").is_none() && choose("myapp://back", "").is_none());
    }

    #[test]
    fn a_query_is_kept() {
        let url = choose("https://a.test/cb?x=1", "").unwrap();
        assert_eq!(
            with_query(url.clone(), &[("code", "c d"), ("state", "")]),
            "https://a.test/cb?x=1&code=c+d"
        );
        assert_eq!(with_fragment(url, &[("scope", "a b")]), "https://a.test/cb?x=1#scope=a%20b");
    }
}
