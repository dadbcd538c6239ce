//! Lists of members.

use mortise_domain::{MemberId, OrgRole, ProjectId, Scope};
use mortise_store::{
    Conn, Slice, member,
    member::{
        Member,
        list::{self, Filter},
    },
};
use mortise_wire::{
    member as wire,
    page::{Page, PageRequest},
};

use super::json::{add_external_users, members_json};
use crate::{
    Ctx, Result,
    access::{OrgAccess, scope_options},
    paging, projects, search,
};

/// A page of the members and invitations that fit a search, by address. `query` knows `email:`, `id:`, `user.id:`,
/// `scope:`, `role:`, `isInvited:`, `ssoLinked:`, `has2fa:`, `hasExternalUsers:` and free text.
pub async fn list_members(
    ctx: &Ctx,
    access: &OrgAccess,
    query: &str,
    expand_external: bool,
    page: &PageRequest,
) -> Result<Page<wire::Member>> {
    let window = page.offset_window()?;
    let mut conn = ctx.store.read().await?;
    let slice = paging::slice(&window);
    let found = window.page(list::list(&mut conn, access.org.id, &filter(access, query), slice).await?);
    let mut json = members_json(&mut conn, ctx, &found.rows).await?;
    if expand_external {
        add_external_users(&mut conn, access, &found.rows, &mut json).await?;
    }
    Ok(found.replace(|_| json))
}

fn filter(access: &OrgAccess, query: &str) -> Filter {
    let mut filter = Filter::default();
    let terms = search::parse(query);
    let mut roles: Option<Vec<String>> = None;
    let mut narrow = |asked: Vec<String>| {
        roles = Some(match roles.take() {
            Some(roles) => roles.into_iter().filter(|role| asked.contains(role)).collect(),
            None => asked,
        });
    };
    for (key, values) in terms.keys {
        match key.as_str() {
            "email" => filter.emails = Some(values),
            "id" => filter.ids = Some(search::ids(&values)),
            "user.id" => filter.users = Some(search::ids(&values)),
            "scope" => narrow(roles_with(access, &values)),
            "role" => narrow(values),
            "isInvited" => filter.invited = Some(search::is_true(&values)),
            "hasExternalUsers" => filter.has_external = Some(search::is_true(&values)),
            // Nobody signs in elsewhere or has a second factor.
            "ssoLinked" | "has2fa" => filter.nothing |= search::is_true(&values),
            _ => filter.nothing = true,
        }
    }
    filter.roles = roles;
    filter.text = terms.text;
    filter
}

/// The roles that hold any of the scopes in this organization.
fn roles_with(access: &OrgAccess, scopes: &[String]) -> Vec<String> {
    let scopes: Vec<Scope> = scopes.iter().filter_map(|scope| scope.parse().ok()).collect();
    let options = scope_options(&access.org.options);
    let holds = |role: &&OrgRole| scopes.iter().any(|scope| role.effective_scopes(options).contains(*scope));
    OrgRole::ALL.iter().filter(holds).map(|role| role.as_str().to_owned()).collect()
}

/// The teams of members of the organization: pairs of a member's id and a team's slug, by slug.
pub async fn list_team_slugs(
    ctx: &Ctx,
    access: &OrgAccess,
    members: &[wire::Member],
) -> Result<Vec<(String, String)>> {
    let mut conn = ctx.store.read().await?;
    let ids = members.iter().filter_map(|member| member.id.parse().ok()).collect();
    let filter = Filter { ids: Some(ids), ..Filter::default() };
    let found = list::list(&mut conn, access.org.id, &filter, Slice::ALL).await?;
    let ids: Vec<MemberId> = found.iter().map(|member| member.id).collect();
    let places = member::teams::of_members(&mut conn, &ids).await?;
    Ok(places.into_iter().map(|place| (place.member_id.to_string(), place.team_slug)).collect())
}

/// All members with an account who are in a team of one of the selected projects, by address, each with the slugs of
/// those projects; the caller's own where none is named.
pub async fn list_with_projects(
    ctx: &Ctx,
    access: &OrgAccess,
    selected: &projects::Named,
) -> Result<Vec<wire::Member>> {
    let mut conn = ctx.store.read().await?;
    let projects = projects::selected(&mut conn, access, selected, projects::Unnamed::Own).await?;
    let filter = Filter { invited: Some(false), projects: Some(projects.clone()), ..Filter::default() };
    let found = list::list(&mut conn, access.org.id, &filter, Slice::ALL).await?;
    project_members_json(&mut conn, ctx, &found, &projects).await
}

/// Members with the slugs of those of `projects` that they reach through their teams.
pub async fn project_members_json(
    conn: &mut Conn,
    ctx: &Ctx,
    members: &[Member],
    projects: &[ProjectId],
) -> Result<Vec<wire::Member>> {
    let ids: Vec<MemberId> = members.iter().map(|member| member.id).collect();
    let slugs = member::teams::projects_of_members(conn, &ids, projects).await?;
    let mut json = members_json(conn, ctx, members).await?;
    for (member, json) in members.iter().zip(&mut json) {
        let own = slugs.iter().filter(|(id, _)| *id == member.id).map(|(_, slug)| slug.clone());
        json.projects = Some(own.collect());
    }
    Ok(json)
}
