//! How an app is used: installations, views and uses of its components over time, and the log of what it was called with.

use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use http::StatusCode;
use jiff::civil::DateTime;
use mortise_service::{
    Ctx, Error,
    access::IdOrSlug,
    apps::{self, AppAccess, RequestQuery, WindowQuery},
    wire::sentry_app::{AppRequest, AppRequestOrganization, FailedAppRequest, InstallStats, Interactions},
};
use serde_json::Value;

use super::Owned;
use crate::{
    edge::{Outcome, Pairs, Signed, Visit, page_with},
    pages::{
        periods::{self, Period, count},
        words,
    },
    routes::{self as to, path},
    view::{
        Choice, Field, Section, Select, State as Badge, Tone, When,
        app::{AppCall, AppDashboardPage, Dial, FailedCall},
        event::Pair,
    },
};

pub(super) fn routes() -> Router<Ctx> {
    Router::new().route(path::app_dashboard, get(dashboard))
}

async fn dashboard(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, app)): Path<(String, String)>,
) -> Outcome {
    let owned = Owned::find(&visit, &org, &app).await?;
    let access = apps::app_for_stats(&ctx, visit.caller.clone(), &IdOrSlug::parse(owned.slug())).await?;
    let period = Period::of(&visit.query);
    // One slot less than the whole window, which would begin within another slot.
    let since = (visit.now.as_second() - period.length_s + 1).to_string();
    let window = WindowQuery { since: Some(&since), ..WindowQuery::default() };
    let stats = apps::install_stats(&ctx, &access, window).await?;
    let uses = apps::interactions(&ctx, &access, window).await?;
    let asked = Asked::read(&visit.query);
    let log = asked.answer(&ctx, &access).await?;
    let app = apps::get_app(&ctx, &owned.app).await?;
    let here = to::app_dashboard(owned.org_slug(), owned.slug());
    let status = if asked.is_sound() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    page_with(
        status,
        &AppDashboardPage {
            shell: visit.org_shell(&owned.org, &app.name, Section::Developer).await?,
            app: owned.head(&app),
            tab: "dashboard",
            periods: period.links(&visit.query, &here),
            span: period.span,
            installed: count(stats.total_installs - stats.total_uninstalls),
            installs: count(stats.total_installs),
            uninstalls: count(stats.total_uninstalls),
            charts: dials(&stats, &uses, period.span),
            event: kind_choices(asked.event),
            organization: organizations(&log.places, asked.org),
            from: asked.from.field("from", "From (UTC)"),
            to: asked.to.field("to", "To (UTC)"),
            failed_only: asked.failed_only,
            keep: vec![("period", period.word.to_owned())],
            calls: log.calls.iter().map(|call| row(&visit, call)).collect(),
            filtered: asked.is_narrow(),
        },
    )
}

/// A moment as a browser sends it.
struct Moment<'a> {
    sent: &'a str,
    read: Option<DateTime>,
}

impl<'a> Moment<'a> {
    fn read(sent: &'a str) -> Self {
        Self { sent, read: sent.parse().ok() }
    }

    fn is_sound(&self) -> bool {
        self.sent.is_empty() || self.read.is_some()
    }

    /// As the log takes it.
    fn text(&self) -> Option<String> {
        self.read.map(|moment| moment.strftime("%Y-%m-%d %H:%M:%S").to_string())
    }

    fn field(&self, name: &'static str, label: &'static str) -> Field {
        let error = if self.is_sound() { "" } else { "This is no date with a time." };
        Field { kind: "datetime-local", error: error.to_owned(), ..Field::text(name, label).value(self.sent) }
    }
}

/// Which requests were asked for.
struct Asked<'a> {
    event: Option<&'a str>,
    org: &'a str,
    from: Moment<'a>,
    to: Moment<'a>,
    failed_only: bool,
}

/// What the log has of them.
struct Log {
    calls: Vec<AppRequest>,
    /// The organizations for which the app was called, whichever of them was asked for.
    places: Vec<AppRequestOrganization>,
}

impl<'a> Asked<'a> {
    fn read(query: &'a Pairs) -> Self {
        Self {
            event: Some(query.get("event")).filter(|event| apps::is_logged(event)),
            org: query.get("org"),
            from: Moment::read(query.get("from")),
            to: Moment::read(query.get("to")),
            failed_only: query.is_on("failed"),
        }
    }

    fn is_sound(&self) -> bool {
        self.from.is_sound() && self.to.is_sound()
    }

    fn is_narrow(&self) -> bool {
        let has_time = !self.from.sent.is_empty() || !self.to.sent.is_empty();
        self.event.is_some() || !self.org.is_empty() || has_time || self.failed_only
    }

    async fn answer(&self, ctx: &Ctx, access: &AppAccess) -> Outcome<Log> {
        if !self.is_sound() {
            return Ok(Log { calls: Vec::new(), places: Vec::new() });
        }
        let (start, end) = (self.from.text(), self.to.text());
        let query = RequestQuery {
            start: start.as_deref(),
            end: end.as_deref(),
            event_type: self.event,
            errors_only: self.failed_only.then_some("true"),
            organization_slug: None,
        };
        let mut calls = apps::list_requests(ctx, access, query).await?;
        let mut places: Vec<_> = calls.iter().filter_map(|call| call.organization.clone()).collect();
        places.sort_by(|one, other| one.slug.cmp(&other.slug));
        places.dedup_by(|one, other| one.slug == other.slug);
        if !self.org.is_empty() {
            let query = RequestQuery { organization_slug: Some(self.org), ..query };
            calls = match apps::list_requests(ctx, access, query).await {
                // An organization that the app has nothing to do with.
                Err(Error::Invalid(_)) => Vec::new(),
                found => found?,
            };
        }
        Ok(Log { calls, places })
    }
}

fn organizations(places: &[AppRequestOrganization], chosen: &str) -> Select {
    let choice = |place: &AppRequestOrganization| Choice::new(&place.slug, &place.name, place.slug == chosen);
    let mut choices = vec![Choice::new("", "All organizations", chosen.is_empty())];
    choices.extend(places.iter().map(choice));
    if !choices.iter().any(|choice| choice.chosen) {
        choices.push(Choice::new(chosen, chosen, true));
    }
    Select::new("org", "Organization", choices)
}

fn kind_choices(chosen: Option<&str>) -> Select {
    let mut choices = vec![Choice::new("", "All requests", chosen.is_none())];
    choices
        .extend(apps::logged_kinds().into_iter().map(|kind| Choice::new(kind, kind, chosen == Some(kind))));
    Select::new("event", "Request", choices)
}

fn dials(stats: &InstallStats, uses: &Interactions, span: &str) -> Vec<Dial> {
    let mut dials = vec![
        dial("Installs", ["install", "installs"], &stats.install_stats, span),
        dial("Uninstalls", ["uninstall", "uninstalls"], &stats.uninstall_stats, span),
        dial("Views", ["view", "views"], &uses.views, span),
    ];
    let used = uses.component_interactions.iter();
    dials.extend(used.map(|(kind, points)| dial(&used_in(kind), ["use", "uses"], points, span)));
    dials
}

/// What uses of a kind of component are called.
fn used_in(kind: &str) -> String {
    match kind {
        "issue-link" => "Uses on issues".to_owned(),
        "alert-rule-action" => "Uses in alert rules".to_owned(),
        "stacktrace-link" => "Uses in stack traces".to_owned(),
        other => format!("Uses of {other}"),
    }
}

fn dial(title: &str, noun: [&str; 2], points: &[(i64, i64)], span: &str) -> Dial {
    let (total, chart) = periods::chart(noun, points, span);
    Dial { title: title.to_owned(), total, chart }
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
