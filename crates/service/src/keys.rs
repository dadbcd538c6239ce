//! Client keys: what SDKs send events with. A key is named by its public half, 32 hex digits.

use mortise_domain::{AuditEvent, Ids, OrgId, ProjectId, Time};
use mortise_store::{
    StoreError, Tx,
    project_key::{self as store, NewKey, ProjectKey},
};
use mortise_wire::{
    Fields, Page, PageRequest,
    key::{self as wire, BROWSER_SDK_VERSIONS, KeyFacts, KeyRateLimit, LoaderOptions},
};
use serde_json::{Map, Value, json};

use crate::{Ctx, Error, Result, access::ProjectAccess, audit, paging::slice};

/// The name of a project's first key.
pub const DEFAULT_LABEL: &str = "Default";
/// Longest name.
const LABEL_CHARACTERS_MAX: usize = 64;
/// Random bytes in each half of a key: 32 hex digits.
const HALF_BYTES: usize = 16;
/// Letters of a made-up name.
const LABEL_LETTERS: usize = 6;
/// Longest window of a rate limit: a day.
const WINDOW_SECONDS_MAX: i64 = 86_400;
/// Where the loader's choices lie in a key's data.
const SDK_VERSION: &str = "browserSdkVersion";
const LOADER_OPTIONS: &str = "dynamicSdkLoaderOptions";
const NOT_A_HALF: &str = "Enter 32 lowercase hexadecimal digits.";
const TAKEN: &str = "A key with this public key already exists.";

/// A key on the wire, with the addresses that SDKs send to.
pub fn to_wire(ctx: &Ctx, key: ProjectKey) -> wire::ProjectKey {
    let limit = key.rate_limit_window.zip(key.rate_limit_count);
    let loader_options = key.data.get(LOADER_OPTIONS).cloned().and_then(|it| serde_json::from_value(it).ok());
    KeyFacts {
        name: key.label,
        public: key.public_key,
        secret: key.secret_key,
        project_id: key.project_id.get(),
        is_active: key.is_active,
        rate_limit: limit.map(|(window, count)| KeyRateLimit { window, count }),
        browser_sdk_version: key.data.get(SDK_VERSION).and_then(Value::as_str).map(str::to_owned),
        date_created: key.date_added.into(),
        loader_options: loader_options.unwrap_or_default(),
        ingest_base: ctx.settings.ingest_url.as_str(),
    }
    .into()
}

/// A new key with random halves.
pub(crate) fn generate(ids: &dyn Ids, project: ProjectId, label: &str) -> NewKey {
    NewKey {
        project_id: project,
        public_key: ids.hex(HALF_BYTES),
        secret_key: ids.hex(HALF_BYTES),
        label: label.to_owned(),
        rate_limit_window: None,
        rate_limit_count: None,
        data: json!({}),
    }
}

/// The keys of a project, newest first. `status` is `active`, `inactive` or a word that no key has.
pub async fn list(
    ctx: &Ctx,
    access: &ProjectAccess,
    status: Option<&str>,
    request: PageRequest,
) -> Result<Page<wire::ProjectKey>> {
    let window = request.offset_window()?;
    let is_active = match status {
        None | Some("") => None,
        Some("active") => Some(true),
        Some("inactive") => Some(false),
        Some(_) => return Ok(window.page(Vec::new())),
    };
    let mut conn = ctx.store.read().await?;
    let rows = store::list(&mut conn, access.project.id, is_active, slice(&window)).await?;
    Ok(window.page(rows).map(|key| to_wire(ctx, key)))
}

async fn find(ctx: &Ctx, access: &ProjectAccess, public_key: &str) -> Result<ProjectKey> {
    let found = store::of_project(&mut *ctx.store.read().await?, access.project.id, public_key).await?;
    found.ok_or(Error::NoSuchResource)
}

/// One key.
pub async fn get(ctx: &Ctx, access: &ProjectAccess, public_key: &str) -> Result<wire::ProjectKey> {
    Ok(to_wire(ctx, find(ctx, access, public_key).await?))
}

/// Makes a key; everything in the body may be left out.
pub async fn create(ctx: &Ctx, access: &ProjectAccess, mut fields: Fields) -> Result<wire::ProjectKey> {
    let label = name_of(&mut fields).filter(|label| !label.is_empty());
    let label = label.unwrap_or_else(|| format!("Key {}", ctx.ids.letters(LABEL_LETTERS)));
    let mut new = generate(&*ctx.ids, access.project.id, &label);
    for (name, half) in [("public", &mut new.public_key), ("secret", &mut new.secret_key)] {
        if let Some(Some(given)) = fields.string(name).and_then(key_half).nullable() {
            *half = given;
        }
    }
    if let Some(limit) = rate_limit_of(&mut fields) {
        (new.rate_limit_window, new.rate_limit_count) = limit.unzip();
    }
    read_data(&mut fields, &mut new.data);
    fields.finish()?;
    let (actor, org, now) = (audit::Actor::of(&access.org.caller), access.org.org.id, ctx.now());
    let stored = ctx
        .store
        .write(move |tx| {
            Box::pin(async move {
                let key = store::insert(tx, &new, now).await.map_err(|error| match error {
                    StoreError::Conflict(_) => Error::field("public", TAKEN),
                    other => other.into(),
                })?;
                record(tx, &actor, org, AuditEvent::ProjectKeyAdd, &key, now).await?;
                Ok::<_, Error>(key)
            })
        })
        .await?;
    ctx.ingest().keys_changed();
    Ok(to_wire(ctx, stored))
}

async fn record(
    tx: &mut Tx,
    actor: &audit::Actor,
    org: OrgId,
    event: AuditEvent,
    key: &ProjectKey,
    now: Time,
) -> Result<()> {
    let data = json!({
        "label": key.label, "public_key": key.public_key, "project_id": key.project_id.get(), "is_active": key.is_active,
        "rate_limit_window": key.rate_limit_window, "rate_limit_count": key.rate_limit_count,
    });
    audit::record(tx, actor, &audit::Entry::new(org, event, data).target(key.id.get()), now).await
}

/// Changes what the body names.
pub async fn update(
    ctx: &Ctx,
    access: &ProjectAccess,
    public_key: &str,
    mut fields: Fields,
) -> Result<wire::ProjectKey> {
    let mut key = find(ctx, access, public_key).await?;
    if let Some(label) = name_of(&mut fields).filter(|label| !label.is_empty()) {
        key.label = label;
    }
    if let Some(is_active) = fields.bool("isActive").optional() {
        key.is_active = is_active;
    }
    if let Some(limit) = rate_limit_of(&mut fields) {
        (key.rate_limit_window, key.rate_limit_count) = limit.unzip();
    }
    read_data(&mut fields, &mut key.data);
    fields.finish()?;
    let (actor, org, now, stored) =
        (audit::Actor::of(&access.org.caller), access.org.org.id, ctx.now(), key.clone());
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                store::update(tx, &stored).await?;
                record(tx, &actor, org, AuditEvent::ProjectKeyEdit, &stored, now).await
            })
        })
        .await?;
    ctx.ingest().keys_changed();
    Ok(to_wire(ctx, key))
}

/// Removes a key: nothing sent with it is taken any more.
pub async fn delete(ctx: &Ctx, access: &ProjectAccess, public_key: &str) -> Result<()> {
    let key = find(ctx, access, public_key).await?;
    let (actor, org, now) = (audit::Actor::of(&access.org.caller), access.org.org.id, ctx.now());
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                store::delete(tx, key.id).await?;
                record(tx, &actor, org, AuditEvent::ProjectKeyRemove, &key, now).await
            })
        })
        .await?;
    ctx.ingest().keys_changed();
    Ok(())
}

fn name_of(fields: &mut Fields) -> Option<String> {
    fields.string("name").max(LABEL_CHARACTERS_MAX).allow_blank().nullable().flatten()
}

fn key_half(text: String) -> Result<String, String> {
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if text.len() == 2 * HALF_BYTES && text.bytes().all(is_hex) {
        Ok(text)
    } else {
        Err(NOT_A_HALF.to_owned())
    }
}

/// The limit as window and count; `Some(None)` takes it away, as a window or count of zero does.
fn rate_limit_of(fields: &mut Fields) -> Option<Option<(i64, i64)>> {
    let object = fields.object("rateLimit").nullable()?;
    let Some(object) = object else { return Some(None) };
    let mut nested = Fields::of_map(object);
    let count = nested.int("count").min(0).nullable().flatten();
    let window = nested.int("window").min(0).max(WINDOW_SECONDS_MAX).nullable().flatten();
    fields.nest("rateLimit", nested);
    Some(window.zip(count).filter(|(window, count)| *window > 0 && *count > 0))
}

/// The loader's choices. What is not named keeps its value.
fn read_data(fields: &mut Fields, data: &mut Value) {
    let mut changed: Map<String, Value> = data.as_object().cloned().unwrap_or_default();
    if let Some(version) = fields.choice(SDK_VERSION, BROWSER_SDK_VERSIONS).nullable() {
        changed.insert(SDK_VERSION.to_owned(), json!(version));
    }
    if let Some(Some(object)) = fields.object(LOADER_OPTIONS).nullable() {
        let stored = changed.get(LOADER_OPTIONS).cloned().and_then(|it| serde_json::from_value(it).ok());
        let mut options: LoaderOptions = stored.unwrap_or_default();
        let mut nested = Fields::of_map(object);
        for (name, option) in [
            ("hasReplay", &mut options.has_replay),
            ("hasPerformance", &mut options.has_performance),
            ("hasDebug", &mut options.has_debug),
        ] {
            *option = nested.bool(name).or(*option);
        }
        fields.nest(LOADER_OPTIONS, nested);
        changed.insert(LOADER_OPTIONS.to_owned(), json!(options));
    }
    *data = Value::Object(changed);
}
