//! Microsoft Teams. What it says there is said by a bot, the app of the operator, which proves who it is with its client
//! secret and gets tokens that are good for about an hour. Each installation says where its conversations are reached.

use std::fmt;

use mortise_crypto::{ExposeSecret as _, SecretString};
use mortise_egress::Method;
use serde_json::{Map, Value, json};

use crate::{
    ApiError, AppInstallation, AppTokens, Cards, Client, Connection, Manifest, Outcome, Provider,
    ProviderError, QUICK_TIMEOUT,
    catalog::chat::MSTEAMS,
    client::below,
    oauth::{ACCESS_TOKEN, seconds},
};

/// Where tokens of bots are had, whichever tenant they are installed in.
const TOKEN_URL: &str = "https://login.microsoftonline.com/botframework.com/oauth2/v2.0/token";
const SCOPE: &str = "https://api.botframework.com/.default";
/// When the token is not borne any more, epoch seconds.
const EXPIRES_AT: &str = "expires_at";
/// A token is not borne any more this long before its end, seconds: the clocks of both sides may differ by as much.
const EARLY_S: i64 = 300;
/// Where the conversations of an installation are reached.
const SERVICE_URL: &str = "service_url";
const CARD: &str = "application/vnd.microsoft.card.adaptive";
const UNCONFIGURED: &str =
    "This server has no app of Microsoft Teams: set msteams.client_id and msteams.client_secret.";

/// The bot of the operator.
#[derive(Clone)]
pub struct TeamsApp {
    /// Its id.
    pub client_id: String,
    /// What proves that a call for a token is its own.
    pub client_secret: SecretString,
}

impl fmt::Debug for TeamsApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TeamsApp").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// The provider.
#[derive(Debug)]
pub struct MsTeams {
    app: Option<TeamsApp>,
    token_url: String,
}

impl MsTeams {
    /// With the bot of the operator, if there is one.
    pub fn new(app: Option<TeamsApp>) -> Self {
        Self { app, token_url: TOKEN_URL.to_owned() }
    }

    /// With tokens from elsewhere than Microsoft.
    #[must_use]
    pub fn tokens_at(mut self, url: impl Into<String>) -> Self {
        self.token_url = url.into();
        self
    }
}

impl Provider for MsTeams {
    fn manifest(&self) -> &'static Manifest {
        &MSTEAMS
    }

    fn cards(&self) -> Option<&dyn Cards> {
        Some(self)
    }

    fn app_tokens(&self) -> Option<&dyn AppTokens> {
        Some(self)
    }
}

impl AppTokens for MsTeams {
    fn held<'a>(&self, kept: &'a Map<String, Value>, now_s: i64) -> Option<&'a str> {
        let token = kept.get(ACCESS_TOKEN)?.as_str().filter(|token| !token.is_empty())?;
        (kept.get(EXPIRES_AT).and_then(seconds)? > now_s).then_some(token)
    }

    fn issue<'a>(
        &'a self,
        client: &'a Client,
        _to: AppInstallation<'a>,
        now_s: i64,
    ) -> Outcome<'a, Map<String, Value>> {
        Box::pin(async move {
            let app = self.app.as_ref().ok_or(ProviderError::Unconfigured(UNCONFIGURED))?;
            let call = client.call(Method::POST, &self.token_url).timeout(QUICK_TIMEOUT);
            let fields = [
                ("client_id", app.client_id.as_str()),
                ("client_secret", app.client_secret.expose_secret()),
                ("grant_type", "client_credentials"),
                ("scope", SCOPE),
            ];
            let reply = call.form(fields).send().await?;
            let said = reply.json();
            let token = said[ACCESS_TOKEN].as_str().filter(|token| !token.is_empty());
            let (token, lifetime_s) = token
                .zip(seconds(&said["expires_in"]))
                .ok_or_else(|| ApiError::empty("There was no token in the answer."))?;
            let expires_at = now_s.saturating_add(lifetime_s).saturating_sub(EARLY_S);
            Ok(Map::from_iter([
                (ACCESS_TOKEN.to_owned(), json!(token)),
                (EXPIRES_AT.to_owned(), json!(expires_at)),
            ]))
        })
    }
}

impl Cards for MsTeams {
    fn show<'a>(
        &'a self,
        on: &'a Connection,
        channel: &'a str,
        card: &'a Map<String, Value>,
    ) -> Outcome<'a, ()> {
        Box::pin(async move {
            let service = on.metadata.open()?.get(SERVICE_URL).and_then(Value::as_str);
            let url = service
                .and_then(|service| below(service, &["v3", "conversations", channel, "activities"]))
                .ok_or_else(|| {
                    ProviderError::Refused("It is not known where this conversation is reached.".to_owned())
                })?;
            let message =
                json!({ "type": "message", "attachments": [{ "contentType": CARD, "content": card }] });
            let call = on.client().call(Method::POST, &url).timeout(QUICK_TIMEOUT);
            call.json(&message).send().await.map(drop)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_held_until_its_end() {
        let teams = MsTeams::new(None);
        let held = |kept: Value| teams.held(kept.as_object().unwrap(), 100).map(str::to_owned);
        assert_eq!(held(json!({ "access_token": "a", "expires_at": 101 })).as_deref(), Some("a"));
        assert_eq!(held(json!({ "access_token": "a", "expires_at": "101" })).as_deref(), Some("a"));
        for kept in [
            json!({ "access_token": "a", "expires_at": 100 }),
            json!({ "access_token": "a" }),
            json!({ "access_token": "a", "expires_at": null }),
            json!({ "access_token": "", "expires_at": 101 }),
            json!({ "access_token": 7, "expires_at": 101 }),
            json!({ "expires_at": 101 }),
        ] {
            assert_eq!(held(kept.clone()), None, "{kept}");
        }
    }

    #[test]
    fn the_secret_of_the_app_is_not_shown() {
        let app = TeamsApp { client_id: "id".to_owned(), client_secret: "hunter2".into() };
        let shown = format!("{:?}", MsTeams::new(Some(app)));
        assert!(shown.contains("id") && !shown.contains("hunter2"), "{shown}");
    }
}
