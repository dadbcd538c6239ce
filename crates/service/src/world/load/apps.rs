//! The apps of an organization, and where they are installed.

use mortise_crypto::ExposeSecret as _;
use mortise_domain::{ScopeSet, status::AppStatus};
use mortise_store::{
    Tx,
    sentry_app::{self, Installation},
};
use serde_json::{Map, Value, json};

use super::{Maker, WorldError, at, lost};
use crate::{
    apps::{self, AppSpec, CreatedApp, GRANTABLE_SCOPES, install, subscriptions},
    world::document::{App, AppKind, Organization},
};

/// The name of the token that comes with an internal app.
const TOKEN_NAME: &str = "seed";

impl Maker {
    pub(super) async fn apps(
        &self,
        tx: &mut Tx,
        path: &str,
        from: &Organization,
    ) -> Result<Value, WorldError> {
        let mut made = Map::new();
        for (index, app) in from.apps.iter().enumerate() {
            let path = format!("{path}.apps[{index}]");
            made.insert(app.key.clone(), self.app(tx, &path, from, app).await?);
        }
        Ok(Value::Object(made))
    }

    async fn app(
        &self,
        tx: &mut Tx,
        path: &str,
        owner: &Organization,
        from: &App,
    ) -> Result<Value, WorldError> {
        let creator = self.user(&owner.owner)?;
        let spec = AppSpec {
            scopes: from.scopes.of(ScopeSet::of(GRANTABLE_SCOPES)),
            events: subscriptions::expand(&from.events),
            webhook_url: from.webhook_url.clone(),
            overview: from.overview.clone(),
            is_alertable: from.is_alertable,
            verify_install: from.verify_install.unwrap_or(true),
            schema: Value::Object(from.schema.clone()),
            creator: Some((creator.id, creator.email.clone())),
            ..AppSpec::new(
                self.orgs.get(&owner.slug).ok_or_else(lost)?.0,
                from.name.clone(),
                status(from.kind),
            )
        };
        let created = apps::create::create(tx, &self.ctx, &spec, self.now).await.map_err(at(path))?;
        let token = match &created.installation {
            Some(installation) => {
                let name = Some(TOKEN_NAME.to_owned());
                let minted =
                    apps::mint_token(tx, &self.ctx, &created.app, installation.id, name, self.now).await?;
                Some(minted.text.expose_secret().to_owned())
            }
            None => None,
        };
        let installations = self.installations(tx, path, owner, from, &created).await?;
        let mut made = json!({
            "id": created.app.id.to_string(),
            "slug": created.app.slug,
            "client_id": created.client_id,
            "client_secret": created.client_secret.expose_secret(),
            "installations": installations,
        });
        if let Some(token) = token {
            made["token"] = token.into();
        }
        Ok(made)
    }

    async fn installations(
        &self,
        tx: &mut Tx,
        path: &str,
        owner: &Organization,
        from: &App,
        created: &CreatedApp,
    ) -> Result<Value, WorldError> {
        let mut made = Map::new();
        if let Some(own) = &created.installation {
            made.insert(owner.slug.clone(), self.installation(tx, own).await?);
        }
        for (index, slug) in from.installed_in.iter().enumerate() {
            if made.contains_key(slug) {
                continue;
            }
            let (org, actor) = self.orgs.get(slug).copied().ok_or_else(lost)?;
            let installed = install::install(tx, &self.ctx, &created.app, org, Some(actor), self.now).await;
            let installed = installed.map_err(at(format!("{path}.installed_in[{index}]")))?;
            made.insert(slug.clone(), self.installation(tx, &installed).await?);
        }
        Ok(Value::Object(made))
    }

    async fn installation(&self, tx: &mut Tx, installed: &Installation) -> Result<Value, WorldError> {
        let ids: Vec<_> = installed.api_grant_id.into_iter().collect();
        let grant = sentry_app::grants(tx, &ids).await?.pop();
        let code =
            grant.map(|grant| install::open_code(&self.ctx, &grant.code_hash, &grant.code)).transpose()?;
        Ok(json!({"uuid": installed.uuid, "code": code}))
    }
}

fn status(kind: AppKind) -> AppStatus {
    match kind {
        AppKind::Internal => AppStatus::Internal,
        AppKind::Public => AppStatus::Unpublished,
        AppKind::Published => AppStatus::Published,
    }
}
