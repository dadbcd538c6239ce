//! The page of an alert rule: whether anybody hears it, what it does, and when it fired.

use axum::{
    Router,
    extract::{Path, State},
    routing::{get, post},
};
use jiff::SignedDuration;
use mortise_domain::{Scope, ScopeSet};
use mortise_service::{
    Ctx, Error,
    access::{Permission, ProjectAccess},
    issues::scope::ScopeQuery,
    rules::{self, Shown},
    wire::rule::{Rule, RuleGroup},
};
use serde_json::{Map, Value, json};

use super::{Class, Ids, MAY_WRITE, id_of, nodes::is_carried_out, state};
use crate::{
    edge::{Form, Outcome, Signed, Visit, go_saying, page},
    pages::{
        access_to, input, paging,
        periods::{self, Period},
        sorry,
    },
    routes::{self as to, path},
    view::{
        Choice, Section, Select, Tone, When,
        rule::{FiredIssue, Mute, RulePage, RulePart},
    },
};

/// Who may mute a rule for everybody; the use case checks it again.
const MAY_MUTE_FOR_ALL: ScopeSet = ScopeSet::of(&[Scope::AlertsWrite]);
/// How long a rule can be mute: minutes and text; for ever without minutes.
const MUTE_FOR: [(&str, &str); 5] = [
    ("60", "for an hour"),
    ("1440", "for a day"),
    ("10080", "for a week"),
    ("43200", "for 30 days"),
    ("", "until somebody unmutes it"),
];
/// The longest time for which a page mutes, minutes.
const MUTE_MINUTES_MAX: i64 = 43_200;

pub(super) fn routes() -> Router<Ctx> {
    Router::new()
        .route(path::rule, get(one))
        .route(path::rule_mute, post(mute))
        .route(path::rule_unmute, post(unmute))
}

async fn one(visit: Signed, State(ctx): State<Ctx>, Path((org, project, rule)): Ids) -> Outcome {
    let access = access_to::project(&visit, &org, &project, Class::CLASS, "GET").await?;
    let id = id_of(&rule)?;
    let rule = rules::stored(&ctx, &access, id, Shown { last_triggered: true }).await?;
    let period = Period::of(&visit.query);
    let window = ScopeQuery { stats_period: Some(period.word.to_owned()), ..ScopeQuery::default() };
    let fired = rules::stats(&ctx, &access, id, &window).await?;
    let mut points: Vec<_> = fired.iter().map(|hour| (hour.date.time().as_second(), hour.count)).collect();
    if period.word != "24h" {
        points = periods::by_day(&points);
    }
    let (fires, chart) = periods::chart(["time", "times"], &points, period.span);
    let request = paging::request(&visit, paging::ROWS)?;
    let issues = rules::group_history(&ctx, &access, id, &window, request).await?;
    let mutes = rules::mutes(&ctx, &access, id).await?;
    let may_write = access.scopes.intersects(MAY_WRITE);
    let here = to::rule(&access.org.org.slug, &access.project.slug, &rule.id);
    page(&RulePage {
        shell: visit.org_shell(&access.org, &rule.name, Section::Alerts).await?,
        project: access.project.slug.clone(),
        state: state(&rule),
        is_disabled: rule.status == "disabled",
        mutes: mutes.into_iter().map(|mute| shown_mute(&visit, mute)).collect(),
        mute_target: target(&access),
        mute_for: Select::new("for", "How long", choices(&MUTE_FOR)),
        parts: parts(&rule),
        lacks_mail: !ctx.settings.sends_mail && rule.actions.iter().any(is_mail),
        not_done: rule.actions.iter().filter(|it| !is_carried_out(it)).map(words).collect(),
        environment: rule.environment.clone().unwrap_or_default(),
        made: When::new(rule.date_created.time(), visit.now),
        made_by: rule.created_by.as_ref().map(|by| by.name.clone()).unwrap_or_default(),
        periods: period.links(&visit.query, &here),
        span: period.span,
        fires,
        chart,
        pager: paging::pager(&visit, &issues, ""),
        issues: issues.rows.iter().map(|row| fired_issue(&visit, row)).collect(),
        may_write,
        id: rule.id,
    })
}

fn choices(words: &[(&str, &str)]) -> Vec<Choice> {
    words.iter().enumerate().map(|(at, (value, text))| Choice::new(value, text, at == 0)).collect()
}

/// For whom the reader may mute it.
fn target(access: &ProjectAccess) -> Select {
    let all = [("me", "Me"), ("everyone", "Everybody")];
    let shown = if access.scopes.intersects(MAY_MUTE_FOR_ALL) { &all[..] } else { &all[..1] };
    Select::new("target", "For whom", choices(shown))
}

fn shown_mute(visit: &Visit, mute: rules::Mute) -> Mute {
    Mute {
        is_for_all: mute.is_for_all,
        by: mute.by.unwrap_or_default(),
        until: mute.until.map(|until| When::new(until, visit.now)),
    }
}

fn is_mail(node: &Map<String, Value>) -> bool {
    node.get("id").and_then(Value::as_str) == Some(rules::MAIL)
}

/// A condition, filter or action in words; whom a mail is for is called as in the editor.
fn words(node: &Map<String, Value>) -> String {
    let name = node.get("name").and_then(Value::as_str).unwrap_or_default().trim();
    if !is_mail(node) {
        return name.to_owned();
    }
    let choices = rules::MAIL_TARGETS.iter().chain(rules::FALLTHROUGHS);
    choices.fold(name.to_owned(), |name, (value, text)| name.replace(value, text))
}

/// Conditions, filters and actions in words.
fn parts(rule: &Rule) -> Vec<RulePart> {
    let part = |title, how: &str, nodes: &[Map<String, Value>]| RulePart {
        title,
        how: if nodes.len() > 1 { how.to_owned() } else { String::new() },
        lines: nodes.iter().map(words).collect(),
    };
    let parts = [
        part("When", &rule.action_match, &rule.conditions),
        part("If", &rule.filter_match, &rule.filters),
        part("Then", "", &rule.actions),
    ];
    parts.into_iter().filter(|part| !part.lines.is_empty()).collect()
}

fn fired_issue(visit: &Visit, row: &RuleGroup) -> FiredIssue {
    FiredIssue {
        id: row.group.id.clone(),
        short_id: row.group.short_id.clone(),
        title: row.group.title.clone(),
        count: periods::count(row.count),
        last: When::new(row.last_triggered.time(), visit.now),
        event: row.event_id.clone(),
    }
}

async fn mute(visit: Signed, State(ctx): State<Ctx>, Path((org, project, rule)): Ids, form: Form) -> Outcome {
    let access = access_to::project(&visit, &org, &project, Class::CLASS, "POST").await?;
    let back = to::rule(&org, &project, &rule);
    let minutes = form.get("for").parse::<i64>().ok().filter(|it| (1..=MUTE_MINUTES_MAX).contains(it));
    let until = minutes.and_then(|it| visit.now.checked_add(SignedDuration::from_mins(it)).ok());
    let body = json!({ "target": form.get("target"), "until": until.map(|it| it.to_string()) });
    match rules::snooze(&ctx, &access, id_of(&rule)?, input::fields(&body)).await {
        Ok(_) => Ok(go_saying(&back, Tone::Good, "The rule is muted.")),
        Err(error) => sorry(error, &back),
    }
}

async fn unmute(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, project, rule)): Ids,
    _form: Form,
) -> Outcome {
    let access = access_to::project(&visit, &org, &project, Class::CLASS, "DELETE").await?;
    let back = to::rule(&org, &project, &rule);
    match rules::unsnooze(&ctx, &access, id_of(&rule)?).await {
        Ok(()) => Ok(go_saying(&back, Tone::Good, "The rule is heard again.")),
        Err(Error::Missing(_)) => Ok(go_saying(&back, Tone::Neutral, "The rule was not muted.")),
        Err(error) => sorry(error, &back),
    }
}
