//! Members and pending invitations of an organization.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    datetime::WireTime,
    external_actor::ExternalActor,
    role::{OrgRole, TeamRole},
    user::User,
};

/// A member. The optional keys depend on the endpoint.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// Digits; of the membership, not of the user.
    pub id: String,
    /// The user's or the invited address.
    pub email: String,
    /// The user's name, else the address.
    pub name: String,
    /// Null while invited.
    pub user: Option<User>,
    /// The organization role.
    pub role: String,
    /// What people read.
    pub role_name: String,
    /// The role again.
    pub org_role: String,
    /// Invited and not yet a member.
    pub pending: bool,
    /// The invitation is too old.
    pub expired: bool,
    /// Where the membership comes from.
    pub flags: MemberFlags,
    /// When it was made.
    pub date_created: WireTime,
    /// `approved`, `requested_to_be_invited` or `requested_to_join`.
    pub invite_status: String,
    /// Who invited.
    pub inviter_name: Option<String>,
    /// With `expand=externalUsers`: accounts at other services.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_users: Option<Vec<ExternalActor>>,
    /// Lists of project members: slugs of projects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub projects: Option<Vec<String>>,
    /// Lists of team members: the role there, or null.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub team_role: Option<Option<String>>,
    /// Lists of team members: the team.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team_slug: Option<String>,
    /// One member in full.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Box<MemberDetail>>,
}

/// Where a membership comes from.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
pub struct MemberFlags {
    /// By the organization's directory.
    #[serde(rename = "idp:provisioned")]
    pub idp_provisioned: bool,
    /// The directory sets the role.
    #[serde(rename = "idp:role-restricted")]
    pub idp_role_restricted: bool,
    /// Signs in elsewhere.
    #[serde(rename = "sso:linked")]
    pub sso_linked: bool,
    /// Signs in elsewhere, but the account there is gone.
    #[serde(rename = "sso:invalid")]
    pub sso_invalid: bool,
    /// Over the limit of a plan.
    #[serde(rename = "member-limit:restricted")]
    pub member_limit_restricted: bool,
    /// Bound to a partner.
    #[serde(rename = "partnership:restricted")]
    pub partnership_restricted: bool,
}

/// What only one member in full shows.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberDetail {
    /// Slugs of teams.
    pub teams: Vec<String>,
    /// Teams with the role there.
    pub team_roles: Vec<MemberTeamRole>,
    /// Where to accept the invitation; for those who may invite.
    #[serde(rename = "invite_link", skip_serializing_if = "Option::is_none")]
    pub invite_link: Option<String>,
    /// The only owner of the organization.
    pub is_only_owner: bool,
    /// Organization roles.
    pub org_role_list: Vec<OrgRole>,
    /// Team roles.
    pub team_role_list: Vec<TeamRole>,
    /// Organization roles again.
    pub roles: Vec<OrgRole>,
}

/// A team of a member.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberTeamRole {
    /// Which.
    pub team_slug: String,
    /// The role there; null for what the organization role brings.
    pub role: Option<String>,
}

/// The answer to a changed team role.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TeamMembership {
    /// In the team.
    pub is_active: bool,
    /// The role there.
    pub team_role: Option<String>,
}
