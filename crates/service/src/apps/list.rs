//! Lists of apps: the directory, and what one's organizations own.

use mortise_domain::status::AppStatus;
use mortise_store::{
    sentry_app::{self, AppFilter},
    user,
};
use mortise_wire::{
    page::{Page, PageRequest},
    sentry_app as wire,
};

use super::json::{self, Viewer};
use crate::{Caller, Ctx, Error, Result, access::OrgAccess, paging};

const INVALID_STATUS: &str = "Invalid status.";

/// Apps with the status that is asked for: published ones are for everybody, others for those who own them. Anything
/// else lists everything to superusers and published ones to the rest.
pub async fn list_apps(
    ctx: &Ctx,
    caller: &Caller,
    status: Option<&str>,
    page: PageRequest,
) -> Result<Page<wire::SentryApp>> {
    if caller.is_anonymous() {
        return Err(Error::NotAuthenticated);
    }
    let window = page.offset_window()?;
    let mut conn = ctx.store.read().await?;
    let asked = match status {
        Some("published") => Some(AppStatus::Published),
        Some("unpublished") => Some(AppStatus::Unpublished),
        Some("internal") => Some(AppStatus::Internal),
        _ => None,
    };
    let filter = match (asked, caller.is_superuser()) {
        (status, true) => AppFilter { status, owners: None },
        (None | Some(AppStatus::Published), false) => {
            AppFilter { status: Some(AppStatus::Published), owners: None }
        }
        (status, false) => {
            let owners = match &caller.user {
                Some(user) => user::organization_ids(&mut conn, user.id).await?,
                None => Vec::new(),
            };
            AppFilter { status, owners: Some(owners) }
        }
    };
    let page = window.page(sentry_app::list(&mut conn, &filter, paging::slice(&window)).await?);
    let viewer = Viewer::of(&mut conn, caller).await?;
    let seen = json::apps(ctx, &mut conn, &viewer, &page.rows).await?;
    Ok(page.replace(|_| seen))
}

/// The apps that an organization owns, with the status that is asked for.
pub async fn list_owned(
    ctx: &Ctx,
    access: &OrgAccess,
    status: Option<&str>,
    page: PageRequest,
) -> Result<Page<wire::SentryApp>> {
    let window = page.offset_window()?;
    let known = |text: &str| AppStatus::ALL.iter().copied().find(|status| status.to_string() == text);
    let status = match status {
        Some(text) => Some(known(text).ok_or_else(|| Error::invalid(INVALID_STATUS))?),
        None => None,
    };
    let filter = AppFilter { status, owners: Some(vec![access.org.id]) };
    let mut conn = ctx.store.read().await?;
    let page = window.page(sentry_app::list(&mut conn, &filter, paging::slice(&window)).await?);
    let viewer = Viewer::of(&mut conn, &access.caller).await?;
    let seen = json::apps(ctx, &mut conn, &viewer, &page.rows).await?;
    Ok(page.replace(|_| seen))
}
