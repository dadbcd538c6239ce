//! The apps in an organization: who may look, the list, and installing one more.

use mortise_domain::{
    AppId, AuditEvent, InstallationId, Scope, ScopeSet, SlugError, SlugKind, kind,
    status::{AppStatus, InstallationStatus},
};
use mortise_store::{
    StoreError,
    sentry_app::{self, Installation, ShownInstallation},
};
use mortise_wire::{
    errors::{ErrorBody, field},
    fields::{Body, Fields, Problem, Rule},
    page::{Page, PageRequest},
    sentry_app::{self as wire, InstallationOrganization, InstalledApp},
};
use serde_json::{Value as Json, json};

use super::{
    features as app_features,
    install::{install, open_code},
    json::status as app_status,
    told,
};
use crate::{
    Caller, Ctx, Error, Result,
    access::{self, IdOrSlug, OrgAccess},
    audit::{self, Actor, Entry},
    features, paging,
};

const NO_FEATURE: &str = "At least one feature from this list has to be enabled in order to install the app";

/// The organization, for a caller who needs any of `required` there. For whoever is no member, apps and keys among them,
/// it is not found.
pub async fn org_for_installations(
    ctx: &Ctx,
    caller: Caller,
    segment: &IdOrSlug<kind::Organization>,
    required: ScopeSet,
) -> Result<OrgAccess> {
    if caller.user.as_ref().is_none_or(|user| user.is_sentry_app) {
        return Err(if caller.is_anonymous() { Error::NotAuthenticated } else { Error::NotFound });
    }
    let access = match access::organization_of(ctx, caller, segment).await {
        Err(Error::Forbidden | Error::NoSuchResource) => return Err(Error::NotFound),
        other => other?,
    };
    access.require(required)?;
    Ok(access)
}

/// Installs the app that the body names, unless it is there already; either way the installation is answered. `None`
/// when there is no such app for this organization.
pub async fn install_app(ctx: &Ctx, access: &OrgAccess, body: &Body) -> Result<Option<wire::Installation>> {
    let mut fields = Fields::new(body);
    let slug = fields.field("slug", AppSlug).required();
    fields.finish()?;
    let mut conn = ctx.store.read().await?;
    let Some(app) = sentry_app::by_slug(&mut conn, &slug).await? else { return Ok(None) };
    let is_open = app_status(&app)? == AppStatus::Published || app.owner_id == access.org.id;
    if !is_open && !access.caller.is_superuser() {
        return Ok(None);
    }
    let rows = sentry_app::features(&mut conn, &[app.id]).await?;
    require_any_feature(access, rows.iter().filter_map(|(_, feature)| app_features::gate(*feature)))?;
    let present = sentry_app::live_installation(&mut conn, app.id, access.org.id).await?;
    drop(conn);
    let installation = match present {
        Some(installation) => installation,
        None => install_new(ctx, access, app.id, &app.slug).await?,
    };
    installation_json(ctx, access, &installation).await.map(Some)
}

/// Refuses an app all of whose features are switched off for the organization, and one that has none.
fn require_any_feature(access: &OrgAccess, gates: impl Iterator<Item = &'static str>) -> Result<()> {
    let gates: Vec<_> = gates.collect();
    if gates.iter().any(|gate| features::allows(&access.org, gate)) {
        return Ok(());
    }
    let missing: Vec<_> = gates.into_iter().map(|gate| format!("organizations:{gate}")).collect();
    let body = json!({ "detail": NO_FEATURE, "missing_features": missing });
    Err(Error::Refused(ErrorBody::Other(body)))
}

async fn install_new(ctx: &Ctx, access: &OrgAccess, id: AppId, slug: &str) -> Result<Installation> {
    let (inner, org) = (ctx.clone(), access.org.id);
    let (actor, user) = (Actor::of(&access.caller), access.caller.user_id());
    let installed = ctx.store.write(move |tx| {
        Box::pin(async move {
            let now = inner.now();
            // Held, so that it is not removed meanwhile.
            let app = sentry_app::locked(tx, id).await?.ok_or(Error::NotFound)?;
            let installation = install(tx, &inner, &app, org, user, now).await?;
            let data = json!({ "sentry_app": app.name });
            let entry = Entry::new(org, AuditEvent::SentryAppInstall, data).target(installation.id.get());
            audit::record(tx, &actor, &entry, now).await?;
            Ok::<_, Error>(installation)
        })
    });
    match installed.await {
        // Somebody else was quicker.
        Err(Error::Store(StoreError::Conflict(_))) => {
            let mut conn = ctx.store.read().await?;
            sentry_app::live_installation(&mut conn, id, org).await?.ok_or(Error::NotFound)
        }
        other => {
            let installation = other?;
            ctx.ingest().keys_changed();
            told::installed(ctx, user, org, slug);
            Ok(installation)
        }
    }
}

/// The slug of an app; whatever is no text is no slug.
struct AppSlug;

impl Rule for AppSlug {
    type Out = String;

    fn read(&self, value: &Json) -> Result<String, Problem> {
        let Json::String(text) = value else { return Err(field::SLUG.into()) };
        let slug = text.trim();
        if slug.is_empty() {
            return Err(field::BLANK.into());
        }
        let mut problems = Vec::new();
        if slug.chars().count() > SlugKind::App.chars_max() {
            problems.push(field::max_length(SlugKind::App.chars_max()));
        }
        if slug.contains('\0') {
            problems.push(field::NUL_CHARACTER.to_owned());
        }
        match SlugKind::App.validate(slug) {
            Err(error @ SlugError::Grammar) => problems.push(error.to_string()),
            _ if problems.is_empty() => return Ok(slug.to_owned()),
            _ => {}
        }
        Err(Problem(json!(problems)))
    }
}

/// The apps in an organization, newest first. Those who may install see unused codes.
pub async fn list_installations(
    ctx: &Ctx,
    access: &OrgAccess,
    page: PageRequest,
) -> Result<Page<wire::Installation>> {
    let window = page.offset_window()?;
    let mut conn = ctx.store.read().await?;
    let rows = sentry_app::shown_in_org(&mut conn, access.org.id, paging::slice(&window)).await?;
    drop(conn);
    let page = window.page(rows);
    let may_see_code = access.scopes.contains(Scope::OrgIntegrations);
    let seen = page.rows.iter().map(|row| seen(ctx, &access.org.slug, row, may_see_code));
    let seen = seen.collect::<Result<Vec<_>>>()?;
    Ok(page.replace(|_| seen))
}

/// One installation as a caller of its organization sees it.
pub async fn installation_json(
    ctx: &Ctx,
    access: &OrgAccess,
    installation: &Installation,
) -> Result<wire::Installation> {
    let may_see_code = access.scopes.contains(Scope::OrgIntegrations);
    installation_seen(ctx, &access.org.slug, installation.id, may_see_code).await
}

/// One installation, with its unused code for those who may see it.
pub(super) async fn installation_seen(
    ctx: &Ctx,
    org_slug: &str,
    id: InstallationId,
    may_see_code: bool,
) -> Result<wire::Installation> {
    let row = sentry_app::shown_installation(&mut *ctx.store.read().await?, id).await?;
    let row = row.ok_or_else(|| Error::Internal("an installation is not there".to_owned()))?;
    seen(ctx, org_slug, &row, may_see_code)
}

fn seen(
    ctx: &Ctx,
    org_slug: &str,
    row: &ShownInstallation,
    may_see_code: bool,
) -> Result<wire::Installation> {
    let status = InstallationStatus::try_from(row.status).map_err(|e| Error::Internal(e.to_string()))?;
    let code = row.code_hash.as_ref().zip(row.code.as_ref()).filter(|_| may_see_code);
    Ok(wire::Installation {
        app: InstalledApp {
            uuid: row.app_uuid.clone(),
            slug: row.app_slug.clone(),
            sentry_app_id: row.app_id.get(),
        },
        organization: InstallationOrganization { slug: org_slug.to_owned(), id: None },
        uuid: row.uuid.clone(),
        status: status.to_string(),
        code: code.map(|(hash, code)| open_code(ctx, hash, code)).transpose()?,
    })
}
