//! The request log of an app: what it was called with, and what it answered. A view over the attempts of deliveries and the
//! calls that are none.

use std::collections::{HashMap, HashSet};

use jiff::{civil::DateTime, tz::TimeZone};
use mortise_domain::{IssueId, OrgId, ProjectId, Time, status::AppStatus};
use mortise_egress::Exchange;
use mortise_store::{
    Conn,
    app_request::{self, AppCall},
    error_event,
    organization::{self, Organization},
    retention,
    sentry_app::{self, SentryApp},
};
use mortise_wire::sentry_app as wire;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::{AppAccess, json::status, subscriptions::FAMILIES};
use crate::{Ctx, Error, Result, authenticate::after};

/// For how long calls are kept and shown, seconds.
const KEPT_S: i64 = 30 * 24 * 3600;
/// Calls that are looked at, at most.
const CALLS_MAX: i64 = 100;
/// Characters of a body that are shown at most.
const BODY_CHARS_MAX: usize = 1024;
/// From this status on an answer is a failure.
const FAILED_MIN: i64 = 400;

const DATE_FORMAT: &str = "%Y-%m-%d %H:%M:%S";
const DEFAULT_START: &str = "2000-01-01 00:00:00";
const DATE: &str = "Invalid date format. Format must be YYYY-MM-DD HH:MM:SS.";
const KIND: &str = "Invalid event type.";
const ORGANIZATION: &str = "Invalid organization.";

/// What the log shows besides the events that apps subscribe to.
const OTHER_KINDS: [&str; 13] = [
    "activity_alert.triggered",
    "event_alert.triggered",
    "external_issue.created",
    "external_issue.linked",
    "installation.created",
    "installation.deleted",
    "select_options.requested",
    "metric_alert.open",
    "metric_alert.resolved",
    "metric_alert.critical",
    "metric_alert.warning",
    "alert_rule_action.requested",
    "alert_rule_action.error",
];

/// The headers of a request that are shown, those of webhooks and those of components.
const HEADERS: [&str; 6] = [
    "Content-Type",
    "Request-ID",
    "Sentry-Hook-Resource",
    "Sentry-Hook-Timestamp",
    "Sentry-Hook-Signature",
    "Sentry-App-Signature",
];
/// With these an app says which event its failure is.
const ERROR_HEADER: &str = "sentry-hook-error";
const PROJECT_HEADER: &str = "sentry-hook-project";

/// Which calls are asked for, as sent.
#[derive(Debug, Clone, Copy, Default)]
pub struct RequestQuery<'a> {
    /// Not before, `YYYY-MM-DD HH:MM:SS`.
    pub start: Option<&'a str>,
    /// Not after.
    pub end: Option<&'a str>,
    /// Of this kind.
    pub event_type: Option<&'a str>,
    /// Only those that failed, whatever the text is.
    pub errors_only: Option<&'a str>,
    /// For this organization.
    pub organization_slug: Option<&'a str>,
}

/// A call and what is known of it.
struct Call {
    row: AppCall,
    exchange: Option<Exchange>,
}

impl Call {
    fn new(row: AppCall) -> Self {
        // What could not be prepared has no request.
        let exchange = Exchange::deserialize(&row.exchange).ok();
        Self { row, exchange }
    }

    /// The project and the event that the app named.
    fn error(&self) -> Option<(ProjectId, String)> {
        let response = self.exchange.as_ref()?.response.as_ref()?;
        let header = |name: &str| {
            response
                .message
                .headers
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
                .map(|(_, value)| value)
        };
        Some((header(PROJECT_HEADER)?.trim().parse().ok()?, header(ERROR_HEADER)?.clone()))
    }
}

/// The newest calls to an app that fit, newest first.
pub async fn list_requests(
    ctx: &Ctx,
    access: &AppAccess,
    query: RequestQuery<'_>,
) -> Result<Vec<wire::AppRequest>> {
    let (app, now) = (&access.app, ctx.now());
    let start = second(query.start.unwrap_or(DEFAULT_START))?;
    let end = query.end.map_or(Ok(now.as_second()), second)?;
    let kind = query.event_type.filter(|kind| !kind.is_empty());
    if kind.is_some_and(|kind| !is_logged(kind)) {
        return Err(Error::invalid(KIND));
    }
    let mut conn = ctx.store.read().await?;
    let org = match query.organization_slug.filter(|slug| !slug.is_empty()) {
        Some(slug) => Some(organization(&mut conn, app, slug).await?),
        None => None,
    };
    let failed_only = query.errors_only.is_some_and(|text| !text.is_empty());
    let rows = app_request::newest(&mut conn, app.id, kind, failed_only, CALLS_MAX).await?;
    let is_internal = status(app)? == AppStatus::Internal;
    let kept = after(now, -KEPT_S);
    let calls = rows.into_iter().filter(|row| is_logged(&row.kind)).filter(|row| {
        let of = if is_internal { app.owner_id } else { row.organization_id.unwrap_or(app.owner_id) };
        row.date >= kept && (start..=end).contains(&row.date.as_second()) && org.is_none_or(|org| org == of)
    });
    let calls: Vec<_> = calls.map(Call::new).collect();
    json(&mut conn, app, is_internal, calls).await
}

/// Every kind of call that the log shows, sorted.
pub fn logged_kinds() -> Vec<&'static str> {
    let subscribable = FAMILIES.iter().flat_map(|family| family.events).copied();
    let mut kinds: Vec<_> = subscribable.chain(OTHER_KINDS).collect();
    kinds.sort_unstable();
    kinds
}

/// Whether the log shows calls of this kind.
pub fn is_logged(kind: &str) -> bool {
    let is_subscribable = FAMILIES.iter().any(|family| family.events.contains(&kind));
    is_subscribable || OTHER_KINDS.contains(&kind)
}

/// The organization with this slug, if the app was ever called for it: others are nobody's business.
async fn organization(conn: &mut Conn, app: &SentryApp, slug: &str) -> Result<OrgId> {
    let org = organization::by_slug(conn, slug).await?.ok_or_else(|| Error::invalid(ORGANIZATION))?;
    let is_known = org.id == app.owner_id || sentry_app::was_installed(conn, app.id, org.id).await?;
    if is_known { Ok(org.id) } else { Err(Error::invalid(ORGANIZATION)) }
}

/// The second a text in [`DATE_FORMAT`] names, in UTC. The year has exactly four digits and a minute 60 seconds, which
/// `strptime` alone is not strict about; a time past what can be told counts as the end of time.
fn second(text: &str) -> Result<i64> {
    let year = text.split_once('-').map_or("", |(year, _)| year);
    let is_year = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit()) && year != "0000";
    let time = DateTime::strptime(DATE_FORMAT, text).ok();
    let time = time.filter(|_| is_year && !text.ends_with(":60")).ok_or_else(|| Error::invalid(DATE))?;
    Ok(time.to_zoned(TimeZone::UTC).map_or(i64::MAX, |time| time.timestamp().as_second()))
}

async fn json(
    conn: &mut Conn,
    app: &SentryApp,
    is_internal: bool,
    calls: Vec<Call>,
) -> Result<Vec<wire::AppRequest>> {
    let ids: HashSet<OrgId> = calls.iter().filter_map(|call| call.row.organization_id).collect();
    let orgs = match is_internal {
        true => Vec::new(),
        false => organization::by_ids(conn, &ids.into_iter().collect::<Vec<_>>()).await?,
    };
    let orgs: HashMap<OrgId, Organization> = orgs.into_iter().map(|org| (org.id, org)).collect();
    let errors: Vec<_> = calls.iter().filter_map(Call::error).collect();
    let issues = error_event::issues_of(conn, app.owner_id, &errors).await?;
    let issues: HashMap<(ProjectId, String), IssueId> =
        issues.into_iter().map(|(project, event, issue)| ((project, event), issue)).collect();
    let owner = match issues.is_empty() {
        true => None,
        false => organization::by_id(conn, app.owner_id).await?,
    };
    let one = |call: Call| {
        let error = call.error().and_then(|error| Some((*issues.get(&error)?, error.1)));
        let error_url = error.zip(owner.as_ref()).map(|((issue, event), owner)| {
            format!("/organizations/{}/issues/{issue}/events/{event}/", owner.slug)
        });
        let org = call.row.organization_id.and_then(|id| orgs.get(&id));
        let organization =
            org.map(|org| wire::AppRequestOrganization { name: org.name.clone(), slug: org.slug.clone() });
        entry(app, call, error_url, organization)
    };
    Ok(calls.into_iter().map(one).collect())
}

fn entry(
    app: &SentryApp,
    call: Call,
    error_url: Option<String>,
    organization: Option<wire::AppRequestOrganization>,
) -> wire::AppRequest {
    let sent = call.exchange.as_ref().map(|exchange| exchange.request.url.clone());
    let code = call.row.response_code.unwrap_or(0);
    let is_failed = code == 0 || code >= FAILED_MIN;
    wire::AppRequest {
        webhook_url: sent.or_else(|| app.webhook_url.clone()).unwrap_or_default(),
        sentry_app_slug: app.slug.clone(),
        date: date(call.row.date),
        response_code: code,
        failure: is_failed.then(|| failure(call.exchange.as_ref())),
        event_type: call.row.kind,
        error_url,
        organization,
    }
}

/// Six digits of fraction, always.
fn date(time: Time) -> String {
    let civil = TimeZone::UTC.to_datetime(time);
    civil.strftime("%Y-%m-%d %H:%M:%S%.6f+00:00").to_string()
}

fn failure(exchange: Option<&Exchange>) -> wire::FailedAppRequest {
    let response = exchange.and_then(|exchange| exchange.response.as_ref());
    let request = exchange.map(|exchange| &exchange.request.message);
    let headers = request.map(|request| {
        let shown = HEADERS.iter().filter_map(|name| {
            let (_, value) = request.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
            Some(((*name).to_owned(), Json::from(value.as_str())))
        });
        shown.collect::<Map<_, _>>()
    });
    wire::FailedAppRequest {
        request_body: request.filter(|_| response.is_some()).map(|request| quoted(&request.body)),
        request_headers: headers,
        response_body: response.map(|response| match serde_json::from_str::<Json>(&response.message.body) {
            Ok(_) => quoted(&response.message.body),
            Err(_) => cut(&response.message.body),
        }),
    }
}

/// A text as a JSON string, cut.
fn quoted(text: &str) -> String {
    cut(&Json::from(text).to_string())
}

fn cut(text: &str) -> String {
    text.chars().take(BODY_CHARS_MAX).collect()
}

/// Forgets calls that are no deliveries and older than is kept. A periodic job.
pub(crate) async fn purge_requests(ctx: &Ctx) -> Result<u64> {
    let before = after(ctx.now(), -KEPT_S);
    let mut total = 0;
    loop {
        let purged = ctx
            .store
            .write(move |tx| Box::pin(async move { retention::purge_app_requests(tx, before).await }));
        let purged = purged.await?;
        total += purged;
        if purged < retention::BATCH.unsigned_abs() {
            return Ok(total);
        }
    }
}
