//! The end of an app, and another secret for one.
//!
//! Those who had a public app installed are told of its end, which takes its secret. So the application stays for
//! [`KEPT_S`] after the app, good for nothing else, and a periodic job removes it with the proxy user.

use mortise_crypto::{ExposeSecret, token};
use mortise_domain::{AuditEvent, status::AppStatus};
use mortise_store::{application, sentry_app, user};
use mortise_wire::{ErrorBody, application::ClientSecret};
use serde_json::json;

use super::{
    AppAccess, installation::end, json::status as app_status, secrets::Secrets,
    tokens::require_no_partnership, told,
};
use crate::{
    Ctx, Error, Result,
    applications::secret_place,
    audit::{self, Actor, Entry},
    authenticate::after,
    rules,
};

/// For how long the application of a deleted app stays, seconds: longer than any delivery is tried.
const KEPT_S: i64 = 7 * 24 * 3600;
/// Applications removed in one transaction.
const BATCH_MAX: i64 = 100;

const PUBLISHED: &str = "Published apps cannot be removed.";
const NO_APPLICATION: &str = "Corresponding application was not found.";

/// Removes an app that is not published, everywhere it is installed.
pub async fn remove_app(ctx: &Ctx, access: &AppAccess) -> Result<()> {
    require_no_partnership(&access.app)?;
    let (inner, id) = (ctx.clone(), access.app.id);
    let (actor, user) = (Actor::of(&access.caller), access.caller.user_id());
    let removed = ctx.store.write(move |tx| {
        Box::pin(async move {
            let now = inner.now();
            let mut app = sentry_app::locked(tx, id).await?.ok_or(Error::NotFound)?;
            let is_internal = match app_status(&app)? {
                AppStatus::Internal => true,
                AppStatus::Unpublished => false,
                _ => return Err(Error::Refused(ErrorBody::Other(json!({ "detail": [PUBLISHED] })))),
            };
            let installations = sentry_app::live_of_app(tx, id).await?;
            for installation in &installations {
                match is_internal {
                    true => sentry_app::end_installation(tx, installation, now).await?,
                    false => end(tx, &inner, installation, user).await?,
                }
            }
            if let Some(application) = app.application_id {
                application::retire(tx, application).await?;
            }
            sentry_app::delete_avatars(tx, id).await?;
            app.status = AppStatus::DeletionInProgress.number();
            app.date_deleted = Some(now);
            sentry_app::update(tx, &app, now).await?;
            let data = json!({ "sentry_app": app.name });
            let entry = Entry::new(app.owner_id, AuditEvent::SentryAppRemove, data).target(id.get());
            audit::record(tx, &actor, &entry, now).await?;
            rules::switch_off(tx, &actor, &app, &installations, now).await
        })
    });
    removed.await?;
    ctx.ingest().keys_changed();
    ctx.ingest().rules_changed();
    told::deleted(ctx, access);
    Ok(())
}

/// Gives an app another secret. With the old one no token is exchanged from now on, but for [`OVERLAP_S`](super::OVERLAP_S)
/// it signs beside the new one, where a header holds several signatures.
pub async fn rotate_secret(ctx: &Ctx, access: &AppAccess) -> Result<ClientSecret> {
    let missing = || Error::missing(NO_APPLICATION);
    let id = access.app.application_id.ok_or_else(missing)?;
    let secret = token::client_secret(ctx.ids.as_ref());
    let (inner, new) = (ctx.clone(), secret.clone());
    let (app, actor, now) = (access.app.clone(), Actor::of(&access.caller), ctx.now());
    let status = app_status(&app)?;
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                let application = application::by_id(tx, id).await?.ok_or_else(missing)?;
                let client_id = &application.client_id;
                let old = Secrets::open(&inner, (&application).into())?.seal_as_previous(&inner, client_id);
                let new = new.expose_secret().as_bytes();
                let new = inner.keyring.seal(&secret_place(client_id), new, inner.ids.as_ref());
                application::rotate_secret(tx, id, new, old, now).await?;
                let data = json!({ "sentry_app": app.name, "status": status.to_string() });
                let event = AuditEvent::IntegrationRotateClientSecret;
                let entry = Entry::new(app.owner_id, event, data).target(app.id.get());
                audit::record(tx, &actor, &entry, now).await
            })
        })
        .await?;
    Ok(ClientSecret { client_secret: secret.expose_secret().to_owned() })
}

/// Removes what is left of apps that were deleted. A periodic job.
pub(crate) async fn purge_removed(ctx: &Ctx) -> Result<u64> {
    let before = after(ctx.now(), -KEPT_S);
    let purged = ctx.store.write(move |tx| {
        Box::pin(async move {
            let rows = sentry_app::deleted_with_application(tx, before, BATCH_MAX).await?;
            for (application, proxy) in &rows {
                application::delete(tx, *application).await?;
                if let Some(proxy) = proxy {
                    user::delete(tx, *proxy).await?;
                }
            }
            Ok::<_, Error>(rows.len() as u64)
        })
    });
    purged.await
}
