//! The catalog of providers, and the integrations that an organization has.

use mortise_domain::IntegrationId;
use mortise_providers::{Connection, Manifest};
use mortise_store::{
    integration::installed::{self, Installed},
    organization::{Organization, list as organizations},
};
use mortise_wire::{Page, PageRequest, integration as wire};
use serde_json::{Map, Value};

use super::{
    connection::{connect_row, told},
    json::{catalog_json, installed_json, provider_of},
};
use crate::{Caller, Ctx, Error, Result, access::OrgAccess, features, paging::slice, people};

/// The catalog: all visible providers by key, or the one with this key.
pub fn list_providers(ctx: &Ctx, access: &OrgAccess, key: Option<&str>) -> Result<wire::Catalog> {
    let offered = offered(ctx, &access.org);
    let mut manifests: Vec<_> = offered.filter(|it| key.is_none_or(|key| key == it.key)).collect();
    manifests.sort_unstable_by_key(|manifest| manifest.key);
    if manifests.is_empty() {
        return Err(Error::missing("Providers do not exist"));
    }
    let providers = manifests.into_iter().map(|manifest| catalog_json(ctx, &access.org, manifest)).collect();
    Ok(wire::Catalog { providers })
}

/// The providers that an organization is offered: those that are visible, and whose switch is on if they have one.
pub(crate) fn offered<'a>(
    ctx: &'a Ctx,
    org: &'a Organization,
) -> impl Iterator<Item = &'static Manifest> + 'a {
    let visible = ctx.providers().visible().map(mortise_providers::Provider::manifest);
    visible.filter(|it| it.switch().is_none_or(|switch| features::has(org, &switch)))
}

/// What a list is asked for.
#[derive(Debug, Clone, Default)]
pub struct ListRequest<'a> {
    /// Only those of this provider, in any case of letters; empty for all.
    pub provider: &'a str,
    /// Only those that have any of these features, with hyphens or underscores; empty for all. They are sorted out of a
    /// page, which can get short by that.
    pub features: Vec<&'a str>,
    /// Whether settings are left out.
    pub without_config: bool,
}

/// The integrations of an organization, by name.
pub async fn list_integrations(
    ctx: &Ctx,
    access: &OrgAccess,
    wanted: &ListRequest<'_>,
    request: PageRequest,
) -> Result<Page<wire::OrganizationIntegration>> {
    let window = request.offset_window()?;
    let provider = wanted.provider.to_lowercase();
    let provider = Some(provider.as_str()).filter(|key| !key.is_empty());
    let mut conn = ctx.store.read().await?;
    let rows = installed::list(&mut conn, access.org.id, provider, slice(&window)).await?;
    let mut page = window.page(rows);
    if !wanted.features.is_empty() {
        page.rows.retain(|row| has_any(ctx, row, &wanted.features));
    }
    let items =
        installed_json(ctx, &mut conn, std::slice::from_ref(&access.org), &page.rows, !wanted.without_config)
            .await?;
    Ok(page.replace(|_| items))
}

/// The integrations that are active in the organizations of the caller, whoever's account the path names; those of one
/// provider if named.
pub async fn list_own_integrations(
    ctx: &Ctx,
    caller: &Caller,
    segment: &str,
    provider: &str,
    request: PageRequest,
) -> Result<Page<wire::OrganizationIntegration>> {
    people::find_user(ctx, caller, segment).await?;
    let user = caller.user_or_refuse()?.id;
    let window = request.offset_window()?;
    let provider = provider.to_lowercase();
    let provider = Some(provider.as_str()).filter(|key| !key.is_empty());
    let mut conn = ctx.store.read().await?;
    let own = organizations::Filter::new(organizations::Visible::OfMember(user));
    let orgs = organizations::all(&mut conn, &own).await?;
    let ids: Vec<_> = orgs.iter().map(|org| org.id).collect();
    let rows = installed::active_of(&mut conn, &ids, provider, slice(&window)).await?;
    let page = window.page(rows);
    let items = installed_json(ctx, &mut conn, &orgs, &page.rows, true).await?;
    Ok(page.replace(|_| items))
}

/// Whether the provider of a row has any of these features.
fn has_any(ctx: &Ctx, row: &Installed, wanted: &[&str]) -> bool {
    let provider = ctx.providers().get(&row.provider);
    let names = provider.map(|provider| provider.manifest().feature_names()).unwrap_or_default();
    wanted.iter().any(|wanted| names.contains(&wanted.trim().to_lowercase().replace('_', "-").as_str()))
}

/// The integration with this id, as the organization has it.
pub(crate) async fn find(ctx: &Ctx, access: &OrgAccess, id: &str) -> Result<Installed> {
    let id: IntegrationId = id.parse().map_err(|_| Error::NotFound)?;
    let found = installed::find(&mut *ctx.store.read().await?, access.org.id, id).await?;
    found.ok_or(Error::NotFound)
}

/// Refuses an integration that the organization does not have.
pub async fn require_installed(ctx: &Ctx, access: &OrgAccess, id: &str) -> Result<()> {
    find(ctx, access, id).await.map(drop)
}

/// What a provider acts on for one row.
pub(super) async fn connect(ctx: &Ctx, access: &OrgAccess, row: &Installed) -> Result<Connection> {
    connect_row(ctx, &access.org, row).await
}

/// One integration. `creating` holds what was chosen so far in a form for creating an item on the other side, when its
/// fields are wanted too.
pub async fn get_integration(
    ctx: &Ctx,
    access: &OrgAccess,
    id: &str,
    creating: Option<Map<String, Value>>,
) -> Result<wire::OrganizationIntegration> {
    let row = find(ctx, access, id).await?;
    let rows = [row];
    let mut conn = ctx.store.read().await?;
    let mut shown = installed_json(ctx, &mut conn, std::slice::from_ref(&access.org), &rows, true).await?;
    drop(conn);
    let mut shown = shown.pop().ok_or(Error::NotFound)?;
    if let Some(sent) = creating {
        let provider = provider_of(ctx, &rows[0])?;
        let mut fields = Vec::new();
        if let Some(tracker) = provider.issue_tracker() {
            let on = connect(ctx, access, &rows[0]).await?;
            let made = tracker.create_fields(&on, &sent).await;
            fields = made.map_err(|error| told(provider, &error))?;
        }
        shown.create_issue_config = Some(fields);
    }
    Ok(shown)
}
