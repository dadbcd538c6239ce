//! Style sheet, scripts, icons and fonts.
//!
//! A release embeds them and gives each an address with a hash of its content (`/assets/<hash>/mortise.css`), which a
//! browser may keep for ever. A debug build reads them from disk on each request and tells the browser to ask again, so
//! editing a file needs no rebuild. The hash is a path segment, not part of the file name, so that relative imports
//! between modules and `url(...)` in the style sheet resolve within the same version: it covers all files together.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use http::{HeaderName, StatusCode, header};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Files;

/// Value of the `Content-Security-Policy` header of every page: nothing but our own files, no inline script or style, no
/// framing. A page whose form leads elsewhere (an OAuth consent) widens `form-action` itself.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const KEEP_FOR_EVER: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";
/// The product's mark.
const MARK: &str = "mark.svg";
const VERSION_HEX_DIGITS: usize = 12;

/// The hash over all embedded files; a constant word in debug builds, where files change under a running server.
static VERSION: LazyLock<String> =
    LazyLock::new(|| if cfg!(debug_assertions) { "dev".to_owned() } else { version_of(Files::iter()) });

/// The address of a file below `assets/`.
pub fn url(file: &str) -> String {
    format!("/assets/{}/{file}", *VERSION)
}

/// Answers `GET /assets/{version}/{*file}`. An older version's address still gets the present file (a page loaded before
/// an upgrade keeps working), but only the present version's address may be cached.
pub async fn serve(Path((version, file)): Path<(String, String)>) -> Response {
    let Some(found) = Files::get(&file) else { return StatusCode::NOT_FOUND.into_response() };
    let cache = if version == *VERSION && !cfg!(debug_assertions) { KEEP_FOR_EVER } else { ASK_AGAIN };
    let nosniff = HeaderName::from_static("x-content-type-options");
    let headers =
        [(header::CONTENT_TYPE, content_type(&file)), (header::CACHE_CONTROL, cache), (nosniff, "nosniff")];
    (headers, found.data).into_response()
}

/// Answers `GET /favicon.ico`, which browsers ask for where no page names the mark: beside JSON, or a file.
pub async fn favicon() -> Response {
    serve(Path((String::new(), MARK.to_owned()))).await
}

fn content_type(file: &str) -> &'static str {
    match file.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Mixes the content hashes of all files, in the order of their names, into one short hex text.
fn version_of(names: impl Iterator<Item = std::borrow::Cow<'static, str>>) -> String {
    let mut names: Vec<_> = names.collect();
    names.sort();
    let mut mixed = [0u8; 32];
    for name in &names {
        let Some(file) = Files::get(name) else { continue };
        for (i, byte) in file.metadata.sha256_hash().iter().enumerate() {
            mixed[i] = mixed[i].rotate_left(3) ^ byte;
        }
    }
    mixed.iter().map(|b| format!("{b:02x}")).collect::<String>()[..VERSION_HEX_DIGITS].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_covers_every_file_and_ignores_their_order() {
        let forward = version_of(Files::iter());
        let mut backward: Vec<_> = Files::iter().collect();
        backward.reverse();
        assert_eq!(forward, version_of(backward.clone().into_iter()));
        backward.pop();
        assert_ne!(forward, version_of(backward.into_iter()));
    }

    #[tokio::test]
    async fn the_mark_is_there_for_browsers_that_no_page_tells_of_it() {
        let mark = favicon().await;
        assert_eq!(mark.status(), StatusCode::OK);
        assert_eq!(mark.headers()[header::CONTENT_TYPE], "image/svg+xml");
        assert_eq!(mark.headers()[header::CACHE_CONTROL], ASK_AGAIN);
    }

    #[tokio::test]
    async fn an_unknown_file_is_not_found_and_a_known_one_has_its_type() {
        let missing = serve(Path(("dev".into(), "../Cargo.toml".into()))).await;
        assert_eq!(missing.status(), StatusCode::NOT_FOUND);
        let css = serve(Path(("dev".into(), "mortise.css".into()))).await;
        assert_eq!(css.status(), StatusCode::OK);
        assert_eq!(css.headers()[header::CONTENT_TYPE], "text/css; charset=utf-8");
    }
}
