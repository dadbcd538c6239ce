//! A provider: what it does, what the organization has of it, and taking one installation away.

use std::collections::HashMap;

use axum::{
    Router,
    extract::{Path, State},
    routing::{get, post},
};
use mortise_domain::{IntegrationId, ScopeSet};
use mortise_service::{
    Ctx,
    access::{Class, OrgAccess},
    directory::Standing,
    features,
    integrations::{self, ListRequest, Trouble},
    wire::integration::{self as wire, CatalogProvider},
};
use serde_json::Value;

use super::{CLASS, families};
use crate::{
    edge::{Form, Outcome, Problem, Signed, Visit, go_saying, page},
    pages::{access_to, paging::Walk, sorry},
    routes::{self as to, path},
    view::{
        Avatar, Section, State as Badge, Tone,
        integration::{Feature, Installation, InstalledHead, IntegrationPage, Resource},
    },
};

/// Installations of one provider that are listed at most.
const LISTED_MAX: usize = 500;
/// The feature of providers that have repositories.
const CODE: &str = "commits";
/// What is asked before an installation is removed, where the provider asks nothing else.
const REMOVAL: &str = "What it keeps in step is kept in step no more, and its settings are lost.";

pub(super) fn routes() -> Router<Ctx> {
    Router::new().route(path::integration, get(one)).route(path::installed_remove, post(remove))
}

/// The provider with this key; one that is not listed is unknown here.
pub(super) fn find(ctx: &Ctx, access: &OrgAccess, key: &str) -> Outcome<CatalogProvider> {
    let found = integrations::list_providers(ctx, access, Some(key))?.providers.into_iter().next();
    found.ok_or(Problem::NotFound)
}

/// What the organization has of a provider, without settings: the other side is not asked for anything.
async fn installations(
    ctx: &Ctx,
    access: &OrgAccess,
    provider: &str,
) -> Outcome<Vec<wire::OrganizationIntegration>> {
    let mut walk = Walk::new(LISTED_MAX);
    let wanted = ListRequest { provider, without_config: true, ..ListRequest::default() };
    while let Some(request) = walk.request() {
        walk.add(integrations::list_integrations(ctx, access, &wanted, request).await?);
    }
    Ok(walk.rows)
}

/// The installation of a provider with this id.
pub(super) async fn installed(
    ctx: &Ctx,
    access: &OrgAccess,
    provider: &str,
    id: &str,
) -> Outcome<wire::OrganizationIntegration> {
    let all = installations(ctx, access, provider).await?;
    all.into_iter().find(|row| row.integration.id == id).ok_or(Problem::NotFound)
}

/// One installation that a path names.
pub(super) struct Installed {
    pub(super) access: OrgAccess,
    pub(super) provider: CatalogProvider,
    pub(super) row: wire::OrganizationIntegration,
    trouble: Option<Trouble>,
}

impl Installed {
    /// The installation at a path of organization, provider and id.
    pub(super) async fn of(
        visit: &Visit,
        (org, key, id): (String, String, String),
        class: Class,
        method: &str,
    ) -> Outcome<Self> {
        let access = access_to::org(visit, &org, class, method).await?;
        let provider = find(&visit.ctx, &access, &key)?;
        let row = installed(&visit.ctx, &access, provider.key, &id).await?;
        let trouble = troubles(&visit.ctx, &access, std::slice::from_ref(&row)).await?.into_values().next();
        Ok(Self { access, provider, row, trouble })
    }

    /// Its id.
    pub(super) fn id(&self) -> &str {
        &self.row.integration.id
    }

    /// Whether the visitor may use a method of a permission class in its organization.
    pub(super) fn may(&self, class: Class, method: &str) -> bool {
        class.scopes(method).is_some_and(|scopes| self.access.has(scopes))
    }

    /// The head of its pages.
    pub(super) fn head(&self, tab: &'static str) -> InstalledHead {
        head(&self.provider, &self.row, self.trouble, tab)
    }
}

/// The head of the pages of an installation.
pub(super) fn head(
    provider: &CatalogProvider,
    row: &wire::OrganizationIntegration,
    trouble: Option<Trouble>,
    tab: &'static str,
) -> InstalledHead {
    InstalledHead {
        provider: provider.slug.to_owned(),
        provider_name: provider.name.to_owned(),
        id: row.integration.id.clone(),
        name: row.integration.name.clone(),
        state: badge(row, trouble).0,
        tab,
        has_code: provider.features.contains(&CODE),
    }
}

/// What is needed to use a method on installations.
pub(super) fn needed(method: &str) -> ScopeSet {
    CLASS.scopes(method).unwrap_or(ScopeSet::EMPTY)
}

async fn one(visit: Signed, State(ctx): State<Ctx>, Path((org, key)): Path<(String, String)>) -> Outcome {
    let access = access_to::org(&visit, &org, CLASS, "GET").await?;
    let provider = find(&ctx, &access, &key)?;
    let installed = installations(&ctx, &access, provider.key).await?;
    let troubles = troubles(&ctx, &access, &installed).await?;
    let aspects = &provider.metadata.aspects;
    let may_install = access.has(needed("POST"));
    page(&IntegrationPage {
        shell: visit.org_shell(&access, provider.name, Section::Integrations).await?,
        slug: provider.slug.to_owned(),
        name: provider.name.to_owned(),
        avatar: Avatar::of_thing(provider.name, provider.slug),
        description: provider.metadata.description.to_owned(),
        features: provider.metadata.features.iter().map(|it| feature(&access, it)).collect(),
        notices: notices(aspects),
        noun: provider.metadata.noun.to_lowercase(),
        installations: installed
            .iter()
            .map(|row| installation(row, id(row).and_then(|id| troubles.get(&id).copied())))
            .collect(),
        may_configure: may_install,
        may_remove: access.has(needed("DELETE")),
        removal: aspects
            .pointer("/removal_dialog/body")
            .and_then(Value::as_str)
            .unwrap_or(REMOVAL)
            .to_owned(),
        resources: vec![
            Resource::new("Report a problem", &provider.metadata.issue_url),
            Resource::new("View the source", &provider.metadata.source_url),
        ],
    })
}

/// What the makers of a provider say first. How it is installed is not told while this server can't connect to it.
fn notices(aspects: &Value) -> Vec<(Tone, String)> {
    let alert = |it: &Value| {
        let tone = if it.get("type")?.as_str()? == "warning" { Tone::Warn } else { Tone::Neutral };
        Some((tone, it.get("text")?.as_str()?.to_owned()))
    };
    let alerts = aspects.get("alerts").and_then(Value::as_array).into_iter().flatten();
    alerts.filter_map(alert).collect()
}

fn feature(access: &OrgAccess, it: &wire::ProviderFeature) -> Feature {
    Feature {
        text: it.description.to_owned(),
        category: families::family(&it.feature_gate),
        is_on: features::allows(&access.org, &it.feature_gate),
    }
}

/// What is wrong with installations that are active.
pub(super) async fn troubles(
    ctx: &Ctx,
    access: &OrgAccess,
    rows: &[wire::OrganizationIntegration],
) -> Outcome<HashMap<IntegrationId, Trouble>> {
    let ids: Vec<_> = rows.iter().filter_map(id).collect();
    Ok(integrations::health(ctx, access, &ids).await?)
}

/// The id of an installation.
pub(super) fn id(row: &wire::OrganizationIntegration) -> Option<IntegrationId> {
    row.integration.id.parse().ok()
}

/// How an installation stands.
fn standing(row: &wire::OrganizationIntegration, trouble: Option<Trouble>) -> Standing {
    match (row.organization_integration_status, row.integration.status) {
        ("active", "active") if trouble.is_none() => Standing::Installed,
        ("active", _) => Standing::Broken,
        ("disabled", _) => Standing::Disabled,
        _ => Standing::Pending,
    }
}

/// How an installation stands, in words, and what can be done about it.
pub(super) fn badge(row: &wire::OrganizationIntegration, trouble: Option<Trouble>) -> (Badge, &'static str) {
    let (text, tone) = match standing(row, trouble) {
        Standing::Installed => ("Installed", Tone::Good),
        Standing::Broken => ("Broken", Tone::Bad),
        Standing::Disabled => ("Disabled", Tone::Neutral),
        Standing::Pending => ("Being removed", Tone::Warn),
    };
    let advice = match (standing(row, trouble), trouble) {
        (Standing::Broken, Some(Trouble::Failing)) => "For a week every call to the other side has failed.",
        (Standing::Broken, _) => "The other side no longer answers to it.",
        (Standing::Disabled, _) => "It is switched off for this organization.",
        (Standing::Installed | Standing::Pending, _) => "",
    };
    (Badge::new(text, tone), advice)
}

fn installation(row: &wire::OrganizationIntegration, trouble: Option<Trouble>) -> Installation {
    let (state, advice) = badge(row, trouble);
    Installation {
        id: row.integration.id.clone(),
        name: row.integration.name.clone(),
        place: row.integration.domain_name.as_str().unwrap_or_default().to_owned(),
        state,
        advice,
        is_there: standing(row, trouble) != Standing::Pending,
    }
}

async fn remove(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, key, id)): Path<(String, String, String)>,
    _form: Form,
) -> Outcome {
    let access = access_to::org(&visit, &org, CLASS, "DELETE").await?;
    let provider = find(&ctx, &access, &key)?;
    let row = installed(&ctx, &access, provider.key, &id).await?;
    let back = to::integration(&access.org.slug, provider.key);
    match integrations::remove_integration(&ctx, &access, &id).await {
        Ok(()) => Ok(go_saying(&back, Tone::Good, &format!("{} is being removed.", row.integration.name))),
        Err(error) => sorry(error, &back),
    }
}
