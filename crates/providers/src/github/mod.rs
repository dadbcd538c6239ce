//! GitHub and GitHub Enterprise. An installation is one of an app there: the operator's at GitHub, one of its own at each
//! server of GitHub Enterprise, which lies among what is kept for it. The app proves who it is with its private key and gets
//! tokens that are good for an hour, with what they permit.

mod enterprise;

use mortise_crypto::AppKey;
use mortise_egress::Method;
use mortise_wire::datetime::parse_or_epoch;
use serde_json::{Map, Value, json};

pub use enterprise::GitHubEnterprise;

use crate::{
    ApiError, AppInstallation, AppTokens, Client, Manifest, Outcome, Provider, ProviderError, QUICK_TIMEOUT,
    catalog::source::GITHUB, client::below, oauth::ACCESS_TOKEN,
};

const API_URL: &str = "https://api.github.com";
const ACCEPT: &str = "application/vnd.github+json";
/// When the token is not good any more: a date and a time in UTC, without `Z`.
const EXPIRES_AT: &str = "expires_at";
const PERMISSIONS: &str = "permissions";
/// A token counts as good while it is for this long, seconds: whoever asks for one has work to do with it.
const LEFT_MIN_S: i64 = 600;
/// An assertion is made out for a moment ago, seconds: the clocks of both sides may differ.
const BACKDATED_S: i64 = 60;
/// How long an assertion is good, seconds, from when it is made out for; GitHub takes ten minutes at most.
const ASSERTION_S: i64 = 600;
const UNCONFIGURED: &str = "This server has no app of GitHub: set github.app_id and github.private_key.";

/// The app of the operator.
#[derive(Debug, Clone)]
pub struct GitHubApp {
    /// Its id, or its client id.
    pub id: String,
    /// What proves that a call for a token is its own.
    pub key: AppKey,
}

/// GitHub.
#[derive(Debug)]
pub struct GitHub {
    app: Option<GitHubApp>,
    api_url: String,
}

impl GitHub {
    /// With the app of the operator, if there is one.
    pub fn new(app: Option<GitHubApp>) -> Self {
        Self { app, api_url: API_URL.to_owned() }
    }

    /// With an API elsewhere than at GitHub.
    #[must_use]
    pub fn api_at(mut self, url: impl Into<String>) -> Self {
        self.api_url = url.into();
        self
    }
}

impl Provider for GitHub {
    fn manifest(&self) -> &'static Manifest {
        &GITHUB
    }

    fn app_tokens(&self) -> Option<&dyn AppTokens> {
        Some(self)
    }
}

impl AppTokens for GitHub {
    fn held<'a>(&self, kept: &'a Map<String, Value>, now_s: i64) -> Option<&'a str> {
        held(kept, now_s)
    }

    fn issue<'a>(
        &'a self,
        client: &'a Client,
        to: AppInstallation<'a>,
        now_s: i64,
    ) -> Outcome<'a, Map<String, Value>> {
        Box::pin(async move {
            let app = self.app.as_ref().ok_or(ProviderError::Unconfigured(UNCONFIGURED))?;
            issue(client, app, &self.api_url, to.external_id, now_s).await
        })
    }
}

/// The token among what is kept, where it is good for long enough.
fn held(kept: &Map<String, Value>, now_s: i64) -> Option<&str> {
    let token = kept.get(ACCESS_TOKEN)?.as_str().filter(|token| !token.is_empty())?;
    let end = kept.get(EXPIRES_AT).filter(|end| end.is_string()).and_then(parse_or_epoch)?;
    (end.as_second() >= now_s.saturating_add(LEFT_MIN_S)).then_some(token)
}

/// Asks for a token of an installation. That an installation is suspended ends it until somebody lets it work again.
async fn issue(
    client: &Client,
    app: &GitHubApp,
    api_url: &str,
    installation: &str,
    now_s: i64,
) -> Result<Map<String, Value>, ProviderError> {
    let url = below(api_url, &["app", "installations", installation, "access_tokens"]);
    let url = url.ok_or_else(|| refused("The address of the installation is none."))?;
    let issued_at = now_s.saturating_sub(BACKDATED_S);
    let assertion = app.key.assertion(&app.id, issued_at, issued_at.saturating_add(ASSERTION_S));
    let assertion = assertion.map_err(|error| refused(&format!("The private key of the app: {error}.")))?;
    let client = client.clone().fatal_if(|error| error.text.contains("suspended"));
    let call = client.call(Method::POST, &url).timeout(QUICK_TIMEOUT).header("Accept", ACCEPT);
    let reply = call.header("Authorization", format!("Bearer {assertion}")).send().await?;
    let said = reply.json();
    let token = said["token"].as_str().filter(|token| !token.is_empty());
    let end = said[EXPIRES_AT].as_str().filter(|end| parse_or_epoch(&json!(end)).is_some());
    let (token, end) = token.zip(end).ok_or_else(|| ApiError::empty("There was no token in the answer."))?;
    Ok(Map::from_iter([
        (ACCESS_TOKEN.to_owned(), json!(token)),
        (EXPIRES_AT.to_owned(), json!(end.trim_end_matches('Z'))),
        (PERMISSIONS.to_owned(), said[PERMISSIONS].clone()),
    ]))
}

fn refused(text: &str) -> ProviderError {
    ProviderError::Refused(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_held_while_it_is_good_for_ten_minutes() {
        // 2025-01-01T05:22:00Z
        let held = |kept: Value| held(kept.as_object().unwrap(), 1_735_708_920).map(str::to_owned);
        for end in ["2025-01-01T05:32:00", "2025-01-01T05:32:01Z", "2025-01-01T06:22:00"] {
            assert_eq!(
                held(json!({ "access_token": "a", "expires_at": end })).as_deref(),
                Some("a"),
                "{end}"
            );
        }
        for kept in [
            json!({ "access_token": "a", "expires_at": "2025-01-01T05:31:59" }),
            json!({ "access_token": "a", "expires_at": "2025-01-01T05:31:59Z" }),
            json!({ "access_token": "a", "expires_at": "soon" }),
            json!({ "access_token": "a", "expires_at": 1_935_708_920 }),
            json!({ "access_token": "a" }),
            json!({ "access_token": "", "expires_at": "2025-01-01T06:22:00" }),
            json!({ "expires_at": "2025-01-01T06:22:00" }),
        ] {
            assert_eq!(held(kept.clone()), None, "{kept}");
        }
    }
}
