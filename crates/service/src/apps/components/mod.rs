//! UI components of apps: what an app adds to the pages of an organization that installed it, and the calls to the app
//! that come of it.
//!
//! A component is an element of the app's schema. Before it is shown it is *prepared*: the choices of
//! its selects are fetched from the app, many at once, each call within its own time, and a component whose app fails
//! stands beside the others with its error.
//!
//! | module | what |
//! |---|---|
//! | `remote` | one signed call to an app, recorded for its log |
//! | `select` | the choices of one select |
//! | `prepare` | a component with all its choices |
//! | `list` | the components of an app, and of everything that an organization installed |
//! | `issue_link` | an item made or chosen in the app for an issue |
//! | `external_issues` | links between issues and items |
//! | `alert_action` | what an alert rule tells the app when it is saved |

mod alert_action;
mod external_issues;
mod issue_link;
mod list;
mod prepare;
mod remote;
mod select;

use mortise_domain::{OrgId, status::AppStatus};
use mortise_store::{
    Conn, Tx, application,
    sentry_app::{self, Component, Installation, SentryApp},
};
use serde_json::Value as Json;

pub use alert_action::{ActionOutcome, alert_actions, run_alert_action};
pub use external_issues::{put_external_issue, remove_external_issue, remove_link};
pub use issue_link::{IssueAction, act_on_issue};
pub use list::{app_components, org_components};
pub use prepare::{Prepared, prepare};
pub use remote::{Calls, Failure};
pub use select::{SelectQuery, fetch_choices};

use super::{json::status as app_status, secrets::Secrets};
use crate::{Ctx, Result};

/// An app in an organization, ready to be called.
#[derive(Debug, Clone)]
pub struct Callee {
    /// The app.
    pub app: SentryApp,
    /// Where it is installed.
    pub installation: Installation,
    /// Signs what it is sent.
    secrets: Secrets,
}

impl Callee {
    /// An app without application is none that can be called.
    pub async fn load(
        ctx: &Ctx,
        conn: &mut Conn,
        app: SentryApp,
        installation: Installation,
    ) -> Result<Option<Self>> {
        let application = match app.application_id {
            Some(id) => application::by_id(conn, id).await?,
            None => None,
        };
        application.map(|row| Self::new(ctx, app, installation, &row)).transpose()
    }

    fn new(
        ctx: &Ctx,
        app: SentryApp,
        installation: Installation,
        application: &application::Application,
    ) -> Result<Self> {
        Ok(Self { app, installation, secrets: Secrets::open(ctx, application.into())? })
    }

    /// The organization in the app's log; internal apps have one anyway.
    fn logged_org(&self) -> Result<Option<OrgId>> {
        let is_internal = app_status(&self.app)? == AppStatus::Internal;
        Ok((!is_internal).then_some(self.installation.organization_id))
    }
}

/// A component of an app in an organization.
#[derive(Debug, Clone)]
pub struct InstalledComponent {
    /// The app.
    pub callee: Callee,
    /// The component.
    pub component: Component,
}

/// The components of all apps that are installed in an organization, of one type or of all: by installation, then in the
/// order of the schema.
pub async fn installed_components(
    ctx: &Ctx,
    org: OrgId,
    kind: Option<&str>,
) -> Result<Vec<InstalledComponent>> {
    let mut conn = ctx.store.read().await?;
    let installations = sentry_app::installed_in(&mut conn, org).await?;
    let ids: Vec<_> = installations.iter().map(|it| it.sentry_app_id).collect();
    let components = sentry_app::components(&mut conn, &ids).await?;
    if components.is_empty() {
        return Ok(Vec::new());
    }
    let apps = sentry_app::by_ids(&mut conn, &ids).await?;
    let ids: Vec<_> = apps.iter().filter_map(|app| app.application_id).collect();
    let applications = application::by_ids(&mut conn, &ids).await?;
    drop(conn);
    let mut found = Vec::new();
    for installation in installations {
        let app = apps.iter().find(|app| app.id == installation.sentry_app_id && app.date_deleted.is_none());
        let application =
            app.and_then(|app| applications.iter().find(|it| Some(it.id) == app.application_id));
        let Some((app, application)) = app.zip(application) else { continue };
        let callee = Callee::new(ctx, app.clone(), installation, application)?;
        let own = components.iter().filter(|it| it.sentry_app_id == app.id);
        let wanted = own.filter(|it| kind.is_none_or(|kind| it.kind == kind));
        found.extend(wanted.map(|it| InstalledComponent { callee: callee.clone(), component: it.clone() }));
    }
    Ok(found)
}

/// Makes the components of an app anew from its schema, each with another uuid.
pub(super) async fn replace(tx: &mut Tx, ctx: &Ctx, app: &SentryApp) -> Result<()> {
    sentry_app::delete_components(tx, app.id).await?;
    for element in app.schema["elements"].as_array().into_iter().flatten() {
        let component = Component {
            uuid: ctx.ids.uuid().to_string(),
            sentry_app_id: app.id,
            kind: element["type"].as_str().unwrap_or_default().to_owned(),
            schema: Json::clone(element),
        };
        sentry_app::insert_component(tx, &component).await?;
    }
    Ok(())
}
