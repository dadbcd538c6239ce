//! One call: put together, sent, counted, remembered.

use std::time::Duration;

use mortise_egress::{Answer, Method, Request};
use serde_json::Value;
use url::{Url, form_urlencoded};

use super::{
    CallResult, Client, MEMORY_LIFETIME,
    fault::{self, Fault},
    reply::{Accepted, Reply},
};
use crate::{ApiError, ApiErrorKind, ProviderError};

/// Redirects that are followed in a row.
const REDIRECTS_MAX: usize = 10;
/// What a sign-in page comes with where others would say 401.
const SIGN_IN_PAGE: u16 = 203;

/// A call that is being put together.
#[derive(Clone)]
pub struct Call {
    client: Client,
    method: Method,
    target: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Option<String>,
    timeout: Duration,
    lifetime: Option<Duration>,
    accepted: Accepted,
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { method, target, .. } = self;
        f.debug_struct("Call").field("method", method).field("target", target).finish_non_exhaustive()
    }
}

impl Call {
    pub(super) fn new(client: Client, method: Method, target: &str) -> Self {
        let (target, timeout) = (target.to_owned(), client.timeout);
        let (query, headers, accepted) = (Vec::new(), Vec::new(), Accepted::default());
        Self { client, method, target, query, headers, body: None, timeout, lifetime: None, accepted }
    }

    /// Adds to the query.
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Sets a header, instead of the client's if it has one of that name.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sends JSON.
    #[must_use]
    pub fn json(mut self, body: &Value) -> Self {
        self.body = Some(body.to_string());
        self.typed("application/json")
    }

    /// Sends a form.
    #[must_use]
    pub fn form<'a>(mut self, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        self.body = Some(form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish());
        self.typed("application/x-www-form-urlencoded")
    }

    /// Says what the body is, unless a header does already.
    fn typed(self, content_type: &str) -> Self {
        match self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            true => self,
            false => self.header("Content-Type", content_type),
        }
    }

    /// How long this call may take.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Takes an answer that is a text as well, be it HTML.
    #[must_use]
    pub fn or_text(mut self) -> Self {
        self.accepted.text = true;
        self
    }

    /// Takes an answer that is a JSON number, string, boolean or null as well, as webhooks give it.
    #[must_use]
    pub fn or_scalar(mut self) -> Self {
        self.accepted.scalar = true;
        self
    }

    /// Takes an answer that is not older than [`MEMORY_LIFETIME`], where this call reads and its client has a memory.
    #[must_use]
    pub fn cached(self) -> Self {
        self.cached_for(MEMORY_LIFETIME)
    }

    /// The same for another time.
    #[must_use]
    pub fn cached_for(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }

    /// Sends it, unless its answer is remembered.
    pub async fn send(self) -> Result<Reply, ProviderError> {
        let reads = matches!(self.method, Method::GET | Method::HEAD);
        let memory = self.client.memory.clone().filter(|_| reads);
        let Some((memory, lifetime)) = memory.zip(self.lifetime) else { return self.ask().await };
        let key = self.key()?;
        if let Some(reply) = memory.recall(&key) {
            return Ok(reply);
        }
        let reply = self.ask().await?;
        if reply.status.is_success() {
            memory.keep(key, &reply, lifetime);
        }
        Ok(reply)
    }

    /// What names the answer: everything that it depends on, but for who asks.
    fn key(&self) -> Result<String, ApiError> {
        let Self { method, headers, body, accepted, .. } = self;
        Ok(format!(
            "{method} {} {headers:?} {accepted:?} {}",
            self.url()?,
            body.as_deref().unwrap_or_default()
        ))
    }

    /// Asks the other side. A token that the other side does not take is renewed, and the call made once more.
    async fn ask(self) -> Result<Reply, ProviderError> {
        let Some(account) = self.client.account.clone() else { return Ok(self.counted(None).await?) };
        let token = account.token(None).await?;
        match self.counted(Some(&token)).await {
            Err(error) if is_refusal(&error) => {
                let renewed = account.token(Some(&token)).await?;
                match renewed == token {
                    true => Err(error.into()),
                    false => Ok(self.counted(Some(&renewed)).await?),
                }
            }
            other => Ok(other?),
        }
    }

    /// The answer whatever its status, without an account and uncounted.
    pub(crate) async fn answer(&self) -> Result<Answer, ApiError> {
        self.exchange(None).await
    }

    /// Makes the call and counts what becomes of it.
    async fn counted(&self, token: Option<&str>) -> Result<Reply, ApiError> {
        let answer = self.exchange(token).await.and_then(fault::by_status);
        match &answer {
            Ok(answer) if answer.status.as_u16() < 300 => self.client.count(CallResult::Success),
            Ok(_) => {}
            Err(error) if (self.client.is_fatal)(error) => self.client.count(CallResult::Fatal),
            Err(_) => self.client.count(CallResult::Error),
        }
        Reply::of(&self.method, answer?, self.accepted)
    }

    /// Makes the call, and tells its meter.
    async fn exchange(&self, token: Option<&str>) -> Result<Answer, ApiError> {
        let meter = self.client.meter.as_deref();
        meter.inspect(|meter| meter.requested());
        let outcome = self.follow(token).await;
        meter.inspect(|meter| match &outcome {
            Ok(answer) => meter.responded(answer.status.as_str()),
            Err(fault) => meter.responded(fault.word),
        });
        outcome.map_err(|fault| fault.error)
    }

    /// Makes the call, and those that a GET is redirected to.
    async fn follow(&self, token: Option<&str>) -> Result<Answer, Fault> {
        let mut url = self.url()?;
        let mut token = token;
        for _ in 0..=REDIRECTS_MAX {
            let request = self.request(&url, token);
            let answer = self.client.egress.call(request).await;
            let answer = answer.map_err(|failed| fault::of_failure(&failed, &url))?;
            let Some(next) = self.redirect(&answer, &url) else { return Ok(answer) };
            if !is_same_origin(&url, &next) {
                token = None;
            }
            url = next;
        }
        Err(fault::without_answer())
    }

    fn url(&self) -> Result<String, ApiError> {
        let mut url = self.client.url(&self.target)?;
        if !self.query.is_empty() {
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.query).finish();
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(&query);
        }
        Ok(url)
    }

    fn request(&self, url: &str, token: Option<&str>) -> Request {
        let mut request = Request::new(self.method.clone(), url).timeout(self.timeout);
        if self.client.takes_any_certificate() {
            request = request.any_certificate();
        }
        let is_set = |name: &str| self.headers.iter().any(|(own, _)| own.eq_ignore_ascii_case(name));
        let common = self.client.headers.iter().filter(|(name, _)| !is_set(name));
        for (name, value) in common.chain(&self.headers) {
            request = request.header(name, value);
        }
        if let Some(token) = token {
            request = request.secret_header("Authorization", format!("Bearer {token}"));
        }
        match &self.body {
            Some(body) => request.body(body.clone()),
            None => request,
        }
    }

    /// Where an answer sends a GET.
    fn redirect(&self, answer: &Answer, from: &str) -> Option<String> {
        let is_redirect =
            self.method == Method::GET && matches!(answer.status.as_u16(), 301 | 302 | 303 | 307 | 308);
        let location = answer.header("location").filter(|_| is_redirect)?;
        Some(Url::parse(from).ok()?.join(location).ok()?.to_string())
    }
}

/// Whether the other side does not take the token.
fn is_refusal(error: &ApiError) -> bool {
    error.kind == ApiErrorKind::Unauthorized
        || (error.kind == ApiErrorKind::Unsupported && error.code == Some(SIGN_IN_PAGE))
}

fn is_same_origin(one: &str, other: &str) -> bool {
    match (Url::parse(one), Url::parse(other)) {
        (Ok(one), Ok(other)) => one.origin() == other.origin(),
        _ => false,
    }
}
