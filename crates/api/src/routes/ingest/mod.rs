//! What SDKs send events to. These routes follow rules of their own: keys instead of tokens, any origin, bodies in any
//! encoding, a slash at the end or not, errors as `{"detail", "causes"}` with the detail in `X-Sentry-Error`.
//!
//! Public description: <https://develop.sentry.dev/sdk/overview/>.

mod answer;
mod body;
mod envelope;
mod report;
mod request;
mod store;
mod unsupported;

use axum::middleware;
use mortise_service::Ctx;
use utoipa_axum::{router::UtoipaMethodRouter, routes};

use crate::{Routes, edge::Registered};

pub(crate) fn routes(r: &mut Routes) {
    both(r, routes!(envelope::post_envelope));
    both(r, routes!(envelope::post_envelope_with_key));
    both(r, routes!(store::get_event, store::post_event));
    both(r, routes!(store::post_event_with_key));
    both(r, routes!(store::post_event_of_key));
    both(r, routes!(report::post_security)).alias_both("/api/{project}/csp-report");
    both(r, routes!(report::post_nel));
    both(r, routes!(report::post_check_in));
    both(r, routes!(report::post_check_in_with_key));
    both(r, routes!(unsupported::post_minidump));
    both(r, routes!(unsupported::post_unreal));
    both(r, routes!(unsupported::post_attachments));
}

/// A registration that can be given further paths.
struct Both<'r>(Registered<'r>);

impl Both<'_> {
    /// Serves the same under `path`, with and without a slash at its end.
    fn alias_both(self, path: &str) {
        self.0.alias(&format!("{path}/")).alias(path);
    }
}

/// Registers handlers under their path, which ends with a slash, and without that slash.
fn both(r: &mut Routes, (schemas, paths, handlers): UtoipaMethodRouter<Ctx>) -> Both<'_> {
    let handlers = handlers.layer(middleware::from_fn(answer::layer));
    let path =
        paths.paths.keys().next().map(|path| path.trim_end_matches('/').to_owned()).unwrap_or_default();
    Both(r.plain((schemas, paths, handlers)).alias(&path))
}
