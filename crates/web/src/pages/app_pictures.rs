//! Pictures of apps and documentation integrations, wherever one is shown. They are behind addresses of this server, so that
//! no page loads anything from elsewhere.

use mortise_service::wire::{
    doc_integration::DocIntegration,
    sentry_app::{AppAvatar, SentryApp},
};

use crate::{routes::encode, view::Avatar};

/// The side in which an avatar is loaded, pixels: twice the one in which it is shown.
const AVATAR_PX: u32 = 52;
/// Where the pictures of apps are.
pub const OF_APPS: &str = "sentry-app-avatar";
/// Where the pictures of documentation integrations are.
pub const OF_DOCS: &str = "doc-integration-avatar";

/// Where a picture of this name is, for an avatar.
pub fn address(folder: &str, name: &str) -> String {
    sized(folder, name, AVATAR_PX)
}

fn sized(folder: &str, name: &str, side_px: u32) -> String {
    format!("/{folder}/{}/?s={side_px}", encode(name))
}

/// Where an uploaded picture of an app is, the logo (`color`) or the icon; empty when there is none.
pub fn photo(pictures: &[AppAvatar], color: bool, side_px: u32) -> String {
    let uploaded = pictures.iter().find(|it| it.color == color && it.avatar_type == "upload");
    let uuid = uploaded.and_then(|it| it.avatar_uuid.as_deref());
    uuid.map(|uuid| sized(OF_APPS, uuid, side_px)).unwrap_or_default()
}

/// An app by its logo, else by its icon, else by its initials.
pub fn avatar(name: &str, slug: &str, pictures: &[AppAvatar]) -> Avatar {
    let [logo, icon] = [true, false].map(|color| photo(pictures, color, AVATAR_PX));
    Avatar { photo: if logo.is_empty() { icon } else { logo }, ..Avatar::of_thing(name, slug) }
}

/// The avatar of an app.
pub fn of_app(app: &SentryApp) -> Avatar {
    avatar(&app.name, &app.slug, &app.avatars)
}

/// The avatar of a documentation integration.
pub fn of_doc(doc: &DocIntegration) -> Avatar {
    let photo = doc.avatar.as_ref().map(|it| address(OF_DOCS, &it.avatar_uuid));
    Avatar { photo: photo.unwrap_or_default(), ..Avatar::of_thing(&doc.name, &doc.slug) }
}
