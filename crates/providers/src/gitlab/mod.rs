//! GitLab, at gitlab.com or on a server of somebody's own: each installation says where. Calls bear the tokens of the person
//! who installed it, which are renewed with the application that they were granted to; that lies beside them.

use mortise_egress::Method;
use serde_json::{Map, Value, json};

use crate::{
    AddedRepository, Client, Connection, Manifest, Outcome, Provider, ProviderError, QUICK_TIMEOUT, Renewal,
    RepositoryHooks, Tokens, catalog::source::GITLAB, client::below, metadata::id_text, oauth,
};

const BASE_URL: &str = "base_url";
const VERIFY_TLS: &str = "verify_ssl";
/// What webhooks prove with that they are those of the installation.
const WEBHOOK_SECRET: &str = "webhook_secret";
/// Where webhooks come in.
const WEBHOOK_PATH: &str = "/extensions/gitlab/webhook/";
/// Where people come back to when they have granted tokens.
const REDIRECT_PATH: &str = "/extensions/gitlab/setup/";

/// The provider.
pub(crate) struct GitLab;

impl Provider for GitLab {
    fn manifest(&self) -> &'static Manifest {
        &GITLAB
    }

    fn tokens(&self) -> Option<&dyn Tokens> {
        Some(self)
    }

    fn repository_hooks(&self) -> Option<&dyn RepositoryHooks> {
        Some(self)
    }
}

impl Tokens for GitLab {
    fn renew<'a>(&'a self, client: &'a Client, from: Renewal<'a>) -> Outcome<'a, Map<String, Value>> {
        Box::pin(async move {
            let url = address(from.kept.open()?, &["oauth", "token"])?;
            let of_app =
                |key: &str| from.data.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            let form = |token: &str| {
                vec![
                    ("grant_type", "refresh_token".to_owned()),
                    ("refresh_token", token.to_owned()),
                    ("redirect_uri", format!("{}{REDIRECT_PATH}", from.public_url)),
                    ("client_id", of_app("client_id")),
                    ("client_secret", of_app("client_secret")),
                ]
            };
            let client = client.clone().timeout(QUICK_TIMEOUT);
            oauth::refresh(&client, &url, form, from.data, from.now_s).await
        })
    }
}

impl RepositoryHooks for GitLab {
    fn update<'a>(&'a self, on: &'a Connection, repository: &'a AddedRepository) -> Outcome<'a, bool> {
        Box::pin(async move {
            let id = |key: &str| repository.config.get(key).and_then(id_text);
            let Some((project, hook)) = id("project_id").zip(id("webhook_id")) else { return Ok(false) };
            let kept = on.metadata.open()?;
            let url = address(kept, &["api", "v4", "projects", &project, "hooks", &hook])?;
            let secret = kept.get(WEBHOOK_SECRET).and_then(Value::as_str).ok_or_else(unknown)?;
            let hook = json!({
                "url": format!("{}{WEBHOOK_PATH}", on.public_url),
                "token": format!("{}:{secret}", on.external_id),
                "merge_requests_events": true,
                "push_events": true,
                "issues_events": true,
                "enable_ssl_verification": kept.get(VERIFY_TLS) != Some(&Value::Bool(false)),
            });
            let call = on.client().call(Method::PUT, &url).timeout(QUICK_TIMEOUT);
            call.json(&hook).send().await.map(|_| true)
        })
    }
}

/// An address below that of the server.
fn address(kept: &Map<String, Value>, path: &[&str]) -> Result<String, ProviderError> {
    let base = kept.get(BASE_URL).and_then(Value::as_str).ok_or_else(unknown)?;
    below(base, path).ok_or_else(unknown)
}

fn unknown() -> ProviderError {
    ProviderError::Refused(
        "It is not known where the server is, or what its webhooks prove themselves with.".to_owned(),
    )
}
