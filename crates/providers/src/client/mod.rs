//! The client that providers call the other side with, the same for all of them:
//!
//! ```text
//! Client --call--> Call --send--> remembered? --yes--> Reply
//!        --no--> token of the account --> egress, up to a few redirects of a GET
//!                   ^------ 401: renewed once ------'
//!        --> counted (success, error, fatal) --> error by status, or the body as what it is (Reply)
//! ```
//!
//! Nothing is tried again: whoever calls knows whether that may be. The one exception is a token that the other side does
//! not take any more, since then it has done nothing. Each address on the way is checked by the egress, also behind a
//! redirect, and credentials stay on the host that they are for. What is remembered is for the account that asked, since
//! others may see less.

mod call;
mod fault;
mod pages;
mod reply;

use std::{sync::Arc, time::Duration};

use mortise_egress::{Egress, Method};
use url::Url;

pub use call::Call;
pub use pages::{PAGE_SIZE, all_pages};
pub use reply::{Content, Reply};

use crate::{Account, ApiError, Manifest, Metadata, ProviderError};

/// How long the other side may take.
pub const TIMEOUT: Duration = Duration::from_secs(30);
/// How long the other side may take where somebody waits for it: GitHub, GitLab, Azure DevOps, Microsoft Teams.
pub const QUICK_TIMEOUT: Duration = Duration::from_secs(10);

/// How long an answer is remembered, where nobody says otherwise.
pub const MEMORY_LIFETIME: Duration = Duration::from_secs(900);

/// What became of a call, for whoever counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallResult {
    /// A status below 300.
    Success,
    /// A status from 400 on, or no answer.
    Error,
    /// An error that says that the installation cannot work any more.
    Fatal,
}

/// Counts the calls of an integration.
pub trait Meter: Send + Sync {
    /// One more, for deciding whether the integration is broken.
    fn count(&self, result: CallResult);

    /// A call begins.
    fn requested(&self);

    /// A call ended: with the status of its answer, or a word for why there is none: `restricted_ip_address`,
    /// `connection_error`, `timeout`, `connection_reset_error`, `invalid_chunk_length`, `unknown`.
    fn responded(&self, status: &str);
}

/// Remembers good answers, each for a while.
pub trait Memory: Send + Sync {
    /// The answer under this key, unless its time is over.
    fn recall(&self, key: &str) -> Option<Reply>;

    /// Keeps an answer.
    fn keep(&self, key: String, reply: &Reply, lifetime: Duration);
}

/// What calls of one provider have in common. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    egress: Egress,
    base_url: String,
    headers: Vec<(String, String)>,
    timeout: Duration,
    meter: Option<Arc<dyn Meter>>,
    memory: Option<Arc<dyn Memory>>,
    trusted: Option<(&'static Manifest, Metadata)>,
    account: Option<Arc<dyn Account>>,
    is_fatal: fn(&ApiError) -> bool,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { base_url, timeout, .. } = self;
        f.debug_struct("Client").field("base_url", base_url).field("timeout", timeout).finish_non_exhaustive()
    }
}

impl Client {
    /// A client that says `user_agent` of itself.
    pub fn new(egress: Egress, user_agent: &str) -> Self {
        Self {
            egress,
            base_url: String::new(),
            headers: vec![("User-Agent".to_owned(), user_agent.to_owned())],
            timeout: TIMEOUT,
            meter: None,
            memory: None,
            trusted: None,
            account: None,
            is_fatal: |_| false,
        }
    }

    /// Where paths begin.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// A header of every call.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// How long each call may take, unless it says otherwise.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Who counts.
    #[must_use]
    pub fn meter(mut self, meter: Arc<dyn Meter>) -> Self {
        self.meter = Some(meter);
        self
    }

    /// Who remembers answers of calls that may be remembered. It must tell accounts apart.
    #[must_use]
    pub fn memory(mut self, memory: Arc<dyn Memory>) -> Self {
        self.memory = Some(memory);
        self
    }

    /// Whose other side need not prove who it is where [`Manifest::verifies_tls`] says so; without, it always must.
    #[must_use]
    pub fn trust(mut self, manifest: &'static Manifest, metadata: Metadata) -> Self {
        self.trusted = Some((manifest, metadata));
        self
    }

    /// Whether any certificate of the other side will do.
    fn takes_any_certificate(&self) -> bool {
        self.trusted.as_ref().is_some_and(|(manifest, metadata)| !manifest.verifies_tls(metadata))
    }

    /// Whose token every call bears.
    #[must_use]
    pub fn account(mut self, account: Arc<dyn Account>) -> Self {
        self.account = Some(account);
        self
    }

    /// Sees to it that the token which calls bear is good now, where they bear one.
    pub async fn ready(&self) -> Result<(), ProviderError> {
        match &self.account {
            Some(account) => account.token(None).await.map(drop),
            None => Ok(()),
        }
    }

    /// Which errors say that the installation cannot work any more.
    #[must_use]
    pub fn fatal_if(mut self, is_fatal: fn(&ApiError) -> bool) -> Self {
        self.is_fatal = is_fatal;
        self
    }

    /// A call. `target` begins with `/`, and then is a path under [`Client::base_url`], or is a whole URL.
    pub fn call(&self, method: Method, target: &str) -> Call {
        Call::new(self.clone(), method, target)
    }

    /// A call that reads.
    pub fn get(&self, target: &str) -> Call {
        self.call(Method::GET, target)
    }

    /// The URL of a target, with exactly one slash between the base and a path.
    fn url(&self, target: &str) -> Result<String, ApiError> {
        match target.strip_prefix('/') {
            None => Ok(target.to_owned()),
            Some(_) if self.base_url.is_empty() => Err(fault::no_base(target)),
            Some(_) => {
                Ok(format!("{}/{}", self.base_url.trim_end_matches('/'), target.trim_start_matches('/')))
            }
        }
    }

    fn count(&self, result: CallResult) {
        if let Some(meter) = &self.meter {
            meter.count(result);
        }
    }
}

/// The address of a path below another, whose parts are written as such; `None` where that is no address.
pub(crate) fn below(base: &str, path: &[&str]) -> Option<String> {
    // A URL leaves these out of its path.
    if path.iter().any(|part| matches!(*part, "" | "." | "..")) {
        return None;
    }
    let mut url = Url::parse(base).ok()?;
    url.path_segments_mut().ok()?.pop_if_empty().extend(path);
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lie_below_others() {
        let path = ["v3", "conversations", "19:a1@thread.tacv2"];
        for base in ["https://smba.test/amer/", "https://smba.test/amer"] {
            let expected = "https://smba.test/amer/v3/conversations/19:a1@thread.tacv2";
            assert_eq!(below(base, &path).as_deref(), Some(expected));
        }
        let strange = below("https://smba.test", &["a/../b?c#d%2F", "e f"]).unwrap();
        assert_eq!(strange, "https://smba.test/a%2F..%2Fb%3Fc%23d%252F/e%20f");
        let none = [
            ("smba.test", "a"),
            ("", "a"),
            ("https://s.test/", ".."),
            ("https://s.test", ""),
            ("mailto:a", "b"),
        ];
        for (base, part) in none {
            assert_eq!(below(base, &[part]), None, "{base} {part}");
        }
    }
}
