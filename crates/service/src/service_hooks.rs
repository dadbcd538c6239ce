//! Hooks of projects: addresses that are told of events, each request signed with the hook's own secret. A hook is named by
//! its guid. Apps listen through rows of the same table, which are theirs and not seen here.

use mortise_crypto::{ExposeSecret, Place};
use mortise_domain::{AuditEvent, HookId, OrgId, ProjectId, Time, UserId};
use mortise_store::{
    Tx, project,
    service_hook::{self as store, NewProjectHook, ProjectHook},
};
use mortise_wire::{ErrorBody, Fields, Page, PageRequest, fields::is_url, webhook as wire};
use serde_json::{Value as Json, json};

use crate::{
    Ctx, Error, Result,
    access::ProjectAccess,
    apps::{
        hooks::HookInfo,
        stats::{Window, WindowQuery},
        subscriptions,
    },
    audit,
    paging::slice,
};

/// What a hook can be told of.
pub const EVENTS: [&str; 2] = ["event.alert", "event.created"];
/// Hooks of one project at most.
pub const HOOKS_PER_PROJECT_MAX: i64 = 100;
/// Characters of an address at most.
const URL_CHARS_MAX: usize = 512;
/// Events that a body may name at most.
const EVENTS_MAX: usize = 16;
/// Random bytes of a secret: 64 hex digits.
const SECRET_BYTES: usize = 32;

const ACTIVE: i64 = 0;
const DISABLED: i64 = 1;
const TOO_MANY: &str = "A project can have at most 100 service hooks.";

/// The hooks of a project, newest first. `status` is `active`, `disabled` or a word that no hook has.
pub async fn list_hooks(
    ctx: &Ctx,
    access: &ProjectAccess,
    status: Option<&str>,
    request: PageRequest,
) -> Result<Page<wire::ServiceHook>> {
    let window = request.offset_window()?;
    let status = match status {
        None | Some("") => None,
        Some("active") => Some(ACTIVE),
        Some("disabled") => Some(DISABLED),
        Some(_) => return Ok(window.page(Vec::new())),
    };
    let mut conn = ctx.store.read().await?;
    let rows = store::list(&mut conn, access.project.id, status, slice(&window)).await?;
    let rows = rows.into_iter().map(|hook| to_wire(ctx, hook)).collect::<Result<_>>()?;
    Ok(window.page(rows))
}

fn to_wire(ctx: &Ctx, hook: ProjectHook) -> Result<wire::ServiceHook> {
    Ok(wire::ServiceHook {
        secret: secret_of(ctx, &hook)?.expose_secret().to_owned(),
        id: hook.guid,
        url: hook.url,
        status: if hook.status == ACTIVE { "active" } else { "disabled" }.to_owned(),
        events: subscriptions::texts(&hook.events),
        date_created: hook.date_added.into(),
    })
}

/// What requests to a hook are signed with.
pub(crate) fn secret_of(ctx: &Ctx, hook: &ProjectHook) -> Result<crate::SecretString> {
    let secret = ctx.keyring.open_text(&place(&hook.guid), &hook.secret);
    secret.map_err(|error| Error::Internal(format!("secret of a hook: {error}")))
}

fn place(guid: &str) -> Place {
    Place::new("service_hook", "secret", guid)
}

async fn find(ctx: &Ctx, access: &ProjectAccess, guid: &str) -> Result<ProjectHook> {
    let found = store::by_guid(&mut *ctx.store.read().await?, access.project.id, guid).await?;
    found.ok_or(Error::NoSuchResource)
}

/// One hook.
pub async fn get_hook(ctx: &Ctx, access: &ProjectAccess, guid: &str) -> Result<wire::ServiceHook> {
    to_wire(ctx, find(ctx, access, guid).await?)
}

/// Who asks. Keys and tokens of an organization are nobody and change no hooks.
pub fn person(access: &ProjectAccess) -> Result<UserId> {
    access.org.caller.user_id().ok_or(Error::Unauthorized(ErrorBody::Empty))
}

/// Refuses to change a hook for somebody who may not, or one that is not there.
pub async fn require_hook(ctx: &Ctx, access: &ProjectAccess, guid: &str) -> Result<()> {
    person(access)?;
    find(ctx, access, guid).await.map(drop)
}

/// Makes a hook. Only people can.
pub async fn create_hook(ctx: &Ctx, access: &ProjectAccess, mut fields: Fields) -> Result<wire::ServiceHook> {
    let actor_id = person(access)?;
    let url = fields.url("url").max(URL_CHARS_MAX).and_then(url_rule).required();
    let events = events_of(&mut fields).unwrap_or_default();
    version_of(&mut fields);
    let is_active = fields.bool("isActive").or(true);
    fields.finish()?;
    let guid = ctx.ids.uuid().simple().to_string();
    let secret = ctx.ids.hex(SECRET_BYTES);
    let new = NewProjectHook {
        secret: ctx.keyring.seal(&place(&guid), secret.as_bytes(), ctx.ids.as_ref()),
        guid,
        actor: actor_id,
        project_id: access.project.id,
        organization_id: access.org.org.id,
        url,
        events,
        status: if is_active { ACTIVE } else { DISABLED },
    };
    let (actor, now) = (audit::Actor::of(&access.org.caller), ctx.now());
    let made = ctx.store.write(move |tx| {
        Box::pin(async move {
            if store::count(tx, new.project_id).await? >= HOOKS_PER_PROJECT_MAX {
                return Err(Error::invalid(TOO_MANY));
            }
            let hook = store::insert(tx, &new, now).await?;
            record(tx, &actor, hook.organization_id, AuditEvent::ServiceHookAdd, &hook, now).await?;
            Ok::<_, Error>(hook)
        })
    });
    let hook = made.await?;
    ctx.ingest().keys_changed();
    to_wire(ctx, hook)
}

/// Whether an address can be told: of a length and a form that a hook can have.
pub fn is_address(url: &str) -> bool {
    url.chars().count() <= URL_CHARS_MAX && url_rule(url.to_owned()).is_ok()
}

/// Makes an active hook of a project in an organization, for the rest of a host.
pub async fn add_hook(
    ctx: &Ctx,
    org: OrgId,
    project: ProjectId,
    actor: UserId,
    url: String,
    events: Vec<String>,
) -> Result<HookInfo> {
    if let Some(unknown) = events.iter().find(|event| !EVENTS.contains(&event.as_str())) {
        return Err(Error::field("events", format!("Invalid event name: {unknown}")));
    }
    let guid = ctx.ids.uuid().simple().to_string();
    let secret = ctx.ids.hex(SECRET_BYTES);
    let new = NewProjectHook {
        secret: ctx.keyring.seal(&place(&guid), secret.as_bytes(), ctx.ids.as_ref()),
        guid,
        actor,
        project_id: project,
        organization_id: org,
        url,
        events,
        status: ACTIVE,
    };
    let now = ctx.now();
    let made = ctx.store.write(move |tx| {
        Box::pin(async move {
            let found = project::by_ids(tx, &[project]).await?.pop();
            if found.is_none_or(|it| it.organization_id != org) {
                return Err(Error::NotFound);
            }
            if store::count(tx, project).await? >= HOOKS_PER_PROJECT_MAX {
                return Err(Error::invalid(TOO_MANY));
            }
            Ok::<_, Error>(store::insert(tx, &new, now).await?)
        })
    });
    let it = made.await?;
    ctx.ingest().keys_changed();
    Ok(HookInfo {
        events: subscriptions::texts(&it.events),
        id: it.id,
        guid: it.guid,
        application: None,
        installation: None,
        project: Some(it.project_id),
        org: Some(it.organization_id),
        url: it.url,
        status: it.status,
    })
}

async fn record(
    tx: &mut Tx,
    actor: &audit::Actor,
    org: OrgId,
    event: AuditEvent,
    hook: &ProjectHook,
    now: Time,
) -> Result<()> {
    let data = json!({ "url": hook.url });
    audit::record(tx, actor, &audit::Entry::new(org, event, data).target(hook.id.get()), now).await
}

/// Changes what the body names.
pub async fn update_hook(
    ctx: &Ctx,
    access: &ProjectAccess,
    guid: &str,
    mut fields: Fields,
) -> Result<wire::ServiceHook> {
    // Who asks for a hook that is not there learns that before what is wrong with the body.
    require_hook(ctx, access, guid).await?;
    let url = fields.url("url").max(URL_CHARS_MAX).and_then(url_rule).optional();
    let events = events_of(&mut fields);
    version_of(&mut fields);
    let is_active = fields.bool("isActive").optional();
    fields.finish()?;
    let (actor, now) = (audit::Actor::of(&access.org.caller), ctx.now());
    let (project, guid) = (access.project.id, guid.to_owned());
    let changed = ctx.store.write(move |tx| {
        Box::pin(async move {
            let mut hook = store::by_guid(tx, project, &guid).await?.ok_or(Error::NoSuchResource)?;
            hook.url = url.unwrap_or(hook.url);
            hook.events = events.map_or(hook.events, Json::from);
            hook.status = is_active.map_or(hook.status, |on| if on { ACTIVE } else { DISABLED });
            store::update(tx, &hook).await?;
            record(tx, &actor, hook.organization_id, AuditEvent::ServiceHookEdit, &hook, now).await?;
            Ok::<_, Error>(hook)
        })
    });
    let hook = changed.await?;
    ctx.ingest().keys_changed();
    to_wire(ctx, hook)
}

/// Removes a hook.
pub async fn delete_hook(ctx: &Ctx, access: &ProjectAccess, guid: &str) -> Result<()> {
    person(access)?;
    let hook = find(ctx, access, guid).await?;
    let (actor, now) = (audit::Actor::of(&access.org.caller), ctx.now());
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                store::delete(tx, hook.id).await?;
                record(tx, &actor, hook.organization_id, AuditEvent::ServiceHookRemove, &hook, now).await
            })
        })
        .await?;
    ctx.ingest().keys_changed();
    Ok(())
}

/// How often a hook was told something, as pairs of epoch seconds and count.
pub async fn hook_stats(
    ctx: &Ctx,
    access: &ProjectAccess,
    guid: &str,
    query: WindowQuery<'_>,
) -> Result<Vec<(i64, i64)>> {
    let hook = find(ctx, access, guid).await?;
    let window = Window::read(query, ctx.now(), true)?;
    let mut conn = ctx.store.read().await?;
    let subscriber = subscriber_of(hook.id);
    let counts = store::fired(&mut conn, &subscriber, window.resolution_s, window.ends()).await?;
    Ok(window.series(&counts.into_iter().collect()))
}

/// What the names of these subscribers begin with.
pub(crate) const KIND: &str = "hook";

/// The subscriber's name of a hook.
pub(crate) fn subscriber_of(hook: HookId) -> String {
    format!("{KIND}:{hook}")
}

fn url_rule(text: String) -> Result<String, String> {
    let is_http = ["http://", "https://"].iter().any(|scheme| text.to_ascii_lowercase().starts_with(scheme));
    if is_http && is_url(&text) { Ok(text) } else { Err(mortise_wire::errors::field::URL.to_owned()) }
}

fn events_of(fields: &mut Fields) -> Option<Vec<String>> {
    let rule = |events: Vec<String>| match events.iter().find(|event| !EVENTS.contains(&event.as_str())) {
        Some(unknown) => Err(format!("Invalid event name: {unknown}")),
        None if events.len() > EVENTS_MAX => {
            Err(format!("Ensure this field has no more than {EVENTS_MAX} elements."))
        }
        None => Ok(events),
    };
    fields.strings("events").and_then(rule).optional()
}

/// There is one version, sent as number or text.
fn version_of(fields: &mut Fields) {
    let rule = |value: Json| match &value {
        Json::Number(number) if number.as_i64() == Some(0) => Ok(()),
        Json::String(text) if text == "0" => Ok(()),
        Json::String(text) => Err(mortise_wire::errors::field::choice(text)),
        other => Err(mortise_wire::errors::field::choice(&other.to_string())),
    };
    let _ = fields.any("version").and_then(rule).optional();
}
