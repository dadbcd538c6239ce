//! Where a request really comes from. A reverse proxy that is trusted says so in `X-Forwarded-For`; anybody else could
//! write anything there. The nearest address that is no trusted proxy counts, and is what all that follows
//! takes for the peer's.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::extract::ConnectInfo;
use http::{HeaderMap, Request};
use ipnet::IpNet;

use crate::config::Config;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The trusted proxies.
#[derive(Debug, Clone)]
pub(crate) struct Proxies(Arc<[IpNet]>);

/// Whether the request came through a proxy that is not trusted, so that its address says nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin {
    /// The client's address is only a stranger's proxy.
    pub(crate) is_hidden: bool,
}

impl Proxies {
    /// From the options.
    pub(crate) fn of(config: &Config) -> Self {
        Self(config.trusted_proxies.as_slice().into())
    }

    /// Notes in a request from `peer` where it really comes from.
    pub(super) fn note_client<B>(&self, request: &mut Request<B>, peer: SocketAddr) {
        let ip = self.client(peer.ip(), request.headers());
        let is_forwarded = request.headers().contains_key(FORWARDED_FOR);
        let origin = Origin { is_hidden: is_forwarded && !self.trusts(peer.ip()) };
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(ip, peer.port())));
        request.extensions_mut().insert(origin);
    }

    fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The client behind `peer`.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.trusts(peer) {
            return peer;
        }
        let lines: Vec<_> =
            headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok()).collect();
        let hops = lines.iter().flat_map(|line| line.split(',')).map(str::trim).rev();
        let mut client = peer;
        for hop in hops {
            // Nonsense ends the chain at the last address that a trusted proxy vouched for.
            let Ok(address) = hop.parse::<IpAddr>() else { break };
            client = address;
            if !self.trusts(address) {
                break;
            }
        }
        client
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &[&str], peer: &str, forwarded: &[&str]) -> String {
        let proxies = Proxies(trusted.iter().map(|text| text.parse().unwrap()).collect());
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        proxies.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn strangers_cannot_choose_their_address() {
        assert_eq!(client(&[], "198.51.100.7", &["10.0.0.1"]), "198.51.100.7");
        assert_eq!(client(&["10.0.0.0/8"], "198.51.100.7", &["10.0.0.1"]), "198.51.100.7");
    }

    #[test]
    fn the_nearest_address_that_is_no_proxy_counts() {
        let trusted = ["10.0.0.0/8"];
        assert_eq!(client(&trusted, "10.0.0.1", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(client(&trusted, "10.0.0.1", &["203.0.113.9, 198.51.100.7, 10.0.0.2"]), "198.51.100.7");
        assert_eq!(client(&trusted, "10.0.0.1", &["203.0.113.9", "198.51.100.7"]), "198.51.100.7");
        assert_eq!(client(&trusted, "::ffff:10.0.0.1", &["198.51.100.7"]), "198.51.100.7");
    }

    #[test]
    fn nonsense_ends_the_chain() {
        assert_eq!(client(&["10.0.0.0/8"], "10.0.0.1", &["198.51.100.7, unknown"]), "10.0.0.1");
        assert_eq!(client(&["10.0.0.0/8"], "10.0.0.1", &[]), "10.0.0.1");
    }
}
