//! The issue page: one issue with one of its events, and the raw JSON of an event.

use std::collections::BTreeMap;

use axum::{
    Json, Router,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use mortise_domain::{Scope, ScopeSet};
use mortise_service::{
    Ctx, Error,
    access::{IssueAccess, Permission, class},
    issues::{
        detail::{DetailQuery, get_issue},
        events::{issue_event, project_event_json},
        tags::list_tags,
    },
    wire::{
        issue::{Assignee, IssueDetail, Series},
        tag::TagKeyDetail,
    },
};

use super::{access_to, deeds, event_view, issue_actions, issue_apps, issue_words, people_choices};
use crate::{
    charts::{self, Slot},
    edge::{Outcome, Signed, Visit, page},
    routes::{self as to, path},
    view::{
        Avatar, Choice, Count, Level, Priority, Section, When,
        event::{TagShare, TagValue},
        issue::{IssueHead, IssueMay, IssuePage},
    },
};

/// Values of a tag that are shown.
const TAG_VALUES_MAX: usize = 5;
/// What the events of an issue without choice are.
pub(super) const LATEST: &str = "latest";

pub(super) fn routes() -> Router<Ctx> {
    Router::new()
        .route(path::issue, get(latest))
        .route(path::event, get(one))
        .route(path::event_json, get(json))
}

async fn latest(visit: Signed, Path((org, id)): Path<(String, String)>) -> Outcome {
    let access = access_to::issue(&visit, &org, &id, class::Group::CLASS, "GET").await?;
    issue_actions::mark_seen(&visit, &access).await?;
    page(&issue_page(&visit, &access, LATEST).await?)
}

async fn one(visit: Signed, Path((org, id, event)): Path<(String, String, String)>) -> Outcome {
    let access = access_to::issue(&visit, &org, &id, class::Group::CLASS, "GET").await?;
    page(&issue_page(&visit, &access, &event).await?)
}

/// Downloads the event as it was stored.
async fn json(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, id, event)): Path<(String, String, String)>,
) -> Outcome<Response> {
    let access = access_to::issue(&visit, &org, &id, class::Group::CLASS, "GET").await?;
    let event = issue_event(&ctx, &access, &event, &[]).await?;
    let raw = project_event_json(&ctx, &access.project, &event.event_id).await?;
    Ok(Json(raw).into_response())
}

/// Everything on the page, with the event that `which` means.
pub(super) async fn issue_page(visit: &Visit, access: &IssueAccess, which: &str) -> Outcome<IssuePage> {
    let ctx = &visit.ctx;
    let detail = get_issue(ctx, access, &DetailQuery::default()).await?;
    let event = match issue_event(ctx, access, which, &[]).await {
        Ok(event) => Some(event),
        Err(Error::Missing(_) | Error::NotFound | Error::NoSuchResource | Error::Invalid(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let tags = list_tags(ctx, access, &[], None).await?;
    let org = &access.project.org;
    let chosen = detail.issue.assigned_to.as_ref().map(assignee_value).unwrap_or_default();
    let assignees = people_choices::assignees(ctx, access, &chosen).await?;
    let viewer = visit.caller.user_id().map(|id| id.to_string()).unwrap_or_default();
    let activity =
        detail.activity.iter().map(|entry| deeds::view(entry, &viewer, &assignees, visit.now)).collect();
    let people = |names: Vec<&str>| names.into_iter().map(Avatar::new).collect::<Vec<_>>();
    let name_of = |person: &serde_json::Value| {
        person.get("name").and_then(serde_json::Value::as_str).map(str::to_owned)
    };
    let participants: Vec<String> = detail.participants.iter().filter_map(name_of).collect();
    let apps = issue_apps::of_issue(ctx, access).await?;
    let links = issue_apps::links(ctx, access, &apps).await?;
    let mut dialogs = issue_apps::with_dialogs(ctx, &apps).await?;
    // An issue has one item in an app: as long as it is linked, none is made or found.
    dialogs.retain(|app| links.iter().all(|link| link.app != app.slug));
    let mut event = event.as_ref().map(|event| event_view::view(event, visit.now));
    if let Some(event) = &mut event {
        issue_apps::open_in(ctx, access, &apps, event).await?;
    }
    let writes = ScopeSet::of(&[Scope::EventWrite, Scope::EventAdmin]);
    Ok(IssuePage {
        shell: visit.org_shell(org, &detail.issue.short_id, Section::Issues).await?,
        event,
        apps: dialogs,
        stats_day: stats(&detail, "24h", "%H:%M UTC", "last 24 hours"),
        stats_month: stats(&detail, "30d", "%-d %b (UTC)", "last 30 days"),
        tags: shares(&tags, &to::issues(&org.org.slug)),
        activity,
        participants: people(participants.iter().map(String::as_str).collect()),
        seen_by: people(detail.seen_by.iter().map(|viewer| viewer.user.name.as_str()).collect()),
        may: IssueMay {
            write: access.project.scopes.intersects(writes),
            delete: access.project.scopes.intersects(ScopeSet::of(&[Scope::EventAdmin])),
        },
        comment_text: String::new(),
        comment_error: String::new(),
        issue: IssueHead { links, ..head(visit, &detail, assignees) },
    })
}

/// The value of an assignee in the picker.
fn assignee_value(assignee: &Assignee) -> String {
    match assignee {
        Assignee::User { id, .. } => format!("user:{id}"),
        Assignee::Team { id, .. } => format!("team:{id}"),
    }
}

fn head(visit: &Visit, detail: &IssueDetail, assignees: Vec<Choice>) -> IssueHead {
    let issue = &detail.issue;
    let (kind, message) = issue_words::title(issue);
    let version = |release: &Option<Option<Box<mortise_service::wire::release::Release>>>| {
        release.iter().flatten().map(|release| release.version.clone()).next().unwrap_or_default()
    };
    IssueHead {
        id: issue.id.clone(),
        short_id: issue.short_id.clone(),
        kind,
        message,
        culprit: issue.culprit.clone().unwrap_or_default(),
        project: issue.project.slug.clone(),
        project_name: issue.project.name.clone(),
        level: Level::parse(&issue.level).unwrap_or(Level::Error),
        priority: issue.priority.as_deref().and_then(Priority::parse).unwrap_or(Priority::Medium),
        status: issue_words::status(issue),
        state: issue_words::state(issue),
        state_detail: issue_words::state_detail(issue),
        events: Count(issue.count.parse().unwrap_or(0)),
        users: Count(issue_words::count(issue.user_count)),
        first_seen: When::new(issue.first_seen.time(), visit.now),
        last_seen: When::new(issue.last_seen.time(), visit.now),
        first_release: version(&detail.first_release),
        last_release: version(&detail.last_release),
        assignee: issue.assigned_to.as_ref().map(|assignee| Avatar::new(&issue_words::assignee(assignee))),
        assignees,
        bookmarked: issue.is_bookmarked,
        subscribed: issue.is_subscribed,
        links: Vec::new(),
    }
}

fn stats(detail: &IssueDetail, key: &str, format: &str, span: &str) -> charts::Svg {
    let none = Series::new();
    let series =
        detail.stats.as_ref().and_then(|stats: &BTreeMap<String, Series>| stats.get(key)).unwrap_or(&none);
    let slot = |(second, count): &(i64, i64)| {
        let time = mortise_domain::Time::from_second(*second).unwrap_or_default();
        Slot { label: time.strftime(format).to_string(), count: issue_words::count(*count) }
    };
    charts::bars(&series.iter().map(slot).collect::<Vec<_>>(), span)
}

/// How the values of each tag share its events.
fn shares(tags: &[TagKeyDetail], issues: &str) -> Vec<TagShare> {
    tags.iter().map(|tag| share(tag, issues)).collect()
}

fn share(tag: &TagKeyDetail, issues: &str) -> TagShare {
    let percent = |count: i64| {
        let share = count.saturating_mul(100).checked_div(tag.total_values.max(1)).unwrap_or(0);
        u8::try_from(share.clamp(0, 100)).unwrap_or(100)
    };
    let top: Vec<TagValue> = tag
        .top_values
        .iter()
        .take(TAG_VALUES_MAX)
        .map(|value| {
            let text = value.value.clone().unwrap_or_default();
            let term = value
                .query
                .clone()
                .unwrap_or_else(|| format!("{}:\"{}\"", tag.key, text.replace('"', "\\\"")));
            TagValue {
                percent: percent(value.count),
                bar: charts::share(percent(value.count)),
                href: format!("{issues}?query={}", to::encode(&term)),
                value: text,
            }
        })
        .collect();
    let shown: i64 = tag.top_values.iter().take(TAG_VALUES_MAX).map(|value| value.count).sum();
    TagShare { key: tag.key.clone(), others: percent(tag.total_values.saturating_sub(shown)), top }
}
