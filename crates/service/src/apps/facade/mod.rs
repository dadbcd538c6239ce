//! Apps for the rest of a host: the one way in for whoever is not about apps, such as rules, issues, mails, access. It finds
//! apps and installations by whatever is known of them, says what alert rules and issues need of apps, and prepares and
//! calls components. It checks no authorization, which is the host's. Nothing is remembered here: every answer is of now.
//!
//! What is already said elsewhere is not said again: telling apps what happened is [`crate::events`], having an app made is
//! [`super::programmatic`]. The token of an installation is never part of an answer, since only its hash is kept.

mod change;
mod described;

use std::collections::HashMap;

use futures_util::future::try_join_all;
use mortise_domain::{
    AppId, ApplicationId, InstallationId, IssueId, OrgId, ScopeSet, Time, UserId,
    status::{AppStatus, InstallationStatus},
};
use mortise_store::{
    Conn, Range, Slice, Tx,
    issue::beside,
    organization::{self, Organization, access::Which},
    sentry_app::{self, AppFilter, SentryApp},
};
use serde_json::Value as Json;

pub use mortise_store::{
    issue::beside::ExternalLink,
    sentry_app::{AlertApp, InstallationFilter, ProxiedApp},
};

pub use super::components::{InstalledComponent, alert_actions, prepare, run_alert_action};
pub use change::{AppChange, MetricAlert, switch_off, tell_of_metric_alert, update_app};
pub use described::{
    ApplicationInfo, DescribedApp, components, described, notification_addresses, prepared_component,
    serialized,
};

use super::{components::installed_components, json::status as status_of, subscriptions};
use crate::{Ctx, Error, Result};

/// More apps of one organization than there will be.
const ALL: Slice = Slice { skip: 0, take: 10_000 };

/// An app.
#[derive(Debug, Clone)]
pub struct AppInfo {
    /// Its id.
    pub id: AppId,
    /// Dashed.
    pub uuid: String,
    /// In addresses.
    pub slug: String,
    /// What people read.
    pub name: String,
    /// Whose it is.
    pub owner: OrgId,
    /// Who acts for it.
    pub proxy_user: Option<UserId>,
    /// Its OAuth application.
    pub application: Option<ApplicationId>,
    /// What it may do.
    pub scopes: ScopeSet,
    /// Single events that it hears of.
    pub events: Vec<String>,
    /// Where they are sent.
    pub webhook_url: Option<String>,
    /// Headers added to what is sent, as `Name: value`.
    pub webhook_headers: Vec<String>,
    /// May be an action of alert rules.
    pub is_alertable: bool,
    /// Sending is switched off after too many failures.
    pub is_disabled: bool,
    /// Internal, unpublished, ...
    pub status: AppStatus,
    /// Facts kept for others.
    pub metadata: Json,
    /// Who made it, when the person is gone too.
    pub creator_label: Option<String>,
}

impl AppInfo {
    fn of(app: SentryApp) -> Result<Self> {
        Ok(Self {
            status: status_of(&app)?,
            events: subscriptions::texts(&app.events),
            webhook_headers: subscriptions::texts(&app.webhook_headers),
            id: app.id,
            uuid: app.uuid,
            slug: app.slug,
            name: app.name,
            owner: app.owner_id,
            proxy_user: app.proxy_user_id,
            application: app.application_id,
            scopes: app.scopes,
            webhook_url: app.webhook_url.filter(|url| !url.is_empty()),
            is_alertable: app.is_alertable,
            is_disabled: app.is_disabled,
            metadata: app.metadata,
            creator_label: app.creator_label,
        })
    }
}

/// An app in an organization.
#[derive(Debug, Clone)]
pub struct InstallationInfo {
    /// Its id.
    pub id: InstallationId,
    /// Dashed.
    pub uuid: String,
    /// Where.
    pub org: OrgId,
    /// Whether the app has confirmed.
    pub status: InstallationStatus,
    /// When it was installed.
    pub installed_at: Time,
    /// What.
    pub app: AppInfo,
}

/// The live installations that a filter finds, whatever their state, by id. A filter that bounds nothing is a mistake of
/// the caller.
pub async fn installations(conn: &mut Conn, filter: &InstallationFilter) -> Result<Vec<InstallationInfo>> {
    if !filter.is_bounded() {
        return Err(Error::Internal("a filter of installations that bounds nothing".to_owned()));
    }
    let rows = sentry_app::installations(conn, filter).await?;
    let ids: Vec<_> = rows.iter().map(|row| row.sentry_app_id).collect();
    let apps: HashMap<_, _> = apps_by_ids(conn, &ids).await?.into_iter().map(|app| (app.id, app)).collect();
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(app) = apps.get(&row.sentry_app_id) else { continue };
        found.push(InstallationInfo {
            id: row.id,
            uuid: row.uuid,
            org: row.organization_id,
            status: row.status.try_into().map_err(|e| Error::Internal(format!("installation: {e}")))?,
            installed_at: row.date_added,
            app: app.clone(),
        });
    }
    Ok(found)
}

/// The installation, in an organization, of the app behind a proxy user; also while it waits to be confirmed.
pub async fn installation_of_proxy_user(
    conn: &mut Conn,
    user: UserId,
    org: OrgId,
) -> Result<Option<InstallationInfo>> {
    let filter =
        InstallationFilter { proxy_user: Some(user), org: Some(org), ..InstallationFilter::default() };
    Ok(installations(conn, &filter).await?.pop())
}

/// An organization, and what the app behind a proxy user may do there if [`installation_of_proxy_user`] finds it, in one
/// statement, because every request of an app asks.
pub async fn organization_of_proxy_user(
    conn: &mut Conn,
    user: UserId,
    which: Which<'_>,
) -> Result<Option<(Organization, Option<ScopeSet>)>> {
    Ok(organization::access::with_app(conn, which, user).await?)
}

/// What is installed and confirmed in an organization.
pub async fn installed_in(conn: &mut Conn, org: OrgId) -> Result<Vec<InstallationInfo>> {
    let status = Some(InstallationStatus::Installed);
    installations(conn, &InstallationFilter { org: Some(org), status, ..InstallationFilter::default() }).await
}

/// A confirmed installation.
pub async fn installation_by_id(conn: &mut Conn, id: InstallationId) -> Result<Option<InstallationInfo>> {
    let (ids, status) = (Some(vec![id]), Some(InstallationStatus::Installed));
    let filter = InstallationFilter { ids, status, ..InstallationFilter::default() };
    Ok(installations(conn, &filter).await?.pop())
}

/// The app with this id.
pub async fn app_by_id(conn: &mut Conn, id: AppId) -> Result<Option<AppInfo>> {
    Ok(apps_by_ids(conn, &[id]).await?.pop())
}

/// The apps with these ids, by id.
pub async fn apps_by_ids(conn: &mut Conn, ids: &[AppId]) -> Result<Vec<AppInfo>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let apps = sentry_app::by_ids(conn, ids).await?;
    apps.into_iter().filter(|app| app.date_deleted.is_none()).map(AppInfo::of).collect()
}

/// The app with this slug.
pub async fn app_by_slug(conn: &mut Conn, slug: &str) -> Result<Option<AppInfo>> {
    sentry_app::by_slug(conn, slug).await?.map(AppInfo::of).transpose()
}

/// The app that an application belongs to.
pub async fn app_of_application(conn: &mut Conn, id: ApplicationId) -> Result<Option<AppInfo>> {
    sentry_app::of_application(conn, id).await?.map(AppInfo::of).transpose()
}

/// What the apps behind these users are called, deleted ones among them: history names them still. People have none.
pub async fn apps_of_proxy_users(conn: &mut Conn, users: &[UserId]) -> Result<Vec<ProxiedApp>> {
    Ok(sentry_app::behind_users(conn, users).await?)
}

/// The apps that an organization owns, newest first; in one state or in any.
pub async fn apps_of(conn: &mut Conn, org: OrgId, status: Option<AppStatus>) -> Result<Vec<AppInfo>> {
    let filter = AppFilter { status, owners: Some(vec![org]) };
    sentry_app::list(conn, &filter, ALL).await?.into_iter().map(AppInfo::of).collect()
}

/// What is installed and confirmed in an organization as alert rules meet it, by name.
pub async fn alert_apps(conn: &mut Conn, org: OrgId) -> Result<Vec<AlertApp>> {
    Ok(sentry_app::alert_apps(conn, org).await?)
}

/// The names of the apps behind these installations of an organization, ended ones too: uuid and name.
pub async fn names_of_installations(
    conn: &mut Conn,
    org: OrgId,
    uuids: &[&str],
) -> Result<Vec<(String, String)>> {
    Ok(sentry_app::names_of_installations(conn, org, uuids).await?)
}

/// Those of these slugs whose app exists or existed, and is not installed in the organization.
pub async fn not_installed(conn: &mut Conn, org: OrgId, slugs: &[&str]) -> Result<Vec<String>> {
    Ok(sentry_app::not_installed(conn, org, slugs).await?)
}

/// Keeps the apps that are installed in an organization there until the transaction ends.
pub async fn hold_installations(tx: &mut Tx, org: OrgId) -> Result<()> {
    Ok(sentry_app::lock_installations(tx, org).await?)
}

/// Those that alert rules name by their slug: alertable, without a component for it.
pub fn alertable_services(apps: &[AlertApp]) -> impl Iterator<Item = &AlertApp> {
    apps.iter().filter(|app| app.is_alertable && app.component.is_none())
}

/// The components of one type in an organization with what they are like now. Those whose app fails are left out.
pub async fn prepared_components(
    ctx: &Ctx,
    org: OrgId,
    kind: &str,
    project_slug: Option<&str>,
) -> Result<Vec<(InstalledComponent, Json)>> {
    let all = installed_components(ctx, org, Some(kind)).await?;
    let prepared = try_join_all(all.iter().map(|it| prepare(ctx, it, project_slug, &[]))).await?;
    let whole = all.into_iter().zip(prepared).filter(|(_, prepared)| prepared.failure.is_none());
    Ok(whole.map(|(component, prepared)| (component, prepared.schema)).collect())
}

/// The items of apps that issues are linked to, oldest first.
pub async fn links_of_issues(conn: &mut Conn, issues: &[IssueId]) -> Result<Vec<ExternalLink>> {
    Ok(beside::external_links(conn, issues).await?)
}

/// A range of those of one issue, by their ids.
pub async fn links_of_issue(conn: &mut Conn, issue: IssueId, range: &Range) -> Result<Vec<ExternalLink>> {
    Ok(beside::external_links_of(conn, issue, range).await?)
}
