//! Teams: the list, a new one, joining and leaving, deleting.

use axum::{
    Router,
    extract::{Path, State},
    routing::{get, post},
};
use http::StatusCode;
use mortise_domain::{Scope, org::OrgFlag};
use mortise_service::{
    Ctx,
    access::{OrgAccess, Permission, class},
    teams,
    wire::team::Team,
};
use serde_json::json;

use super::{access_to, input, paging, sorry};
use crate::{
    edge::{Form, Outcome, Pairs, Refused, Signed, Visit, go_saying, page, page_with},
    routes::{self as to, path},
    view::{
        Field, Search, Section, Tone,
        member::{TeamRow, TeamsPage},
    },
};

/// Teams on a page of the list.
const ROWS: &str = "50";
/// Longest slug, characters.
const SLUG_CHARS_MAX: u32 = 50;
/// The caller, as a member in a path.
const SELF: &str = "me";

pub(super) fn routes() -> Router<Ctx> {
    Router::new()
        .route(path::teams, get(list).post(create))
        .route(path::team_membership, post(join_or_leave))
        .route(path::team_delete, post(delete))
}

async fn list(visit: Signed, Path(org): Path<String>) -> Outcome {
    let access = access_to::org(&visit, &org, class::OrganizationTeams::CLASS, "GET").await?;
    page(&teams_page(&visit, &access, &Pairs::default(), None).await?)
}

async fn teams_page(
    visit: &Visit,
    access: &OrgAccess,
    form: &Pairs,
    refused: Option<&Refused>,
) -> Outcome<TeamsPage> {
    let here = to::teams(&access.org.slug);
    let search = visit.query.get("search").trim();
    let found = teams::list_teams(&visit.ctx, access, search, true, &paging::request(visit, ROWS)?).await?;
    let pager = paging::pager_of(&here, visit, &found, "");
    let may_create = class::OrganizationTeams::CLASS.scopes("POST").is_some_and(|scopes| access.has(scopes));
    Ok(TeamsPage {
        shell: visit.org_shell(access, "Teams", Section::Teams).await?,
        search: Search::above(&pager, here, "teams", "Search teams", search),
        teams: found.rows.iter().map(|team| row(access, team)).collect(),
        pager,
        may_create,
        slug: Field {
            required: true,
            max_chars: SLUG_CHARS_MAX,
            error: refused.map(Refused::text).unwrap_or_default(),
            hint: "Lowercase letters, digits, hyphens and underscores.",
            ..Field::text("slug", "Name of a new team").value(form.get("slug"))
        },
    })
}

fn row(access: &OrgAccess, team: &Team) -> TeamRow {
    let is_open = access.flags().is_on(OrgFlag::OpenMembership) && access.member.is_some();
    let runs = |scope: Scope| team.access.iter().any(|held| held == scope.as_str());
    TeamRow {
        slug: team.slug.clone(),
        has_access: team.has_access,
        members: u64::try_from(team.member_count).unwrap_or(0),
        projects: team.projects.iter().flatten().map(|project| project.slug.clone()).collect(),
        is_member: team.is_member,
        may_join: access.member.is_some() && (is_open || runs(Scope::TeamWrite) || runs(Scope::TeamAdmin)),
        may_delete: runs(Scope::TeamAdmin),
    }
}

async fn create(visit: Signed, State(ctx): State<Ctx>, Path(org): Path<String>, form: Form) -> Outcome {
    let access = access_to::org(&visit, &org, class::OrganizationTeams::CLASS, "POST").await?;
    let body = input::body(json!({ "slug": form.get("slug").trim() }));
    match teams::create_team(&ctx, access.clone(), &body).await {
        Ok(team) => {
            Ok(go_saying(&to::teams(&org), Tone::Good, &format!("The team #{} is ready.", team.slug)))
        }
        Err(error) => {
            let refused = Refused::of(error)?;
            page_with(StatusCode::BAD_REQUEST, &teams_page(&visit, &access, &form, Some(&refused)).await?)
        }
    }
}

async fn join_or_leave(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, team)): Path<(String, String)>,
    form: Form,
) -> Outcome {
    let method = if form.is_on("on") { "POST" } else { "DELETE" };
    let access = access_to::org(&visit, &org, class::MemberTeam::CLASS, method).await?;
    let done = if form.is_on("on") {
        teams::add_member(&ctx, access, SELF, &team).await.map(|_| format!("You are in #{team} now."))
    } else {
        teams::remove_member(&ctx, access, SELF, &team).await.map(|_| format!("You left #{team}."))
    };
    match done {
        Ok(text) => Ok(go_saying(&to::teams(&org), Tone::Good, &text)),
        Err(error) => sorry(error, &to::teams(&org)),
    }
}

async fn delete(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, team)): Path<(String, String)>,
    _form: Form,
) -> Outcome {
    let access = access_to::team(&visit, &org, &team, class::Team::CLASS, "DELETE").await?;
    match teams::delete_team(&ctx, &access).await {
        Ok(()) => Ok(go_saying(&to::teams(&org), Tone::Good, &format!("The team #{team} is deleted."))),
        Err(error) => sorry(error, &to::teams(&org)),
    }
}
