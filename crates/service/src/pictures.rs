//! Photos that somebody uploads. One is checked and brought into all sizes when it comes, so that showing it, which
//! anybody may ask for, reads one row.

use std::io::Cursor;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use mortise_wire::{
    ErrorBody,
    fields::{Problem, Rule},
    python,
};
use serde_json::{Value as Json, json};

use crate::{Error, Result};

/// The largest photo, bytes.
const PHOTO_BYTES_MAX: usize = 5_000_000;
/// The smallest and the largest side of a photo, pixels.
const SIDE_MIN: u32 = 256;
const SIDE_MAX: u32 = 1024;
/// What decoding may take, bytes: four times the pixels of the largest photo.
const DECODING_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// Sides in which photos are shown, pixels.
const SIDES: [u32; 9] = [20, 32, 36, 48, 52, 64, 80, 96, 120];
/// Stands for the photo in its own size.
const WHOLE: i64 = 0;
/// Where the header of a PNG tells its kind of colours, and the kind with all of red, green, blue and alpha.
const COLOUR_TYPE_AT: usize = 25;
const RGBA: u8 = 6;

/// What is sent is no photo.
pub(crate) const NO_IMAGE: &str = "Invalid image format.";
/// Nothing is sent.
pub(crate) const PHOTO_MISSING: &str = "A logo is required.";
const DIMENSIONS: &str = "Invalid image dimensions.";

/// The bytes of a photo in base64; characters that are none of it do not count. What counts as false is no photo.
pub(crate) struct Base64;

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

/// Refuses a photo that is too large to look at.
pub(crate) fn refuse_too_large(photo: &[u8]) -> Result<()> {
    if photo.len() <= PHOTO_BYTES_MAX {
        return Ok(());
    }
    let nothing = json!({ "detail": { "code": "", "message": "", "extra": {} } });
    Err(Error::TooLarge(ErrorBody::Other(nothing)))
}

/// Work with many pixels, away from the tasks that answer.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Error::Internal(format!("a picture: {error}")))?
}

/// A photo that was sent, and what it shows.
pub(crate) struct Photo {
    format: ImageFormat,
    bytes: Vec<u8>,
    image: DynamicImage,
}

impl Photo {
    /// Reads a photo in one of these formats, or says what is wrong with it; `other` is said of a format that is not among
    /// them. The size is judged by the header, before any pixel is decoded.
    pub(crate) fn read(
        bytes: Vec<u8>,
        formats: &[ImageFormat],
        other: &'static str,
    ) -> Result<Self, &'static str> {
        let format = image::guess_format(&bytes).map_err(|_| NO_IMAGE)?;
        if !formats.contains(&format) {
            return Err(other);
        }
        let mut limits = Limits::default();
        limits.max_alloc = Some(DECODING_BYTES_MAX);
        let mut reader = ImageReader::with_format(Cursor::new(&bytes), format);
        reader.limits(limits);
        let decoder = reader.into_decoder().map_err(|_| NO_IMAGE)?;
        let (width, height) = decoder.dimensions();
        if width != height || !(SIDE_MIN..=SIDE_MAX).contains(&width) {
            return Err(DIMENSIONS);
        }
        let image = DynamicImage::from_decoder(decoder).map_err(|_| NO_IMAGE)?;
        Ok(Self { format, bytes, image })
    }

    /// Whether it is a PNG that has an alpha channel and no colour but black.
    pub(crate) fn is_black(&self) -> bool {
        let is_rgba = self.format == ImageFormat::Png && self.bytes.get(COLOUR_TYPE_AT) == Some(&RGBA);
        is_rgba && self.image.to_rgba8().pixels().all(|pixel| pixel.0[..3] == [0, 0, 0])
    }

    /// The photo in its own size and in every other, as pairs of side and PNG. A PNG stays as it came.
    pub(crate) fn sizes(self) -> Result<Vec<(i64, Vec<u8>)>> {
        let mut all = Vec::with_capacity(SIDES.len() + 1);
        for side in SIDES {
            all.push((i64::from(side), png(&self.image.thumbnail_exact(side, side))?));
        }
        let whole = if self.format == ImageFormat::Png { self.bytes } else { png(&self.image)? };
        all.push((WHOLE, whole));
        Ok(all)
    }
}

fn png(image: &DynamicImage) -> Result<Vec<u8>> {
    let mut png = Cursor::new(Vec::new());
    let written = image.write_to(&mut png, ImageFormat::Png);
    written.map_err(|error| Error::Internal(format!("a picture: {error}")))?;
    Ok(png.into_inner())
}

/// Under which side the photo lies that is shown to who asks for so many pixels, or for none.
pub(crate) fn stored_side(asked: Option<i64>) -> i64 {
    let nearest = |asked: i64| SIDES.into_iter().map(i64::from).min_by_key(|side| side.abs_diff(asked));
    asked.and_then(nearest).unwrap_or(WHOLE)
}
