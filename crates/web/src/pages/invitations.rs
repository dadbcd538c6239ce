//! Accepting an invitation: with a new account, or as the person who is signed in.

use axum::{
    Router,
    extract::{Path, State},
    response::IntoResponse,
    routing::get,
};
use http::StatusCode;
use mortise_domain::{MemberId, OrgRole};
use mortise_service::{
    Ctx, accounts,
    members::{self, Invitation, NewAccount},
    sessions,
};

use super::sorry;
use crate::{
    edge::{Form, Outcome, Pairs, Problem, Refused, Visit, cookies, go, go_saying, page, page_with},
    routes::{self as to, path},
    view::{Field, Section, Tone, auth::AcceptInvitePage},
};

/// Longest name of a person, characters.
const NAME_CHARS_MAX: u32 = 200;

pub(super) fn routes() -> Router<Ctx> {
    Router::new().route(path::accept_invite, get(form).post(accept))
}

/// The invitation behind a link; one that does not hold is not found.
async fn find(ctx: &Ctx, member: &str, token: &str) -> Outcome<(MemberId, Invitation)> {
    let id: MemberId = member.parse().map_err(|_| Problem::NotFound)?;
    let found = members::find_invitation(ctx, id, token).await?;
    Ok((id, found.ok_or(Problem::NotFound)?))
}

async fn form(visit: Visit, Path((member, token)): Path<(String, String)>) -> Outcome {
    let (_, invitation) = find(&visit.ctx, &member, &token).await?;
    if visit.caller.user.is_none() && invitation.has_account {
        return Ok(go(&format!("{}?next={}", to::sign_in(), to::encode(&visit.here))));
    }
    page(
        &accept_page(&visit, &invitation, &to::accept_invite(&member, &token), &Pairs::default(), None)
            .await?,
    )
}

async fn accept_page(
    visit: &Visit,
    invitation: &Invitation,
    action: &str,
    form: &Pairs,
    refused: Option<&Refused>,
) -> Outcome<AcceptInvitePage> {
    let error = |field: &str| refused.map(|refused| refused.field(field)).unwrap_or_default();
    let name = Field {
        required: true,
        autocomplete: "name",
        max_chars: NAME_CHARS_MAX,
        error: error("name"),
        ..Field::text("name", "Your name").value(form.get("name"))
    };
    let password = Field {
        kind: "password",
        required: true,
        autocomplete: "new-password",
        hint: "At least 8 characters.",
        error: error("password"),
        ..Field::text("password", "Choose a password")
    };
    let is_known = visit.caller.user.is_some();
    let role =
        invitation.role.parse::<OrgRole>().map_or(invitation.role.clone(), |role| role.name().to_lowercase());
    Ok(AcceptInvitePage {
        shell: visit.shell("Invitation", Section::None).await?,
        org_name: invitation.organization.name.clone(),
        inviter: invitation.inviter.clone().unwrap_or_else(|| "Somebody".to_owned()),
        role,
        action: action.to_owned(),
        fields: if is_known { Vec::new() } else { vec![name, password] },
    })
}

async fn accept(
    visit: Visit,
    State(ctx): State<Ctx>,
    Path((member, token)): Path<(String, String)>,
    form: Form,
) -> Outcome {
    let (id, invitation) = find(&ctx, &member, &token).await?;
    let done = |name: &str| format!("Welcome to {name}.");
    if visit.caller.user.is_some() {
        return match members::accept_invitation(&ctx, &visit.caller, id, &token).await {
            Ok(org) => Ok(go_saying(&to::organization(&org.slug), Tone::Good, &done(&org.name))),
            Err(error) => sorry(error, &to::home()),
        };
    }
    let joined = match account(&form)? {
        Err(refused) => Err(refused),
        Ok(account) => {
            match members::accept_as_new_user(&ctx, &visit.caller.client, id, &token, account).await {
                Ok(joined) => Ok(joined),
                Err(error) => Err(Refused::of(error)?),
            }
        }
    };
    match joined {
        Ok((user, org)) => {
            let started = sessions::start_session(&ctx, user, &visit.caller.client).await?;
            Ok((cookies::begin(&ctx, &started), go(&to::organization(&org.slug))).into_response())
        }
        Err(refused) => {
            let action = to::accept_invite(&member, &token);
            let again = accept_page(&visit, &invitation, &action, &form, Some(&refused)).await?;
            page_with(StatusCode::BAD_REQUEST, &again)
        }
    }
}

/// The account that a form asks for.
fn account(form: &Pairs) -> Outcome<Result<NewAccount, Refused>> {
    let (name, password) = (form.get("name").trim().to_owned(), form.get("password").to_owned().into());
    if name.is_empty() {
        return Ok(Err(Refused::field_error("name", "Tell the others what to call you.")));
    }
    match accounts::check_password(&password) {
        Ok(()) => Ok(Ok(NewAccount { name, password })),
        Err(error) => Ok(Err(Refused::of(error)?)),
    }
}
