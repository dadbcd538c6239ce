//! Which browser origins may call the API. An application carries a list of entries, and an origin is allowed when
//! one of them matches:
//!
//! | entry | matches |
//! |---|---|
//! | `*` | everything |
//! | `https://app.example.com` | that origin; a scheme's default port may be written or left out |
//! | `example.com` | that host, any scheme and port |
//! | `*.example.com` | every subdomain, not `example.com` itself |
//! | `*:8000`, `example.com:8000` | the same on that port only |

/// The value of an `Origin` header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin<'a> {
    text: &'a str,
    parts: Parts<'a>,
}

/// `scheme://host:port`, each of which may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Parts<'a> {
    scheme: Option<&'a str>,
    host: &'a str,
    port: Option<&'a str>,
}

impl<'a> Origin<'a> {
    /// Reads a header. `null`, which browsers send for sandboxed pages and files, counts as no origin.
    pub fn from_header(text: &'a str) -> Option<Self> {
        if text.is_empty() || text == "null" {
            return None;
        }
        Some(Self { text, parts: Parts::of(text) })
    }

    /// The header's value.
    pub fn as_str(&self) -> &'a str {
        self.text
    }

    /// The host, without scheme and port. Not checked to be one.
    pub fn host(&self) -> &'a str {
        self.parts.host
    }

    /// Whether one of the entries matches. An empty list allows nothing.
    pub fn is_allowed_by<S: AsRef<str>>(&self, entries: &[S]) -> bool {
        entries.iter().any(|entry| self.matches(entry.as_ref().trim()))
    }

    /// Whether this is `host` or one of its subdomains.
    pub fn is_within(&self, host: &str) -> bool {
        self.parts.host.eq_ignore_ascii_case(host) || is_subdomain(self.parts.host, host)
    }

    fn matches(&self, entry: &str) -> bool {
        if entry.is_empty() {
            return false;
        }
        if entry == "*" || entry == self.text {
            return true;
        }
        let wanted = Parts::of(entry.trim_end_matches('/'));
        let own = self.parts;
        let scheme_fits =
            wanted.scheme.is_none_or(|scheme| own.scheme.is_some_and(|own| own.eq_ignore_ascii_case(scheme)));
        let port_fits = match (wanted.scheme, wanted.port) {
            (None, None) => true,
            (None, Some(port)) => own.effective_port() == Some(port),
            (Some(_), _) => own.effective_port() == wanted.effective_port(),
        };
        let host_fits = match wanted.host.strip_prefix("*.") {
            Some(parent) => is_subdomain(own.host, parent),
            None => wanted.host == "*" || own.host.eq_ignore_ascii_case(wanted.host),
        };
        scheme_fits && port_fits && host_fits
    }
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Self {
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (Some(scheme), rest),
            None => (None, text),
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (host, port) = match authority.rsplit_once(':') {
            // The colons inside the brackets of an IPv6 address separate no port.
            Some((host, port)) if !port.contains(']') => (host, Some(port)),
            _ => (authority, None),
        };
        Self { scheme, host, port }
    }

    fn effective_port(self) -> Option<&'a str> {
        self.port.or(match self.scheme {
            Some(scheme) if scheme.eq_ignore_ascii_case("http") => Some("80"),
            Some(scheme) if scheme.eq_ignore_ascii_case("https") => Some("443"),
            _ => None,
        })
    }
}

fn is_subdomain(host: &str, parent: &str) -> bool {
    let host = host.to_ascii_lowercase();
    !parent.is_empty()
        && host
            .strip_suffix(&parent.to_ascii_lowercase())
            .is_some_and(|head| head.len() > 1 && head.ends_with('.'))
}
