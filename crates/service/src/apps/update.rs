//! Changing an app. Every key of the body may be left out, and null leaves things as they are; an empty text or list
//! clears. The fields are checked first, all at once, then what they must have in common; the steps of the change follow
//! in the order of [`Change::apply`], and the first that is refused undoes all.

use mortise_domain::{
    ScopeSet, Time,
    status::{AppStatus, InstallationStatus},
};
use mortise_store::{
    Tx, application,
    sentry_app::{self, SentryApp},
};
use mortise_wire::{
    errors::{INVALID_REQUEST, field},
    fields::{Fields, Problem, Rule},
    sentry_app as wire,
};
use serde_json::{Map, Value as Json, json};

use super::{
    AppAccess, components, features, fields,
    get::get_app,
    install::{insert_hook, is_internal},
    json::status as app_status,
    subscriptions,
    tokens::require_no_partnership,
    told,
};
use crate::{Ctx, Error, Result};

const FEATURES_FIXED: &str = "Cannot update features on a published integration.";
const SCOPES_FIXED: &str = "Cannot update permissions on a published integration.";
pub(super) const INTERNAL_VERIFIES: &str = "Internal integrations cannot have verify_install=True.";

/// What a body wants to change.
#[derive(Debug)]
struct Change {
    name: Option<String>,
    author: Option<String>,
    features: Option<Vec<i64>>,
    status: Option<String>,
    scopes: Option<Vec<String>>,
    events: Option<Vec<String>>,
    webhook_url: Option<String>,
    webhook_headers: Option<Vec<String>>,
    redirect_url: Option<String>,
    is_alertable: Option<bool>,
    verify_install: Option<bool>,
    overview: Option<String>,
    allowed_origins: Option<Vec<String>>,
    schema: Option<Json>,
    popularity: Option<i64>,
}

/// Changes an app and answers it as the caller sees it.
pub async fn update_app(ctx: &Ctx, access: &AppAccess, body: Option<&Json>) -> Result<wire::SentryApp> {
    require_no_partnership(&access.app)?;
    let sent = body.and_then(Json::as_object).ok_or_else(|| Error::invalid(INVALID_REQUEST))?;
    let is_elevated = access.caller.is_superuser();
    let change = read(access, sent, is_elevated)
        .inspect_err(|error| told::refused_schema(ctx, &access.caller, body, Some(&access.app), error))?;
    let (inner, id) = (ctx.clone(), access.app.id);
    let changed = ctx.store.write(move |tx| {
        Box::pin(async move {
            let mut app = sentry_app::locked(tx, id).await?.ok_or(Error::NotFound)?;
            change.apply(tx, &inner, &mut app, is_elevated).await?;
            Ok::<_, Error>(app)
        })
    });
    let changed = changed.await?;
    ctx.ingest().keys_changed();
    told::updated(ctx, access, &changed);
    let access = AppAccess { app: changed, ..access.clone() };
    get_app(ctx, &access).await
}

/// Checks what a body would change, as far as that can be told without changing it.
pub(super) fn check(access: &AppAccess, sent: &Map<String, Json>) -> Result<()> {
    require_no_partnership(&access.app)?;
    read(access, sent, access.caller.is_superuser()).map(|_| ())
}

fn read(access: &AppAccess, sent: &Map<String, Json>, is_elevated: bool) -> Result<Change> {
    let app = &access.app;
    let mut form = Fields::of_map(sent.clone());
    let name = form.field("name", fields::Prose::name()).optional();
    let author = form.field("author", fields::Prose::free()).nullable();
    let overview = form.field("overview", fields::Prose::free()).nullable().flatten();
    let webhook_url = form.field("webhookUrl", fields::HookUrl::webhook()).nullable();
    let redirect_url = form.field("redirectUrl", fields::HookUrl::redirect()).nullable().flatten();
    let is_alertable = form.bool("isAlertable").optional();
    let verify_install = form.bool("verifyInstall").optional();
    let scopes = form.field("scopes", fields::Words).nullable().flatten();
    let events = form.field("events", fields::Words).nullable().flatten();
    let schema = form.any("schema").nullable().flatten();
    let allowed_origins = fields::origins(&mut form);
    let webhook_headers = fields::headers(&mut form);
    let status = form.string("status").allow_blank().nullable().flatten();
    let features = form.list("features", FeatureId).nullable().flatten();
    let popularity = if is_elevated { fields::popularity(&mut form) } else { None };
    fields::check_scopes(&mut form, scopes.as_deref().unwrap_or_default(), access.scopes.union(app.scopes));
    fields::check_events(&mut form, events.as_deref().unwrap_or_default());
    if let Some(schema) = &schema {
        fields::check_schema(&mut form, schema);
    }
    form.finish()?;

    let stored_url = app.webhook_url.clone().filter(|url| !url.is_empty());
    let common = fields::Common {
        is_internal: is_internal(app)?,
        scopes: if events.is_some() { scopes.as_deref().unwrap_or_default() } else { &[] },
        events: &events.clone().unwrap_or_else(|| subscriptions::texts(&app.events)),
        has_webhook: webhook_url
            .clone()
            .map_or(stored_url.is_some(), |url| url.is_some_and(|url| !url.is_empty())),
        is_alertable: is_alertable.unwrap_or(app.is_alertable),
        has_author: author.clone().map_or(app.author.is_some(), |author| author.is_some()),
    };
    common.check()?;
    let trimmed = |text: Option<String>| text.map(|text| text.trim().to_owned());
    Ok(Change {
        name: trimmed(name),
        author: trimmed(author.flatten()),
        features: features.map(|ids| ids.into_iter().flatten().collect()),
        status,
        scopes,
        events,
        webhook_url: webhook_url.flatten(),
        webhook_headers,
        redirect_url,
        is_alertable,
        verify_install,
        overview: trimmed(overview),
        allowed_origins,
        schema,
        popularity,
    })
}

impl Change {
    async fn apply(mut self, tx: &mut Tx, ctx: &Ctx, app: &mut SentryApp, is_elevated: bool) -> Result<()> {
        let now = ctx.now();
        let is_published = app_status(app)? == AppStatus::Published;
        if let Some(name) = self.name.take() {
            app.name = name;
        }
        if let Some(author) = self.author.take() {
            app.author = Some(author);
        }
        if let Some(features) = &self.features {
            if is_published && !is_elevated {
                return Err(Error::invalid(FEATURES_FIXED));
            }
            sentry_app::set_features(tx, app.id, features, now).await?;
        }
        self.set_status(app, is_elevated, now);
        if let Some(scopes) = &self.scopes {
            self.set_scopes(tx, app, scopes, is_published, now).await?;
        }
        if let Some(events) = &self.events {
            let families = events.iter().filter_map(|event| subscriptions::family_of(event));
            if let Some(family) = families.into_iter().find(|family| !app.scopes.contains(family.scope)) {
                return Err(Error::invalid(fields::event_needs(family)));
            }
            app.events = Json::from(subscriptions::expand(events));
            // Who subscribes again has mended what the breaker found.
            app.is_disabled &= events.is_empty();
        }
        self.set_texts(app)?;
        if let Some(origins) = &self.allowed_origins {
            set_origins(tx, app, origins).await?;
        }
        if let Some(schema) = self.schema.take() {
            app.schema = if schema.is_object() { schema } else { json!({}) };
            components::replace(tx, ctx, app).await?;
        }
        if let Some(popularity) = self.popularity {
            app.popularity = popularity;
        }
        sentry_app::update(tx, app, now).await?;
        set_hooks(tx, ctx, app).await
    }

    /// Publishing is for superusers; asking for it is for everybody who may change the app.
    fn set_status(&self, app: &mut SentryApp, is_elevated: bool, now: Time) {
        let published = AppStatus::Published.to_string();
        let unpublished = AppStatus::Unpublished.to_string();
        let requested = AppStatus::PublishRequestInProgress.to_string();
        match self.status.as_deref() {
            Some(text) if text == published && is_elevated => {
                app.status = AppStatus::Published.number();
                app.date_published = Some(now);
            }
            Some(text) if text == unpublished && is_elevated => app.status = AppStatus::Unpublished.number(),
            Some(text) if text == requested => app.status = AppStatus::PublishRequestInProgress.number(),
            _ => {}
        }
    }

    async fn set_scopes(
        &self,
        tx: &mut Tx,
        app: &mut SentryApp,
        scopes: &[String],
        is_published: bool,
        now: Time,
    ) -> Result<()> {
        if is_published {
            return match scopes == app.scopes.sorted() {
                true => Ok(()),
                false => Err(Error::invalid(SCOPES_FIXED)),
            };
        }
        app.scopes = ScopeSet::from_texts(scopes.iter().map(String::as_str)).with_implied();
        match app.application_id {
            Some(application) => Ok(sentry_app::set_token_scopes(tx, application, app.scopes, now).await?),
            None => Ok(()),
        }
    }

    fn set_texts(&mut self, app: &mut SentryApp) -> Result<()> {
        let cleared = |text: String| Some(text).filter(|text| !text.is_empty());
        if let Some(url) = self.webhook_url.take() {
            app.webhook_url = cleared(url);
        }
        if let Some(headers) = self.webhook_headers.take() {
            app.webhook_headers = Json::from(headers);
        }
        if let Some(url) = self.redirect_url.take() {
            app.redirect_url = cleared(url);
        }
        if let Some(is_alertable) = self.is_alertable {
            app.is_alertable = is_alertable;
        }
        if let Some(verify_install) = self.verify_install {
            if verify_install && is_internal(app)? {
                return Err(Error::invalid(INTERNAL_VERIFIES));
            }
            app.verify_install = verify_install;
        }
        if let Some(overview) = self.overview.take() {
            app.overview = Some(overview);
        }
        Ok(())
    }
}

async fn set_origins(tx: &mut Tx, app: &SentryApp, origins: &[String]) -> Result<()> {
    let Some(id) = app.application_id else { return Ok(()) };
    let Some(mut row) = application::by_id(tx, id).await? else { return Ok(()) };
    row.allowed_origins = origins.join("\n");
    Ok(application::update(tx, &row).await?)
}

/// Hooks follow the app: its URL and events, or none at all. An internal app that got a URL gets its hook.
async fn set_hooks(tx: &mut Tx, ctx: &Ctx, app: &SentryApp) -> Result<()> {
    let Some(application) = app.application_id else { return Ok(()) };
    let Some(url) = app.webhook_url.as_deref().filter(|url| !url.is_empty()) else {
        return Ok(sentry_app::delete_hooks(tx, application).await?);
    };
    let events = subscriptions::texts(&app.events);
    let present = sentry_app::set_hooks(tx, application, url, events).await?;
    if present == 0 && is_internal(app)? {
        for installation in sentry_app::live_of_app(tx, app.id).await? {
            if installation.status == InstallationStatus::Installed.number() {
                insert_hook(tx, ctx, app, &installation).await?;
            }
        }
    }
    Ok(())
}

/// The number of a feature, also as text; null and blank stand for none.
struct FeatureId;

impl Rule for FeatureId {
    type Out = Option<i64>;

    fn read(&self, value: &Json) -> Result<Option<i64>, Problem> {
        let text = match value {
            Json::Null => return Ok(None),
            Json::String(text) if text.is_empty() => return Ok(None),
            Json::String(text) => text.clone(),
            other => other.to_string(),
        };
        let known = text.parse().ok().filter(|id| features::is_known(*id));
        known.map(Some).ok_or_else(|| field::choice(&text).into())
    }
}
