//! Apps as clients see them. What only owners see depends on who looks: a superuser, or a member of the owner.

use std::collections::HashMap;

use mortise_crypto::ExposeSecret;
use mortise_domain::{OrgId, OrgRole, Scope, Time, status::AppStatus};
use mortise_store::{
    Conn,
    application::{self, Application},
    member,
    organization::{self, Organization},
    sentry_app::{self, SentryApp},
};
use mortise_wire::{
    sentry_app::{self as wire, AppCredentials, AppOwner},
    token::MASKED,
};
use serde_json::Value as Json;

use super::{AppAccess, avatar::avatars, features, subscriptions};
use crate::{
    Caller, Ctx, Error, Result, access::scope_options, applications::secret_place, roles::scopes_json,
};

/// For how long after an app was created its secret can be read, hours.
const SECRET_SHOWN_HOURS: i64 = 24;

/// Who looks.
pub(super) struct Viewer {
    is_superuser: bool,
    /// The role in each organization.
    roles: HashMap<OrgId, OrgRole>,
}

impl Viewer {
    /// Nobody, who sees no credentials.
    pub(super) fn nobody() -> Self {
        Self { is_superuser: false, roles: HashMap::new() }
    }

    /// The caller. Proxy users of apps are members of nothing.
    pub(super) async fn of(conn: &mut Conn, caller: &Caller) -> Result<Self> {
        let mut viewer = Self { is_superuser: caller.is_superuser(), ..Self::nobody() };
        if let Some(user) = &caller.user {
            let memberships = member::of_user_everywhere(conn, user.id).await?;
            let role = |text: &str| text.parse::<OrgRole>().ok();
            viewer.roles =
                memberships.iter().filter_map(|it| Some((it.organization_id, role(&it.role)?))).collect();
        }
        Ok(viewer)
    }

    /// Whoever has access to one app, for showing that one.
    pub(super) fn of_app(access: &AppAccess) -> Self {
        let role = access.role.map(|role| (access.app.owner_id, role));
        Self { is_superuser: access.caller.is_superuser(), roles: role.into_iter().collect() }
    }

    /// Whether credentials of apps that this organization owns can be seen.
    fn sees(&self, owner: OrgId) -> bool {
        self.is_superuser || self.roles.contains_key(&owner)
    }
}

/// The apps in their order, in a constant number of statements.
pub(super) async fn apps(
    ctx: &Ctx,
    conn: &mut Conn,
    viewer: &Viewer,
    apps: &[SentryApp],
) -> Result<Vec<wire::SentryApp>> {
    if apps.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = apps.iter().map(|app| app.id).collect();
    let mut of_app: HashMap<_, Vec<i64>> = HashMap::new();
    for (app, feature) in sentry_app::features(conn, &ids).await? {
        of_app.entry(app).or_default().push(feature);
    }
    let mut pictures = avatars(ctx, conn, &ids).await?;
    let ids: Vec<_> = apps.iter().filter_map(|app| app.application_id).collect();
    let applications = application::by_ids(conn, &ids).await?;
    let applications: HashMap<_, _> = applications.into_iter().map(|it| (it.id, it)).collect();
    let ids: Vec<_> = apps.iter().map(|app| app.owner_id).filter(|owner| viewer.sees(*owner)).collect();
    let owners = organization::by_ids(conn, &ids).await?;
    let owners: HashMap<_, _> = owners.into_iter().map(|it| (it.id, it)).collect();
    let now = ctx.now();
    let one = |app: &SentryApp| {
        let application = app.application_id.and_then(|id| applications.get(&id));
        let features = of_app.get(&app.id).map(Vec::as_slice).unwrap_or_default();
        let private = match (application, owners.get(&app.owner_id)) {
            (Some(application), Some(owner)) => credentials(ctx, viewer, app, application, owner, now)?,
            _ => None,
        };
        let avatars = pictures.remove(&app.id).unwrap_or_default();
        Ok(wire::SentryApp { avatars, ..json(app, application, features, private)? })
    };
    apps.iter().map(one).collect()
}

fn json(
    app: &SentryApp,
    application: Option<&Application>,
    features: &[i64],
    private: Option<AppCredentials>,
) -> Result<wire::SentryApp> {
    let status = status(app)?;
    let events = subscriptions::texts(&app.events);
    let mut webhook_events = events.clone();
    webhook_events.sort_unstable();
    let feature_data = match status {
        AppStatus::Internal => Vec::new(),
        _ => features.iter().filter_map(|feature| features::describe(*feature, &app.name)).collect(),
    };
    let lines = application.map(|it| it.allowed_origins.lines()).into_iter().flatten();
    let object = |value: &Json| value.as_object().cloned().unwrap_or_default();
    Ok(wire::SentryApp {
        allowed_origins: lines.filter(|line| !line.is_empty()).map(str::to_owned).collect(),
        author: app.author.clone(),
        avatars: Vec::new(),
        events: subscriptions::consolidate(&events),
        feature_data,
        is_alertable: app.is_alertable,
        metadata: object(&app.metadata),
        name: app.name.clone(),
        overview: app.overview.clone(),
        popularity: app.popularity,
        redirect_url: app.redirect_url.clone(),
        schema: object(&app.schema),
        scopes: scopes_json(app.scopes),
        slug: app.slug.clone(),
        status: status.to_string(),
        uuid: app.uuid.clone(),
        verify_install: app.verify_install,
        webhook_url: app.webhook_url.clone(),
        webhook_events,
        webhook_headers: subscriptions::texts(&app.webhook_headers),
        is_disabled: app.is_disabled,
        date_published: app.date_published.filter(|_| status == AppStatus::Published).map(Into::into),
        private,
    })
}

/// The status of an app.
pub(super) fn status(app: &SentryApp) -> Result<AppStatus> {
    app.status.try_into().map_err(|error| Error::Internal(format!("app {}: {error}", app.id)))
}

/// What the viewer may see of the app's credentials.
fn credentials(
    ctx: &Ctx,
    viewer: &Viewer,
    app: &SentryApp,
    application: &Application,
    owner: &Organization,
    now: Time,
) -> Result<Option<AppCredentials>> {
    // The role counts here, whatever the token that is used may do.
    let role = viewer.roles.get(&owner.id);
    let of_role = role.map(|role| role.effective_scopes(scope_options(owner)));
    let may_see = viewer.is_superuser
        || of_role.is_some_and(|scopes| scopes.contains(Scope::OrgWrite) && scopes.is_superset(app.scopes));
    let is_fresh = now.duration_since(app.date_added).as_hours() < SECRET_SHOWN_HOURS;
    let client_secret = match (is_fresh, may_see) {
        (false, _) => None,
        (true, false) => Some(MASKED.to_owned()),
        (true, true) => Some(client_secret(ctx, application)?),
    };
    Ok(Some(AppCredentials {
        client_id: application.client_id.clone(),
        client_secret,
        owner: AppOwner { id: owner.id.get(), slug: owner.slug.clone() },
    }))
}

fn client_secret(ctx: &Ctx, application: &Application) -> Result<String> {
    let place = secret_place(&application.client_id);
    let secret = ctx.keyring.open_text(&place, &application.client_secret);
    let secret = secret.map_err(|error| Error::Internal(format!("client secret: {error}")))?;
    Ok(secret.expose_secret().to_owned())
}
