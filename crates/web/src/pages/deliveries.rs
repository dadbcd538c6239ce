//! The log of deliveries, one delivery with its attempts, and doing it again.

use axum::{
    Router,
    extract::{Path, State},
    routing::{get, post},
};
use mortise_domain::{DeliveryId, Scope, ScopeSet, status::DeliveryState};
use mortise_service::{
    Ctx, Error,
    access::{Class, OrgAccess, Permission, class},
    delivery::{self, AttemptView as Tried, DeliveryDetail, DeliveryFilter, DeliveryView},
};
use serde_json::Value;

use super::{access_to, words};
use crate::{
    edge::{Form, Outcome, Pairs, Problem, Refused, Signed, Visit, go_saying, local::local_path, page},
    routes::{self as to, path},
    view::{
        Choice, Link, Pager, Section, Select, State as Badge, Tone, When,
        delivery::{AttemptView, DeliveriesPage, DeliveryPage, DeliveryRow},
        event::Pair,
    },
};

/// Deliveries on a page of the log.
const ROWS: i64 = 50;
/// Who may repeat deliveries; the use case checks it again.
const MAY_REPLAY: ScopeSet = ScopeSet::of(&[Scope::OrgIntegrations, Scope::OrgWrite, Scope::OrgAdmin]);
/// What can be delivered.
const KINDS: [&str; 24] = [
    "app.disabled",
    "app.publication_requested",
    "code_owners.not_fetched",
    "comment.created",
    "comment.deleted",
    "comment.updated",
    "error.created",
    "event.alert",
    "event.created",
    "event_alert.triggered",
    "installation.created",
    "installation.deleted",
    "integration.disabled",
    "integration.requested",
    "issue.assigned",
    "issue.created",
    "issue.ignored",
    "issue.resolved",
    "issue.unresolved",
    "metric_alert.critical",
    "metric_alert.resolved",
    "metric_alert.warning",
    "release.commits_not_fetched",
    "repository.hook_left",
];
/// The tabs: the word in the address, the text, the state.
const TABS: [(&str, &str, Option<DeliveryState>); 4] = [
    ("all", "All", None),
    ("waiting", "Waiting", Some(DeliveryState::Pending)),
    ("delivered", "Delivered", Some(DeliveryState::Delivered)),
    ("failed", "Failed", Some(DeliveryState::Failed)),
];

pub(super) fn routes() -> Router<Ctx> {
    Router::new()
        .route(path::deliveries, get(list))
        .route(path::delivery, get(one))
        .route(path::delivery_replay, post(replay))
}

const CLASS: Class = class::OrganizationIntegrations::CLASS;

async fn list(visit: Signed, State(ctx): State<Ctx>, Path(org): Path<String>) -> Outcome {
    let access = access_to::org(&visit, &org, CLASS, "GET").await?;
    let names = delivery::list_subscribers(&ctx, &access).await?;
    let tab = TABS.iter().find(|(word, ..)| *word == visit.query.get("state")).unwrap_or(&TABS[0]);
    let chosen = |name: &str| Some(visit.query.get(name)).filter(|text| !text.is_empty()).map(str::to_owned);
    let filter = DeliveryFilter {
        subscriber: chosen("subscriber"),
        kind: chosen("event"),
        state: tab.2,
        ..DeliveryFilter::default()
    };
    let before = visit.query.get("before").parse::<DeliveryId>().ok();
    let log = delivery::list_deliveries(&ctx, &access, &filter, before, ROWS).await?;
    let path = to::deliveries(&access.org.slug);
    let first_page = visit.query.with("before", None);
    let pager = Pager {
        prev: before.map(|_| first_page.behind(&path)),
        next: log.next_before.map(|id| visit.query.with("before", Some(&id.to_string())).behind(&path)),
        summary: String::new(),
    };
    let is_filtered = tab.2.is_some() || filter.subscriber.is_some() || filter.kind.is_some();
    page(&DeliveriesPage {
        shell: visit.org_shell(&access, "Deliveries", Section::Deliveries).await?,
        tabs: tabs(&first_page, tab.0, &path),
        subscriber: subscribers(&names, filter.subscriber.as_deref()),
        event: kinds(filter.kind.as_deref()),
        keep: vec![("state", tab.0.to_owned())],
        rows: log.deliveries.iter().map(|view| row(&visit, &access, view, &names)).collect(),
        pager,
        filtered: is_filtered,
    })
}

/// What still waits is sent anyway.
fn may_replay(access: &OrgAccess, state: DeliveryState) -> bool {
    access.has(MAY_REPLAY) && state != DeliveryState::Pending
}

fn tabs(query: &Pairs, current: &str, path: &str) -> Vec<Link> {
    let link = |(word, text, _): &(&str, &str, _)| Link {
        text: (*text).to_owned(),
        href: query.with("state", Some(word)).behind(path),
        current: *word == current,
    };
    TABS.iter().map(link).collect()
}

fn subscribers(names: &[(String, String)], chosen: Option<&str>) -> Select {
    let mut choices = vec![Choice::new("", "All subscribers", chosen.is_none())];
    choices.extend(names.iter().map(|(key, name)| Choice::new(key, name, chosen == Some(key))));
    Select::new("subscriber", "Subscriber", choices).quiet()
}

fn kinds(chosen: Option<&str>) -> Select {
    let mut choices = vec![Choice::new("", "All events", chosen.is_none())];
    choices.extend(KINDS.iter().map(|kind| Choice::new(kind, kind, chosen == Some(kind))));
    // An address may name another one: what is shown is narrowed by it all the same.
    choices.extend(chosen.filter(|kind| !KINDS.contains(kind)).map(|kind| Choice::new(kind, kind, true)));
    Select::new("event", "Event", choices).quiet()
}

fn row(visit: &Visit, access: &OrgAccess, view: &DeliveryView, names: &[(String, String)]) -> DeliveryRow {
    let delivery = &view.delivery;
    let last = view.last_attempt.as_ref();
    let outcome = last.map_or_else(String::new, |last| outcome(last.response_code, None));
    let is_waiting =
        view.state == DeliveryState::Pending && delivery.leased_by.is_none() && delivery.attempts > 0;
    DeliveryRow {
        id: delivery.id.to_string(),
        event: delivery.kind.clone(),
        subscriber: name_of(&delivery.subscriber, names),
        state: badge(view.state, delivery.attempts),
        may_replay: may_replay(access, view.state),
        attempts: u32::try_from(delivery.attempts).unwrap_or(0),
        outcome,
        duration: last.map_or_else(String::new, |last| words::duration_us(last.duration_us)),
        created: When::new(delivery.created_at, visit.now),
        due: is_waiting.then(|| When::new(delivery.due_at, visit.now)),
    }
}

/// A plugin with several receivers has one name for them all.
fn name_of(subscriber: &str, names: &[(String, String)]) -> String {
    let is_it =
        |key: &str| subscriber.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    names.iter().find(|(key, _)| is_it(key)).map_or(subscriber, |(_, name)| name).to_owned()
}

fn badge(state: DeliveryState, attempts: i64) -> Badge {
    match state {
        DeliveryState::Pending if attempts > 0 => Badge::new("Retrying", Tone::Warn),
        DeliveryState::Pending => Badge::new("Waiting", Tone::Neutral),
        DeliveryState::Delivered => Badge::new("Delivered", Tone::Good),
        DeliveryState::Failed => Badge::new("Failed", Tone::Bad),
        DeliveryState::Skipped => Badge::new("Skipped", Tone::Neutral),
    }
}

/// The status line of an answer, or why there was none.
fn outcome(status: Option<i64>, error: Option<&str>) -> String {
    let code = status
        .and_then(|code| u16::try_from(code).ok())
        .and_then(|code| http::StatusCode::from_u16(code).ok());
    match (code, error) {
        (Some(code), _) => code
            .canonical_reason()
            .map_or_else(|| code.as_u16().to_string(), |reason| format!("{} {reason}", code.as_u16())),
        (None, Some(error)) => error.to_owned(),
        (None, None) => "no answer".to_owned(),
    }
}

async fn one(visit: Signed, State(ctx): State<Ctx>, Path((org, id)): Path<(String, String)>) -> Outcome {
    let access = access_to::org(&visit, &org, CLASS, "GET").await?;
    let names = delivery::list_subscribers(&ctx, &access).await?;
    let detail = delivery::get_delivery(&ctx, &access, id_of(&id)?).await?;
    page(&detail_page(&visit, &access, &detail, &names).await?)
}

fn id_of(text: &str) -> Outcome<DeliveryId> {
    text.parse().map_err(|_| Problem::NotFound)
}

async fn detail_page(
    visit: &Visit,
    access: &OrgAccess,
    detail: &DeliveryDetail,
    names: &[(String, String)],
) -> Outcome<DeliveryPage> {
    let view = DeliveryView { delivery: detail.delivery.clone(), state: detail.state, last_attempt: None };
    let delivery = &detail.delivery;
    let pair = |key: &str, value: String| Pair { key: key.to_owned(), value };
    let mut facts = vec![
        pair("Subscriber", name_of(&delivery.subscriber, names)),
        pair("About", delivery.subject.replace(':', " ")),
        pair("Request-ID", delivery.uuid.clone()),
        pair("Created", When::new(delivery.created_at, visit.now).exact().to_owned()),
    ];
    if let Some(finished) = delivery.finished_at {
        facts.push(pair("Finished", When::new(finished, visit.now).exact().to_owned()));
    }
    let mut attempts: Vec<_> = detail.attempts.iter().rev().map(|tried| attempt(visit, tried)).collect();
    if let Some(newest) = attempts.first_mut() {
        newest.open = true;
    }
    let mut row = row(visit, access, &view, names);
    row.due = (detail.state == DeliveryState::Pending).then(|| When::new(delivery.due_at, visit.now));
    Ok(DeliveryPage {
        shell: visit.org_shell(access, &delivery.kind, Section::Deliveries).await?,
        delivery: row,
        facts,
        attempts,
    })
}

fn attempt(visit: &Visit, tried: &Tried) -> AttemptView {
    let (attempt, exchange) = (&tried.attempt, &tried.attempt.exchange);
    let text =
        |pointer: &str| exchange.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let state = match attempt.response_code {
        Some(..400) => Badge::new("Delivered", Tone::Good),
        _ => Badge::new("Failed", Tone::Bad),
    };
    AttemptView {
        number: u32::try_from(attempt.number).unwrap_or(0),
        state,
        when: When::new(attempt.started_at, visit.now),
        duration: words::duration_us(attempt.duration_us),
        method: text("/request/method"),
        url: text("/request/url"),
        request_headers: headers(exchange.pointer("/request/headers")),
        request_body: words::pretty_json(&text("/request/body")),
        outcome: outcome(attempt.response_code, tried.error.as_deref()),
        response_headers: headers(exchange.pointer("/response/headers")),
        response_body: words::pretty_json(&text("/response/body")),
        open: false,
    }
}

/// Recorded headers: a list of pairs.
fn headers(list: Option<&Value>) -> Vec<Pair> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let pair = |header: &Value| Pair { key: text(header.get(0)), value: text(header.get(1)) };
    list.and_then(Value::as_array).map(|headers| headers.iter().map(pair).collect()).unwrap_or_default()
}

async fn replay(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, id)): Path<(String, String)>,
    form: Form,
) -> Outcome {
    let access = access_to::org(&visit, &org, CLASS, "GET").await?;
    let back = local_path(form.get("next")).map_or_else(|| to::delivery(&org, &id), str::to_owned);
    match delivery::replay_delivery(&ctx, &access, id_of(&id)?).await {
        Ok(()) => Ok(go_saying(&back, Tone::Good, "The delivery is due again.")),
        Err(error @ Error::Conflict(_)) => Ok(go_saying(&back, Tone::Warn, &Refused::of(error)?.text())),
        Err(error) => Err(error.into()),
    }
}
