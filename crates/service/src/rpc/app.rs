//! `app`: apps, installations and tokens. Their components are in [`super::component`].

use mortise_domain::{
    AppId, ApplicationId, Id, InstallationId, OrgId, ScopeSet, TokenId, UserId,
    status::{AppStatus, InstallationStatus},
};
use mortise_store::Conn;
use mortise_wire::{rpc::app as wire, sentry_app::Installation};

use super::{
    Method, Result,
    component::{
        find_alertable_services, find_app_components, get_component_contexts, get_custom_alert_rule_actions,
        get_installation_component_contexts, prepare_sentry_app_components,
        trigger_sentry_app_action_creators,
    },
    malformed, table,
};
use crate::{
    Ctx, ExposeSecret,
    apps::{
        facade::{self, AppChange, AppInfo, DescribedApp, InstallationFilter, InstallationInfo},
        programmatic::{self, Wanted},
    },
};

pub(super) const METHODS: &[Method] = table![
    create_internal_integration_for_channel_request,
    find_alertable_services,
    find_app_components,
    find_installation_by_proxy_user,
    find_service_hook_sentry_app,
    get_component_contexts,
    get_custom_alert_rule_actions,
    get_installation_by_id,
    get_installation_component_contexts,
    get_installation_org_id_by_token_id,
    get_installation_token,
    get_installations_for_organization,
    get_internal_integrations,
    get_many,
    get_notification_emails_for_sentry_app,
    get_published_sentry_apps_for_organization,
    get_sentry_app_by_id,
    get_sentry_app_by_slug,
    get_sentry_apps_by_ids,
    get_sentry_apps_by_proxy_users,
    get_sentry_apps_for_organization,
    prepare_sentry_app_components,
    serialize_many,
    trigger_sentry_app_action_creators,
    update_sentry_app,
];

fn app(it: DescribedApp) -> wire::App {
    let DescribedApp { app, application, avatars } = it;
    let avatar = |it: mortise_store::sentry_app::Avatar| wire::Avatar {
        id: it.id,
        ident: Some(it.ident),
        sentry_app_id: it.sentry_app_id.get(),
        avatar_type: it.avatar_type,
        color: it.color,
        avatar_types: wire::AVATAR_TYPES,
        url_path: "sentry-app-avatar",
        file_type: "avatar.file",
    };
    wire::App {
        id: app.id.get(),
        scope_list: app.scopes.sorted().into_iter().map(str::to_owned).collect(),
        application_id: app.application.map_or(-1, Id::get),
        application: application.map(|it| wire::Application {
            id: it.id.get(),
            client_id: it.client_id,
            client_secret: it.client_secret.expose_secret().to_owned(),
        }),
        proxy_user_id: app.proxy_user.map(Id::get),
        owner_id: app.owner.get(),
        name: app.name,
        slug: app.slug,
        uuid: app.uuid,
        events: app.events,
        webhook_url: app.webhook_url,
        webhook_headers: app.webhook_headers,
        is_alertable: app.is_alertable,
        is_disabled: app.is_disabled,
        is_published: app.status == AppStatus::Published,
        is_unpublished: app.status == AppStatus::Unpublished,
        is_internal: app.status == AppStatus::Internal,
        is_publish_request_inprogress: app.status == AppStatus::PublishRequestInProgress,
        status: app.status.to_string(),
        metadata: app.metadata.as_object().cloned().unwrap_or_default(),
        avatars: avatars.into_iter().map(avatar).collect(),
        creator_label: app.creator_label,
    }
}

async fn apps(ctx: &Ctx, conn: &mut Conn, found: Vec<AppInfo>) -> Result<Vec<wire::App>> {
    Ok(facade::described(ctx, conn, found).await?.into_iter().map(app).collect())
}

async fn one(ctx: &Ctx, conn: &mut Conn, found: Option<AppInfo>) -> Result<Option<wire::App>> {
    Ok(apps(ctx, conn, found.into_iter().collect()).await?.pop())
}

/// Installations with their apps, in the order in which they are given.
pub(super) async fn installations(
    ctx: &Ctx,
    conn: &mut Conn,
    found: Vec<InstallationInfo>,
) -> Result<Vec<wire::Installation>> {
    let described = apps(ctx, conn, found.iter().map(|it| it.app.clone()).collect()).await?;
    let shown = found.into_iter().zip(described).map(|(it, sentry_app)| wire::Installation {
        id: it.id.get(),
        organization_id: it.org.get(),
        status: it.status.number(),
        sentry_app,
        date_deleted: None,
        uuid: it.uuid,
        api_token: None,
    });
    Ok(shown.collect())
}

/// Which installations are meant; a filter that bounds nothing means none in particular.
pub(super) fn filter(sent: wire::Filter) -> Result<InstallationFilter> {
    let status = sent.status.map(InstallationStatus::try_from).transpose();
    let filter = InstallationFilter {
        ids: sent.installation_ids.map(|few| few.0.into_iter().map(InstallationId::new).collect()),
        apps: sent.app_ids.map(|few| few.0.into_iter().map(AppId::new).collect()),
        proxy_user: None,
        org: sent.organization_id.map(OrgId::new),
        uuids: sent.uuids.map(|few| few.0),
        status: status.map_err(|_| malformed("filter.status"))?,
        token: sent.api_token_id.map(TokenId::new),
        any_token: sent.api_installation_token_id.map(TokenId::new),
    };
    if filter.is_bounded() { Ok(filter) } else { Err(malformed("filter")) }
}

/// The codes that waiting installations have are for those who may install, which nobody proves here.
async fn serialize_many(ctx: &Ctx, args: wire::SerializeMany) -> Result<Vec<Installation>> {
    let (filter, mut conn) = (filter(args.filter)?, ctx.store.read().await?);
    let found = facade::installations(&mut conn, &filter).await?;
    Ok(facade::serialized(&mut conn, &found).await?)
}

async fn get_many(ctx: &Ctx, args: wire::GetMany) -> Result<Vec<wire::Installation>> {
    let (filter, mut conn) = (filter(args.filter)?, ctx.store.read().await?);
    let found = facade::installations(&mut conn, &filter).await?;
    installations(ctx, &mut conn, found).await
}

async fn get_installation_by_id(ctx: &Ctx, args: wire::ById) -> Result<Option<wire::Installation>> {
    let mut conn = ctx.store.read().await?;
    let found = facade::installation_by_id(&mut conn, InstallationId::new(args.id)).await?;
    Ok(installations(ctx, &mut conn, found.into_iter().collect()).await?.pop())
}

async fn find_installation_by_proxy_user(
    ctx: &Ctx,
    args: wire::ByProxyUser,
) -> Result<Option<wire::Installation>> {
    let (user, org) = (UserId::new(args.proxy_user_id), OrgId::new(args.organization_id));
    let mut conn = ctx.store.read().await?;
    let found = facade::installation_of_proxy_user(&mut conn, user, org).await?;
    Ok(installations(ctx, &mut conn, found.into_iter().collect()).await?.pop())
}

async fn get_installations_for_organization(
    ctx: &Ctx,
    args: wire::OfOrganization,
) -> Result<Vec<wire::Installation>> {
    let mut conn = ctx.store.read().await?;
    let found = facade::installed_in(&mut conn, OrgId::new(args.organization_id)).await?;
    installations(ctx, &mut conn, found).await
}

async fn get_installation_org_id_by_token_id(ctx: &Ctx, args: wire::ByToken) -> Result<Option<i64>> {
    let filter = InstallationFilter {
        status: Some(InstallationStatus::Installed),
        any_token: Some(TokenId::new(args.token_id)),
        ..InstallationFilter::default()
    };
    let found = facade::installations(&mut *ctx.store.read().await?, &filter).await?;
    Ok(found.first().map(|it| it.org.get()))
}

async fn get_installation_token(ctx: &Ctx, args: wire::GetToken) -> Result<Option<String>> {
    let org = OrgId::new(args.organization_id);
    let token = programmatic::token_for_provider(ctx, org, &args.provider).await?;
    Ok(token.map(|token| token.expose_secret().to_owned()))
}

async fn get_sentry_app_by_id(ctx: &Ctx, args: wire::ById) -> Result<Option<wire::App>> {
    let mut conn = ctx.store.read().await?;
    let found = facade::app_by_id(&mut conn, AppId::new(args.id)).await?;
    one(ctx, &mut conn, found).await
}

async fn get_sentry_app_by_slug(ctx: &Ctx, args: wire::BySlug) -> Result<Option<wire::App>> {
    let mut conn = ctx.store.read().await?;
    let found = facade::app_by_slug(&mut conn, &args.slug).await?;
    one(ctx, &mut conn, found).await
}

async fn find_service_hook_sentry_app(ctx: &Ctx, args: wire::ByApplication) -> Result<Option<wire::App>> {
    let mut conn = ctx.store.read().await?;
    let found = facade::app_of_application(&mut conn, ApplicationId::new(args.api_application_id)).await?;
    one(ctx, &mut conn, found).await
}

async fn get_sentry_apps_by_ids(ctx: &Ctx, args: wire::ByIds) -> Result<Vec<wire::App>> {
    let (ids, mut conn) =
        (args.ids.0.into_iter().map(AppId::new).collect::<Vec<_>>(), ctx.store.read().await?);
    let found = facade::apps_by_ids(&mut conn, &ids).await?;
    apps(ctx, &mut conn, found).await
}

async fn get_sentry_apps_by_proxy_users(ctx: &Ctx, args: wire::ByProxyUsers) -> Result<Vec<wire::App>> {
    let users: Vec<_> = args.proxy_user_ids.0.into_iter().map(UserId::new).collect();
    let mut conn = ctx.store.read().await?;
    let found = facade::apps_of_proxy_users(&mut conn, &users).await?;
    let ids: Vec<_> = found.iter().map(|it| it.id).collect();
    let found = facade::apps_by_ids(&mut conn, &ids).await?;
    apps(ctx, &mut conn, found).await
}

async fn get_sentry_apps_for_organization(ctx: &Ctx, args: wire::OfOrganization) -> Result<Vec<wire::App>> {
    let mut conn = ctx.store.read().await?;
    let mut found = facade::apps_of(&mut conn, OrgId::new(args.organization_id), None).await?;
    found.retain(|it| it.application.is_some() && it.status != AppStatus::DeletionInProgress);
    apps(ctx, &mut conn, found).await
}

async fn get_published_sentry_apps_for_organization(
    ctx: &Ctx,
    args: wire::OfOrganization,
) -> Result<Vec<wire::App>> {
    let (org, mut conn) = (OrgId::new(args.organization_id), ctx.store.read().await?);
    let found = facade::apps_of(&mut conn, org, Some(AppStatus::Published)).await?;
    apps(ctx, &mut conn, found).await
}

async fn get_internal_integrations(ctx: &Ctx, args: wire::GetInternal) -> Result<Vec<wire::App>> {
    let (org, mut conn) = (OrgId::new(args.organization_id), ctx.store.read().await?);
    let mut found = facade::apps_of(&mut conn, org, Some(AppStatus::Internal)).await?;
    found.retain(|it| it.name == args.integration_name);
    apps(ctx, &mut conn, found).await
}

async fn create_internal_integration_for_channel_request(
    ctx: &Ctx,
    args: wire::CreateInternal,
) -> Result<wire::Installation> {
    let texts = args.integration_scopes.0;
    let scopes = ScopeSet::from_texts(texts.iter().map(String::as_str));
    let is_known = |text: &String| !ScopeSet::from_texts([text.as_str()]).is_empty();
    if !texts.iter().all(is_known) || args.integration_name.trim().is_empty() {
        return Err(malformed("integration_scopes or integration_name"));
    }
    let wanted = Wanted { org: OrgId::new(args.organization_id), name: args.integration_name, scopes };
    let creator = UserId::new(args.integration_creator_id);
    let metadata = args.metadata.unwrap_or_default().into();
    let made = programmatic::app_for_request(ctx, creator, wanted, metadata).await?;
    let filter = InstallationFilter { ids: Some(vec![made.id]), ..InstallationFilter::default() };
    let mut conn = ctx.store.read().await?;
    let found = facade::installations(&mut conn, &filter).await?;
    let shown = installations(ctx, &mut conn, found).await?.pop();
    shown.ok_or_else(|| crate::Error::Internal("a new installation is gone".to_owned()).into())
}

async fn get_notification_emails_for_sentry_app(ctx: &Ctx, args: wire::GetEmails) -> Result<Vec<String>> {
    let (org, mut conn) = (OrgId::new(args.organization_id), ctx.store.read().await?);
    Ok(facade::notification_addresses(&mut conn, org, args.creator_label.as_deref()).await?)
}

async fn update_sentry_app(ctx: &Ctx, args: wire::UpdateApp) -> Result<Option<wire::App>> {
    let change = AppChange { name: args.attrs.name, events: args.attrs.events.map(|few| few.0) };
    let changed = facade::update_app(ctx, AppId::new(args.id), change).await?;
    one(ctx, &mut *ctx.store.read().await?, changed).await
}
