//! Removing members and taking back invitations.

use mortise_domain::{AuditEvent, Scope, ScopeSet};
use mortise_store::member;
use serde_json::json;

use super::{
    NEEDS_MEMBER_ADMIN, ONLY_OWNER, find_member,
    json::{is_only_owner, role_of},
};
use crate::{
    Ctx, Error, Result,
    access::OrgAccess,
    audit::{self, Actor, Entry},
    roles,
};

const OUTRANKS_CALLER: &str = "You cannot remove a member who has more access than you.";

/// Ends a membership or an invitation. Everybody may leave; removing others takes `member:admin` and a role that is not
/// below theirs. The last owner stays.
pub async fn remove_member(ctx: &Ctx, access: &OrgAccess, segment: &str) -> Result<()> {
    let mut conn = ctx.store.read().await?;
    let found = find_member(&mut conn, access, segment).await?;
    let is_self = access.member.as_ref().is_some_and(|own| own.id == found.id);
    if !is_self {
        if !access.has(ScopeSet::of(&[Scope::MemberAdmin])) {
            return Err(Error::invalid(NEEDS_MEMBER_ADMIN));
        }
        if !roles::assignable(access).contains(&role_of(&found)?) {
            return Err(Error::invalid(OUTRANKS_CALLER));
        }
    }
    drop(conn);
    let (actor, now, org) = (Actor::of(&access.caller), ctx.now(), access.org.id);
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                // Asked inside the transaction, so that two owners cannot remove each other.
                if is_only_owner(tx, &found).await? {
                    return Err(Error::refused(ONLY_OWNER));
                }
                if !member::delete(tx, org, found.id).await? {
                    return Err(Error::NoSuchResource);
                }
                let data = json!({"email": found.email, "role": found.role});
                let mut entry = Entry::new(org, AuditEvent::MemberRemove, data).target(found.id.get());
                entry.target_user = found.user_id;
                audit::record(tx, &actor, &entry, now).await
            })
        })
        .await
}
