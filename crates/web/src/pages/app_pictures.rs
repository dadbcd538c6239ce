//! Pictures of apps, wherever an app is shown. They are behind an address of this server, so that no page loads anything
//! from elsewhere.

use mortise_service::wire::sentry_app::{AppAvatar, SentryApp};

use crate::{routes::encode, view::Avatar};

/// The side in which an avatar is loaded, pixels: twice the one in which it is shown.
const AVATAR_PX: u32 = 52;

/// Where an uploaded picture of an app is, the logo (`color`) or the icon; empty when there is none.
pub fn photo(pictures: &[AppAvatar], color: bool, side_px: u32) -> String {
    let uploaded = pictures.iter().find(|it| it.color == color && it.avatar_type == "upload");
    let uuid = uploaded.and_then(|it| it.avatar_uuid.as_deref());
    uuid.map(|uuid| format!("/sentry-app-avatar/{}/?s={side_px}", encode(uuid))).unwrap_or_default()
}

/// An app by its logo, else by its icon, else by its initials.
pub fn avatar(name: &str, pictures: &[AppAvatar]) -> Avatar {
    let [logo, icon] = [true, false].map(|color| photo(pictures, color, AVATAR_PX));
    Avatar { photo: if logo.is_empty() { icon } else { logo }, ..Avatar::new(name) }
}

/// The avatar of an app.
pub fn of_app(app: &SentryApp) -> Avatar {
    avatar(&app.name, &app.avatars)
}
