//! What of `app` is about components of apps and alert rules.

use mortise_domain::{AppId, InstallationId, OrgId};
use mortise_store::sentry_app::Component;
use mortise_wire::rpc::{Object, app as wire};
use serde_json::Value;

use super::{
    Result,
    app::{filter, installations},
};
use crate::{
    Ctx,
    apps::facade::{self, InstallationFilter},
    rules::{OfferedAs, offered_actions},
};

fn component(it: Component) -> wire::Component {
    wire::Component {
        uuid: it.uuid,
        sentry_app_id: it.sentry_app_id.get(),
        kind: it.kind,
        app_schema: it.schema.as_object().cloned().unwrap_or_default(),
    }
}

pub(super) async fn find_app_components(
    ctx: &Ctx,
    args: wire::FindComponents,
) -> Result<Vec<wire::Component>> {
    let found = facade::components(&mut *ctx.store.read().await?, &[AppId::new(args.app_id)], None).await?;
    Ok(found.into_iter().map(component).collect())
}

pub(super) async fn find_alertable_services(
    ctx: &Ctx,
    args: wire::OfOrganization,
) -> Result<Vec<wire::Service>> {
    let apps = facade::alert_apps(&mut *ctx.store.read().await?, OrgId::new(args.organization_id)).await?;
    let service = |it: &facade::AlertApp| wire::Service {
        title: it.name.clone(),
        slug: it.slug.clone(),
        service_type: "sentry_app",
    };
    Ok(facade::alertable_services(&apps).map(service).collect())
}

pub(super) async fn get_component_contexts(
    ctx: &Ctx,
    args: wire::GetContexts,
) -> Result<Vec<wire::ComponentContext>> {
    contexts(ctx, args.filter, &args.component_type, false).await
}

pub(super) async fn get_installation_component_contexts(
    ctx: &Ctx,
    args: wire::GetInstallationContexts,
) -> Result<Vec<wire::ComponentContext>> {
    contexts(ctx, args.filter, &args.component_type, args.include_contexts_without_component).await
}

/// Installations with each of their components of a type; those without any too, if they are wanted.
async fn contexts(
    ctx: &Ctx,
    sent: wire::Filter,
    kind: &str,
    with_bare: bool,
) -> Result<Vec<wire::ComponentContext>> {
    let (filter, mut conn) = (filter(sent)?, ctx.store.read().await?);
    let found = facade::installations(&mut conn, &filter).await?;
    let apps: Vec<AppId> = found.iter().map(|it| it.app.id).collect();
    let components = facade::components(&mut conn, &apps, Some(kind)).await?;
    let mut contexts = Vec::new();
    for (app, installation) in apps.into_iter().zip(installations(ctx, &mut conn, found).await?) {
        let own: Vec<_> = components.iter().filter(|it| it.sentry_app_id == app).cloned().collect();
        if own.is_empty() && with_bare {
            contexts.push(wire::ComponentContext { installation, component: None });
            continue;
        }
        let with = |it| wire::ComponentContext {
            installation: installation.clone(),
            component: Some(component(it)),
        };
        contexts.extend(own.into_iter().map(with));
    }
    Ok(contexts)
}

pub(super) async fn get_custom_alert_rule_actions(ctx: &Ctx, args: wire::GetActions) -> Result<Vec<Object>> {
    let wire::EventData { id, action_type, enabled, .. } = args.event_data;
    let offered_as = OfferedAs { id: &id, action_type: &action_type, is_enabled: enabled };
    let (org, slug) = (OrgId::new(args.organization_id), args.project_slug.as_deref());
    Ok(offered_actions(ctx, org, slug, &offered_as).await?)
}

pub(super) async fn prepare_sentry_app_components(
    ctx: &Ctx,
    args: wire::PrepareComponents,
) -> Result<Option<wire::Component>> {
    let id = InstallationId::new(args.installation_id);
    let slug = args.project_slug.as_deref();
    let prepared = facade::prepared_component(ctx, id, &args.component_type, slug).await?;
    Ok(prepared.map(component))
}

/// An installation that is not there is our mistake, everything else that of the app.
pub(super) async fn trigger_sentry_app_action_creators(
    ctx: &Ctx,
    args: wire::TriggerActions,
) -> Result<wire::AlertRuleActionResult> {
    let uuid = args.install_uuid.unwrap_or_default();
    let filter = InstallationFilter { uuids: Some(vec![uuid.clone()]), ..InstallationFilter::default() };
    let found = facade::installations(&mut *ctx.store.read().await?, &filter).await?;
    let org = found.first().map_or(OrgId::new(0), |it| it.org);
    let outcome = facade::run_alert_action(ctx, org, &uuid, &Value::from(args.fields.0)).await?;
    let culprit = if found.is_empty() { "sentry" } else { "integrator" };
    Ok(wire::AlertRuleActionResult {
        error_type: (!outcome.success).then_some(culprit),
        success: outcome.success,
        message: outcome.message,
        webhook_context: None,
        public_context: None,
        status_code: None,
    })
}
