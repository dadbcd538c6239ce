//! Manifests: an app as one file, to be kept with the app's source and applied again and again. A manifest names what an
//! app is and never holds a secret of ours. What it does not name stays as it is; an empty text or list clears.
//!
//! [`Manifest::read`] takes TOML, or the JSON that `GET /api/0/sentry-apps/{slug}/` answers here and on other servers.
//! [`manifest_of`] writes the manifest of an app, [`plan_manifest`] says what applying one would change, and
//! [`apply_manifest`] does it through the use cases of the API, with their checks and texts.

mod plan;
mod read;

use mortise_domain::status::AppStatus;
use mortise_store::{
    Conn, application, organization,
    sentry_app::{self, SentryApp},
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

pub use plan::{Applied, Change, Plan, apply_manifest, plan_manifest};

use super::{AppAccess, features, get::MAY_READ, json::status, subscriptions};
use crate::{Ctx, Error, Result, roles::scopes_json};

/// An app as a file says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The slug of the organization that owns it.
    pub organization: String,
    /// Which app it is. Without one, the app of the organization with this name.
    pub slug: Option<String>,
    /// What people read.
    pub name: String,
    /// Internal or public. It never changes.
    pub kind: Kind,
    /// Who makes it.
    pub author: Option<String>,
    /// What it does.
    pub overview: Option<String>,
    /// What it may do.
    pub scopes: Option<Vec<String>>,
    /// What it hears of: families (`issue`) or single events (`issue.resolved`).
    pub events: Option<Vec<String>>,
    /// Where it listens.
    pub webhook_url: Option<String>,
    /// Headers added to what it is sent, as `Name: value`.
    pub webhook_headers: Option<Vec<String>>,
    /// Where installing leads.
    pub redirect_url: Option<String>,
    /// Whether it confirms its installations.
    pub verify_install: Option<bool>,
    /// Whether it may be an action of alert rules.
    pub is_alertable: Option<bool>,
    /// Origins whose pages may use its tokens.
    pub allowed_origins: Option<Vec<String>>,
    /// What it is good for, such as `integrations-issue-link`.
    pub features: Option<Vec<String>>,
    /// Its UI components. In TOML a table, JSON in a text, or the name of a file with JSON.
    #[serde(serialize_with = "read::schema_text")]
    pub schema: Option<Json>,
}

/// What sort of app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Private to its organization, and installed there.
    Internal,
    /// Installed by choice, by others once it is published.
    Public,
}

impl Kind {
    fn of(app: &SentryApp) -> Result<Self> {
        Ok(if status(app)? == AppStatus::Internal { Self::Internal } else { Self::Public })
    }

    fn name(self) -> &'static str {
        match self {
            Kind::Internal => "internal",
            Kind::Public => "public",
        }
    }
}

impl Manifest {
    /// The manifest as TOML.
    pub fn to_toml(&self) -> Result<String> {
        toml::to_string_pretty(self).map_err(|error| Error::Internal(format!("manifest: {error}")))
    }
}

/// The manifest of an app, for the people of the organization that owns it.
pub async fn manifest_of(ctx: &Ctx, access: &AppAccess) -> Result<Manifest> {
    if !access.scopes.intersects(MAY_READ) {
        return Err(Error::Forbidden);
    }
    let mut conn = ctx.store.read().await?;
    let owner = organization::by_id(&mut conn, access.app.owner_id).await?.ok_or(Error::NotFound)?;
    of_app(&mut conn, &access.app, owner.slug).await
}

/// The app as it is stored; every value is named, empty ones too.
async fn of_app(conn: &mut Conn, app: &SentryApp, organization: String) -> Result<Manifest> {
    let application = match app.application_id {
        Some(id) => application::by_id(conn, id).await?,
        None => None,
    };
    let origins = application.map(|application| application.allowed_origins).unwrap_or_default();
    let rows = sentry_app::features(conn, &[app.id]).await?;
    Ok(Manifest {
        organization,
        slug: Some(app.slug.clone()),
        name: app.name.clone(),
        kind: Kind::of(app)?,
        author: app.author.clone(),
        overview: app.overview.clone(),
        scopes: Some(scopes_json(app.scopes)),
        events: Some(subscriptions::shortest(&subscriptions::texts(&app.events))),
        webhook_url: Some(app.webhook_url.clone().unwrap_or_default()),
        webhook_headers: Some(subscriptions::texts(&app.webhook_headers)),
        redirect_url: Some(app.redirect_url.clone().unwrap_or_default()),
        verify_install: Some(app.verify_install),
        is_alertable: Some(app.is_alertable),
        allowed_origins: Some(origins.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()),
        features: Some(rows.iter().filter_map(|(_, id)| features::gate(*id)).map(str::to_owned).collect()),
        schema: Some(app.schema.clone()),
    })
}
