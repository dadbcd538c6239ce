//! Where installing an app leads: its own redirect URL and no other, with what the app needs to go on.

use std::collections::BTreeMap;

use mortise_service::wire::sentry_app::{Installation, SentryApp};
use url::Url;

use crate::routes::encode;

/// The app's redirect URL, if it is one that a browser opens.
fn redirect_url(app: &SentryApp) -> Option<Url> {
    let url = Url::parse(app.redirect_url.as_deref()?).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.host_str().is_some();
    is_web.then_some(url)
}

/// The host that installing leads to.
pub(super) fn host(app: &SentryApp) -> Option<String> {
    let url = redirect_url(app)?;
    let host = url.host_str()?;
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

/// The address that a new installation leads to: what the redirect URL asks for already, with the code, the
/// installation, the organization and the state of the link, in the order of their names.
pub(super) fn address(app: &SentryApp, installation: &Installation, state: &str) -> Option<String> {
    let (url, code) = (redirect_url(app)?, installation.code.as_deref()?);
    let mut pairs: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
    let ours = [
        ("code", code),
        ("installationId", &installation.uuid),
        ("orgSlug", &installation.organization.slug),
    ];
    let state = Some(("state", state)).filter(|(_, state)| !state.is_empty());
    pairs.extend(ours.into_iter().chain(state).map(|(name, value)| (name.to_owned(), value.to_owned())));
    let query: Vec<_> =
        pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    Some(format!("{}://{}{}?{}", url.scheme(), host(app)?, url.path(), query.join("&")))
}
