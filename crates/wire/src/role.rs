//! Roles in organizations and teams, as lists of what can be chosen.

use serde::Serialize;
use utoipa::ToSchema;

/// An organization role and whether the caller may assign it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrgRole {
    /// `member`, `admin`, `manager` or `owner`.
    pub id: String,
    /// What people read.
    pub name: String,
    /// What the role is for.
    pub desc: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// May be assigned by the caller.
    pub allowed: bool,
    /// The same again.
    pub is_allowed: bool,
    /// Kept by its holders but no longer assigned.
    pub is_retired: bool,
    /// Holders may have roles in teams.
    pub is_team_roles_allowed: bool,
    /// Reaches every team and project.
    #[serde(rename = "is_global")]
    pub is_global_snake: bool,
    /// The same again.
    pub is_global: bool,
    /// The least role its holders have in their teams.
    pub minimum_team_role: String,
}

/// What varies between organization roles.
#[derive(Debug, Clone)]
pub struct OrgRoleFacts<'a> {
    /// The id.
    pub id: &'a str,
    /// What people read.
    pub name: &'a str,
    /// What the role is for.
    pub desc: &'a str,
    /// What it may do.
    pub scopes: Vec<String>,
    /// May be assigned by the caller.
    pub is_allowed: bool,
    /// No longer assigned.
    pub is_retired: bool,
    /// Reaches every team and project.
    pub is_global: bool,
    /// The least role its holders have in their teams.
    pub minimum_team_role: &'a str,
}

impl From<OrgRoleFacts<'_>> for OrgRole {
    fn from(facts: OrgRoleFacts<'_>) -> Self {
        Self {
            id: facts.id.to_owned(),
            name: facts.name.to_owned(),
            desc: facts.desc.to_owned(),
            scopes: facts.scopes,
            allowed: facts.is_allowed,
            is_allowed: facts.is_allowed,
            is_retired: facts.is_retired,
            is_team_roles_allowed: true,
            is_global_snake: facts.is_global,
            is_global: facts.is_global,
            minimum_team_role: facts.minimum_team_role.to_owned(),
        }
    }
}

/// A team role and whether the caller may assign it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TeamRole {
    /// `contributor` or `admin`.
    pub id: String,
    /// What people read.
    pub name: String,
    /// What the role is for.
    pub desc: String,
    /// What it may do in the team and its projects.
    pub scopes: Vec<String>,
    /// May be assigned by the caller.
    pub allowed: bool,
    /// The same again.
    pub is_allowed: bool,
    /// No longer assigned.
    pub is_retired: bool,
    /// Holders may have roles in teams.
    pub is_team_roles_allowed: bool,
    /// The organization role whose holders have at least this one.
    pub is_minimum_role_for: Option<String>,
}

impl TeamRole {
    /// A role that is in use.
    pub fn new(id: &str, name: &str, desc: &str, scopes: Vec<String>, is_allowed: bool) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            desc: desc.to_owned(),
            scopes,
            allowed: is_allowed,
            is_allowed,
            is_retired: false,
            is_team_roles_allowed: true,
            is_minimum_role_for: (id == "admin").then(|| "admin".to_owned()),
        }
    }
}

/// A role by id and name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RoleName {
    /// The id.
    pub id: String,
    /// What people read.
    pub name: String,
}
