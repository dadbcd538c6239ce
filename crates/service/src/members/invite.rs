//! Inviting people.

use mortise_domain::{AuditEvent, InviteStatus, OrgRole};
use mortise_store::{
    StoreError, Tx,
    member::{self, Member, NewInvitation},
    outbox::{self, NewEvent},
};
use mortise_wire::{
    ErrorBody,
    fields::{Body, Fields},
    member as wire,
};
use serde_json::json;

use super::{
    assignments::{self, Assignment},
    count_invitation, members_json, token,
};
use crate::{
    Ctx, Error, Result,
    access::OrgAccess,
    audit::{self, Actor, Entry},
};

const EMAIL_CHARS_MAX: usize = 75;
const APPS_INVITE_MEMBERS: &str =
    "Integration tokens are restricted to inviting new members with the member role only.";

/// What an invitation is made of.
struct New {
    row: NewInvitation,
    places: Vec<Assignment>,
    send: bool,
}

/// Invites somebody by address. Whether a mail goes out or not, the link is shown to those who manage members.
pub async fn invite_member(ctx: &Ctx, access: &OrgAccess, body: &Body) -> Result<wire::Member> {
    let new = read(ctx, access, body).await?;
    count_invitation(ctx, access, &new.row.email)?;
    let (inner, actor) = (ctx.clone(), Actor::of(&access.caller));
    let invited =
        ctx.store.write(move |tx| Box::pin(async move { insert(tx, &inner, &actor, &new).await })).await?;
    let json = members_json(&mut *ctx.store.read().await?, ctx, &[invited]).await?;
    json.into_iter().next().ok_or_else(|| Error::Internal("one invitation made no JSON".to_owned()))
}

async fn read(ctx: &Ctx, access: &OrgAccess, body: &Body) -> Result<New> {
    let mut fields = Fields::new(body);
    let is_app = access.caller.user.as_ref().is_some_and(|user| user.is_sentry_app);
    if is_app && asked_role(body).is_some_and(|role| role != OrgRole::Member.as_str()) {
        return Err(Error::Invalid(ErrorBody::Other(json!([APPS_INVITE_MEMBERS]))));
    }
    let email = fields.email("email").max(EMAIL_CHARS_MAX).required();
    let role = assignments::org_role(&mut fields, access, None).unwrap_or(OrgRole::Member);
    let send = fields.bool("sendInvite").or(true);
    // They say what to do with an invitation that exists already; this one does not.
    fields.bool("reinvite").optional();
    fields.bool("regenerate").optional();
    let mut conn = ctx.store.read().await?;
    let places = assignments::teams(&mut conn, &mut fields, access).await?.unwrap_or_default();
    if !email.is_empty() {
        let known = member::of_email(&mut conn, access.org.id, &email).await?;
        if let Some(text) = refusal(&email, &known) {
            fields.error("email", text);
        }
    }
    fields.finish()?;
    let row = NewInvitation {
        org: access.org.id,
        email,
        role: role.as_str().to_owned(),
        inviter: access.caller.user_id(),
        expires_at: token::expiry(ctx.now()),
    };
    Ok(New { row, places, send })
}

/// The role that the body names, whatever it is.
fn asked_role(body: &Body) -> Option<String> {
    let mut fields = Fields::new(body);
    let key = if fields.has("orgRole") { "orgRole" } else { "role" };
    fields.string(key).allow_blank().nullable().flatten()
}

/// Why an address that is known to the organization cannot be invited.
fn refusal(email: &str, known: &[Member]) -> Option<String> {
    let approved = |member: &Member| member.invite_status == InviteStatus::Approved.number();
    if known.iter().any(approved) {
        Some(format!("The user {email} is already a member"))
    } else if known.is_empty() {
        None
    } else {
        Some(format!("There is an existing invite request for {email}"))
    }
}

async fn insert(tx: &mut Tx, ctx: &Ctx, actor: &Actor, new: &New) -> Result<Member> {
    let (now, org) = (ctx.now(), new.row.org);
    let invited = member::insert_invitation(tx, &new.row, now).await.map_err(|error| match error {
        StoreError::Conflict(_) => {
            Error::field("email", format!("The user {} is already a member", new.row.email))
        }
        other => other.into(),
    })?;
    token::renew(tx, ctx, invited.id).await?;
    assignments::save(tx, invited.id, &new.places).await?;
    let data = json!({
        "email": new.row.email, "role": new.row.role, "teams_slugs": assignments::slugs(&new.places),
    });
    let entry = Entry::new(org, AuditEvent::MemberInvite, data).target(invited.id.get());
    audit::record(tx, actor, &entry, now).await?;
    if new.send {
        announce(tx, &invited, now).await?;
    }
    Ok(invited)
}

/// Tells the subscribers that send mail.
pub(super) async fn announce(tx: &mut Tx, invited: &Member, now: mortise_domain::Time) -> Result<()> {
    let event = NewEvent {
        kind: "member.invited",
        org: invited.organization_id,
        subject: format!("member:{}", invited.id),
        payload: json!({"member": invited.id.to_string()}),
    };
    outbox::append(tx, &event, now).await?;
    Ok(())
}
