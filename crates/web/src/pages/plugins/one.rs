//! One plugin of a project: its page, and what can be done there.

use axum::extract::{Path, State};
use http::StatusCode;
use mortise_service::{
    Ctx,
    access::ProjectAccess,
    delivery,
    plugins::{self, Posted},
    wire::plugin::{Plugin, PluginFeature},
};
use serde_json::{Map, Value, json};

use super::{CLASS, RELEASES, acts, badge, description, fields, is_on};
use crate::{
    edge::{Form, Outcome, Pairs, Refused, Signed, Visit, go_saying, page, page_with},
    pages::{access_to, project_settings::head, sorry},
    routes as to,
    view::{
        Section, Tone,
        integration::{Feature, Resource},
        plugin::{May, ProjectPluginPage, Tested},
    },
};

/// What is said when nothing went wrong.
const NO_ERRORS: &str = "No errors returned";
/// The key under which refused settings are told of.
const ERRORS: &str = "errors";

/// Organization, project, plugin.
type Words = Path<(String, String, String)>;

/// A plugin in a project that the visitor reaches.
struct Found {
    access: ProjectAccess,
    plugin: Plugin,
    back: String,
}

/// What the page shows beside what is stored.
#[derive(Default)]
struct Beside<'a> {
    /// A form that was refused, and why.
    refused: Option<(&'a Pairs, &'a Refused)>,
    tested: Option<Tested>,
}

impl Found {
    async fn of(
        visit: &Visit,
        (org, project, plugin): &(String, String, String),
        method: &str,
    ) -> Outcome<Self> {
        let access = access_to::project(visit, org, project, CLASS, method).await?;
        let plugin = plugins::get_plugin(&visit.ctx, &access, plugin).await?;
        let back = to::project_plugin(&access.org.org.slug, &access.project.slug, plugin.slug);
        Ok(Self { access, plugin, back })
    }

    fn may(&self, method: &str) -> bool {
        CLASS.scopes(method).is_some_and(|needed| self.access.scopes.intersects(needed))
    }

    async fn page(&self, visit: &Visit, beside: Beside<'_>) -> Outcome<ProjectPluginPage> {
        let (access, plugin) = (&self.access, &self.plugin);
        let described = plugin.config.as_deref().unwrap_or_default();
        let names: Vec<&str> = described.iter().map(|field| field.name).collect();
        let (form, refused) = beside.refused.unzip();
        let (is_on, is_set) = (is_on(plugin), described.iter().any(fields::is_stored));
        let subscriber = delivery::subscriber_of_plugin(access, plugin.slug).filter(|_| is_on);
        let links = plugin.resource_links.iter().flatten();
        let deliveries = to::deliveries(&access.org.org.slug);
        Ok(ProjectPluginPage {
            shell: visit.org_shell(&access.org, plugin.name, Section::Projects).await?,
            project: head(access),
            slug: plugin.slug.to_owned(),
            name: plugin.name.to_owned(),
            description: description(plugin).to_owned(),
            features: plugin.feature_descriptions.iter().map(feature).collect(),
            resources: links.map(|it| Resource::new(it.title, &it.url)).collect(),
            acts: acts(plugin) || !plugin.has_configuration,
            is_for_releases: plugin.kind == RELEASES,
            state: badge(is_on),
            is_on,
            problem: plugin.config_error.clone().unwrap_or_default(),
            fields: described.iter().map(|field| fields::field(field, form, refused)).collect(),
            error: refused.map(|refused| refused.beside(&names)).unwrap_or_default(),
            is_set,
            may: May {
                change: self.may("PUT"),
                switch_on: self.may("POST") && plugin.can_disable,
                switch_off: self.may("DELETE") && plugin.can_disable,
                try_out: self.may("POST") && plugin.is_testable && is_set,
            },
            tested: beside.tested,
            deliveries: match subscriber {
                Some(subscriber) => Pairs::from_iter([("subscriber", subscriber)]).behind(&deliveries),
                None => String::new(),
            },
        })
    }
}

fn feature(it: &PluginFeature) -> Feature {
    Feature { text: it.description.to_owned(), category: None, is_on: true }
}

pub(super) async fn show(visit: Signed, Path(words): Words) -> Outcome {
    let found = Found::of(&visit, &words, "GET").await?;
    page(&found.page(&visit, Beside::default()).await?)
}

pub(super) async fn save(visit: Signed, State(ctx): State<Ctx>, Path(words): Words, form: Form) -> Outcome {
    let found = Found::of(&visit, &words, "PUT").await?;
    let slug = found.plugin.slug;
    let body = fields::body(found.plugin.config.as_deref().unwrap_or_default(), &form);
    if let Err(error) = plugins::update_plugin(&ctx, &found.access, slug, &body).await {
        let refused = Refused::of(error)?.below(ERRORS);
        let again = Beside { refused: Some((&form, &refused)), tested: None };
        return page_with(StatusCode::BAD_REQUEST, &found.page(&visit, again).await?);
    }
    if form.get("then") != "on" {
        return Ok(go_saying(&found.back, Tone::Good, "The settings are saved."));
    }
    switch_on(&ctx, &found).await
}

async fn switch_on(ctx: &Ctx, found: &Found) -> Outcome {
    match plugins::post_plugin(ctx, &found.access, found.plugin.slug, &Map::new()).await {
        Ok(_) => Ok(go_saying(&found.back, Tone::Good, &format!("{} is on.", found.plugin.name))),
        Err(error) => sorry(error, &found.back),
    }
}

pub(super) async fn switch(visit: Signed, State(ctx): State<Ctx>, Path(words): Words, form: Form) -> Outcome {
    if form.is_on("on") {
        return switch_on(&ctx, &Found::of(&visit, &words, "POST").await?).await;
    }
    let found = Found::of(&visit, &words, "DELETE").await?;
    match plugins::disable_plugin(&ctx, &found.access, found.plugin.slug).await {
        Ok(()) => {
            let text = format!("{} is off. Its settings stay.", found.plugin.name);
            Ok(go_saying(&found.back, Tone::Good, &text))
        }
        Err(error) => sorry(error, &found.back),
    }
}

async fn post(ctx: &Ctx, found: &Found, what: &str) -> mortise_service::Result<Posted> {
    let body: Map<String, Value> = Map::from_iter([(what.to_owned(), json!(true))]);
    plugins::post_plugin(ctx, &found.access, found.plugin.slug, &body).await
}

pub(super) async fn test(visit: Signed, State(ctx): State<Ctx>, Path(words): Words, _form: Form) -> Outcome {
    let found = Found::of(&visit, &words, "POST").await?;
    match post(&ctx, &found, "test").await {
        Ok(Posted::Tested(text)) => {
            let tone = if text == NO_ERRORS { Tone::Good } else { Tone::Bad };
            let beside = Beside { tested: Some(Tested { tone, text }), refused: None };
            page(&found.page(&visit, beside).await?)
        }
        Ok(_) => Ok(go_saying(&found.back, Tone::Good, &format!("{} is on.", found.plugin.name))),
        Err(error) => sorry(error, &found.back),
    }
}

pub(super) async fn reset(visit: Signed, State(ctx): State<Ctx>, Path(words): Words, _form: Form) -> Outcome {
    let found = Found::of(&visit, &words, "POST").await?;
    match post(&ctx, &found, "reset").await {
        Ok(_) => {
            let text = format!("{} is off, and its settings are forgotten.", found.plugin.name);
            Ok(go_saying(&found.back, Tone::Good, &text))
        }
        Err(error) => sorry(error, &found.back),
    }
}
