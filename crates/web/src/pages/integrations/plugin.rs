//! A legacy plugin as an organization sees it: what it does, and which projects have it. Projects set it up themselves.

use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use mortise_service::{
    Ctx, Error, plugins,
    wire::plugin::{ConfiguredProject, PluginFeature},
};

use super::{CLASS, families, provider::needed, request};
use crate::{
    edge::{Outcome, Problem, Signed, page},
    pages::{access_to, plugins as of_projects},
    routes::{self as to, path},
    view::{
        Avatar, Section, State as Badge, Tone,
        integration::{Feature, Resource},
        legacy_plugin::{LegacyPluginPage, PluginProject},
    },
};

pub(super) fn routes() -> Router<Ctx> {
    Router::new().route(path::legacy_plugin, get(one))
}

async fn one(visit: Signed, State(ctx): State<Ctx>, Path((org, slug)): Path<(String, String)>) -> Outcome {
    let access = access_to::org(&visit, &org, CLASS, "GET").await?;
    let found = match plugins::list_configured_plugins(&ctx, &access, &[&slug]).await {
        Err(Error::Missing(_)) => Err(Problem::NotFound),
        found => Ok(found?),
    };
    let plugin = found?.pop().ok_or(Problem::NotFound)?;
    let acts = of_projects::acts(&plugin);
    let may_configure = access.has(needed("POST"));
    let target = to::legacy_plugin_request(&access.org.slug, plugin.slug);
    let links = plugin.resource_links.unwrap_or_default();
    page(&LegacyPluginPage {
        shell: visit.org_shell(&access, plugin.name, Section::Integrations).await?,
        slug: plugin.slug.to_owned(),
        name: plugin.name.to_owned(),
        avatar: Avatar::of_thing(plugin.name, plugin.slug),
        description: plugin.description.unwrap_or_default().trim().to_owned(),
        features: plugin.feature_descriptions.iter().map(feature).collect(),
        resources: links.iter().map(|it| Resource::new(it.title, &it.url)).collect(),
        projects: plugin.project_list.unwrap_or_default().into_iter().map(project).collect(),
        has_configuration: plugin.has_configuration,
        may_configure,
        acts: acts || !plugin.has_configuration,
        ask: (acts && !may_configure).then(|| request::ask(&visit, &access.org.slug, plugin.name, target)),
    })
}

fn feature(it: &PluginFeature) -> Feature {
    let category = families::family(it.feature_gate);
    Feature { text: it.description.trim().to_owned(), category, is_on: true }
}

fn project(it: ConfiguredProject) -> PluginProject {
    let state = match it.enabled {
        true => Badge::new("On", Tone::Good),
        false => Badge::new("Off", Tone::Neutral),
    };
    PluginProject { slug: it.project_slug, name: it.project_name, state }
}
