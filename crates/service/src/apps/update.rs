//! Changing an app. Every key of the body may be left out, and null leaves things as they are; an empty text or list
//! clears. The fields are checked first, all at once, then what they must have in common; the steps of the change follow
//! in the order of [`Change::apply`], and the first that is refused undoes all.

use mortise_domain::{
    ScopeSet, Time,
    status::{AppStatus, InstallationStatus},
};
use mortise_store::{
    Tx, application, organization,
    sentry_app::{self, SentryApp},
};
use mortise_wire::{
    errors::{INVALID_REQUEST, field},
    fields::{Fields, Problem, Rule, type_name},
    python, sentry_app as wire,
};
use serde_json::{Map, Value as Json};

use super::{
    AppAccess, components, features, fields,
    get::get_app,
    install::{insert_hook, is_internal},
    json::status as app_status,
    subscriptions,
    tokens::require_no_partnership,
    told,
};
use crate::{Ctx, Error, Result, audit::Actor, rules};

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
    if fields::wants_errors(sent) {
        let owner =
            organization::by_id_in_any_state(&mut *ctx.store.read().await?, access.app.owner_id).await?;
        fields::require_event_hooks(&owner.ok_or(Error::NotFound)?, sent)?;
    }
    let is_elevated = access.caller.is_superuser();
    let change = read(access, sent, is_elevated)
        .inspect_err(|error| told::refused_schema(ctx, &access.caller, body, Some(&access.app), error))?;
    let (inner, id, actor) = (ctx.clone(), access.app.id, Actor::of(&access.caller));
    let changed = ctx.store.write(move |tx| {
        Box::pin(async move {
            let mut app = sentry_app::locked(tx, id).await?.ok_or(Error::NotFound)?;
            change.apply(tx, &inner, &mut app, &actor, is_elevated).await?;
            Ok::<_, Error>(app)
        })
    });
    let changed = changed.await?;
    ctx.ingest().keys_changed();
    ctx.ingest().rules_changed();
    told::updated(ctx, access, &changed);
    let access = AppAccess { app: changed, ..access.clone() };
    get_app(ctx, &access).await
}

/// Checks what a body would change, as far as that can be told without changing it.
pub(super) fn check(access: &AppAccess, sent: &Map<String, Json>) -> Result<()> {
    require_no_partnership(&access.app)?;
    let change = read(access, sent, access.caller.is_superuser())?;
    let is_published = app_status(&access.app)? == AppStatus::Published;
    match change.scopes {
        Some(scopes) if is_published && scopes != access.app.scopes.sorted() => {
            Err(Error::field("scopes", SCOPES_FIXED))
        }
        _ if is_published && change.features.is_some() && !access.caller.is_superuser() => {
            Err(Error::field("features", FEATURES_FIXED))
        }
        _ => Ok(()),
    }
}

/// Reads the fields in the order in which their errors are listed.
fn read(access: &AppAccess, sent: &Map<String, Json>, is_elevated: bool) -> Result<Change> {
    let app = &access.app;
    let mut form = Fields::of_map(sent.clone());
    let name = form.field("name", fields::Prose::name()).optional();
    let author = form.field("author", fields::Prose::free()).nullable();
    let scopes = fields::scopes(&mut form, access.scopes.union(app.scopes)).flatten();
    let status = form.string("status").nullable().flatten();
    let events = fields::events(&mut form);
    let features = form.field("features", FeatureIds).nullable().flatten();
    let schema = fields::schema(&mut form).flatten();
    let webhook_url = form.field("webhookUrl", fields::HookUrl::webhook()).nullable();
    let redirect_url = form.field("redirectUrl", fields::HookUrl::redirect()).nullable().flatten();
    let is_alertable = form.bool("isAlertable").optional();
    let overview = form.field("overview", fields::Prose::free()).nullable().flatten();
    let verify_install = form.bool("verifyInstall").optional();
    let allowed_origins = fields::origins(&mut form);
    let webhook_headers = fields::headers(&mut form);
    // It must be a good one, whoever sends it.
    let popularity = fields::popularity(&mut form).filter(|_| is_elevated);
    form.finish()?;

    let stored_url = app.webhook_url.clone().filter(|url| !url.is_empty());
    let common = fields::Common {
        is_internal: is_internal(app)?,
        scopes: if events.is_some() { scopes.as_deref().unwrap_or_default() } else { &[] },
        events: &match &events {
            Some(sent) => sent.clone().unwrap_or_default(),
            None => subscriptions::texts(&app.events),
        },
        has_webhook: webhook_url
            .clone()
            .map_or(stored_url.is_some(), |url| url.is_some_and(|url| !url.is_empty())),
        is_alertable: is_alertable.unwrap_or(app.is_alertable),
        has_author: author.as_ref().map_or(app.author.is_some(), Option::is_some),
    };
    common.check()?;
    let trimmed = |text: Option<String>| text.map(|text| text.trim().to_owned());
    Ok(Change {
        name: trimmed(name),
        author: trimmed(author.flatten()),
        features,
        status,
        scopes,
        events: events.flatten(),
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
    async fn apply(
        mut self,
        tx: &mut Tx,
        ctx: &Ctx,
        app: &mut SentryApp,
        actor: &Actor,
        is_elevated: bool,
    ) -> Result<()> {
        let now = ctx.now();
        if let Some(name) = self.name.take() {
            app.name = name;
        }
        if let Some(author) = self.author.take() {
            app.author = Some(author);
        }
        if let Some(features) = &self.features {
            if app_status(app)? == AppStatus::Published && !is_elevated {
                return Err(Error::invalid(FEATURES_FIXED));
            }
            sentry_app::set_features(tx, app.id, features, now).await?;
        }
        self.set_status(app, is_elevated, now);
        if let Some(scopes) = &self.scopes {
            set_scopes(tx, app, scopes, now).await?;
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
            app.schema = schema;
            components::replace(tx, ctx, app).await?;
            let installations = sentry_app::live_of_app(tx, app.id).await?;
            rules::switch_off(tx, actor, app, &installations, now).await?;
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

    fn set_texts(&mut self, app: &mut SentryApp) -> Result<()> {
        if let Some(url) = self.webhook_url.take() {
            app.webhook_url = Some(url);
        }
        if let Some(headers) = self.webhook_headers.take() {
            app.webhook_headers = Json::from(headers);
        }
        if let Some(url) = self.redirect_url.take() {
            app.redirect_url = Some(url);
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

/// Stores scopes with all that they imply. What those who installed a published app agreed to is fixed.
async fn set_scopes(tx: &mut Tx, app: &mut SentryApp, scopes: &[String], now: Time) -> Result<()> {
    let scopes = ScopeSet::from_texts(scopes.iter().map(String::as_str));
    if app_status(app)? == AppStatus::Published && scopes != app.scopes {
        return Err(Error::invalid(SCOPES_FIXED));
    }
    app.scopes = scopes.with_implied();
    match app.application_id {
        Some(application) => Ok(sentry_app::set_token_scopes(tx, application, app.scopes, now).await?),
        None => Ok(()),
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

/// Numbers of features, also as texts, blanks left out. An object counts as the list of its keys.
struct FeatureIds;

impl Rule for FeatureIds {
    type Out = Vec<i64>;

    fn read(&self, value: &Json) -> Result<Vec<i64>, Problem> {
        let texts: Vec<String> = match value {
            Json::Array(items) => items.iter().map(python::text).collect(),
            Json::Object(map) => map.keys().cloned().collect(),
            other => return Err(field::not_a_list(type_name(other)).into()),
        };
        let known = |text: &String| features::all().map(|(id, _)| id).find(|id| id.to_string() == *text);
        let read = |text: &String| known(text).ok_or_else(|| field::choice(text).into());
        texts.iter().filter(|text| !text.is_empty()).map(read).collect()
    }
}
