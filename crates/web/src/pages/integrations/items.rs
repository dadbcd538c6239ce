//! What the list holds: everything of every kind as one kind of item, and the order in which items stand.

use std::cmp::Reverse;

use mortise_service::{
    Ctx,
    access::OrgAccess,
    apps,
    integrations::{self, ListRequest},
    wire::{integration as wire, sentry_app::SentryApp},
};

use super::{
    families::{self, INTERNAL, UNPUBLISHED},
    provider,
};
use crate::{
    edge::Outcome,
    markup,
    pages::{app_pictures, paging::Walk},
    routes as to,
    view::Avatar,
};

/// Rows of one kind that the list takes at most.
const LISTED_MAX: usize = 1000;
/// Characters shown of what is said of an item.
const OVERVIEW_CHARS_MAX: usize = 140;
/// How popular providers are: those that are not here weigh 1.
const WEIGHTS: [(&str, i64); 15] = [
    ("slack", 50),
    ("github", 20),
    ("aws_lambda", 10),
    ("bitbucket", 10),
    ("bitbucket_server", 10),
    ("discord", 10),
    ("github_enterprise", 10),
    ("gitlab", 10),
    ("jira", 10),
    ("jira_server", 10),
    ("msteams", 10),
    ("opsgenie", 5),
    ("pagerduty", 10),
    ("vercel", 10),
    ("vsts", 10),
];

/// How something stands in an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It works.
    Installed,
    /// The other side has not confirmed it, or it is being removed.
    Pending,
    /// Somebody switched it off.
    Disabled,
    /// It does not work any more.
    Broken,
}

/// Something to connect to.
pub struct Item {
    pub slug: String,
    pub name: String,
    pub href: String,
    pub maker: String,
    pub avatar: Avatar,
    /// What is said of it, on one line; may be long.
    pub overview: String,
    pub categories: Vec<&'static str>,
    /// One for each installation.
    pub standings: Vec<Standing>,
    weight: i64,
}

impl Item {
    /// The beginning of what is said of it.
    pub fn short_overview(&self) -> String {
        let mut short: String = self.overview.chars().take(OVERVIEW_CHARS_MAX).collect();
        if short.len() < self.overview.len() {
            short.push('…');
        }
        short
    }

    /// 2 for what is installed, 1 for what only waits, 0 for the rest.
    fn presence(&self) -> u8 {
        let waits = |it: &Standing| *it == Standing::Pending;
        if self.standings.is_empty() { 0 } else { 2 - u8::from(self.standings.iter().all(waits)) }
    }
}

/// All items.
pub struct Items {
    /// Installed ones first, then by popularity, then by name in addresses.
    pub list: Vec<Item>,
    /// Whether there are more than the list takes.
    pub is_cut: bool,
}

/// Everything that the organization can connect to.
pub async fn all(ctx: &Ctx, access: &OrgAccess) -> Outcome<Items> {
    let (mut list, is_cut) = app_items(ctx, access).await?;
    let mut installed = Walk::new(LISTED_MAX);
    let wanted = ListRequest { without_config: true, ..ListRequest::default() };
    while let Some(request) = installed.request() {
        installed.add(integrations::list_integrations(ctx, access, &wanted, request).await?);
    }
    let providers = match integrations::list_providers(ctx, access, None) {
        Ok(catalog) => catalog.providers,
        Err(mortise_service::Error::Missing(_)) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    list.extend(providers.iter().map(|it| provider_item(access, it, &installed.rows)));
    list.sort_by(|a, b| {
        let key = |it: &Item| (Reverse(it.presence()), Reverse(it.weight));
        key(a).cmp(&key(b)).then_with(|| a.slug.cmp(&b.slug))
    });
    Ok(Items { list, is_cut })
}

fn provider_item(
    access: &OrgAccess,
    it: &wire::CatalogProvider,
    installed: &[wire::OrganizationIntegration],
) -> Item {
    let own = installed.iter().filter(|row| row.integration.provider.key == it.key);
    Item {
        slug: it.slug.to_owned(),
        name: it.name.to_owned(),
        href: to::integration(&access.org.slug, it.slug),
        maker: String::new(),
        avatar: Avatar::new(it.name),
        overview: markup::plain(it.metadata.description),
        categories: families::families(it.metadata.features.iter().map(|it| it.feature_gate.as_str())),
        standings: own.map(provider::standing).collect(),
        weight: WEIGHTS.iter().find(|(key, _)| *key == it.key).map_or(1, |(_, weight)| *weight),
    }
}

/// Apps that are installed, that the organization makes, and that are published; each once.
async fn app_items(ctx: &Ctx, access: &OrgAccess) -> Outcome<(Vec<Item>, bool)> {
    let (mut installed, mut own, mut published) =
        (Walk::new(LISTED_MAX), Walk::new(LISTED_MAX), Walk::new(LISTED_MAX));
    while let Some(request) = installed.request() {
        installed.add(apps::list_installed_apps(ctx, access, request).await?);
    }
    while let Some(request) = own.request() {
        own.add(apps::list_owned(ctx, access, None, request).await?);
    }
    while let Some(request) = published.request() {
        published.add(apps::list_apps(ctx, &access.caller, Some("published"), request).await?);
    }
    let is_cut =
        [installed.rows.len(), own.rows.len(), published.rows.len()].iter().any(|it| *it >= LISTED_MAX);
    let mut items: Vec<_> = installed
        .rows
        .iter()
        .map(|it| {
            let is_pending = it.installation.as_ref().is_some_and(|it| it.status == "pending");
            let standing = match (it.app.is_disabled, is_pending) {
                (true, _) => Standing::Broken,
                (false, true) => Standing::Pending,
                (false, false) => Standing::Installed,
            };
            app_item(access, &it.app, vec![standing])
        })
        .collect();
    let mut seen: std::collections::HashSet<_> = installed.rows.into_iter().map(|it| it.app.uuid).collect();
    for app in own.rows.iter().chain(&published.rows) {
        if seen.insert(app.uuid.clone()) {
            items.push(app_item(access, app, Vec::new()));
        }
    }
    Ok((items, is_cut))
}

fn app_item(access: &OrgAccess, app: &SentryApp, standings: Vec<Standing>) -> Item {
    let is_own = app.private.as_ref().is_some_and(|it| it.owner.id == access.org.id.get());
    let categories = match app.status.as_str() {
        "internal" => vec![INTERNAL],
        "published" => families::families(app.feature_data.iter().map(|it| it.feature_gate.as_str())),
        _ => vec![UNPUBLISHED],
    };
    let by = app.author.as_deref().filter(|name| !name.is_empty()).map(|name| format!("by {name}"));
    Item {
        slug: app.slug.clone(),
        name: app.name.clone(),
        href: to::app(&access.org.slug, &app.slug),
        maker: if is_own { "Made here".to_owned() } else { by.unwrap_or_default() },
        avatar: app_pictures::of_app(app),
        overview: markup::plain(app.overview.as_deref().unwrap_or_default()),
        categories,
        standings,
        weight: app.popularity,
    }
}
