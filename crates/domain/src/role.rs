//! Roles: named sets of scopes that members have in an organization and in its teams.
//!
//! Roles are ordered: comparing two tells which stands higher. Someone may manage a role that does not stand above
//! their own. Scopes of an organization role count everywhere, those of a team role only for that team and its
//! projects.

use crate::{Scope, ScopeSet};

coded! {
    /// A member's role in the organization, lowest first. The number is the priority.
    pub enum OrgRole {
        Member = 0, "member";
        /// Retired in favour of [`TeamRole::Admin`]: those who have it keep it, nobody gets it.
        Admin = 1, "admin";
        Manager = 2, "manager";
        Owner = 3, "owner";
    }

    /// A member's role in one team, lowest first. The number is the priority.
    pub enum TeamRole {
        Contributor = 0, "contributor";
        Admin = 1, "admin";
    }
}

/// An organization's options that widen what plain members may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScopeOptions {
    /// Members may delete events and issues (`event:admin`).
    pub events_member_admin: bool,
    /// Members may change alert rules (`alerts:write`).
    pub alerts_member_write: bool,
}

impl Default for ScopeOptions {
    /// Both on, as in an organization that never touched them.
    fn default() -> Self {
        Self { events_member_admin: true, alerts_member_write: true }
    }
}

const CONTRIBUTOR: ScopeSet = ScopeSet::of(&[
    Scope::EventRead,
    Scope::EventWrite,
    Scope::ProjectRead,
    Scope::ProjectReleases,
    Scope::OrgRead,
    Scope::MemberRead,
    Scope::TeamRead,
    Scope::AlertsRead,
]);
const MEMBER: ScopeSet = CONTRIBUTOR.union(ScopeSet::of(&[Scope::EventAdmin, Scope::AlertsWrite]));
const ADMIN: ScopeSet = MEMBER.union(ScopeSet::of(&[
    Scope::ProjectWrite,
    Scope::ProjectAdmin,
    Scope::TeamWrite,
    Scope::TeamAdmin,
    Scope::OrgIntegrations,
]));
const MANAGER: ScopeSet =
    ADMIN.union(ScopeSet::of(&[Scope::OrgWrite, Scope::MemberWrite, Scope::MemberAdmin]));
const OWNER: ScopeSet = MANAGER.union(ScopeSet::of(&[Scope::OrgAdmin]));

impl OrgRole {
    /// The scopes of the role before an organization's options are applied.
    pub const fn scopes(self) -> ScopeSet {
        match self {
            Self::Member => MEMBER,
            Self::Admin => ADMIN,
            Self::Manager => MANAGER,
            Self::Owner => OWNER,
        }
    }

    /// The scopes that a holder has in an organization with these options. The options concern only roles that
    /// can do no more than a member; the others are unaffected.
    pub fn effective_scopes(self, options: ScopeOptions) -> ScopeSet {
        let scopes = self.scopes();
        if !scopes.difference(MEMBER).is_empty() {
            return scopes;
        }
        let mut removed = ScopeSet::EMPTY;
        if !options.events_member_admin {
            removed = removed.union(ScopeSet::of(&[Scope::EventAdmin]));
        }
        if !options.alerts_member_write {
            removed = removed.union(ScopeSet::of(&[Scope::AlertsWrite]));
        }
        scopes.difference(removed)
    }

    /// The name on pages and in lists of roles.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "Member",
            Self::Admin => "Admin",
            Self::Manager => "Manager",
            Self::Owner => "Owner",
        }
    }

    /// One or two sentences that help to choose a role.
    pub const fn description(self) -> &'static str {
        match self {
            Self::Member => "Works with issues and sees almost everything, and changes few settings.",
            Self::Admin => "Runs the projects and teams they belong to, and sets up integrations.",
            Self::Manager => "Runs every project and team, and decides who is a member.",
            Self::Owner => {
                "May do everything, including what cannot be undone. There is always one at least."
            }
        }
    }

    /// Whether the role reaches every project and team, member of it or not.
    pub const fn is_global(self) -> bool {
        matches!(self, Self::Manager | Self::Owner)
    }

    /// Whether nobody may be given the role any more.
    pub const fn is_retired(self) -> bool {
        matches!(self, Self::Admin)
    }

    /// Whether a holder of this role may manage, or give, the other one.
    pub fn can_manage(self, other: OrgRole) -> bool {
        self >= other
    }

    /// The least role that a holder has in every team they are in.
    pub const fn minimum_team_role(self) -> TeamRole {
        match self {
            Self::Member => TeamRole::Contributor,
            Self::Admin | Self::Manager | Self::Owner => TeamRole::Admin,
        }
    }
}

impl TeamRole {
    /// The scopes on the team and its projects.
    pub const fn scopes(self) -> ScopeSet {
        match self {
            Self::Contributor => CONTRIBUTOR,
            Self::Admin => ADMIN,
        }
    }

    /// The name on pages and in lists of roles.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Contributor => "Contributor",
            Self::Admin => "Team Admin",
        }
    }

    /// One or two sentences that help to choose a role.
    pub const fn description(self) -> &'static str {
        match self {
            Self::Contributor => "Works with the issues of the team's projects.",
            Self::Admin => "Runs the team: its members, its projects and their integrations.",
        }
    }

    /// The lowest organization role whose holders always have this role in their teams.
    pub const fn minimum_role_for(self) -> Option<OrgRole> {
        match self {
            Self::Contributor => None,
            Self::Admin => Some(OrgRole::Admin),
        }
    }

    /// What a member has in a team: the greater of the role stored for the team and what the organization role
    /// brings.
    pub fn effective(stored: Option<TeamRole>, org_role: OrgRole) -> TeamRole {
        stored.unwrap_or(TeamRole::Contributor).max(org_role.minimum_team_role())
    }
}
