//! Members, invitations and teams.

use askama::Template;

use super::{Avatar, Choice, Field, OrgRef, Pager, Search, Select, Shell, State, When};

/// Everybody in the organization, and who is invited.
#[derive(Debug, Clone, Template)]
#[template(path = "members.html")]
pub struct MembersPage {
    pub shell: Shell,
    pub search: Option<Search>,
    pub members: Vec<MemberRow>,
    pub pager: Pager,
    pub pending: Vec<PendingRow>,
    /// Whether there are more invitations than the list takes.
    pub is_cut: bool,
    pub may_invite: bool,
    pub email: Field,
    pub role: Select,
    pub teams: Vec<Choice>,
    /// The link of the invitation just made, shown once: there may be no mail server.
    pub new_link: Option<NewInvite>,
}

/// An invitation just made.
#[derive(Debug, Clone)]
pub struct NewInvite {
    pub email: String,
    pub link: String,
}

/// A member.
#[derive(Debug, Clone)]
pub struct MemberRow {
    pub id: String,
    pub avatar: Avatar,
    pub name: String,
    pub email: String,
    pub role: String,
    pub teams: Vec<String>,
    pub joined: When,
    pub is_self: bool,
    /// Roles the user may give; empty when the role is not theirs to change.
    pub roles: Option<Select>,
    pub may_remove: bool,
}

/// An invitation that was not accepted yet.
#[derive(Debug, Clone)]
pub struct PendingRow {
    pub id: String,
    pub email: String,
    pub role: String,
    pub invited: When,
    pub state: State,
}

/// Teams of the organization.
#[derive(Debug, Clone, Template)]
#[template(path = "teams.html")]
pub struct TeamsPage {
    pub shell: Shell,
    pub search: Option<Search>,
    pub teams: Vec<TeamRow>,
    pub pager: Pager,
    pub may_create: bool,
    pub slug: Field,
}

/// A team.
#[derive(Debug, Clone)]
pub struct TeamRow {
    pub slug: String,
    /// Whether the reader may look at it.
    pub has_access: bool,
    pub members: u64,
    pub projects: Vec<String>,
    pub is_member: bool,
    pub may_join: bool,
    pub may_delete: bool,
}

/// One team: who is in it, and which projects it has.
#[derive(Debug, Clone, Template)]
#[template(path = "team.html")]
pub struct TeamPage {
    pub shell: Shell,
    pub slug: String,
    pub is_member: bool,
    pub members: Vec<TeamMember>,
    pub pager: Pager,
    /// Whom the reader may put into it; `None` where that is nobody.
    pub add_member: Option<Select>,
    pub may_remove: bool,
    pub projects: Vec<OrgRef>,
    /// What the reader may give to it; `None` where that is nothing.
    pub add_project: Option<Select>,
    pub may_take: bool,
}

/// Somebody in a team.
#[derive(Debug, Clone)]
pub struct TeamMember {
    pub id: String,
    pub avatar: Avatar,
    pub email: String,
    pub is_self: bool,
}
