//! `integration`, what is asked and what is sent. What changes integrations is in [`super::integration_change`].

use std::collections::BTreeSet;

use mortise_domain::{AppId, Id, IncidentId, IntegrationId, OrgId, OrgIntegrationId};
use mortise_wire::{
    PageRequest,
    page::PageLink,
    rpc::{Few, integration as wire},
};
use serde_json::Value;

use super::{
    Method, Result, identity, ids,
    integration_change::{
        add_organization, delete_integration, start_grace_period_for_provider, update_integration,
        update_integrations, update_organization_integration, update_organization_integrations,
    },
    malformed, table, user,
};
use crate::{
    Ctx,
    apps::facade::{self as apps, MetricAlert},
    integrations::facade::{
        self, IntegrationFilter, IntegrationInfo, OrgIntegrationFilter, OrgIntegrationInfo, StoredProject,
    },
};

/// Bytes of a channel's id on the other side, at most.
const CHANNEL_BYTES_MAX: usize = 512;
/// The words of GitHub and of GitHub Enterprise.
const GITHUB: [&str; 2] = ["github", "github_enterprise"];
/// Bytes of a card as JSON, at most.
const CARD_BYTES_MAX: usize = 256 * 1024;

pub(super) const METHODS: &[Method] = table![
    add_organization,
    delete_integration,
    get_integration,
    get_integration_external_project,
    get_integration_external_projects,
    get_integration_identity_context,
    get_integrations,
    get_organization_ids_with_providers,
    get_organization_integration,
    get_organization_integrations,
    organization_context,
    organization_contexts,
    page_integration_ids,
    refresh_github_access_token,
    send_incident_alert_notification,
    send_message,
    send_msteams_incident_alert_notification,
    start_grace_period_for_provider,
    update_integration,
    update_integrations,
    update_organization_integration,
    update_organization_integrations,
];

pub(super) fn integration(it: IntegrationInfo) -> wire::Integration {
    wire::Integration {
        id: it.id.get(),
        provider: it.provider,
        external_id: it.external_id,
        name: it.name,
        metadata: it.metadata,
        status: it.status.number(),
    }
}

pub(super) fn of_organization(it: OrgIntegrationInfo) -> wire::OrganizationIntegration {
    wire::OrganizationIntegration {
        id: it.id.get(),
        default_auth_id: it.default_auth.map(Id::get),
        organization_id: it.org.get(),
        integration_id: it.integration.get(),
        config: it.config,
        status: it.status.number(),
        grace_period_end: it.grace_period_end.map(Into::into),
        date_added: Some(it.date_added.into()),
    }
}

fn texts(few: Option<Few<String>>) -> Option<Vec<String>> {
    few.map(|few| few.0)
}

async fn page_integration_ids(ctx: &Ctx, args: wire::PageIds) -> Result<wire::PaginationResult> {
    let wire::PaginationArgs { encoded_cursor, per_page } = args.args;
    let request = PageRequest::parse(encoded_cursor.as_deref(), Some(&per_page.to_string()));
    let request = request.map_err(|_| malformed("args"))?;
    let (org, mut conn) = (OrgId::new(args.organization_id), ctx.store.read().await?);
    let page = facade::page_integration_ids(&mut conn, args.provider_keys.0, org, request).await?;
    let state = |link: PageLink| wire::CursorState {
        encoded: link.cursor.to_string(),
        has_results: Some(link.has_results),
    };
    Ok(wire::PaginationResult {
        ids: page.rows.into_iter().map(Id::get).collect(),
        hits: None,
        max_hits: None,
        next: state(page.next),
        prev: state(page.previous),
    })
}

async fn get_integrations(ctx: &Ctx, args: wire::GetIntegrations) -> Result<Vec<wire::Integration>> {
    let filter = IntegrationFilter {
        ids: ids(args.integration_ids),
        status: args.status,
        providers: texts(args.providers),
        external_id: None,
        org: args.organization_id.map(OrgId::new),
        org_status: args.org_integration_status,
        org_integration: args.organization_integration_id.map(OrgIntegrationId::new),
    };
    let (limit, mut conn) = (args.limit.map(i64::from), ctx.store.read().await?);
    let found = facade::integrations(ctx, &mut conn, &filter, limit).await?;
    Ok(found.into_iter().map(integration).collect())
}

async fn get_integration(ctx: &Ctx, args: wire::GetIntegration) -> Result<Option<wire::Integration>> {
    let filter = IntegrationFilter {
        ids: args.integration_id.map(|id| vec![IntegrationId::new(id)]),
        status: args.status,
        providers: args.provider.map(|provider| vec![provider]),
        external_id: args.external_id,
        org: args.organization_id.map(OrgId::new),
        org_status: None,
        org_integration: args.organization_integration_id.map(OrgIntegrationId::new),
    };
    let found = facade::integration(ctx, &mut *ctx.store.read().await?, &filter).await?;
    Ok(found.map(integration))
}

async fn get_organization_integrations(
    ctx: &Ctx,
    args: wire::GetOrganizationIntegrations,
) -> Result<Vec<wire::OrganizationIntegration>> {
    let filter = OrgIntegrationFilter {
        ids: ids(args.org_integration_ids),
        integration: args.integration_id.map(IntegrationId::new),
        orgs: args.organization_id.map(|id| vec![OrgId::new(id)]).or_else(|| ids(args.organization_ids)),
        statuses: args.status.map(|status| vec![status]),
        providers: texts(args.providers),
        name: args.name,
        has_grace_period: args.has_grace_period,
        // That it is not over is not asked for, as with the original.
        grace_period_over: args.grace_period_expired.filter(|is_over| *is_over).map(|_| (true, ctx.now())),
    };
    let (limit, mut conn) = (args.limit.map(i64::from), ctx.store.read().await?);
    let found = facade::org_integrations(ctx, &mut conn, &filter, limit).await?;
    Ok(found.into_iter().map(of_organization).collect())
}

async fn get_organization_integration(
    ctx: &Ctx,
    args: wire::InOrganization,
) -> Result<Option<wire::OrganizationIntegration>> {
    let (org, id) = (OrgId::new(args.organization_id), IntegrationId::new(args.integration_id));
    let found = facade::org_integration(ctx, &mut *ctx.store.read().await?, org, id).await?;
    Ok(found.map(of_organization))
}

async fn get_organization_ids_with_providers(ctx: &Ctx, args: wire::WithProviders) -> Result<BTreeSet<i64>> {
    let filter = OrgIntegrationFilter {
        providers: Some(args.providers.0),
        statuses: args.status.map(|status| vec![status]),
        ..OrgIntegrationFilter::default()
    };
    let found = facade::org_integrations(ctx, &mut *ctx.store.read().await?, &filter, None).await?;
    Ok(found.iter().map(|it| it.org.get()).collect())
}

fn which(it: wire::Which) -> IntegrationFilter {
    IntegrationFilter {
        ids: it.integration_id.map(|id| vec![IntegrationId::new(id)]),
        providers: it.provider.map(|provider| vec![provider]),
        external_id: it.external_id,
        ..IntegrationFilter::default()
    }
}

async fn organization_context(ctx: &Ctx, args: wire::OfOrganization) -> Result<wire::OrganizationContext> {
    let (org, mut conn) = (OrgId::new(args.organization_id), ctx.store.read().await?);
    let (found, row) = facade::organization_context(ctx, &mut conn, org, which(args.which)).await?;
    Ok(wire::OrganizationContext {
        integration: found.map(integration),
        organization_integration: row.map(of_organization),
    })
}

async fn organization_contexts(
    ctx: &Ctx,
    args: wire::OfOrganizations,
) -> Result<wire::OrganizationContextList> {
    let (org, mut conn) = (args.organization_id.map(OrgId::new), ctx.store.read().await?);
    let (found, rows) = facade::organization_contexts(ctx, &mut conn, org, which(args.which)).await?;
    Ok(wire::OrganizationContextList {
        integration: found.map(integration),
        organization_integrations: rows.into_iter().map(of_organization).collect(),
    })
}

fn external_project(it: StoredProject) -> wire::ExternalProject {
    wire::ExternalProject {
        id: it.id,
        organization_integration_id: it.organization_integration_id.get(),
        name: it.name,
        external_id: it.external_id,
        resolved_status: it.resolved_status,
        unresolved_status: it.unresolved_status,
    }
}

async fn get_integration_external_project(
    ctx: &Ctx,
    args: wire::GetExternalProject,
) -> Result<Option<wire::ExternalProject>> {
    let wire::GetExternalProject { organization_id, integration_id, external_id } = args;
    let all = wire::GetExternalProjects { organization_id, integration_id, external_id: Some(external_id) };
    Ok(get_integration_external_projects(ctx, all).await?.into_iter().next())
}

async fn get_integration_external_projects(
    ctx: &Ctx,
    args: wire::GetExternalProjects,
) -> Result<Vec<wire::ExternalProject>> {
    let (org, id) = (OrgId::new(args.organization_id), IntegrationId::new(args.integration_id));
    let (external_id, mut conn) = (args.external_id.as_deref(), ctx.store.read().await?);
    let found = facade::integration_external_projects(&mut conn, org, id, external_id).await?;
    Ok(found.into_iter().map(external_project).collect())
}

async fn get_integration_identity_context(
    ctx: &Ctx,
    args: wire::GetIdentityContext,
) -> Result<wire::IdentityContext> {
    let mut conn = ctx.store.read().await?;
    let found = facade::identity_context(
        ctx,
        &mut conn,
        args.integration_provider.as_deref(),
        args.integration_external_id.as_deref(),
        args.identity_external_id.as_deref(),
        args.identity_provider_external_id.as_deref(),
    );
    let found = found.await?;
    Ok(wire::IdentityContext {
        integration: found.integration.map(integration),
        identity_provider: found.provider.map(identity::provider),
        identity: found.identity.map(identity::identity),
        user: found.user.map(|it| user::user(it, found.emails)),
    })
}

async fn refresh_github_access_token(
    ctx: &Ctx,
    args: wire::InOrganization,
) -> Result<Option<wire::Integration>> {
    let (org, id) = (OrgId::new(args.organization_id), IntegrationId::new(args.integration_id));
    Ok(facade::with_good_token(ctx, org, id, &GITHUB).await?.map(integration))
}

async fn send_message(ctx: &Ctx, args: wire::SendMessage) -> Result<bool> {
    let (org, id) = (OrgId::new(args.organization_id), IntegrationId::new(args.integration_id));
    Ok(facade::send_message(ctx, org, id, &args.channel, &args.message).await?)
}

async fn send_msteams_incident_alert_notification(ctx: &Ctx, args: wire::SendTeamsIncident) -> Result<bool> {
    let wire::SendTeamsIncident { integration_id, channel, attachment } = args;
    if channel.len() > CHANNEL_BYTES_MAX {
        return Err(malformed("channel"));
    }
    if Value::Object(attachment.clone()).to_string().len() > CARD_BYTES_MAX {
        return Err(malformed("attachment"));
    }
    Ok(facade::show_card(ctx, IntegrationId::new(integration_id), &channel, &attachment).await?)
}

async fn send_incident_alert_notification(ctx: &Ctx, args: wire::SendIncident) -> Result<bool> {
    let Ok(Value::Object(data)) = serde_json::from_str(&args.incident_attachment_json) else {
        return Err(malformed("incident_attachment_json"));
    };
    let alert = MetricAlert {
        app: AppId::new(args.sentry_app_id),
        org: OrgId::new(args.organization_id),
        incident: IncidentId::new(args.incident_id),
        kind: MetricAlert::kind_of(args.new_status).ok_or_else(|| malformed("new_status"))?,
        data,
    };
    Ok(apps::tell_of_metric_alert(ctx, alert).await?)
}
