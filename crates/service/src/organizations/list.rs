//! The organizations that a caller sees.

use mortise_domain::status::OrgStatus;
use mortise_store::organization::list::{self, Filter, Order, Visible};
use mortise_wire::{
    organization::{OrganizationSummary, OwnedOrganization},
    page::{KeyOrder, Page, PageRequest},
};

use super::summary_json;
use crate::{Auth, Caller, Ctx, Error, Result, paging, people, search};

/// What a list of organizations is asked for.
#[derive(Debug, Clone, Default)]
pub struct ListRequest<'a> {
    /// `slug:`, `id:`, `email:`, `status:`, `member_id:`, `platform:` and free text.
    pub query: &'a str,
    /// `members`, `projects` or `events`; newest first otherwise.
    pub sort_by: Option<&'a str>,
    /// All organizations there are, for a superuser.
    pub all: bool,
}

/// A page of the organizations that the caller sees: a person's, those of an app's installation, a key's own.
pub async fn list_organizations(
    ctx: &Ctx,
    caller: &Caller,
    request: &ListRequest<'_>,
    page: &PageRequest,
) -> Result<Page<OrganizationSummary>> {
    let filter = filter(caller, request)?;
    let order = match request.sort_by {
        Some("members") => Some(Order::Members),
        Some("projects") => Some(Order::Projects),
        Some("events") => Some(Order::Events),
        _ => None,
    };
    let mut conn = ctx.store.read().await?;
    let found = if let Some(order) = order {
        let window = page.offset_window()?;
        window.page(list::by_size(&mut conn, &filter, order, paging::slice(&window)).await?)
    } else {
        let window = page.key_window(KeyOrder::Descending, paging::TIME_UNIT);
        let mut parts = Vec::new();
        for range in window.ranges() {
            parts.push(list::by_date(&mut conn, &filter, &paging::range_of(range)).await?);
        }
        window.page(parts, |org| org.date_added.as_microsecond())
    };
    let rows = found.rows.iter().map(|org| summary_json(ctx, org, true)).collect::<Result<Vec<_>>>()?;
    Ok(found.replace(|_| rows))
}

/// The organizations that a person owns, oldest first, and whether somebody else does too.
pub async fn list_owned(ctx: &Ctx, caller: &Caller) -> Result<Vec<OwnedOrganization>> {
    let user = caller.user()?.id;
    let owned = people::owned(&mut *ctx.store.read().await?, user).await?;
    let json = |owned: &people::Owned| {
        let organization = summary_json(ctx, &owned.organization, true)?;
        Ok(OwnedOrganization { organization, single_owner: owned.is_sole })
    };
    owned.iter().map(json).collect()
}

fn filter(caller: &Caller, request: &ListRequest<'_>) -> Result<Filter> {
    let mut filter = visible(caller, request.all)?;
    let terms = search::parse(request.query);
    for (key, values) in terms.keys {
        match key.as_str() {
            "slug" => filter.slugs = Some(values),
            "id" => filter.ids = Some(both(filter.ids, search::ids(&values))),
            "email" => filter.emails = Some(values),
            "status" => filter.statuses = Some(values.iter().filter_map(|value| status(value)).collect()),
            "member_id" => filter.members = Some(search::ids(&values)),
            "platform" => filter.platforms = Some(values),
            _ => filter.nothing = true,
        }
    }
    filter.text = terms.text;
    Ok(filter)
}

fn visible(caller: &Caller, all: bool) -> Result<Filter> {
    let visible = match (&caller.user, &caller.auth) {
        (Some(user), Some(Auth::Token(token))) if user.is_sentry_app => {
            let mut filter = Filter::new(Visible::OfApp(user.id));
            // A token is good in the organization of its installation only.
            filter.ids = Some(token.installation.iter().map(|(_, org)| *org).collect());
            return Ok(filter);
        }
        (Some(_), _) if all && caller.is_superuser() => Visible::All,
        (Some(user), _) => Visible::OfMember(user.id),
        (None, Some(Auth::OrgToken { org, .. } | Auth::ApiKey { org, .. })) => Visible::One(*org),
        (None, _) => return Err(Error::NotAuthenticated),
    };
    Ok(Filter::new(visible))
}

/// The ids of both lists, where there are two.
fn both<T: PartialEq>(already: Option<Vec<T>>, asked: Vec<T>) -> Vec<T> {
    match already {
        Some(already) => asked.into_iter().filter(|id| already.contains(id)).collect(),
        None => asked,
    }
}

fn status(word: &str) -> Option<i64> {
    let alias = if word == "visible" { "active" } else { word };
    alias.parse::<OrgStatus>().ok().map(OrgStatus::number)
}
