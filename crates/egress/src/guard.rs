//! Which addresses may be called: those that anybody on the internet could call as well. Everything else, such as the
//! machine itself, its network, or a cloud's metadata service, might trust the caller for where it stands.
//!
//! The ranges are those that the [IANA] registries mark as not globally reachable. For IPv6 it is the other way round:
//! only global unicast (`2000::/3`) may be reachable. Addresses that carry an IPv4 address inside are judged by that
//! one, since they lead there.
//!
//! [IANA]: https://www.iana.org/assignments/iana-ipv4-special-registry/

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use url::{Host, Url};

use crate::CallError;

/// Decides which addresses may be called.
///
/// ```
/// use mortise_egress::AddressGuard;
///
/// let guard = AddressGuard::public_only();
/// assert!(guard.check("93.184.215.14".parse().unwrap()).is_ok());
/// assert!(guard.check("169.254.169.254".parse().unwrap()).is_err());
///
/// let guard = guard.allow(["10.1.0.0/16".parse().unwrap()]);
/// assert!(guard.check("10.1.2.3".parse().unwrap()).is_ok());
/// assert!(guard.check("10.2.2.3".parse().unwrap()).is_err());
/// ```
#[derive(Debug, Clone)]
pub struct AddressGuard {
    allowed: Vec<IpNet>,
}

/// An address that may not be called.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{address} is {range}")]
pub struct Blocked {
    /// The address that was to be called.
    pub address: IpAddr,
    /// What kind of address that is; continues "it is …".
    pub range: &'static str,
}

impl From<Blocked> for CallError {
    fn from(blocked: Blocked) -> Self {
        Self::BlockedAddress { address: blocked.address.to_string(), range: blocked.range.to_owned() }
    }
}

impl AddressGuard {
    /// Public addresses only.
    pub fn public_only() -> Self {
        Self { allowed: Vec::new() }
    }

    /// Opens networks besides.
    #[must_use]
    pub fn allow(mut self, networks: impl IntoIterator<Item = IpNet>) -> Self {
        self.allowed.extend(networks);
        self
    }

    /// Opens the machine itself: for a server that only listens there, and for tests.
    #[must_use]
    pub fn allow_loopback(self) -> Self {
        self.allow([LOOPBACK_V4, LOOPBACK_V6])
    }

    /// Whether the address may be called.
    pub fn check(&self, address: IpAddr) -> Result<(), Blocked> {
        if self.allowed.iter().any(|network| network.contains(&address)) {
            return Ok(());
        }
        let blocked = |range| Err(Blocked { address, range });
        match address {
            IpAddr::V4(v4) => v4_range(v4).map_or(Ok(()), blocked),
            IpAddr::V6(v6) => {
                let inside = carried_v4(v6);
                if inside.is_empty() {
                    return v6_range(v6).map_or(Ok(()), blocked);
                }
                inside.into_iter().try_for_each(|v4| {
                    self.check(v4.into()).map_err(|inner| Blocked { address, range: inner.range })
                })
            }
        }
    }

    /// Reads a URL and checks what can be checked without the network: scheme, no sign-in, and the address when it is
    /// written as one. The parser has turned every spelling of an address (`0x7f.1`, `2130706433`, `[::ffff:7f00:1]`)
    /// into an address by then.
    pub fn check_url(&self, text: &str) -> Result<Url, CallError> {
        let invalid = |reason: &str| CallError::InvalidUrl { reason: reason.to_owned() };
        let url = Url::parse(text).map_err(|error| invalid(&error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(invalid("the scheme must be http or https"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid("it must not have a user name or password"));
        }
        match url.host() {
            Some(Host::Ipv4(address)) => self.check(address.into())?,
            Some(Host::Ipv6(address)) => self.check(address.into())?,
            Some(Host::Domain(name)) if !name.trim_matches('.').is_empty() => {}
            Some(Host::Domain(_)) | None => return Err(invalid("it has no host")),
        }
        Ok(url)
    }
}

const LOOPBACK_V4: IpNet = IpNet::new_assert(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0)), 8);
const LOOPBACK_V6: IpNet = IpNet::new_assert(IpAddr::V6(Ipv6Addr::LOCALHOST), 128);

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(a: u16, b: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0), prefix)
}

const BLOCKED_V4: &[(Ipv4Net, &str)] = &[
    (v4(0, 0, 0, 0, 8), "an unspecified address"),
    (v4(10, 0, 0, 0, 8), "a private address"),
    (v4(100, 64, 0, 0, 10), "a shared address of a provider's own network"),
    (v4(127, 0, 0, 0, 8), "a loopback address"),
    // Not in the registry: every Azure machine finds its host's agent there.
    (v4(168, 63, 129, 16, 32), "a metadata address of a cloud"),
    (v4(169, 254, 0, 0, 16), "a link-local address"),
    (v4(172, 16, 0, 0, 12), "a private address"),
    (v4(192, 0, 0, 0, 24), "an address reserved for protocols"),
    (v4(192, 0, 2, 0, 24), "an address reserved for documentation"),
    (v4(192, 88, 99, 0, 24), "a relay address of a retired protocol"),
    (v4(192, 168, 0, 0, 16), "a private address"),
    (v4(198, 18, 0, 0, 15), "an address reserved for benchmarks"),
    (v4(198, 51, 100, 0, 24), "an address reserved for documentation"),
    (v4(203, 0, 113, 0, 24), "an address reserved for documentation"),
    (v4(224, 0, 0, 0, 4), "a multicast address"),
    (v4(240, 0, 0, 0, 4), "a reserved or broadcast address"),
];

const GLOBAL_UNICAST: Ipv6Net = v6(0x2000, 0, 3);
/// Inside global unicast.
const BLOCKED_V6: &[(Ipv6Net, &str)] = &[
    (v6(0x2001, 0, 23), "an address reserved for protocols"),
    (v6(0x2001, 0xdb8, 32), "an address reserved for documentation"),
    (v6(0x3fff, 0, 20), "an address reserved for documentation"),
];
/// Outside of it; only to say what it is.
const NAMED_V6: &[(Ipv6Net, &str)] = &[
    (Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128), "a loopback address"),
    (Ipv6Net::new_assert(Ipv6Addr::UNSPECIFIED, 128), "an unspecified address"),
    (v6(0xfc00, 0, 7), "a private address"),
    (v6(0xfe80, 0, 10), "a link-local address"),
    (v6(0xff00, 0, 8), "a multicast address"),
];

fn v4_range(address: Ipv4Addr) -> Option<&'static str> {
    BLOCKED_V4.iter().find(|(network, _)| network.contains(&address)).map(|(_, range)| *range)
}

fn v6_range(address: Ipv6Addr) -> Option<&'static str> {
    let named = |ranges: &[(Ipv6Net, &'static str)]| {
        ranges.iter().find(|(network, _)| network.contains(&address)).map(|(_, range)| *range)
    };
    if GLOBAL_UNICAST.contains(&address) {
        named(BLOCKED_V6)
    } else {
        named(NAMED_V6).or(Some("not a public address"))
    }
}

/// The IPv4 addresses to which packets for this one are really sent.
fn carried_v4(address: Ipv6Addr) -> Vec<Ipv4Addr> {
    let pair = |high: u16, low: u16| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    match address.segments() {
        // IPv4-mapped.
        [0, 0, 0, 0, 0, 0xffff, high, low] => vec![pair(high, low)],
        // NAT64 (RFC 6052).
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => vec![pair(high, low)],
        // 6to4 (RFC 3056).
        [0x2002, high, low, ..] => vec![pair(high, low)],
        // Teredo (RFC 4380): the server, and the client with its bits flipped.
        [0x2001, 0, high, low, _, _, client_high, client_low] => {
            vec![pair(high, low), pair(!client_high, !client_low)]
        }
        _ => Vec::new(),
    }
}
