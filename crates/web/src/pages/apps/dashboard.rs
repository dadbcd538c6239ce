//! How an app is used: installations, views and uses of its components over time, and the log of what it was called with.

use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use http::StatusCode;
use jiff::{Timestamp, tz::TimeZone};
use mortise_service::{
    Ctx,
    access::IdOrSlug,
    apps::{self, RequestQuery, WindowQuery, subscriptions::FAMILIES},
    wire::sentry_app::{AppRequest, FailedAppRequest, InstallStats, Interactions},
};
use serde_json::Value;

use super::Owned;
use crate::{
    charts::{self, Slot},
    edge::{Outcome, Pairs, Signed, Visit, page},
    pages::words,
    routes::{self as to, path},
    view::{
        Choice, Count, Link, Section, Select, State as Badge, Tone, When,
        app::{AppCall, AppDashboardPage, Dial, FailedCall},
        event::Pair,
    },
};

const HOUR_S: i64 = 3600;
const DAY_S: i64 = 24 * HOUR_S;
/// Windows of time: the word in the address, the text, the words of a chart, the length in seconds.
const PERIODS: [(&str, &str, &str, i64); 4] = [
    ("24h", "24 hours", "last 24 hours", DAY_S),
    ("7d", "7 days", "last 7 days", 7 * DAY_S),
    ("30d", "30 days", "last 30 days", 30 * DAY_S),
    ("90d", "90 days", "last 90 days", 90 * DAY_S),
];
/// What apps are called with besides the events that they subscribe to.
const OTHER_KINDS: [&str; 7] = [
    "alert_rule_action.requested",
    "event_alert.triggered",
    "external_issue.created",
    "external_issue.linked",
    "installation.created",
    "installation.deleted",
    "select_options.requested",
];

pub(super) fn routes() -> Router<Ctx> {
    Router::new().route(path::app_dashboard, get(dashboard))
}

/// Everything that an app can be called with, sorted.
fn kinds() -> Vec<&'static str> {
    let subscribed = FAMILIES.iter().flat_map(|family| family.events).copied();
    let mut kinds: Vec<_> = subscribed.chain(OTHER_KINDS).collect();
    kinds.sort_unstable();
    kinds
}

async fn dashboard(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, app)): Path<(String, String)>,
) -> Outcome {
    let owned = Owned::find(&visit, &org, &app).await?;
    let access = apps::app_for_stats(&ctx, visit.caller.clone(), &IdOrSlug::parse(owned.slug())).await?;
    let asked = visit.query.get("period");
    let period = PERIODS.iter().find(|period| period.0 == asked).unwrap_or(&PERIODS[0]);
    // One slot less than the whole window, which would begin within another slot.
    let since = (visit.now.as_second() - period.3 + 1).to_string();
    let window = WindowQuery { since: Some(&since), ..WindowQuery::default() };
    let stats = apps::install_stats(&ctx, &access, window).await?;
    let uses = apps::interactions(&ctx, &access, window).await?;
    let event = kinds().into_iter().find(|kind| *kind == visit.query.get("event"));
    let failed_only = visit.query.is_on("failed");
    let query = RequestQuery {
        event_type: event,
        errors_only: failed_only.then_some("true"),
        ..RequestQuery::default()
    };
    let calls = apps::list_requests(&ctx, &access, query).await?;
    let app = apps::get_app(&ctx, &owned.app).await?;
    let here = to::app_dashboard(owned.org_slug(), owned.slug());
    page(&AppDashboardPage {
        shell: visit.org_shell(&owned.org, &app.name, Section::Developer).await?,
        app: owned.head(&app),
        tab: "dashboard",
        periods: periods(&visit.query, period.0, &here),
        span: period.2,
        installed: count(stats.total_installs - stats.total_uninstalls),
        installs: count(stats.total_installs),
        uninstalls: count(stats.total_uninstalls),
        charts: dials(&stats, &uses, period.2),
        event: kind_choices(event),
        failed_only,
        keep: vec![("period", period.0.to_owned())],
        calls: calls.iter().map(|call| row(&visit, call)).collect(),
        filtered: event.is_some() || failed_only,
    })
}

fn count(number: i64) -> Count {
    Count(u64::try_from(number).unwrap_or(0))
}

fn periods(query: &Pairs, current: &str, here: &str) -> Vec<Link> {
    let link = |(word, text, ..): &(&str, &str, &str, i64)| Link {
        text: (*text).to_owned(),
        href: query.with("period", Some(word)).behind(here),
        current: *word == current,
    };
    PERIODS.iter().map(link).collect()
}

fn kind_choices(chosen: Option<&str>) -> Select {
    let mut choices = vec![Choice::new("", "All requests", chosen.is_none())];
    choices.extend(kinds().into_iter().map(|kind| Choice::new(kind, kind, chosen == Some(kind))));
    Select::new("event", "Request", choices).quiet()
}

fn dials(stats: &InstallStats, uses: &Interactions, span: &str) -> Vec<Dial> {
    let mut dials = vec![
        dial("Installs", ["install", "installs"], &stats.install_stats, span),
        dial("Uninstalls", ["uninstall", "uninstalls"], &stats.uninstall_stats, span),
        dial("Views", ["view", "views"], &uses.views, span),
    ];
    let used = uses.component_interactions.iter();
    dials.extend(used.map(|(kind, points)| dial(&format!("Uses of {kind}"), ["use", "uses"], points, span)));
    dials
}

fn dial(title: &str, noun: [&str; 2], points: &[(i64, i64)], span: &str) -> Dial {
    let step_s = points.windows(2).next().map_or(DAY_S, |pair| pair[1].0 - pair[0].0);
    let format = if step_s < DAY_S { "%-d %b, %H:%M UTC" } else { "%-d %b" };
    let slot = |(second, count): &(i64, i64)| {
        let time = Timestamp::from_second(*second).unwrap_or_default().to_zoned(TimeZone::UTC);
        Slot { label: time.strftime(format).to_string(), count: u64::try_from(*count).unwrap_or(0) }
    };
    let slots: Vec<_> = points.iter().map(slot).collect();
    let total = slots.iter().fold(0u64, |sum, slot| sum.saturating_add(slot.count));
    Dial { title: title.to_owned(), total: Count(total), chart: charts::bars_of(noun, &slots, span) }
}

fn row(visit: &Visit, call: &AppRequest) -> AppCall {
    let code = u16::try_from(call.response_code).ok().and_then(|code| StatusCode::from_u16(code).ok());
    let state = match code {
        Some(code) if code.as_u16() < 400 => Badge::new(code.as_str(), Tone::Good),
        Some(code) => Badge::new(code.as_str(), Tone::Bad),
        None => Badge::new("No answer", Tone::Bad),
    };
    AppCall {
        event: call.event_type.clone(),
        state,
        url: call.webhook_url.clone(),
        organization: call.organization.as_ref().map(|org| org.slug.clone()).unwrap_or_default(),
        when: When::new(call.date.parse().unwrap_or(visit.now), visit.now),
        failure: call.failure.as_ref().map(failure),
        error_href: call.error_url.clone().unwrap_or_default(),
    }
}

fn failure(failed: &FailedAppRequest) -> FailedCall {
    let headers = failed.request_headers.iter().flatten();
    FailedCall {
        request_headers: headers
            .map(|(key, value)| Pair { key: key.clone(), value: words::json(value) })
            .collect(),
        request_body: body(failed.request_body.as_deref()),
        response_body: body(failed.response_body.as_deref()),
    }
}

/// A body: the text within the JSON string that the log keeps, indented where it is JSON itself.
fn body(kept: Option<&str>) -> String {
    let kept = kept.unwrap_or_default();
    match serde_json::from_str(kept) {
        Ok(Value::String(text)) => words::pretty_json(&text),
        _ => words::pretty_json(kept),
    }
}
