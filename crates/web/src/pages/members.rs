//! Members and invitations: the list, inviting, changing roles, removing.

use axum::{
    Router,
    extract::{Path, State},
    routing::{get, post},
};
use http::StatusCode;
use mortise_domain::{OrgRole, Scope, ScopeSet};
use mortise_service::{
    Ctx,
    access::{OrgAccess, Permission, class},
    members, roles,
    wire::{member::Member, page::PageRequest},
};
use serde_json::{Value, json};

use super::{access_to, input, paging, people_choices, sorry};
use crate::{
    edge::{Form, Outcome, Pairs, Problem, Refused, Signed, Visit, go_saying, page, page_with},
    routes::{self as to, path},
    view::{
        Avatar, Choice, Field, Search, Section, Select, State as Badge, Tone, When,
        member::{MemberRow, MembersPage, NewInvite, PendingRow},
    },
};

/// Who may invite; the use case checks it again.
const MAY_INVITE: ScopeSet = ScopeSet::of(&[Scope::MemberWrite, Scope::MemberAdmin]);
/// Who may remove others; the use case checks it again.
const MAY_REMOVE: ScopeSet = ScopeSet::of(&[Scope::MemberAdmin]);
/// Members on a page of the list.
const ROWS: &str = "50";
/// Invitations that are listed at most; who looks for another one searches.
const INVITED_MAX: &str = "100";
/// Longest address, characters.
const EMAIL_CHARS_MAX: u32 = 75;

pub(super) fn routes() -> Router<Ctx> {
    Router::new()
        .route(path::members, get(list))
        .route(path::invite, post(invite))
        .route(path::member_role, post(change_role))
        .route(path::member_remove, post(remove))
        .route(path::member_reinvite, post(reinvite))
}

async fn list(visit: Signed, Path(org): Path<String>) -> Outcome {
    let access = access_to::org(&visit, &org, class::Member::CLASS, "GET").await?;
    page(&members_page(&visit, &access, &Pairs::default(), None, None).await?)
}

async fn members_page(
    visit: &Visit,
    access: &OrgAccess,
    form: &Pairs,
    refused: Option<&Refused>,
    new_link: Option<NewInvite>,
) -> Outcome<MembersPage> {
    let ctx = &visit.ctx;
    let here = to::members(&access.org.slug);
    let search = visit.query.get("search").trim();
    let joined = format!("isInvited:false {search}");
    let found = members::list_members(ctx, access, &joined, false, &paging::request(visit, ROWS)?).await?;
    let pager = paging::pager_of(&here, visit, &found, "");
    let invited = PageRequest::parse(None, Some(INVITED_MAX)).map_err(|error| Problem::internal(&error))?;
    let wanted = format!("isInvited:true {search}");
    let invited = members::list_members(ctx, access, &wanted, false, &invited).await?;
    let teams = people_choices::teams(ctx, access).await?;
    let places = members::list_team_slugs(ctx, access, &found.rows).await?;
    let assignable: Vec<OrgRole> =
        roles::assignable(access).into_iter().filter(|role| !role.is_retired()).collect();
    let row = |member: &Member| {
        let of_member = |(id, slug): &(String, String)| (*id == member.id).then(|| slug.clone());
        member_row(visit, access, member, places.iter().filter_map(of_member).collect(), &assignable)
    };
    let chosen_role = form.find("role").unwrap_or(&access.org.default_role);
    let chosen_teams = form.all("teams");
    let error = |field: &str| refused.map(|refused| refused.field(field)).unwrap_or_default();
    let of_email = if error("email").is_empty() && error("role").is_empty() {
        refused.map(Refused::text).unwrap_or_default()
    } else {
        error("email")
    };
    Ok(MembersPage {
        shell: visit.org_shell(access, "Members", Section::Members).await?,
        search: Search::above(&pager, here, "people", "Search members", search),
        members: found.rows.iter().filter(|member| !member.pending).map(row).collect(),
        pager,
        pending: invited
            .rows
            .iter()
            .filter(|member| member.pending)
            .map(|member| pending_row(visit, member))
            .collect(),
        is_cut: invited.next.has_results,
        may_invite: access.has(MAY_INVITE),
        email: Field {
            kind: "email",
            required: true,
            max_chars: EMAIL_CHARS_MAX,
            error: of_email,
            ..Field::text("email", "E-mail").value(form.get("email"))
        },
        role: Select { error: error("role"), ..role_select("role", "Role", &assignable, chosen_role) },
        teams: teams
            .rows
            .iter()
            .map(|team| Choice::new(&team.slug, &team.slug, chosen_teams.contains(&team.slug)))
            .chain(teams.rest)
            .collect(),
        new_link,
    })
}

fn role_select(id: &str, label: &'static str, roles: &[OrgRole], chosen: &str) -> Select {
    let choices =
        roles.iter().map(|role| Choice::new(role.as_str(), role.name(), role.as_str() == chosen)).collect();
    Select { id: id.to_owned(), ..Select::new("role", label, choices) }
}

fn member_row(
    visit: &Visit,
    access: &OrgAccess,
    member: &Member,
    teams: Vec<String>,
    assignable: &[OrgRole],
) -> MemberRow {
    let is_self = access.member.as_ref().is_some_and(|own| own.id.to_string() == member.id);
    let role = member.org_role.parse::<OrgRole>().ok();
    let is_reachable = role.is_some_and(|role| assignable.contains(&role));
    let roles = (is_reachable && !is_self)
        .then(|| role_select(&format!("role-{}", member.id), "Role", assignable, &member.org_role).quiet());
    MemberRow {
        id: member.id.clone(),
        avatar: Avatar::new(&member.name),
        name: member.name.clone(),
        email: member.email.clone(),
        role: member.role_name.clone(),
        teams,
        joined: When::new(member.date_created.time(), visit.now),
        is_self,
        roles,
        may_remove: is_self || (is_reachable && access.has(MAY_REMOVE)),
    }
}

fn pending_row(visit: &Visit, member: &Member) -> PendingRow {
    let state = match (member.invite_status.as_str(), member.expired) {
        ("approved", false) => Badge::new("Invited", Tone::Accent),
        ("approved", true) => Badge::new("Expired", Tone::Warn),
        _ => Badge::new("Wants to join", Tone::Neutral),
    };
    PendingRow {
        id: member.id.clone(),
        email: member.email.clone(),
        role: member.role_name.clone(),
        invited: When::new(member.date_created.time(), visit.now),
        state,
    }
}

/// The page with the link of an invitation, which is shown this one time.
async fn with_link(visit: &Visit, access: &OrgAccess, id: &str) -> Outcome {
    let member = members::get_member(&visit.ctx, access, id, false).await?;
    let link = member.detail.as_ref().and_then(|detail| detail.invite_link.clone());
    let new_link = link.map(|link| NewInvite { email: member.email.clone(), link });
    page(&members_page(visit, access, &Pairs::default(), None, new_link).await?)
}

async fn invite(visit: Signed, State(ctx): State<Ctx>, Path(org): Path<String>, form: Form) -> Outcome {
    let access = access_to::org(&visit, &org, class::Member::CLASS, "POST").await?;
    let body =
        json!({ "email": form.get("email").trim(), "orgRole": form.get("role"), "teams": form.all("teams") });
    match members::invite_member(&ctx, &access, &input::body(body)).await {
        Ok(member) => with_link(&visit, &access, &member.id).await,
        Err(error) => {
            let refused = Refused::of(error)?;
            page_with(
                StatusCode::BAD_REQUEST,
                &members_page(&visit, &access, &form, Some(&refused), None).await?,
            )
        }
    }
}

async fn change(
    visit: &Visit,
    org: &str,
    id: &str,
    body: Value,
) -> Outcome<(OrgAccess, mortise_service::Result<Member>)> {
    let access = access_to::org(visit, org, class::MemberDetail::CLASS, "PUT").await?;
    let changed = members::update_member(&visit.ctx, &access, id, &input::body(body)).await;
    Ok((access, changed))
}

async fn change_role(visit: Signed, Path((org, id)): Path<(String, String)>, form: Form) -> Outcome {
    let (_, changed) = change(&visit, &org, &id, json!({ "orgRole": form.get("role") })).await?;
    match changed {
        Ok(member) => {
            let text = format!("{} is now {}.", member.name, member.role_name);
            Ok(go_saying(&to::members(&org), Tone::Good, &text))
        }
        Err(error) => sorry(error, &to::members(&org)),
    }
}

async fn reinvite(visit: Signed, Path((org, id)): Path<(String, String)>, _form: Form) -> Outcome {
    let (access, changed) =
        change(&visit, &org, &id, json!({ "reinvite": true, "regenerate": true })).await?;
    match changed {
        Ok(member) => with_link(&visit, &access, &member.id).await,
        Err(error) => sorry(error, &to::members(&org)),
    }
}

async fn remove(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, id)): Path<(String, String)>,
    _form: Form,
) -> Outcome {
    let access = access_to::org(&visit, &org, class::MemberDetail::CLASS, "DELETE").await?;
    let is_self = access.member.as_ref().is_some_and(|own| own.id.to_string() == id);
    match members::remove_member(&ctx, &access, &id).await {
        Ok(()) if is_self => {
            Ok(go_saying(&to::home(), Tone::Good, &format!("You left {}.", access.org.name)))
        }
        Ok(()) => Ok(go_saying(&to::members(&org), Tone::Good, "They have no access any more.")),
        Err(error) => sorry(error, &to::members(&org)),
    }
}
