//! Integrations on the wire. Sealed metadata is opened only where a provider needs it for its settings.

use futures_util::{StreamExt as _, TryStreamExt as _, future::BoxFuture, stream};
use mortise_domain::status::ObjectStatus;
use mortise_providers::{Connection, Manifest, Provider, ProviderError};
use mortise_store::{Conn, integration::installed::Installed, organization::Organization};
use mortise_wire::{Written, integration as wire};
use serde_json::{Map, Value};

use super::{
    config,
    connection::{connection, projects_of, unexpected},
    metadata::ShownMetadata,
};
use crate::{Ctx, Error, Result};

/// Providers that are asked for the fields of their settings at the same time.
const ASKED_AT_ONCE_MAX: usize = 8;
/// Who is named as the author of every provider.
const AUTHOR: &str = "The Sentry Team";

/// A provider in the catalog of an organization.
pub(crate) fn catalog_json(ctx: &Ctx, org: &Organization, manifest: &Manifest) -> wire::CatalogProvider {
    let ((width, height), support) = (manifest.dialog, &ctx.settings.support_url);
    let described = |it: &mortise_providers::Described| wire::ProviderFeature {
        description: it.text,
        feature_gate: format!("integrations-{}", it.feature.as_str()),
    };
    wire::CatalogProvider {
        key: manifest.key,
        slug: manifest.key,
        name: manifest.name,
        metadata: wire::ProviderMetadata {
            description: manifest.description,
            features: manifest.described.iter().map(described).collect(),
            author: AUTHOR,
            noun: manifest.noun,
            issue_url: support.join(&format!("/?title={}", manifest.report_title().replace(' ', "%20"))),
            source_url: support.join("/"),
            aspects: manifest.aspects.to_json(),
        },
        can_add: manifest.can_add,
        can_disable: false,
        features: manifest.feature_names(),
        setup_dialog: wire::SetupDialog {
            url: format!("/organizations/{}/integrations/{}/setup/", org.slug, manifest.key),
            width,
            height,
        },
    }
}

/// The provider of a stored integration.
pub(crate) fn provider_of<'a>(ctx: &'a Ctx, row: &Installed) -> Result<&'a dyn Provider> {
    ctx.providers().get(&row.provider).ok_or_else(|| unknown(row))
}

fn unknown(row: &Installed) -> Error {
    Error::Internal(format!("integration {} is of no provider: {}", row.id, row.provider))
}

/// The short form.
pub(crate) fn integration_json(ctx: &Ctx, row: &Installed) -> Result<wire::Integration> {
    let shown: ShownMetadata = serde_json::from_str(&row.shown)
        .map_err(|error| Error::Internal(format!("integration {}: {error}", row.id)))?;
    let provider = ctx.providers().shown(&row.provider).ok_or_else(|| unknown(row))?;
    Ok(wire::Integration {
        id: row.id.to_string(),
        name: row.name.clone(),
        icon: shown.icon,
        domain_name: shown.domain_name,
        account_type: shown.account_type,
        scopes: shown.scopes,
        status: status_text(row.status),
        provider,
    })
}

/// What clients see of a status; what is unknown is disabled.
fn status_text(status: i64) -> &'static str {
    ObjectStatus::try_from(status).unwrap_or(ObjectStatus::Disabled).as_str()
}

/// The long form, with the fields of the settings unless they are not wanted. `orgs` has the organizations of all rows.
/// Providers that ask the other side for fields are asked side by side.
pub(crate) async fn installed_json(
    ctx: &Ctx,
    conn: &mut Conn,
    orgs: &[Organization],
    rows: &[Installed],
    with_config: bool,
) -> Result<Vec<wire::OrganizationIntegration>> {
    let mut configured = Vec::new();
    for row in rows.iter().filter(|_| with_config) {
        if provider_of(ctx, row)?.settings().is_some() {
            configured.push(row);
        }
    }
    let projects = projects_of(conn, &configured).await?;
    let mut connections = configured.into_iter().zip(projects).peekable();
    let mut parts = Vec::new();
    for row in rows {
        let own = connections.next_if(|(next, _)| next.org_integration_id == row.org_integration_id);
        let org_of = |row: &Installed| orgs.iter().find(|org| org.id == row.organization_id);
        let on = own.map(|(row, projects)| match org_of(row) {
            Some(org) => connection(ctx, org, row, projects),
            None => Err(Error::Internal(format!("the organization of integration {} is not there", row.id))),
        });
        let on = on.transpose()?;
        parts.push((row, on));
    }
    let asked: Vec<_> = parts.into_iter().map(|(row, on)| complete(ctx, row, on, with_config)).collect();
    let mut made = stream::iter(asked).buffered(ASKED_AT_ONCE_MAX);
    let mut all = Vec::with_capacity(rows.len());
    while let Some(one) = made.try_next().await? {
        all.push(one);
    }
    Ok(all)
}

/// The long form of one row. `on` is there for a provider that has settings of its own.
fn complete<'a>(
    ctx: &'a Ctx,
    row: &'a Installed,
    on: Option<Connection>,
    with_config: bool,
) -> BoxFuture<'a, Result<wire::OrganizationIntegration>> {
    Box::pin(async move {
        let provider = provider_of(ctx, row)?;
        let Some((settings, on)) = provider.settings().zip(on.as_ref()) else {
            let config = with_config.then(|| config::open(ctx, row)).transpose()?;
            return long_form(ctx, row, config.map(|values| (Vec::new(), Some(values))), None);
        };
        let fields = settings.fields(on).await.map_err(|error| unexpected(provider, &error))?;
        let values = match settings.values(on).await {
            Ok(values) => Some(values),
            Err(ProviderError::Api(error)) => {
                tracing::info!(%error, integration.id = row.id.get(), "an integration does not tell its settings");
                None
            }
            Err(error) => return Err(unexpected(provider, &error)),
        };
        long_form(ctx, row, Some((fields, values)), settings.display(on))
    })
}

/// Fields of settings and their values; no values where the other side does not tell them.
type Config = (Vec<Written<Value>>, Option<Map<String, Value>>);

/// `config` is there where it is wanted; without values it is as if the integration were disabled.
fn long_form(
    ctx: &Ctx,
    row: &Installed,
    config: Option<Config>,
    display: Option<Value>,
) -> Result<wire::OrganizationIntegration> {
    let (fields, values) = config.unzip();
    let mut integration = integration_json(ctx, row)?;
    if matches!(values, Some(None)) {
        integration.status = ObjectStatus::Disabled.as_str();
    }
    Ok(wire::OrganizationIntegration {
        integration,
        config_organization: fields,
        config_data: values.flatten().map_or(Value::Null, Value::Object),
        external_id: row.external_id.clone(),
        organization_id: row.organization_id.get(),
        organization_integration_status: status_text(row.org_status),
        grace_period_end: row.grace_period_end.map(Into::into),
        dynamic_display_information: display,
        out_of_date: None,
        create_issue_config: None,
    })
}
