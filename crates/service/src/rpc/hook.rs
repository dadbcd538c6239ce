//! `hook`.

use mortise_domain::{ApplicationId, Id, InstallationId, OrgId, ProjectId, UserId};
use mortise_wire::rpc::hook as wire;

use super::{Method, Result, malformed, table, unsupported};
use crate::{
    Ctx,
    apps::hooks::{self, HookInfo, OfInstallation},
    service_hooks::{self, is_address},
};

pub(super) const METHODS: &[Method] = table![
    bulk_create_service_hooks_for_app,
    create_or_update_webhook_and_events_for_installation,
    create_service_hook,
    update_webhook_and_events,
];

fn hook(it: HookInfo) -> wire::ServiceHook {
    wire::ServiceHook {
        id: it.id.get(),
        guid: it.guid,
        application_id: it.application.map(Id::get),
        installation_id: it.installation.map(Id::get),
        project_id: it.project.map(Id::get),
        organization_id: it.org.map(Id::get),
        url: it.url,
        events: it.events,
        status: it.status,
    }
}

/// An address that can be told; `None` for none.
fn address(url: Option<String>) -> Result<Option<String>> {
    match url.filter(|url| !url.is_empty()) {
        Some(url) if !is_address(&url) => Err(malformed("url")),
        url => Ok(url),
    }
}

async fn update_webhook_and_events(ctx: &Ctx, args: wire::UpdateWebhook) -> Result<Vec<wire::ServiceHook>> {
    // Hooks without application are those of projects, which nobody means to change all at once.
    let application = args.application_id.ok_or_else(|| malformed("application_id"))?;
    let url = address(args.webhook_url)?;
    let changed = hooks::set_hooks(ctx, ApplicationId::new(application), url, args.events.0).await?;
    Ok(changed.into_iter().map(hook).collect())
}

async fn create_or_update_webhook_and_events_for_installation(
    ctx: &Ctx,
    args: wire::PutWebhook,
) -> Result<Vec<wire::ServiceHook>> {
    let url = address(args.webhook_url)?;
    let of = OfInstallation {
        application: ApplicationId::new(args.application_id),
        installation: InstallationId::new(args.installation_id),
        org: OrgId::new(args.organization_id),
    };
    let put = hooks::put_hook(ctx, of, url, args.events.0).await?;
    Ok(put.into_iter().map(hook).collect())
}

async fn create_service_hook(ctx: &Ctx, args: wire::CreateServiceHook) -> Result<wire::ServiceHook> {
    let url = address(Some(args.url))?.ok_or_else(|| malformed("url"))?;
    let events = args.events.map(|few| few.0).unwrap_or_default();
    let projects: Vec<_> =
        args.project_ids.map(|few| few.0).unwrap_or_default().into_iter().map(ProjectId::new).collect();
    let org = OrgId::new(args.organization_id);
    match (args.application_id, args.installation_id, projects.as_slice()) {
        (Some(application), Some(installation), _) => {
            let of = OfInstallation {
                application: ApplicationId::new(application),
                installation: InstallationId::new(installation),
                org,
            };
            Ok(hook(hooks::add_hook(ctx, of, url, events, projects).await?))
        }
        (None, None, [project]) => {
            let actor = UserId::new(args.actor_id);
            Ok(hook(service_hooks::add_hook(ctx, org, *project, actor, url, events).await?))
        }
        _ => unsupported("A hook belongs to an installation of an application, or to one project."),
    }
}

async fn bulk_create_service_hooks_for_app(
    ctx: &Ctx,
    args: wire::BulkCreate,
) -> Result<Vec<wire::ServiceHook>> {
    let url = address(Some(args.url))?.ok_or_else(|| malformed("url"))?;
    let pairs = args.installation_organization_ids.0.into_iter();
    let pairs =
        pairs.map(|it| (InstallationId::new(it.installation_id), OrgId::new(it.organization_id))).collect();
    let application = ApplicationId::new(args.application_id);
    let made = hooks::add_hooks(ctx, application, pairs, url, args.events.0).await?;
    Ok(made.into_iter().map(hook).collect())
}
