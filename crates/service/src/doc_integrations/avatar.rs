//! Pictures of entries.

use image::ImageFormat;
use mortise_domain::kind;
use mortise_store::{StoreError, integration::doc};
use mortise_wire::{
    doc_integration as wire,
    fields::{Body, Fields},
};

use super::{find, one_json, require_writer};
use crate::{
    Caller, Ctx, Error, Result,
    access::IdOrSlug,
    pictures::{Base64, NO_IMAGE, PHOTO_MISSING, Photo, blocking, refuse_too_large, stored_side},
};

const FORMATS: [ImageFormat; 3] = [ImageFormat::Gif, ImageFormat::Jpeg, ImageFormat::Png];

/// Gives an entry a picture, under a name that no picture had.
pub async fn set_avatar(
    ctx: &Ctx,
    caller: &Caller,
    segment: &IdOrSlug<kind::DocIntegration>,
    body: &Body,
) -> Result<wire::DocIntegration> {
    require_writer(caller)?;
    let row = find(&mut *ctx.store.read().await?, segment).await?;
    let mut form = Fields::new(body);
    let sent = form.field("avatar_photo", Base64).required();
    refuse_too_large(&sent)?;
    let mut photo = None;
    if !sent.is_empty() {
        match blocking(move || Ok(Photo::read(sent, &FORMATS, NO_IMAGE))).await? {
            Ok(good) => photo = Some(good),
            Err(text) => form.error("avatar_photo", text),
        }
    }
    form.choice("avatar_type", &["upload"]).required();
    form.finish()?;
    let photo = photo.ok_or_else(|| Error::field("avatar_photo", PHOTO_MISSING))?;
    let photos = blocking(move || photo.sizes()).await?;
    let (id, ident, now) = (row.id, ctx.ids.uuid().simple().to_string(), ctx.now());
    let write = ctx.store.write::<_, StoreError, _>(move |tx| {
        Box::pin(async move { doc::put_avatar(tx, id, &ident, &photos, now).await })
    });
    write.await?;
    one_json(&mut *ctx.store.read().await?, ctx, row).await
}

/// A picture as PNG, in the nearest size to `side`, for anybody.
pub async fn doc_integration_photo(ctx: &Ctx, ident: &str, side: Option<i64>) -> Result<Vec<u8>> {
    let photo = doc::photo(&mut *ctx.store.read().await?, ident, stored_side(side)).await?;
    photo.ok_or(Error::NotFound)
}
