//! One issue with everything around it.

use std::collections::BTreeMap;

use mortise_domain::{ReleaseId, ShortId, UserId};
use mortise_store::{
    Conn,
    error_event::{self, EventFilter},
    issue::{self, Issue, beside, tag, tag::ValueOrder},
    release, user_report,
};
use mortise_wire::{
    WireTime,
    event::Event,
    issue::{IssueDetail, IssueHash, Series, ShortIdLocation},
    page::{KeyOrder, Page, PageRequest},
    release::Release,
    sentry_app::ExternalIssue,
    tag::{TagKey, key_name},
    user::Viewer,
};
use serde_json::{Value, json};

use super::{
    activity,
    events::Raw,
    list, scope,
    serialize::{self, ListOptions, list_json},
    stats::{Counts, Window},
};
use crate::{
    Ctx, Error, Result,
    access::{IssueAccess, OrgAccess},
    apps::facade,
    paging::{ID_UNIT, range_of},
    people, releases,
};

/// The parameters of one issue, as they were sent.
#[derive(Debug, Clone, Default)]
pub struct DetailQuery {
    /// `environment`, repeated: what the counts are about.
    pub environments: Vec<String>,
    /// `expand`, repeated.
    pub expand: Vec<String>,
    /// `collapse`, repeated.
    pub collapse: Vec<String>,
}

impl DetailQuery {
    fn shows(&self, what: &str) -> bool {
        !self.collapse.iter().any(|value| value == what)
    }
}

/// One issue.
pub async fn get_issue(ctx: &Ctx, access: &IssueAccess, query: &DetailQuery) -> Result<IssueDetail> {
    let mut conn = ctx.store.read().await?;
    let conn = &mut *conn;
    let issue = &access.issue;
    let environments = scope::environments(conn, &access.project.org, &query.environments).await?;
    let events = EventFilter { environments, ..EventFilter::default() };
    let mut expand = query.expand.clone();
    expand.push("pluginIssues".to_owned());
    let options = ListOptions { events: events.clone(), expand, ..ListOptions::default() };
    let viewer = access.project.org.caller.user_id();
    let shown = list_json(conn, ctx, viewer, std::slice::from_ref(issue), &options).await?.pop();
    let mut shown = shown.ok_or(Error::NoSuchResource)?;
    // These two are always there.
    shown.expanded.plugin_actions = None;
    let plugin_issues = shown.expanded.plugin_issues.take().unwrap_or_default();
    let (first_release, last_release) = match query.shows("release") {
        true => {
            let (first, last) = first_and_last_release(conn, ctx, access).await?;
            (Some(first), Some(last))
        }
        false => (None, None),
    };
    Ok(IssueDetail {
        issue: shown,
        activity: activity::of_issue(conn, ctx, viewer, issue).await?,
        seen_by: seen_by(conn, ctx, access).await?,
        participants: participants(conn, ctx, access).await?,
        plugin_actions: Vec::new(),
        plugin_issues,
        plugin_contexts: Vec::new(),
        user_report_count: user_report::of_issue(conn, issue.id).await?.len() as i64,
        tags: if query.shows("tags") { Some(tags(conn, issue).await?) } else { None },
        first_release,
        last_release,
        stats: if query.shows("stats") { Some(stats(conn, ctx, issue, &events).await?) } else { None },
    })
}

async fn seen_by(conn: &mut Conn, ctx: &Ctx, access: &IssueAccess) -> Result<Vec<Viewer>> {
    let viewers = beside::viewers(conn, access.issue.id).await?;
    let ids: Vec<UserId> = viewers.iter().map(|(user, _)| *user).collect();
    let users = people::short_users(conn, ctx, ids, access.project.org.caller.user_id()).await?;
    let viewer =
        |(id, last_seen)| Some(Viewer { user: users.get(&id)?.clone(), last_seen: WireTime::new(last_seen) });
    Ok(viewers.into_iter().filter_map(viewer).collect())
}

async fn participants(conn: &mut Conn, ctx: &Ctx, access: &IssueAccess) -> Result<Vec<Value>> {
    let subscribers = beside::subscribers(conn, access.issue.id).await?;
    let ids: Vec<UserId> = subscribers.iter().filter_map(|row| row.user_id).collect();
    let users = people::short_users(conn, ctx, ids, access.project.org.caller.user_id()).await?;
    let mut shown = Vec::new();
    for row in subscribers {
        if let Some(user) = row.user_id.and_then(|id| users.get(&id)) {
            let mut user = serde_json::to_value(user).map_err(|e| Error::Internal(e.to_string()))?;
            user["type"] = json!("user");
            shown.push(user);
        }
        if let Some(team) = row.team_id {
            shown.push(json!({
                "type": "team", "id": team.to_string(), "name": row.team_name, "slug": row.team_slug,
            }));
        }
    }
    Ok(shown)
}

async fn tags(conn: &mut Conn, issue: &Issue) -> Result<Vec<TagKey>> {
    let keys = tag::keys(conn, issue.id, &[]).await?;
    let shown = |row: tag::TagKey| TagKey {
        name: key_name(&row.tag_key),
        key: row.tag_key,
        total_values: row.total_values,
    };
    let mut tags: Vec<TagKey> = keys.into_iter().map(shown).collect();
    tags.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(tags)
}

type MaybeRelease = Option<Box<Release>>;

/// The release the issue was first seen in, and the one of its newest event that has one.
async fn first_and_last_release(
    conn: &mut Conn,
    ctx: &Ctx,
    access: &IssueAccess,
) -> Result<(MaybeRelease, MaybeRelease)> {
    let newest = tag::values(conn, access.issue.id, "release", ValueOrder::LastSeen, 0, 1).await?;
    let last = match newest.first() {
        Some(value) => release::by_version(conn, access.project.org.org.id, &value.tag_value).await?,
        None => None,
    };
    let last_id = last.as_ref().map(|row| row.id);
    let first_ids: Vec<ReleaseId> = access.issue.first_release_id.into_iter().collect();
    let mut rows = release::by_ids(conn, &first_ids).await?;
    rows.extend(last.filter(|row| !first_ids.contains(&row.id)));
    let shown = releases::releases(conn, ctx, rows).await?;
    let of = |id: Option<ReleaseId>| id.and_then(|id| shown.get(&id)).cloned().map(Box::new);
    Ok((of(access.issue.first_release_id), of(last_id)))
}

async fn stats(
    conn: &mut Conn,
    ctx: &Ctx,
    issue: &Issue,
    events: &EventFilter,
) -> Result<BTreeMap<String, Series>> {
    let now = ctx.now();
    let windows = [Window::day(now), Window::month(now)];
    let first_hour = windows.iter().map(Window::first_hour).min().unwrap_or_default();
    let counts = Counts::load(conn, &[issue.id], events, first_hour).await?;
    Ok(windows.iter().map(|window| (window.key.to_owned(), counts.series(issue.id, window))).collect())
}

/// The hashes of an issue, each with the newest event that was grouped by it.
pub async fn list_hashes(ctx: &Ctx, access: &IssueAccess, page: PageRequest) -> Result<Page<IssueHash>> {
    let mut conn = ctx.store.read().await?;
    let hashes = issue::hashes(&mut conn, access.issue.id).await?;
    let newest = error_event::newest_by_hash(&mut conn, access.issue.id).await?;
    let shown = hashes.into_iter().map(|id| {
        let latest_event = match newest.iter().find(|row| row.primary_hash == id) {
            Some(row) => Some(Event::new(Raw::of(row)?.row(row))),
            None => None,
        };
        Ok(IssueHash { id, latest_event })
    });
    Ok(page.sequence(shown.collect::<Result<Vec<_>>>()?))
}

/// The links of an issue to items of Sentry Apps.
pub async fn list_external_issues(
    ctx: &Ctx,
    access: &IssueAccess,
    page: PageRequest,
) -> Result<Page<ExternalIssue>> {
    let mut conn = ctx.store.read().await?;
    let window = page.key_window(KeyOrder::Ascending, ID_UNIT);
    let mut parts = Vec::new();
    for range in window.ranges() {
        parts.push(facade::links_of_issue(&mut conn, access.issue.id, &range_of(range)).await?);
    }
    let page = window.page(parts, |link| link.id.get());
    Ok(page.replace(|links| links.iter().map(serialize::external_issue).collect()))
}

/// Finds an issue by its short id in the projects that the caller reaches.
pub async fn locate_short_id(ctx: &Ctx, access: &OrgAccess, text: &str) -> Result<ShortIdLocation> {
    let short: ShortId = text.parse().map_err(|_| Error::NoSuchResource)?;
    let mut conn = ctx.store.read().await?;
    let issue = list::by_short_id(&mut conn, access, &short).await?.ok_or(Error::NoSuchResource)?;
    let options = ListOptions::default();
    let shown = list_json(&mut conn, ctx, access.caller.user_id(), &[issue], &options).await?.pop();
    let group = shown.ok_or(Error::NoSuchResource)?;
    Ok(ShortIdLocation {
        organization_slug: access.org.slug.clone(),
        project_slug: group.project.slug.clone(),
        group_id: group.id.clone(),
        short_id: group.short_id.clone(),
        group,
    })
}
