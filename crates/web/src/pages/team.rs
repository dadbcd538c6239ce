//! One team: who is in it, and which projects it has.

use axum::{
    Router,
    extract::{Path, State},
    routing::{get, post},
};
use mortise_domain::{Scope, ScopeSet, org::OrgFlag};
use mortise_service::{
    Ctx,
    access::{Class, IdOrSlug, OrgAccess, Permission, TeamAccess, class},
    members,
    projects::{self, ListRequest},
    teams::{self, Added, Form as Wanted},
    wire::{member::Member, team::Team},
};

use super::{access_to, paging, people_choices, sorry};
use crate::{
    edge::{Form, Outcome, Signed, Visit, go_saying, page},
    routes::{self as to, path},
    view::{
        Avatar, Choice, OrgRef, Section, Select, Tone,
        member::{TeamMember, TeamPage},
    },
};

/// Members on a page of the list.
const ROWS: &str = "50";
/// Who may take others out; the use case checks it again.
const RUNS: ScopeSet = ScopeSet::of(&[
    Scope::OrgWrite,
    Scope::OrgAdmin,
    Scope::MemberWrite,
    Scope::MemberAdmin,
    Scope::TeamWrite,
    Scope::TeamAdmin,
]);
/// The permission class of giving projects to teams.
const PROJECTS: Class = class::ProjectSetting::CLASS;

pub(super) fn routes() -> Router<Ctx> {
    Router::new()
        .route(path::team, get(one))
        .route(path::team_members, post(change_members))
        .route(path::team_projects, post(change_projects))
}

async fn one(visit: Signed, Path((org, team)): Path<(String, String)>) -> Outcome {
    let access = access_to::team(&visit, &org, &team, class::Team::CLASS, "GET").await?;
    let (ctx, org) = (&visit.ctx, &access.org);
    let team = teams::get_team(ctx, &access, Wanted { projects: true, ..Wanted::default() }).await?;
    let found = teams::list_members(ctx, &access, &paging::request(&visit, ROWS)?).await?;
    let is_open = org.flags().is_on(OrgFlag::OpenMembership) && org.member.is_some();
    let runs = access.scopes.intersects(RUNS);
    let may_give = PROJECTS.scopes("POST").is_some_and(|scopes| org.has(scopes));
    page(&TeamPage {
        shell: visit.org_shell(org, &format!("#{}", team.slug), Section::Teams).await?,
        add_member: if is_open || runs { others(&visit, org, &found.rows).await? } else { None },
        may_remove: runs,
        add_project: if may_give { free_projects(&visit, &access, &team).await? } else { None },
        may_take: PROJECTS.scopes("DELETE").is_some_and(|scopes| access.scopes.intersects(scopes)),
        projects: team
            .projects
            .iter()
            .flatten()
            .map(|it| OrgRef { slug: it.slug.clone(), name: it.name.clone() })
            .collect(),
        pager: paging::pager(&visit, &found, ""),
        members: found.rows.iter().map(|member| row(org, member)).collect(),
        is_member: team.is_member,
        slug: team.slug,
    })
}

fn row(org: &OrgAccess, member: &Member) -> TeamMember {
    TeamMember {
        id: member.id.clone(),
        avatar: Avatar::new(&member.name),
        email: member.email.clone(),
        is_self: is_self(org, &member.id),
    }
}

fn is_self(org: &OrgAccess, member: &str) -> bool {
    org.member.as_ref().is_some_and(|own| own.id.to_string() == member)
}

/// A field to choose from, if there is anything.
fn choose(name: &'static str, label: &'static str, choices: Vec<Choice>) -> Option<Select> {
    let none = Choice::new("", "Choose…", true);
    (!choices.is_empty()).then(|| Select::new(name, label, std::iter::once(none).chain(choices).collect()))
}

/// The people of the organization who are not on this page of the team.
async fn others(visit: &Visit, org: &OrgAccess, listed: &[Member]) -> Outcome<Option<Select>> {
    let people = people_choices::members(&visit.ctx, org).await?;
    let is_free = |it: &&Member| !it.pending && listed.iter().all(|member| member.id != it.id);
    let text = |it: &Member| match it.name == it.email {
        true => it.name.clone(),
        false => format!("{} ({})", it.name, it.email),
    };
    let choices = people.rows.iter().filter(is_free).map(|it| Choice::new(&it.id, &text(it), false));
    Ok(choose("member", "Member of the organization", choices.chain(people.rest).collect()))
}

/// The projects that the team does not have.
async fn free_projects(visit: &Visit, access: &TeamAccess, team: &Team) -> Outcome<Option<Select>> {
    let all = projects::list_of_organization(&visit.ctx, &access.org, &ListRequest::default()).await?;
    let own = |slug: &str| team.projects.iter().flatten().any(|project| project.slug == slug);
    let all = all.rows.iter().map(|row| &row.project.project).filter(|it| it.has_access && !own(&it.slug));
    let choices = all.map(|it| Choice::new(&it.slug, &it.name, false)).collect();
    Ok(choose("project", "Project", choices))
}

async fn change_members(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, team)): Path<(String, String)>,
    form: Form,
) -> Outcome {
    let (is_on, back) = (form.is_on("on"), to::team(&org, &team));
    let method = if is_on { "POST" } else { "DELETE" };
    let access = access_to::org(&visit, &org, class::MemberTeam::CLASS, method).await?;
    let id = form.get("member");
    if id.is_empty() {
        return Ok(go_saying(&back, Tone::Bad, "Choose somebody first."));
    }
    let name = members::get_member(&ctx, &access, id, false).await?.name;
    let leaves = !is_on && is_self(&access, id);
    let done = match is_on {
        true => teams::add_member(&ctx, access, id, &team).await.map(|added| match added {
            Added::Joined(_) => (Tone::Good, format!("{name} is in #{team} now.")),
            Added::Already => (Tone::Neutral, format!("{name} is in #{team} already.")),
            Added::Requested => (Tone::Neutral, "Somebody who runs the team has to agree.".to_owned()),
        }),
        false => {
            let text =
                if leaves { format!("You left #{team}.") } else { format!("{name} is out of #{team}.") };
            teams::remove_member(&ctx, access, id, &team).await.map(|_| (Tone::Good, text))
        }
    };
    match done {
        // Whoever left may not see it any more.
        Ok((tone, text)) if leaves => Ok(go_saying(&to::teams(&org), tone, &text)),
        Ok((tone, text)) => Ok(go_saying(&back, tone, &text)),
        Err(error) => sorry(error, &back),
    }
}

async fn change_projects(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, team)): Path<(String, String)>,
    form: Form,
) -> Outcome {
    let (is_on, back) = (form.is_on("on"), to::team(&org, &team));
    let project = form.get("project");
    if project.is_empty() {
        return Ok(go_saying(&back, Tone::Bad, "Choose a project first."));
    }
    let method = if is_on { "POST" } else { "DELETE" };
    let access = access_to::project(&visit, &org, project, PROJECTS, method).await?;
    let segment = IdOrSlug::parse(&team);
    let name = access.project.name.clone();
    let (done, text) = match is_on {
        true => (projects::add_team(&ctx, &access, &segment).await, format!("#{team} has {name} now.")),
        false => {
            (projects::remove_team(&ctx, &access, &segment).await, format!("#{team} has {name} no more."))
        }
    };
    match done {
        Ok(_) => Ok(go_saying(&back, Tone::Good, &text)),
        Err(error) => sorry(error, &back),
    }
}
