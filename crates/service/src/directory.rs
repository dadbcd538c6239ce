//! The directory: everything that an organization can connect to as entries of one kind, whether it is a provider, an app, a
//! documentation integration or a legacy plugin. It is read with one statement for each kind, however many there are, and
//! only what a line shows is read; so are the providers whose integrations are broken.

use std::cmp::Reverse;

use mortise_domain::status::{AppStatus, InstallationStatus, ObjectStatus};
use mortise_providers::{Manifest, PLUGINS, PluginManifest};
use mortise_store::integration::directory::{
    self as store, HeldIntegrations, ListedApp, ListedDoc, SetPlugins,
};
use mortise_wire::python;

use crate::{
    Ctx, Error, Result,
    access::OrgAccess,
    apps::features,
    integrations::{broken_providers, offered},
};

/// Apps, and documentation integrations, that are listed at most.
const LISTED_MAX: usize = 1000;
/// Characters that are read of what is said of an entry.
const OVERVIEW_CHARS_MAX: i64 = 500;
/// How popular something is of which nothing is known.
const WEIGHT: i64 = 1;
/// How popular providers are: those that are not here weigh [`WEIGHT`].
const PROVIDER_WEIGHTS: [(&str, i64); 15] = [
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
    ("pagerduty", 10),
    ("vercel", 10),
    ("vsts", 10),
    ("opsgenie", 5),
];
/// The same of plugins. One that shares its name with a provider is as popular as that.
const PLUGIN_WEIGHTS: [(&str, i64); 15] = [
    ("webhooks", 10),
    ("asana", 8),
    ("heroku", 8),
    ("pivotal", 8),
    ("trello", 8),
    ("twilio", 8),
    ("opsgenie", 5),
    ("phabricator", 5),
    ("pushover", 5),
    ("redmine", 5),
    ("sessionstack", 5),
    ("victorops", 5),
    ("amazon-sqs", 2),
    ("segment", 2),
    ("splunk", 2),
];

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A first-party integration.
    Provider,
    /// A Sentry App.
    App {
        /// Internal, published, or not yet.
        status: AppStatus,
        /// Whether the organization makes it.
        is_own: bool,
    },
    /// Instructions.
    Doc {
        /// Whether only superusers see it.
        is_draft: bool,
    },
    /// A legacy plugin of projects.
    Plugin,
}

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
#[derive(Debug, Clone)]
pub struct Entry {
    /// What it is.
    pub kind: Kind,
    /// Its name in addresses, unique within its kind.
    pub slug: String,
    /// What people read.
    pub name: String,
    /// Who makes it; empty where that goes without saying.
    pub author: String,
    /// The beginning of what is said of it, in Markdown.
    pub overview: String,
    /// What its features are called.
    pub gates: Vec<&'static str>,
    /// The name of its picture.
    pub picture: Option<String>,
    /// How it stands, with the number of installations (of a plugin: projects) that stand so; empty when it is not there.
    pub standings: Vec<(Standing, u64)>,
    weight: i64,
}

impl Entry {
    /// How many installations stand so.
    pub fn count(&self, standing: Standing) -> u64 {
        self.standings.iter().filter(|(it, _)| *it == standing).map(|(_, count)| count).sum()
    }

    /// 2 for what is installed, 1 for what only waits, 0 for the rest.
    fn presence(&self) -> u8 {
        let waits = |(it, _): &(Standing, u64)| *it == Standing::Pending;
        if self.standings.is_empty() { 0 } else { 2 - u8::from(self.standings.iter().all(waits)) }
    }
}

/// All entries.
#[derive(Debug, Clone)]
pub struct Directory {
    /// Installed ones first, then by popularity, then by name in addresses.
    pub entries: Vec<Entry>,
    /// Whether there are more apps or documentation integrations than are listed.
    pub is_cut: bool,
}

/// Everything that the organization can connect to. Plugins that came to be providers or apps are there only where a project
/// still has them.
pub async fn list_directory(ctx: &Ctx, access: &OrgAccess) -> Result<Directory> {
    let org = access.org.id;
    let required: Vec<&str> = PLUGINS.iter().filter_map(|plugin| plugin.required_field).collect();
    // One more than is listed tells whether there are more.
    let limit = LISTED_MAX as i64 + 1;
    let mut conn = ctx.store.read().await?;
    let mut apps = store::apps(&mut conn, org, OVERVIEW_CHARS_MAX, limit).await?;
    let drafts = access.caller.is_superuser();
    let mut docs = store::docs(&mut conn, drafts, OVERVIEW_CHARS_MAX, limit).await?;
    let held = store::integrations(&mut conn, org).await?;
    let broken = broken_providers(ctx, &mut conn, org).await?;
    let set = store::plugins(&mut conn, org, &required).await?;
    drop(conn);
    let is_cut = apps.len().max(docs.len()) > LISTED_MAX;
    apps.truncate(LISTED_MAX);
    docs.truncate(LISTED_MAX);

    let providers = offered(ctx, &access.org);
    let mut entries: Vec<Entry> =
        providers.map(|manifest| of_provider(ctx, manifest, &held, &broken)).collect();
    let plugins = PLUGINS.iter().filter(|plugin| plugin.has_configuration()).map(|it| of_plugin(it, &set));
    entries.extend(plugins.filter_map(|(is_hidden, entry)| (!is_hidden).then_some(entry)));
    for app in apps {
        entries.push(of_app(app)?);
    }
    entries.extend(docs.into_iter().map(of_doc));
    entries.sort_by(|a, b| {
        let key = |it: &Entry| (Reverse(it.presence()), Reverse(it.weight));
        key(a).cmp(&key(b)).then_with(|| a.slug.cmp(&b.slug))
    });
    Ok(Directory { entries, is_cut })
}

/// How an integration stands, by its state in the organization and that of the account.
fn standing(in_organization: ObjectStatus, account: ObjectStatus) -> Standing {
    match (in_organization, account) {
        (ObjectStatus::Active, ObjectStatus::Active) => Standing::Installed,
        (ObjectStatus::Active, _) => Standing::Broken,
        (ObjectStatus::Disabled, _) => Standing::Disabled,
        (ObjectStatus::PendingDeletion | ObjectStatus::DeletionInProgress, _) => Standing::Pending,
    }
}

/// A provider; `broken` has a provider for each integration that is active but broken.
fn of_provider(
    ctx: &Ctx,
    manifest: &'static Manifest,
    held: &[HeldIntegrations],
    broken: &[String],
) -> Entry {
    let is_it = |key: &str| ctx.providers().get(key).is_some_and(|it| it.manifest().key == manifest.key);
    let status = |number: i64| ObjectStatus::try_from(number).unwrap_or(ObjectStatus::Disabled);
    let mut standings: Vec<(Standing, u64)> = held
        .iter()
        .filter(|row| is_it(&row.provider))
        .map(|row| (standing(status(row.org_status), status(row.status)), row.count.unsigned_abs()))
        .collect();
    let failing = broken.iter().filter(|key| is_it(key)).count() as u64;
    for (_, count) in standings.iter_mut().filter(|(standing, _)| *standing == Standing::Installed) {
        *count = count.saturating_sub(failing);
    }
    standings.push((Standing::Broken, failing));
    standings.retain(|(_, count)| *count > 0);
    Entry {
        kind: Kind::Provider,
        slug: manifest.key.to_owned(),
        name: manifest.name.to_owned(),
        author: String::new(),
        overview: manifest.description.to_owned(),
        gates: manifest.described.iter().map(|it| it.feature.as_str()).collect(),
        picture: None,
        standings,
        weight: weight(&PROVIDER_WEIGHTS, manifest.key).unwrap_or(WEIGHT),
    }
}

fn weight(weights: &[(&str, i64)], slug: &str) -> Option<i64> {
    weights.iter().find(|(key, _)| *key == slug).map(|(_, weight)| *weight)
}

/// A plugin, and whether it is left out.
fn of_plugin(manifest: &'static PluginManifest, set: &[SetPlugins]) -> (bool, Entry) {
    let is_set = |row: &&SetPlugins| {
        row.plugin == manifest.slug && Some(row.field.as_str()) == manifest.required_field
    };
    let standings: Vec<_> = set
        .iter()
        .filter(is_set)
        .map(|row| {
            let is_on = row.enabled.as_ref().is_some_and(python::is_truthy);
            (if is_on { Standing::Installed } else { Standing::Disabled }, row.count.unsigned_abs())
        })
        .collect();
    let weight = weight(&PLUGIN_WEIGHTS, manifest.slug).or(weight(&PROVIDER_WEIGHTS, manifest.slug));
    let entry = Entry {
        kind: Kind::Plugin,
        slug: manifest.slug.to_owned(),
        name: manifest.name.to_owned(),
        author: String::new(),
        overview: manifest.description.unwrap_or_default().to_owned(),
        gates: manifest.described.iter().map(|(gate, _)| *gate).collect(),
        picture: None,
        standings,
        weight: weight.unwrap_or(WEIGHT),
    };
    (manifest.is_hidden && entry.standings.is_empty(), entry)
}

fn of_app(app: ListedApp) -> Result<Entry> {
    let unreadable = |error| Error::Internal(format!("app {}: {error}", app.slug));
    let status = AppStatus::try_from(app.status).map_err(unreadable)?;
    let standing = app.installation_status.map(|installation| {
        let is_pending = installation == InstallationStatus::Pending.number();
        match (app.is_disabled, is_pending) {
            (true, _) => Standing::Broken,
            (false, true) => Standing::Pending,
            (false, false) => Standing::Installed,
        }
    });
    Ok(Entry {
        kind: Kind::App { status, is_own: app.is_own },
        slug: app.slug,
        name: app.name,
        author: app.author.unwrap_or_default(),
        overview: app.overview.unwrap_or_default(),
        gates: gates(app.features.as_deref()),
        picture: app.picture,
        standings: standing.into_iter().map(|standing| (standing, 1)).collect(),
        weight: app.popularity,
    })
}

fn of_doc(doc: ListedDoc) -> Entry {
    Entry {
        kind: Kind::Doc { is_draft: doc.is_draft },
        slug: doc.slug,
        name: doc.name,
        author: doc.author,
        overview: doc.description,
        gates: gates(doc.features.as_deref()),
        picture: doc.picture,
        standings: Vec::new(),
        weight: doc.popularity.unwrap_or(WEIGHT),
    }
}

/// The names of features that are stored as numbers.
fn gates(numbers: Option<&str>) -> Vec<&'static str> {
    let mut numbers: Vec<i64> =
        numbers.unwrap_or_default().split(' ').filter_map(|number| number.parse().ok()).collect();
    numbers.sort_unstable();
    numbers.into_iter().filter_map(features::gate).collect()
}
