//! Pictures of apps: a logo in colour and an icon in black.

use std::collections::HashMap;

use image::ImageFormat;
use mortise_domain::AppId;
use mortise_store::{Conn, sentry_app};
use mortise_wire::{
    fields::{Body, Fields},
    sentry_app as wire,
};

use super::{AppAccess, get::get_app};
use crate::{
    Ctx, Error, Result,
    pictures::{Base64, PHOTO_MISSING, Photo, blocking, refuse_too_large, stored_side},
};

/// How a picture is stored and told.
const TYPES: [&str; 2] = ["default", "upload"];
const UPLOAD: i64 = 1;

const NOT_PNG: &str = "Invalid image format. App icons should be i, m, a, g, e, /, p, n, g.";
const NOT_BLACK: &str = "The icon must only use black and should contain an alpha channel.";

/// The pictures of apps, by app.
pub(in crate::apps) async fn avatars(
    ctx: &Ctx,
    conn: &mut Conn,
    apps: &[AppId],
) -> Result<HashMap<AppId, Vec<wire::AppAvatar>>> {
    let mut by_app: HashMap<AppId, Vec<wire::AppAvatar>> = HashMap::new();
    for row in sentry_app::avatars(conn, apps).await? {
        let kind = if row.avatar_type == UPLOAD { TYPES[1] } else { TYPES[0] };
        let url = ctx.link(&format!("/sentry-app-avatar/{}/", row.ident));
        let json = wire::AppAvatar::new(kind.to_owned(), Some(row.ident), Some(url), row.color);
        by_app.entry(row.sentry_app_id).or_default().push(json);
    }
    Ok(by_app)
}

/// The pictures of apps, by app, for pages that show them.
pub async fn pictures(ctx: &Ctx, apps: &[AppId]) -> Result<HashMap<AppId, Vec<wire::AppAvatar>>> {
    avatars(ctx, &mut *ctx.store.read().await?, apps).await
}

/// Changes a picture of an app.
pub async fn set_avatar(ctx: &Ctx, access: &AppAccess, body: &Body) -> Result<wire::SentryApp> {
    let mut form = Fields::new(body);
    let sent = form.field("avatar_photo", Base64).optional().filter(|bytes| !bytes.is_empty());
    refuse_too_large(sent.as_deref().unwrap_or_default())?;
    let mut photo = None;
    if let Some(bytes) = sent {
        match blocking(move || Ok(Photo::read(bytes, &[ImageFormat::Png], NOT_PNG))).await? {
            Ok(good) => photo = Some(good),
            Err(text) => form.error("avatar_photo", text),
        }
    }
    let kind = form.choice("avatar_type", &TYPES).required();
    let color = form.bool("color").required();
    form.finish()?;
    let is_upload = kind == TYPES[1];
    let photos = match photo {
        None if is_upload => return Err(Error::field("avatar_photo", PHOTO_MISSING)),
        None => Vec::new(),
        Some(photo) => {
            let must_be_black = is_upload && !color;
            blocking(move || match must_be_black && !photo.is_black() {
                true => Err(Error::field("avatar_photo", NOT_BLACK)),
                false => photo.sizes(),
            })
            .await?
        }
    };
    let (app, ident) = (access.app.id, ctx.ids.uuid().simple().to_string());
    let avatar_type = if is_upload { UPLOAD } else { 0 };
    ctx.store
        .write(move |tx| {
            Box::pin(
                async move { sentry_app::put_avatar(tx, app, color, avatar_type, &ident, &photos).await },
            )
        })
        .await?;
    get_app(ctx, access).await
}

/// The photo of a picture as PNG, in the nearest size to `side`, for anybody.
pub async fn avatar_photo(ctx: &Ctx, ident: &str, side: Option<i64>) -> Result<Vec<u8>> {
    let side = stored_side(side);
    sentry_app::photo(&mut *ctx.store.read().await?, ident, side).await?.ok_or(Error::NotFound)
}
