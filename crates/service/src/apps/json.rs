//! Apps as clients see them. What only owners see depends on who looks: a superuser, or a member of the owner.

use std::collections::HashMap;

use mortise_crypto::ExposeSecret;
use mortise_domain::{OrgId, OrgRole, Scope, Time, status::AppStatus};
use mortise_store::{
    Conn, member,
    sentry_app::{self, AppBeside, SentryApp},
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

/// The apps in their order: one statement for what is beside their rows, and another when any has pictures.
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
    let beside: HashMap<_, _> =
        sentry_app::beside(conn, &ids).await?.into_iter().map(|beside| (beside.id, beside)).collect();
    let pictured: Vec<_> = beside.values().filter(|it| it.has_avatars).map(|it| it.id).collect();
    let mut pictures =
        if pictured.is_empty() { HashMap::new() } else { avatars(ctx, conn, &pictured).await? };
    let now = ctx.now();
    let mut seen = Vec::with_capacity(apps.len());
    for app in apps {
        let gone = || Error::Internal(format!("app {} is not there", app.id));
        let beside = beside.get(&app.id).ok_or_else(gone)?;
        let private = credentials(ctx, viewer, app, beside, now)?;
        let avatars = pictures.remove(&app.id).unwrap_or_default();
        seen.push(wire::SentryApp { avatars, ..json(app, beside, private)? });
    }
    Ok(seen)
}

fn json(app: &SentryApp, beside: &AppBeside, private: Option<AppCredentials>) -> Result<wire::SentryApp> {
    let status = status(app)?;
    let events = subscriptions::texts(&app.events);
    let mut webhook_events = events.clone();
    webhook_events.sort_unstable();
    let feature_data = match status {
        AppStatus::Internal => Vec::new(),
        _ => {
            let numbers = beside.features.iter().flat_map(|text| text.split(' '));
            let mut numbers: Vec<i64> = numbers.filter_map(|number| number.parse().ok()).collect();
            numbers.sort_unstable();
            numbers.iter().filter_map(|feature| features::describe(*feature, &app.name)).collect()
        }
    };
    let lines = beside.allowed_origins.iter().flat_map(|text| text.lines());
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
    beside: &AppBeside,
    now: Time,
) -> Result<Option<AppCredentials>> {
    let owner = app.owner_id;
    let (Some(client_id), true) = (&beside.client_id, viewer.sees(owner)) else { return Ok(None) };
    // The role counts here, whatever the token that is used may do.
    let role = viewer.roles.get(&owner);
    let of_role = role.map(|role| role.effective_scopes(scope_options(&beside.owner_options)));
    let may_see = viewer.is_superuser
        || of_role.is_some_and(|scopes| scopes.contains(Scope::OrgWrite) && scopes.is_superset(app.scopes));
    let is_fresh = now.duration_since(app.date_added).as_hours() < SECRET_SHOWN_HOURS;
    let client_secret = match (is_fresh, may_see, &beside.client_secret) {
        (true, false, _) => Some(MASKED.to_owned()),
        (true, true, Some(sealed)) => Some(client_secret(ctx, client_id, sealed)?),
        _ => None,
    };
    Ok(Some(AppCredentials {
        client_id: client_id.clone(),
        client_secret,
        owner: AppOwner { id: owner.get(), slug: beside.owner_slug.clone() },
    }))
}

fn client_secret(ctx: &Ctx, client_id: &str, sealed: &[u8]) -> Result<String> {
    let secret = ctx.keyring.open_text(&secret_place(client_id), sealed);
    let secret = secret.map_err(|error| Error::Internal(format!("client secret: {error}")))?;
    Ok(secret.expose_secret().to_owned())
}
