//! The path's segments that name something which is looked up by the use case itself, because who may
//! find it is decided there.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use mortise_domain::kind;
use mortise_service::{Ctx, Error as Refusal, access::IdOrSlug};

use crate::{Error, Result};

macro_rules! segment {
    ($(#[$doc:meta])* $name:ident = $param:literal, $kind:ty) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $name(pub(crate) IdOrSlug<$kind>);

        impl FromRequestParts<Ctx> for $name {
            type Rejection = Error;
            async fn from_request_parts(parts: &mut Parts, _: &Ctx) -> Result<Self> {
                // Segments that are no UTF-8 name nothing.
                let path = Path::<HashMap<String, String>>::from_request_parts(parts, &()).await;
                let Path(path) = path.map_err(|_| Refusal::NotFound)?;
                Ok(Self(IdOrSlug::parse(path.get($param).ok_or(Refusal::NotFound)?)))
            }
        }
    };
}

segment! {
    /// `{app}`.
    AppSegment = "app", kind::App
}

segment! {
    /// `{org}`.
    OrgSegment = "org", kind::Organization
}

segment! {
    /// `{doc}`.
    DocSegment = "doc", kind::DocIntegration
}
