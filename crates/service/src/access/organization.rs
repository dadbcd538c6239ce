//! What a caller may do in an organization.

use mortise_domain::{
    OrgId, OrgRole, ProjectId, ScopeOptions, ScopeSet, TeamId, TeamRole, kind,
    org::{OrgFlag, OrgFlags},
};
use mortise_store::{
    Conn,
    member::{self, Member, TeamMembership},
    organization::{
        self, Organization,
        access::{self as found_by, PersonIn, Which},
    },
    project,
};
use serde_json::Value as Json;

use super::IdOrSlug;
use crate::{Auth, Caller, Ctx, Error, Result, apps::facade, roles::scopes_json};

/// The keys of the options that change scopes.
const EVENTS_MEMBER_ADMIN: &str = "eventsMemberAdmin";
const ALERTS_MEMBER_WRITE: &str = "alertsMemberWrite";
/// What an elevated session is told to have besides every scope.
const SUPERUSER: &str = "org:superuser";

/// What the caller may do in one organization.
#[derive(Debug, Clone)]
pub struct OrgAccess {
    /// The organization.
    pub org: Organization,
    /// Who asks.
    pub caller: Caller,
    /// What may be done here: the role's scopes cut down to the token's.
    pub scopes: ScopeSet,
    /// What the caller's credentials allow at most; everything for a session.
    pub token_scopes: ScopeSet,
    /// The caller's membership, for people.
    pub member: Option<Member>,
    /// The caller's role, for people.
    pub role: Option<OrgRole>,
    /// The caller's teams, for people.
    pub teams: Vec<TeamMembership>,
    /// Whether every team and project is reachable: an open organization, a global role, an app, a key.
    pub reaches_all: bool,
}

impl OrgAccess {
    /// The switches of the organization.
    pub fn flags(&self) -> OrgFlags {
        OrgFlags::from_bits(self.org.flags)
    }

    /// Whether any of `scopes` is held organization-wide.
    pub fn has(&self, scopes: ScopeSet) -> bool {
        self.scopes.intersects(scopes)
    }

    /// Refuses a caller who holds none of `scopes`.
    pub fn require(&self, scopes: ScopeSet) -> Result<()> {
        if self.has(scopes) { Ok(()) } else { Err(Error::Forbidden) }
    }

    /// Whether the caller is in the team.
    pub fn in_team(&self, team: TeamId) -> bool {
        self.teams.iter().any(|membership| membership.team_id == team)
    }

    /// The caller's role in a team they are in: the stored one or what the organization role brings at least.
    pub fn team_role(&self, team: TeamId) -> Option<TeamRole> {
        let membership = self.teams.iter().find(|membership| membership.team_id == team)?;
        let stored = membership.role.as_deref().and_then(|role| role.parse().ok());
        Some(TeamRole::effective(stored, self.role?))
    }

    /// What may be done with a team, or a project of these teams: organization scopes and those of team roles.
    pub fn scopes_on(&self, teams: &[TeamId]) -> ScopeSet {
        let roles = teams.iter().filter_map(|team| self.team_role(*team));
        let of_teams = roles.fold(ScopeSet::EMPTY, |set, role| set.union(role.scopes()));
        self.scopes.union(of_teams.intersection(self.token_scopes))
    }

    /// Scopes as the key `access` lists them to the caller, sorted. An elevated session has one that nothing asks for.
    pub fn listed(&self, scopes: ScopeSet) -> Vec<String> {
        let mut listed = scopes_json(scopes);
        if self.caller.is_superuser() {
            let place = listed.partition_point(|scope| scope.as_str() < SUPERUSER);
            listed.insert(place, SUPERUSER.to_owned());
        }
        listed
    }

    /// Whether a project with these teams is reachable at all.
    pub fn reaches(&self, teams: &[TeamId]) -> bool {
        self.reaches_all || teams.iter().any(|team| self.in_team(*team))
    }

    /// The ids of the active projects that are reachable, in order of id.
    pub async fn reachable_projects(&self, conn: &mut Conn) -> Result<Vec<ProjectId>> {
        if self.reaches_all {
            let mut ids: Vec<_> =
                project::of_organization(conn, self.org.id).await?.iter().map(|p| p.id).collect();
            ids.sort_unstable();
            return Ok(ids);
        }
        self.own_projects(conn).await
    }

    /// The ids of the active projects of the caller's own teams.
    pub async fn own_projects(&self, conn: &mut Conn) -> Result<Vec<ProjectId>> {
        let teams: Vec<TeamId> = self.teams.iter().map(|membership| membership.team_id).collect();
        Ok(project::ids_of_teams(conn, &teams).await?)
    }
}

/// Access to the organization that the path names, for a caller who needs any of `required`.
pub async fn organization(
    ctx: &Ctx,
    caller: Caller,
    segment: &IdOrSlug<kind::Organization>,
    required: ScopeSet,
) -> Result<OrgAccess> {
    let mut conn = ctx.store.read().await?;
    let access = resolve(&mut conn, caller, segment).await?;
    access.require(required)?;
    Ok(access)
}

/// Access to the organization that the path names. No scope is required yet.
pub async fn organization_of(
    ctx: &Ctx,
    caller: Caller,
    segment: &IdOrSlug<kind::Organization>,
) -> Result<OrgAccess> {
    resolve(&mut *ctx.store.read().await?, caller, segment).await
}

/// Everything in an organization, for whoever runs the program itself. No request gets it.
pub async fn operator(ctx: &Ctx, slug: &str) -> Result<OrgAccess> {
    let org = organization::by_slug(&mut *ctx.store.read().await?, slug).await?;
    let caller = Caller { is_operator: true, ..Caller::default() };
    whole(org.ok_or(Error::NoSuchResource)?, caller, ScopeSet::all())
}

/// [`organization_of`], for an organization that was found by something it has.
pub async fn organization_by_id(ctx: &Ctx, caller: Caller, id: OrgId) -> Result<OrgAccess> {
    organization_of(ctx, caller, &IdOrSlug::Id(id)).await
}

/// [`organization()`], also while it waits to be deleted: for showing it and bringing it back.
pub async fn organization_in_any_state(
    ctx: &Ctx,
    caller: Caller,
    segment: &IdOrSlug<kind::Organization>,
    required: ScopeSet,
) -> Result<OrgAccess> {
    let which = match segment {
        IdOrSlug::Id(id) => Which::IdInAnyState(*id),
        IdOrSlug::Slug(slug) => Which::SlugInAnyState(slug),
    };
    let access = of_caller(&mut *ctx.store.read().await?, caller, which).await?;
    access.require(required)?;
    Ok(access)
}

/// [`organization_by_id`], also while it waits to be deleted.
pub async fn organization_by_id_in_any_state(ctx: &Ctx, caller: Caller, id: OrgId) -> Result<OrgAccess> {
    organization_in_any_state(ctx, caller, &IdOrSlug::Id(id), ScopeSet::all()).await
}

/// Finds the organization and what the caller may do there; refuses callers who have no business in it.
pub(super) async fn resolve(
    conn: &mut Conn,
    caller: Caller,
    segment: &IdOrSlug<kind::Organization>,
) -> Result<OrgAccess> {
    let which = match segment {
        IdOrSlug::Id(id) => Which::Id(*id),
        IdOrSlug::Slug(slug) => Which::Slug(slug),
    };
    of_caller(conn, caller, which).await
}

/// What the caller may do in the organization, if there is one. One statement, whoever asks.
async fn of_caller(conn: &mut Conn, caller: Caller, which: Which<'_>) -> Result<OrgAccess> {
    if caller.is_anonymous() {
        return Err(Error::NotAuthenticated);
    }
    match (&caller.user, &caller.auth) {
        (Some(user), Some(Auth::Token(token))) if user.is_sentry_app => {
            let found = facade::organization_of_proxy_user(conn, user.id, which).await?;
            let (org, scopes) = found.ok_or(Error::NoSuchResource)?;
            let is_bound_here = token.installation.is_some_and(|(_, bound)| bound == org.id);
            whole(org, caller, scopes.filter(|_| is_bound_here).ok_or(Error::Forbidden)?)
        }
        (Some(user), auth) => {
            let token_scopes = auth.as_ref().map_or(ScopeSet::all(), Auth::scopes);
            let found = found_by::with_person(conn, which, user.id).await?;
            let PersonIn { org, member, teams } = found.ok_or(Error::NoSuchResource)?;
            if member.is_none() && !caller.is_superuser() {
                return Err(Error::Forbidden);
            }
            person(org, caller, token_scopes, member, teams)
        }
        (None, auth) => {
            let org = found_by::find(conn, which).await?.ok_or(Error::NoSuchResource)?;
            let scopes = match auth {
                Some(Auth::OrgToken { org: bound, .. }) if *bound == org.id => ScopeSet::all(),
                Some(Auth::ApiKey { org: bound, scopes, .. }) if *bound == org.id => *scopes,
                _ => return Err(Error::Forbidden),
            };
            whole(org, caller, scopes)
        }
    }
}

/// Access that reaches every team and project.
#[expect(clippy::unnecessary_wraps, reason = "every arm of the caller answers alike")]
fn whole(org: Organization, caller: Caller, scopes: ScopeSet) -> Result<OrgAccess> {
    Ok(OrgAccess {
        org,
        caller,
        scopes,
        token_scopes: scopes,
        member: None,
        role: None,
        teams: Vec::new(),
        reaches_all: true,
    })
}

/// What a person may do, by membership and teams.
fn person(
    org: Organization,
    caller: Caller,
    token_scopes: ScopeSet,
    member: Option<Member>,
    teams: Vec<TeamMembership>,
) -> Result<OrgAccess> {
    let is_superuser = caller.is_superuser();
    let role = match &member {
        Some(member) => Some(member.role.parse::<OrgRole>().map_err(|e| Error::Internal(e.to_string()))?),
        None => None,
    };
    let of_role = role.map_or(ScopeSet::EMPTY, |role| role.effective_scopes(scope_options(&org.options)));
    let scopes = if is_superuser { ScopeSet::all() } else { of_role.intersection(token_scopes) };
    let is_open = OrgFlags::from_bits(org.flags).is_on(OrgFlag::OpenMembership);
    let reaches_all = is_superuser || is_open || role.is_some_and(OrgRole::is_global);
    Ok(OrgAccess { org, caller, scopes, token_scopes, member, role, teams, reaches_all })
}

/// Access to every organization where the caller has something: a person's memberships, the one organization of an app's
/// token, of an organization's token or of an API key. Takes the same few statements for any number of them.
pub async fn organizations_of(conn: &mut Conn, caller: &Caller) -> Result<Vec<OrgAccess>> {
    let bound = match &caller.auth {
        Some(Auth::Token(token)) => token.installation.map(|(_, org)| org),
        Some(Auth::OrgToken { org, .. } | Auth::ApiKey { org, .. }) => Some(*org),
        None => None,
    };
    if let Some(bound) = bound {
        return match resolve(conn, caller.clone(), &IdOrSlug::Id(bound)).await {
            Ok(access) => Ok(vec![access]),
            Err(Error::NoSuchResource | Error::Forbidden) => Ok(Vec::new()),
            Err(other) => Err(other),
        };
    }
    let user = caller.user()?;
    if user.is_sentry_app {
        return Ok(Vec::new());
    }
    let members = member::of_user_everywhere(conn, user.id).await?;
    let members: Vec<Member> = members.into_iter().filter(|member| member.invite_status == 0).collect();
    let org_ids: Vec<OrgId> = members.iter().map(|member| member.organization_id).collect();
    let orgs = organization::by_ids(conn, &org_ids).await?;
    let member_ids: Vec<_> = members.iter().map(|member| member.id).collect();
    let places = member::teams::of_members(conn, &member_ids).await?;
    let token_scopes = caller.auth.as_ref().map_or(ScopeSet::all(), Auth::scopes);
    let mut all = Vec::with_capacity(members.len());
    for member in members {
        let Some(org) = orgs.iter().find(|org| org.id == member.organization_id) else { continue };
        let own = places.iter().filter(|place| place.member_id == member.id);
        let teams = own
            .map(|place| TeamMembership {
                team_id: place.team_id,
                member_id: place.member_id,
                role: place.role.clone(),
            })
            .collect();
        all.push(person(org.clone(), caller.clone(), token_scopes, Some(member), teams)?);
    }
    Ok(all)
}

/// Those of an organization's options that change scopes.
pub(crate) fn scope_options(options: &Json) -> ScopeOptions {
    let on = |key: &str| options.get(key).and_then(Json::as_bool).unwrap_or(true);
    ScopeOptions {
        events_member_admin: on(EVENTS_MEMBER_ADMIN),
        alerts_member_write: on(ALERTS_MEMBER_WRITE),
    }
}
