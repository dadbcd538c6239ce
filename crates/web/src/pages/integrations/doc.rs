//! A documentation integration as organizations see it: what it is good for, and where the instructions are.

use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use mortise_service::{
    Ctx, Error,
    access::{IdOrSlug, OrgAccess},
    doc_integrations as docs,
    wire::{doc_integration::DocIntegration, sentry_app::AppFeature},
};
use serde_json::Value;

use super::{CLASS, families};
use crate::{
    edge::{Outcome, Problem, Signed, page},
    pages::{access_to, app_pictures},
    routes::path,
    view::{
        Section,
        doc_integration::DocIntegrationPage,
        integration::{Feature, Resource},
    },
};

pub(super) fn routes() -> Router<Ctx> {
    Router::new().route(path::doc_integration, get(one))
}

async fn one(visit: Signed, State(ctx): State<Ctx>, Path((org, doc)): Path<(String, String)>) -> Outcome {
    let access = access_to::org(&visit, &org, CLASS, "GET").await?;
    let doc = match docs::get_doc_integration(&ctx, &visit.caller, &IdOrSlug::parse(&doc)).await {
        // Others do not learn that there is a draft.
        Err(Error::Forbidden) => return Err(Problem::NotFound),
        found => found?,
    };
    page(&DocIntegrationPage {
        shell: visit.org_shell(&access, &doc.name, Section::Integrations).await?,
        avatar: app_pictures::of_doc(&doc),
        instructions: Resource::new(host(&doc.url), &doc.url),
        features: doc.features.iter().map(|it| feature(&access, it)).collect(),
        resources: resources(&doc).into_iter().map(|(title, url)| Resource::new(title, url)).collect(),
        is_draft: doc.is_draft,
        may_write: visit.caller.is_superuser(),
        slug: doc.slug,
        name: doc.name,
        author: doc.author,
        description: doc.description,
    })
}

/// Further pages: title and address.
pub fn resources(doc: &DocIntegration) -> Vec<(&str, &str)> {
    let all = doc.resources.as_ref().and_then(Value::as_array).into_iter().flatten();
    all.filter_map(|it| Some((it.get("title")?.as_str()?, it.get("url")?.as_str()?))).collect()
}

/// The host of an address, or all of it.
pub fn host(address: &str) -> String {
    let host = url::Url::parse(address).ok().and_then(|url| url.host_str().map(str::to_owned));
    host.unwrap_or_else(|| address.to_owned())
}

fn feature(access: &OrgAccess, it: &AppFeature) -> Feature {
    Feature {
        text: it.description.clone(),
        category: families::family(&it.feature_gate),
        is_on: mortise_service::features::allows(&access.org, &it.feature_gate),
    }
}
