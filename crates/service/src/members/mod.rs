//! Members of organizations, and invitations that wait to be accepted.
//!
//! An invitation is a membership without a user. Its token lies sealed in the database, so that those who run the
//! organization can be shown the link again, and is worth nothing once it was used, renewed or is too old.

mod accept;
mod assignments;
mod invite;
mod json;
mod list;
mod remove;
mod token;
mod update;

pub use accept::{Invitation, NewAccount, accept_as_new_user, accept_invitation, find_invitation};
pub use invite::invite_member;
pub use json::{detail_json, members_json, team_members_json};
pub use list::{list_members, list_team_slugs, list_with_projects, project_members_json};
pub use remove::remove_member;
pub use update::update_member;

use mortise_domain::MemberId;
use mortise_store::{
    Conn, Slice,
    member::{
        Member,
        list::{self as rows, Filter},
    },
};
use mortise_wire::{ErrorBody, member as wire};

use crate::{Ctx, Error, Result, access::OrgAccess};

const INVALID_TEAMS: &str = "Invalid teams";
pub(crate) const INVALID_TEAM_ROLE: &str = "Invalid team-role";
const ROLE_NOT_ALLOWED: &str = "You do not have permission to set that org-level role";
const TOO_MANY_INVITATIONS: &str = "You are being rate limited for too many invitations.";
const NEEDS_MEMBER_ADMIN: &str = "You are missing the member:admin scope.";
const ONLY_OWNER: &str = "You cannot remove the only remaining owner of the organization.";
const OUTRANKED: &str = "You do not have permission to edit that user's membership.";

/// The member or invitation that a path segment names: an id, or `me`.
pub(crate) async fn find_member(conn: &mut Conn, access: &OrgAccess, segment: &str) -> Result<Member> {
    if segment == "me" {
        return access.member.clone().ok_or(Error::NoSuchResource);
    }
    let id: MemberId = segment.parse().map_err(|_| Error::NoSuchResource)?;
    let filter = Filter { ids: Some(vec![id]), ..Filter::default() };
    let found = rows::list(conn, access.org.id, &filter, Slice { skip: 0, take: 1 }).await?;
    found.into_iter().next().ok_or(Error::NoSuchResource)
}

/// Counts an invitation; refuses one too many.
fn count_invitation(ctx: &Ctx, access: &OrgAccess, address: &str) -> Result<()> {
    if ctx.limits.invitations.allow(access.org.id, access.caller.user_id(), address, ctx.now()) {
        return Ok(());
    }
    Err(Error::TooMany(ErrorBody::detail(TOO_MANY_INVITATIONS)))
}

/// One member or invitation.
pub async fn get_member(
    ctx: &Ctx,
    access: &OrgAccess,
    segment: &str,
    expand_external: bool,
) -> Result<wire::Member> {
    let mut conn = ctx.store.read().await?;
    let found = find_member(&mut conn, access, segment).await?;
    let mut json = detail_json(&mut conn, ctx, access, &found).await?;
    if expand_external {
        let rows = std::slice::from_ref(&found);
        json::add_external_users(&mut conn, access, rows, std::slice::from_mut(&mut json)).await?;
    }
    Ok(json)
}
