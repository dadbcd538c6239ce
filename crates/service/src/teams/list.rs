//! Lists of teams, and of the members of one.

use mortise_store::{
    Slice,
    member::list::{self, Filter as MemberFilter},
    team::{self, Filter},
};
use mortise_wire::{
    member::Member,
    page::{Page, PageRequest},
    team as wire,
};

use super::json::{Form, teams_with};
use crate::{
    Ctx, Result,
    access::{OrgAccess, TeamAccess},
    members, paging, search,
};

/// A page of the teams of an organization that fit a search, by slug. `query` knows `slug:`, `id:`, `query:`,
/// `hasExternalTeams:` and free text.
pub async fn list_teams(
    ctx: &Ctx,
    access: &OrgAccess,
    query: &str,
    is_detailed: bool,
    page: &PageRequest,
) -> Result<Page<wire::Team>> {
    let window = page.offset_window()?;
    let mut conn = ctx.store.read().await?;
    let slice = paging::slice(&window);
    let found = window.page(team::list(&mut conn, access.org.id, &filter(query), slice).await?);
    let form = Form { projects: is_detailed, external_teams: is_detailed, organization: false };
    let json = teams_with(&mut conn, ctx, access, found.rows.clone(), form).await?;
    Ok(found.replace(|_| json))
}

fn filter(query: &str) -> Filter {
    let mut filter = Filter::default();
    let terms = search::parse(query);
    let mut words: Vec<String> = terms.text.into_iter().collect();
    for (key, values) in terms.keys {
        match key.as_str() {
            "slug" => filter.slugs = Some(values),
            "id" => filter.ids = Some(search::ids(&values)),
            "query" => words.extend(values),
            "hasExternalTeams" => filter.has_external = Some(search::is_true(&values)),
            _ => filter.nothing = true,
        }
    }
    if !words.is_empty() {
        filter.text = Some(words.join(" "));
    }
    filter
}

/// The teams of the caller in an organization, by slug.
pub async fn list_own_teams(ctx: &Ctx, access: &OrgAccess) -> Result<Vec<wire::Team>> {
    let own = access.teams.iter().map(|membership| membership.team_id).collect();
    let filter = Filter { ids: Some(own), ..Filter::default() };
    let mut conn = ctx.store.read().await?;
    let teams = team::list(&mut conn, access.org.id, &filter, Slice::ALL).await?;
    let form = Form { projects: true, external_teams: true, organization: false };
    teams_with(&mut conn, ctx, access, teams, form).await
}

/// A page of the members of a team, by address, with their roles there.
pub async fn list_members(ctx: &Ctx, access: &TeamAccess, page: &PageRequest) -> Result<Page<Member>> {
    let window = page.offset_window()?;
    let mut conn = ctx.store.read().await?;
    let filter = MemberFilter { teams: Some(vec![access.team.id]), ..MemberFilter::default() };
    let slice = paging::slice(&window);
    let found = window.page(list::list(&mut conn, access.org.org.id, &filter, slice).await?);
    let json = members::team_members_json(&mut conn, ctx, &access.team, &found.rows).await?;
    Ok(found.replace(|_| json))
}
