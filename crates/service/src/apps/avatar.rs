//! Pictures of apps: a logo in colour and an icon in black. A photo is checked and brought into all sizes when it is
//! uploaded, so that showing one, which anybody may ask for, reads one row.

use std::{collections::HashMap, io::Cursor};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use image::{DynamicImage, ImageDecoder as _, ImageFormat, Limits, codecs::png::PngDecoder};
use mortise_domain::AppId;
use mortise_store::{Conn, sentry_app};
use mortise_wire::{
    ErrorBody,
    fields::{Body, Fields, Problem, Rule},
    python, sentry_app as wire,
};
use serde_json::{Value as Json, json};

use super::{AppAccess, get::get_app};
use crate::{Ctx, Error, Result};

/// The largest photo, bytes.
const PHOTO_BYTES_MAX: usize = 5_000_000;
/// The smallest and the largest side of a photo, pixels.
const SIDE_MIN: u32 = 256;
const SIDE_MAX: u32 = 1024;
/// What decoding may take, bytes: four times the pixels of the largest photo.
const DECODING_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// Sides in which photos are shown, pixels.
const SIDES: [u32; 9] = [20, 32, 36, 48, 52, 64, 80, 96, 120];
/// Where the header of a PNG tells its kind of colours, and the kind with all of red, green, blue and alpha.
const COLOUR_TYPE_AT: usize = 25;
const RGBA: u8 = 6;

/// How a picture is stored and told.
const TYPES: [&str; 2] = ["default", "upload"];
const UPLOAD: i64 = 1;

const NO_IMAGE: &str = "Invalid image format.";
const NOT_PNG: &str = "Invalid image format. App icons should be i, m, a, g, e, /, p, n, g.";
const DIMENSIONS: &str = "Invalid image dimensions.";
const PHOTO_MISSING: &str = "A logo is required.";
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

/// The bytes of a photo in base64; characters that are none of it do not count. What counts as false is no photo.
struct Base64;

impl Rule for Base64 {
    type Out = Vec<u8>;

    fn read(&self, value: &Json) -> Result<Vec<u8>, Problem> {
        if !python::is_truthy(value) {
            return Ok(Vec::new());
        }
        let is_sign = |sign: &char| sign.is_ascii_alphanumeric() || "+/=".contains(*sign);
        let text: String = value.as_str().ok_or(NO_IMAGE)?.chars().filter(is_sign).collect();
        let bytes = STANDARD.decode(text).ok().filter(|bytes| !bytes.is_empty());
        bytes.ok_or_else(|| NO_IMAGE.into())
    }
}

/// Changes a picture of an app.
pub async fn set_avatar(ctx: &Ctx, access: &AppAccess, body: &Body) -> Result<wire::SentryApp> {
    let mut form = Fields::new(body);
    let sent = form.field("avatar_photo", Base64).optional().filter(|bytes| !bytes.is_empty());
    if sent.as_ref().is_some_and(|bytes| bytes.len() > PHOTO_BYTES_MAX) {
        let nothing = json!({ "detail": { "code": "", "message": "", "extra": {} } });
        return Err(Error::TooLarge(ErrorBody::Other(nothing)));
    }
    let mut photo = None;
    if let Some(bytes) = sent {
        match blocking(move || Ok(Photo::read(bytes))).await? {
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

/// Work with many pixels, away from the tasks that answer.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Error::Internal(format!("a picture: {error}")))?
}

/// A photo that was sent, and what it shows.
struct Photo {
    png: Vec<u8>,
    image: DynamicImage,
}

impl Photo {
    /// Reads a photo, or says what is wrong with it. The size is judged by the header, before any pixel is decoded.
    fn read(png: Vec<u8>) -> Result<Self, &'static str> {
        match image::guess_format(&png) {
            Err(_) => return Err(NO_IMAGE),
            Ok(ImageFormat::Png) => {}
            Ok(_) => return Err(NOT_PNG),
        }
        let mut limits = Limits::default();
        limits.max_alloc = Some(DECODING_BYTES_MAX);
        let decoder = PngDecoder::with_limits(Cursor::new(&png), limits).map_err(|_| NO_IMAGE)?;
        let (width, height) = decoder.dimensions();
        if width != height || !(SIDE_MIN..=SIDE_MAX).contains(&width) {
            return Err(DIMENSIONS);
        }
        let image = DynamicImage::from_decoder(decoder).map_err(|_| NO_IMAGE)?;
        Ok(Self { png, image })
    }

    /// Whether it has an alpha channel and no colour but black.
    fn is_black(&self) -> bool {
        let is_rgba = self.png.get(COLOUR_TYPE_AT) == Some(&RGBA);
        is_rgba && self.image.to_rgba8().pixels().all(|pixel| pixel.0[..3] == [0, 0, 0])
    }

    /// The photo as it came and in every size, as pairs of side and PNG.
    fn sizes(self) -> Result<Vec<(i64, Vec<u8>)>> {
        let mut all = vec![(sentry_app::WHOLE, self.png)];
        for side in SIDES {
            let mut png = Cursor::new(Vec::new());
            let small = self.image.thumbnail_exact(side, side);
            small
                .write_to(&mut png, ImageFormat::Png)
                .map_err(|error| Error::Internal(format!("a picture: {error}")))?;
            all.push((i64::from(side), png.into_inner()));
        }
        Ok(all)
    }
}

/// The photo of a picture as PNG, in the nearest size to `side`, for anybody.
pub async fn avatar_photo(ctx: &Ctx, ident: &str, side: Option<i64>) -> Result<Vec<u8>> {
    let nearest = |asked: i64| SIDES.into_iter().map(i64::from).min_by_key(|side| side.abs_diff(asked));
    let side = side.and_then(nearest).unwrap_or(sentry_app::WHOLE);
    sentry_app::photo(&mut *ctx.store.read().await?, ident, side).await?.ok_or(Error::NotFound)
}
