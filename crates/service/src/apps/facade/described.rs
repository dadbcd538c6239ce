//! Apps with what only parts of a host may know, and their components.

use mortise_crypto::ExposeSecret;
use mortise_domain::{AppId, ApplicationId, InstallationId, OrgId};
use mortise_store::{
    Conn, application, member, organization,
    sentry_app::{self, Avatar, Component, InstallationFilter},
    user,
};
use mortise_wire::sentry_app as wire;
use serde_json::Value as Json;

use super::{AppInfo, InstallationInfo, installations};
use crate::{
    Ctx, Error, Result,
    apps::{
        components::{installed_components, prepare},
        secrets::Secrets,
    },
};

/// An app with its application and its pictures.
#[derive(Debug, Clone)]
pub struct DescribedApp {
    /// The app.
    pub app: AppInfo,
    /// Its OAuth application.
    pub application: Option<ApplicationInfo>,
    /// Its pictures.
    pub avatars: Vec<Avatar>,
}

/// The OAuth application of an app.
#[derive(Debug, Clone)]
pub struct ApplicationInfo {
    /// Its id.
    pub id: ApplicationId,
    /// What it is called by.
    pub client_id: String,
    /// What it proves itself with.
    pub client_secret: crate::SecretString,
}

/// Installations as the API shows them to those who may not install, in the order in which they are given.
pub async fn serialized(conn: &mut Conn, found: &[InstallationInfo]) -> Result<Vec<wire::Installation>> {
    let orgs: Vec<OrgId> = found.iter().map(|it| it.org).collect();
    let orgs = organization::by_ids(conn, &orgs).await?;
    let one = |it: &InstallationInfo| {
        let org = orgs.iter().find(|org| org.id == it.org)?;
        Some(wire::Installation {
            app: wire::InstalledApp {
                uuid: it.app.uuid.clone(),
                slug: it.app.slug.clone(),
                sentry_app_id: it.app.id.get(),
            },
            organization: wire::InstallationOrganization { slug: org.slug.clone(), id: None },
            uuid: it.uuid.clone(),
            status: it.status.to_string(),
            code: None,
        })
    };
    Ok(found.iter().filter_map(one).collect())
}

/// Apps with their applications and pictures, in the order in which they are given.
pub async fn described(ctx: &Ctx, conn: &mut Conn, apps: Vec<AppInfo>) -> Result<Vec<DescribedApp>> {
    if apps.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<AppId> = apps.iter().map(|app| app.id).collect();
    let pictures = sentry_app::avatars(conn, &ids).await?;
    let ids: Vec<ApplicationId> = apps.iter().filter_map(|app| app.application).collect();
    let rows = application::by_ids(conn, &ids).await?;
    let describe = |app: AppInfo| {
        let row = rows.iter().find(|row| Some(row.id) == app.application);
        let application = row.map(|row| {
            let secrets = Secrets::open(ctx, row.into())?;
            Ok::<_, Error>(ApplicationInfo {
                id: row.id,
                client_id: row.client_id.clone(),
                client_secret: secrets.current().expose_secret().to_owned().into(),
            })
        });
        let avatars = pictures.iter().filter(|it| it.sentry_app_id == app.id).cloned().collect();
        Ok(DescribedApp { application: application.transpose()?, avatars, app })
    };
    apps.into_iter().map(describe).collect()
}

/// The components of these apps, of one type or of all, in the order of their schemas.
pub async fn components(conn: &mut Conn, apps: &[AppId], kind: Option<&str>) -> Result<Vec<Component>> {
    let mut found = sentry_app::components(conn, apps).await?;
    found.retain(|it| kind.is_none_or(|kind| it.kind == kind));
    Ok(found)
}

/// The first component of a type of an installation with what it is like now; `None` where there is none, or its app
/// fails.
pub async fn prepared_component(
    ctx: &Ctx,
    installation: InstallationId,
    kind: &str,
    project_slug: Option<&str>,
) -> Result<Option<Component>> {
    let filter = InstallationFilter { ids: Some(vec![installation]), ..InstallationFilter::default() };
    let found = installations(&mut *ctx.store.read().await?, &filter).await?;
    let Some(org) = found.first().map(|it| it.org) else { return Ok(None) };
    let all = installed_components(ctx, org, Some(kind)).await?;
    let Some(own) = all.into_iter().find(|it| it.callee.installation.id == installation) else {
        return Ok(None);
    };
    let prepared = prepare(ctx, &own, project_slug, &[]).await?;
    let schema: Option<Json> = prepared.failure.is_none().then_some(prepared.schema);
    Ok(schema.map(|schema| Component { schema, ..own.component }))
}

/// Whom to write about an app: whoever made it, while a member of the organization that owns it, then its owners.
pub async fn notification_addresses(
    conn: &mut Conn,
    org: OrgId,
    creator_label: Option<&str>,
) -> Result<Vec<String>> {
    let mut addresses = Vec::new();
    if let Some(label) = creator_label.filter(|label| !label.is_empty())
        && let Some(person) = user::by_login(conn, label).await?
        && person.is_active
        && member::of_user(conn, org, person.id).await?.is_some()
    {
        addresses.push(person.email);
    }
    let owners: Vec<_> = member::owner_users(conn, &[org]).await?.into_iter().map(|(_, user)| user).collect();
    for owner in user::by_ids(conn, &owners).await? {
        if !addresses.contains(&owner.email) {
            addresses.push(owner.email);
        }
    }
    addresses.retain(|address| !address.is_empty());
    Ok(addresses)
}
