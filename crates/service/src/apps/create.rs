//! An app with everything that belongs to it, in one transaction: slug, proxy user, application, the app, its first
//! feature; and for an internal app its installation in the organization that owns it.

use mortise_crypto::{ExposeSecret, SecretString, token};
use mortise_domain::{
    AuditEvent, Ids, OrgId, ScopeSet, Time, UserId,
    slug::{app_slug, internal_app_slug},
    status::{AppStatus, InstallationStatus},
};
use mortise_store::{
    Tx, application, organization,
    sentry_app::{self, Installation, NewSentryApp, SentryApp},
    user::{self, NewUser},
};
use mortise_wire::{errors::field, sentry_app as wire};
use serde_json::{Value as Json, json};

use super::{components, features, fields::AppForm, install, json as app_json, told};
use crate::{
    Caller, Ctx, Error, Result,
    applications::secret_place,
    audit::{self, Actor, Entry},
};

/// Popularity of an app that names none: its weight in the directory.
pub(super) const POPULARITY: i64 = 1;

/// What an app is made of. [`AppSpec::new`] has the least.
#[derive(Debug, Clone)]
pub struct AppSpec {
    /// Whose it is.
    pub owner: OrgId,
    /// What people read; the slug is made of it unless `slug` is set.
    pub name: String,
    /// A slug that must be free.
    pub slug: Option<String>,
    /// Who makes it.
    pub author: Option<String>,
    /// Internal, unpublished or published.
    pub status: AppStatus,
    /// What it may do.
    pub scopes: ScopeSet,
    /// Single events it hears of; see [`super::subscriptions::expand`].
    pub events: Vec<String>,
    /// Where they are sent.
    pub webhook_url: Option<String>,
    /// Headers added to what is sent, as `Name: value`.
    pub webhook_headers: Vec<String>,
    /// Where installing leads.
    pub redirect_url: Option<String>,
    /// May be an action of alert rules.
    pub is_alertable: bool,
    /// Must confirm each installation; never for internal apps.
    pub verify_install: bool,
    /// What it does.
    pub overview: Option<String>,
    /// Its UI components.
    pub schema: Json,
    /// Facts kept for others.
    pub metadata: Json,
    /// Origins whose pages may use its tokens.
    pub allowed_origins: Vec<String>,
    /// Weight in the directory.
    pub popularity: i64,
    /// Who made it: user, and the label that stays when the user is gone.
    pub creator: Option<(UserId, String)>,
}

impl AppSpec {
    /// An app without scopes, events and webhook.
    pub fn new(owner: OrgId, name: impl Into<String>, status: AppStatus) -> Self {
        Self {
            owner,
            name: name.into(),
            slug: None,
            author: None,
            status,
            scopes: ScopeSet::EMPTY,
            events: Vec::new(),
            webhook_url: None,
            webhook_headers: Vec::new(),
            redirect_url: None,
            is_alertable: false,
            verify_install: false,
            overview: None,
            schema: json!({}),
            metadata: json!({}),
            allowed_origins: Vec::new(),
            popularity: POPULARITY,
            creator: None,
        }
    }
}

/// An app that was just created.
#[derive(Debug, Clone)]
pub struct CreatedApp {
    /// The app.
    pub app: SentryApp,
    /// The name of its application.
    pub client_id: String,
    /// The secret of its application, which signs its webhooks.
    pub client_secret: SecretString,
    /// Where an internal app is installed.
    pub installation: Option<Installation>,
}

/// Creates an app for a caller: the API's way, with every check and the audit log.
pub async fn create_app(ctx: &Ctx, caller: &Caller, body: Option<&Json>) -> Result<wire::SentryApp> {
    let read = AppForm::read(ctx, caller, body).await;
    let form = read.inspect_err(|error| told::refused_schema(ctx, caller, body, None, error))?;
    let app = create_checked(ctx, caller, form).await?.app;
    let mut conn = ctx.store.read().await?;
    // Its creator reads the credentials with the app itself; only a superuser sees them here.
    let viewer = match caller.is_superuser() {
        true => app_json::Viewer::of(&mut conn, caller).await?,
        false => app_json::Viewer::nobody(),
    };
    let mut seen = app_json::apps(ctx, &mut conn, &viewer, std::slice::from_ref(&app)).await?;
    seen.pop().ok_or_else(|| Error::Internal("a new app is not there".to_owned()))
}

/// Creates an app from a form that was checked, with the audit log.
pub(super) async fn create_checked(ctx: &Ctx, caller: &Caller, form: AppForm) -> Result<CreatedApp> {
    let (actor, inner) = (Actor::of(caller), ctx.clone());
    let created = ctx.store.write(move |tx| {
        Box::pin(async move {
            let now = inner.now();
            let created = create(tx, &inner, &form.spec, now).await?;
            let app = &created.app;
            let entry = |event, data| Entry::new(app.owner_id, event, data).target(app.id.get());
            let is_internal = created.installation.is_some();
            if is_internal {
                let installed = entry(AuditEvent::SentryAppInstall, json!({ "sentry_app": app.name }));
                audit::record(tx, &actor, &installed, now).await?;
            }
            let added = entry(AuditEvent::SentryAppAdd, json!({ "sentry_app": app.name }));
            audit::record(tx, &actor, &added, now).await?;
            if is_internal {
                let added = entry(AuditEvent::InternalIntegrationAdd, json!({ "name": app.name }));
                audit::record(tx, &actor, &added, now).await?;
            }
            Ok::<_, Error>(created)
        })
    });
    let created = created.await?;
    ctx.ingest().keys_changed();
    told::created(ctx, caller, &created.app);
    Ok(created)
}

/// Creates an app, with an installation if it is internal. No token is made; see [`super::mint_token`].
pub async fn create(tx: &mut Tx, ctx: &Ctx, spec: &AppSpec, now: Time) -> Result<CreatedApp> {
    let ids = ctx.ids.as_ref();
    let is_internal = spec.status == AppStatus::Internal;
    let slug = free_slug(tx, ids, spec).await?;
    let proxy = NewUser {
        username: format!("{slug}-{}", ids.uuid()),
        email: String::new(),
        name: String::new(),
        password_hash: None,
        is_superuser: false,
        is_sentry_app: true,
    };
    let proxy = user::insert(tx, &proxy, now).await?.id;
    let (client_id, client_secret) = (token::client_id(ids), token::client_secret(ids));
    let place = secret_place(&client_id);
    let sealed = ctx.keyring.seal(&place, client_secret.expose_secret().as_bytes(), ids);
    let mut application = application::insert(tx, proxy, &spec.name, &client_id, sealed, now).await?;
    if !spec.allowed_origins.is_empty() {
        application.allowed_origins = spec.allowed_origins.join("\n");
        application::update(tx, &application).await?;
    }
    let new = NewSentryApp {
        uuid: ids.uuid().to_string(),
        slug,
        name: spec.name.clone(),
        author: author(tx, spec).await?,
        owner_id: spec.owner,
        application_id: application.id,
        proxy_user_id: proxy,
        creator_user_id: spec.creator.as_ref().map(|(id, _)| *id),
        creator_label: spec.creator.as_ref().map(|(_, label)| label.clone()),
        status: spec.status,
        scopes: spec.scopes,
        events: spec.events.clone(),
        redirect_url: spec.redirect_url.clone(),
        webhook_url: spec.webhook_url.clone(),
        webhook_headers: spec.webhook_headers.clone(),
        is_alertable: spec.is_alertable,
        verify_install: spec.verify_install && !is_internal,
        overview: spec.overview.clone(),
        schema: spec.schema.clone(),
        metadata: spec.metadata.clone(),
        popularity: spec.popularity,
        date_published: (spec.status == AppStatus::Published).then_some(now),
    };
    let app = sentry_app::insert(tx, &new, now).await?;
    components::replace(tx, ctx, &app).await?;
    sentry_app::set_features(tx, app.id, &[features::API], now).await?;
    let installation = match is_internal {
        true => Some(install::insert(tx, ctx, &app, spec.owner, InstallationStatus::Installed, now).await?),
        false => None,
    };
    Ok(CreatedApp { app, client_id, client_secret, installation })
}

/// The author of an internal app is its organization, unless somebody is named.
async fn author(tx: &mut Tx, spec: &AppSpec) -> Result<Option<String>> {
    if spec.author.is_some() || spec.status != AppStatus::Internal {
        return Ok(spec.author.clone());
    }
    Ok(organization::by_id(tx, spec.owner).await?.map(|org| org.name))
}

async fn free_slug(tx: &mut Tx, ids: &dyn Ids, spec: &AppSpec) -> Result<String> {
    let slug = match (&spec.slug, spec.status) {
        (Some(slug), _) => Some(slug.clone()),
        (None, AppStatus::Internal) => internal_app_slug(&spec.name, ids),
        (None, _) => app_slug(&spec.name, ids),
    };
    let slug = slug.ok_or_else(|| Error::field("name", field::SLUG))?;
    if sentry_app::is_slug_taken(tx, &slug).await? {
        let text = format!("Name {} is already taken, please use another.", spec.name);
        return Err(Error::field("name", text));
    }
    Ok(slug)
}
