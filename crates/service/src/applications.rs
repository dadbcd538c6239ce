//! OAuth applications that people register, and what users have let applications do. Managed in a browser session only.
//!
//! A client secret is stored sealed. Its owner sees it for a day, then only by rotating it.

use mortise_crypto::{ExposeSecret, Place, token as crypto};
use mortise_domain::{AuthorizationId, Ids, Time};
use mortise_store::{application as store, application::Application, token};
use mortise_wire::{
    Fields, Page, PageRequest,
    application::{self as wire, ClientSecret},
    errors::{ErrorBody, field},
    fields::{PlacesRule, Problem, Rule, StringRule},
};
use serde_json::{Value, json};
use url::Url;

use crate::{Caller, Ctx, Error, Result, oauth::redirect::SCHEMES, paging::slice, roles::scopes_json};

/// Longest name of an application.
const NAME_CHARACTERS_MAX: usize = 64;
/// Longest address.
const URL_CHARACTERS_MAX: usize = 255;
const REDIRECT_SCHEME: &str =
    "This URL scheme is not allowed. Only http, https, and sentry-mobile-agent schemes are permitted.";
/// How long a new application's secret is shown, seconds.
const SECRET_SHOWN_S: i64 = 24 * 3600;

/// Where a secret is sealed for.
pub fn secret_place(client_id: &str) -> Place {
    Place::new("api_application", "client_secret", client_id)
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// An application as somebody sees it who is not its owner.
pub fn without_secret(application: &Application) -> wire::Application {
    wire::Application {
        id: application.client_id.clone(),
        client_id: application.client_id.clone(),
        client_secret: None,
        name: application.name.clone(),
        homepage_url: application.homepage_url.clone(),
        privacy_url: application.privacy_url.clone(),
        terms_url: application.terms_url.clone(),
        allowed_origins: lines(&application.allowed_origins),
        redirect_uris: lines(&application.redirect_uris),
    }
}

/// An application on the wire, with its secret while that is shown.
pub fn to_wire(ctx: &Ctx, application: &Application, now: Time) -> Result<wire::Application> {
    let is_new = now.duration_since(application.date_added).as_secs() < SECRET_SHOWN_S;
    let client_secret = if is_new {
        let opened = ctx.keyring.open_text(&secret_place(&application.client_id), &application.client_secret);
        Some(opened.map_err(|error| Error::Internal(error.to_string()))?.expose_secret().to_owned())
    } else {
        None
    };
    Ok(wire::Application { client_secret, ..without_secret(application) })
}

/// The caller's applications, by name.
pub async fn list(ctx: &Ctx, caller: &Caller, request: PageRequest) -> Result<Page<wire::Application>> {
    let window = request.offset_window()?;
    let rows = store::of_owner(&mut *ctx.store.read().await?, caller.user()?.id, slice(&window)).await?;
    let now = ctx.now();
    let rows = rows.into_iter().map(|row| to_wire(ctx, &row, now)).collect::<Result<_>>()?;
    Ok(window.page(rows))
}

/// Registers an application with a made-up name, for its owner to change.
pub async fn create(ctx: &Ctx, caller: &Caller) -> Result<wire::Application> {
    let owner = caller.user()?.id;
    let client_id = crypto::client_id(&*ctx.ids);
    let sealed = new_secret(ctx, &client_id).1;
    let (name, now) = (made_up_name(&*ctx.ids), ctx.now());
    let stored = ctx
        .store
        .write(move |tx| {
            Box::pin(async move {
                Ok::<_, Error>(store::insert(tx, owner, &name, &client_id, sealed, now).await?)
            })
        })
        .await?;
    to_wire(ctx, &stored, now)
}

/// A fresh secret and its sealed form.
fn new_secret(ctx: &Ctx, client_id: &str) -> (String, Vec<u8>) {
    let secret = crypto::client_secret(&*ctx.ids).expose_secret().to_owned();
    let sealed = ctx.keyring.seal(&secret_place(client_id), secret.as_bytes(), &*ctx.ids);
    (secret, sealed)
}

/// Two words that tell applications apart until they have names.
fn made_up_name(ids: &dyn Ids) -> String {
    const FIRST: [&str; 16] = [
        "Amber", "Bold", "Calm", "Dapper", "Eager", "Fond", "Gentle", "Humble", "Ivory", "Jolly", "Keen",
        "Lively", "Mellow", "Nimble", "Plucky", "Quiet",
    ];
    const SECOND: [&str; 16] = [
        "Adder", "Badger", "Crane", "Dormouse", "Egret", "Falcon", "Gecko", "Heron", "Ibis", "Jackdaw",
        "Kestrel", "Lynx", "Marten", "Newt", "Otter", "Puffin",
    ];
    let mut byte = [0];
    ids.fill(&mut byte);
    format!("{} {}", FIRST[usize::from(byte[0] >> 4)], SECOND[usize::from(byte[0] & 15)])
}

/// An application of the caller.
async fn find(ctx: &Ctx, caller: &Caller, client_id: &str) -> Result<Application> {
    let owner = caller.user()?.id;
    let found = store::by_client_id(&mut *ctx.store.read().await?, client_id).await?;
    found.filter(|application| application.owner_id == owner).ok_or(Error::NoSuchResource)
}

/// One application of the caller.
pub async fn get(ctx: &Ctx, caller: &Caller, client_id: &str) -> Result<wire::Application> {
    to_wire(ctx, &find(ctx, caller, client_id).await?, ctx.now())
}

/// An address that users may be led to, with a scheme that does so and a host.
#[derive(Debug, Clone, Copy)]
struct RedirectUrl;

impl Rule for RedirectUrl {
    type Out = String;

    fn read(&self, value: &Value) -> Result<String, Problem> {
        let text = StringRule::max(URL_CHARACTERS_MAX).read(value)?;
        let url = Url::parse(&text).map_err(|_| field::URL)?;
        if !SCHEMES.contains(&url.scheme()) {
            return Err(REDIRECT_SCHEME.into());
        }
        let has_host = text.contains("://") && url.host_str().is_some_and(|host| !host.is_empty());
        if has_host { Ok(text) } else { Err(field::URL.into()) }
    }
}

fn one_a_line(texts: &[String]) -> String {
    texts.iter().flat_map(|text| text.lines()).collect::<Vec<_>>().join("\n")
}

/// Changes what the body names.
pub async fn update(
    ctx: &Ctx,
    caller: &Caller,
    client_id: &str,
    mut fields: Fields,
) -> Result<wire::Application> {
    let mut application = find(ctx, caller, client_id).await?;
    if let Some(name) = fields.string("name").max(NAME_CHARACTERS_MAX).optional() {
        application.name = name;
    }
    if let Some(uris) = fields.field("redirectUris", PlacesRule::of(RedirectUrl)).optional() {
        application.redirect_uris = uris.join("\n");
    }
    let origin = StringRule::max(URL_CHARACTERS_MAX);
    if let Some(origins) = fields.field("allowedOrigins", PlacesRule::of(origin)).optional() {
        application.allowed_origins = one_a_line(&origins);
    }
    for (key, place) in [
        ("homepageUrl", &mut application.homepage_url),
        ("termsUrl", &mut application.terms_url),
        ("privacyUrl", &mut application.privacy_url),
    ] {
        let url = fields.url(key).max(URL_CHARACTERS_MAX).allow_blank().nullable();
        if let Some(url) = url {
            *place = url;
        }
    }
    fields.finish()?;
    let stored = application.clone();
    ctx.store
        .write(move |tx| Box::pin(async move { Ok::<_, Error>(store::update(tx, &stored).await?) }))
        .await?;
    to_wire(ctx, &application, ctx.now())
}

/// Removes an application; its tokens end.
pub async fn delete(ctx: &Ctx, caller: &Caller, client_id: &str) -> Result<()> {
    let id = find(ctx, caller, client_id).await?.id;
    ctx.store.write(move |tx| Box::pin(async move { Ok(store::delete(tx, id).await?) })).await
}

/// Replaces the secret; the old one ends at once.
pub async fn rotate_secret(ctx: &Ctx, caller: &Caller, client_id: &str) -> Result<ClientSecret> {
    let id = find(ctx, caller, client_id).await?.id;
    let (client_secret, sealed) = new_secret(ctx, client_id);
    ctx.store
        .write(move |tx| Box::pin(async move { Ok::<_, Error>(store::set_secret(tx, id, sealed).await?) }))
        .await?;
    Ok(ClientSecret { client_secret })
}

/// What the caller has let applications do.
pub async fn authorizations(
    ctx: &Ctx,
    caller: &Caller,
    request: PageRequest,
) -> Result<Page<wire::Authorization>> {
    let window = request.offset_window()?;
    let mut conn = ctx.store.read().await?;
    let rows = store::authorizations(&mut conn, caller.user()?.id, slice(&window)).await?;
    let ids: Vec<_> = rows.iter().map(|row| row.application_id).collect();
    let applications = store::by_ids(&mut conn, &ids).await?;
    drop(conn);
    let page = window.page(rows);
    Ok(page.replace(|rows| {
        let shown = rows.into_iter().filter_map(|row| {
            let application = applications.iter().find(|application| application.id == row.application_id)?;
            Some(wire::Authorization {
                id: row.id.to_string(),
                scopes: scopes_json(row.scopes),
                application: without_secret(application),
                date_created: row.date_added.into(),
                organization: None,
            })
        });
        shown.collect()
    }))
}

/// Takes back what the caller let the application of `{authorization}` do; its tokens for the caller end.
pub async fn revoke(ctx: &Ctx, caller: &Caller, mut fields: Fields) -> Result<()> {
    let user = caller.user()?.id;
    let sent = fields.any("authorization").nullable().flatten().unwrap_or_default();
    if matches!(sent, Value::Null | Value::Bool(false)) || sent == "" || sent == 0 {
        fields.finish()?;
        return Err(Error::Invalid(ErrorBody::Other(json!({ "authorization": "" }))));
    }
    let id = AuthorizationId::new(fields.int("authorization").required());
    fields.finish()?;
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                let application = store::revoke(tx, user, id).await?.ok_or(Error::NoSuchResource)?;
                token::delete_of_application(tx, application, Some(user)).await?;
                Ok(())
            })
        })
        .await
}
