//! Roles on the wire, and which of them a caller may give to others.

use mortise_domain::{OrgRole, Scope, ScopeSet, TeamRole};
use mortise_wire::role as wire;

use crate::access::OrgAccess;

/// Who may invite and change members.
pub(crate) const MANAGES_MEMBERS: ScopeSet = ScopeSet::of(&[Scope::MemberWrite, Scope::MemberAdmin]);

/// The organization roles that the caller may give, retired ones included: those not above their own; for apps and keys,
/// which have none, the lowest.
pub fn assignable(access: &OrgAccess) -> Vec<OrgRole> {
    if !access.has(MANAGES_MEMBERS) {
        return Vec::new();
    }
    let highest = match access.role {
        _ if access.caller.is_superuser() => OrgRole::Owner,
        Some(role) => role,
        None => OrgRole::Member,
    };
    OrgRole::ALL.iter().copied().filter(|role| highest.can_manage(*role)).collect()
}

/// Every organization role; `allowed` tells which the caller may give.
pub fn org_roles_json(access: &OrgAccess) -> Vec<wire::OrgRole> {
    let assignable = assignable(access);
    let json = |role: &OrgRole| {
        wire::OrgRole::from(wire::OrgRoleFacts {
            id: role.as_str(),
            name: role.name(),
            desc: role.description(),
            scopes: scopes_json(role.scopes()),
            is_allowed: !role.is_retired() && assignable.contains(role),
            is_retired: role.is_retired(),
            is_global: role.is_global(),
            minimum_team_role: role.minimum_team_role().as_str(),
        })
    };
    OrgRole::ALL.iter().map(json).collect()
}

/// The highest team role that the caller may give, if any.
pub fn highest_team_role(access: &OrgAccess) -> Option<TeamRole> {
    match access.role {
        _ if access.caller.is_superuser() => Some(TeamRole::Admin),
        Some(role) => Some(role.minimum_team_role()),
        None if access.has(ScopeSet::of(&[Scope::TeamAdmin])) => Some(TeamRole::Admin),
        None => access.has(MANAGES_MEMBERS).then_some(TeamRole::Contributor),
    }
}

/// Every team role; `allowed` tells which the caller may give in any team.
pub fn team_roles_json(access: &OrgAccess) -> Vec<wire::TeamRole> {
    let highest = highest_team_role(access);
    let json = |role: &TeamRole| {
        let is_allowed = highest.is_some_and(|highest| highest >= *role);
        wire::TeamRole::new(
            role.as_str(),
            role.name(),
            role.description(),
            scopes_json(role.scopes()),
            is_allowed,
        )
    };
    TeamRole::ALL.iter().map(json).collect()
}

/// Roles by id and name.
pub fn role_names() -> Vec<wire::RoleName> {
    let json = |role: &OrgRole| wire::RoleName { id: role.as_str().to_owned(), name: role.name().to_owned() };
    OrgRole::ALL.iter().map(json).collect()
}

/// Scopes as clients see them, sorted.
pub fn scopes_json(scopes: ScopeSet) -> Vec<String> {
    scopes.sorted().into_iter().map(str::to_owned).collect()
}
