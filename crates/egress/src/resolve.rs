//! Name resolution with the address check built in: what comes out of it may be connected to.

use std::{
    error::Error,
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::Arc,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::{AddressGuard, CallError};

/// What [`Lookup::lookup`] gives.
pub type LookupFuture = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Finds the addresses of a name.
pub trait Lookup: Send + Sync + 'static {
    /// All addresses of `host`.
    fn lookup(&self, host: &str) -> LookupFuture;
}

/// Asks the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup(&self, host: &str) -> LookupFuture {
        let host = host.to_owned();
        Box::pin(
            async move { Ok(tokio::net::lookup_host((host, 0)).await?.map(|found| found.ip()).collect()) },
        )
    }
}

/// A lookup that lets only permitted addresses through, and none when one is not permitted.
pub(crate) struct GuardedResolver {
    pub(crate) guard: Arc<AddressGuard>,
    pub(crate) lookup: Arc<dyn Lookup>,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (guard, lookup) = (Arc::clone(&self.guard), Arc::clone(&self.lookup));
        Box::pin(async move {
            let host = name.as_str();
            match permitted(&guard, &*lookup, host).await {
                Ok(addresses) => {
                    // Port 0 stands for the port of the URL.
                    Ok(Box::new(addresses.into_iter().map(|ip| SocketAddr::new(ip, 0))) as Addrs)
                }
                Err(error) => Err(Box::new(error) as Box<dyn Error + Send + Sync>),
            }
        })
    }
}

/// The addresses of a name, all of which may be called.
pub(crate) async fn permitted(
    guard: &AddressGuard,
    lookup: &dyn Lookup,
    host: &str,
) -> Result<Vec<IpAddr>, CallError> {
    let dns = |reason: String| CallError::Dns { host: host.to_owned(), reason };
    let addresses = lookup.lookup(host).await.map_err(|error| dns(error.to_string()))?;
    if addresses.is_empty() {
        return Err(dns("it has no address".to_owned()));
    }
    addresses.iter().try_for_each(|address| guard.check(*address))?;
    Ok(addresses)
}
