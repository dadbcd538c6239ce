//! GitHub Enterprise: an app of its own on each server.

use mortise_crypto::{AppKey, SecretString};
use serde_json::{Map, Value};

use super::{GitHubApp, held, issue, refused};
use crate::{
    AppInstallation, AppTokens, Client, Manifest, Outcome, Provider, catalog::source::GITHUB_ENTERPRISE,
    metadata::id_text,
};

/// GitHub Enterprise.
#[derive(Debug)]
pub struct GitHubEnterprise {
    scheme: &'static str,
}

impl Default for GitHubEnterprise {
    fn default() -> Self {
        Self { scheme: "https" }
    }
}

impl GitHubEnterprise {
    /// With servers that speak no TLS.
    #[must_use]
    pub fn without_tls(self) -> Self {
        Self { scheme: "http" }
    }
}

impl Provider for GitHubEnterprise {
    fn manifest(&self) -> &'static Manifest {
        &GITHUB_ENTERPRISE
    }

    fn app_tokens(&self) -> Option<&dyn AppTokens> {
        Some(self)
    }
}

impl AppTokens for GitHubEnterprise {
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
            let own =
                Own::of(to.kept).ok_or_else(|| refused("What is kept for the installation is not whole."))?;
            let key = AppKey::from_pem(&own.key);
            let key = key.map_err(|error| refused(&format!("The private key of the app: {error}.")))?;
            let api_url = format!("{}://{}/api/v3", self.scheme, own.host);
            issue(client, &GitHubApp { id: own.app, key }, &api_url, &own.installation, now_s).await
        })
    }
}

/// What an installation says of itself and its app.
struct Own<'a> {
    host: &'a str,
    installation: String,
    app: String,
    key: SecretString,
}

impl<'a> Own<'a> {
    fn of(kept: &'a Map<String, Value>) -> Option<Self> {
        let app = kept.get("installation")?;
        Some(Self {
            // The organization there comes after it.
            host: kept.get("domain_name")?.as_str()?.split('/').next().filter(|host| !host.is_empty())?,
            installation: id_text(kept.get("installation_id")?)?,
            app: id_text(app.get("id")?)?,
            key: app.get("private_key")?.as_str()?.to_owned().into(),
        })
    }
}
