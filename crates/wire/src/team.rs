//! Teams.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    avatar::Avatar, datetime::WireTime, external_actor::ExternalActor, organization::OrganizationSummary,
    project::Project,
};

/// A team. The optional keys come with `expand` or on the endpoint of one team.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Team {
    /// Digits.
    pub id: String,
    /// Unique name in the organization.
    pub slug: String,
    /// What people read.
    pub name: String,
    /// When it was made.
    pub date_created: WireTime,
    /// The caller is in it.
    pub is_member: bool,
    /// The caller's role in it.
    pub team_role: Option<String>,
    /// Where the team comes from.
    pub flags: TeamFlags,
    /// What the caller may do in it.
    pub access: Vec<String>,
    /// The caller may see its projects.
    pub has_access: bool,
    /// The caller asked to join.
    pub is_pending: bool,
    /// How many members it has.
    pub member_count: i64,
    /// The picture.
    pub avatar: Avatar,
    /// Teams at other services.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_teams: Option<Vec<ExternalActor>>,
    /// The organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<Box<OrganizationSummary>>,
    /// Its projects.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub projects: Option<Vec<Project>>,
}

/// Where a team comes from.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
pub struct TeamFlags {
    /// By the organization's directory.
    #[serde(rename = "idp:provisioned")]
    pub idp_provisioned: bool,
}

/// A team by name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TeamRef {
    /// Digits.
    pub id: String,
    /// Unique name in the organization.
    pub slug: String,
    /// What people read.
    pub name: String,
}

/// A wish to join a team, which somebody who runs the team answers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AccessRequest {
    /// Digits.
    pub id: String,
    /// Who shall join.
    pub member: crate::member::Member,
    /// Which team.
    pub team: Team,
    /// Who asked, if it was not the member.
    pub requester: Option<crate::user::User>,
}
