//! The periodic job that counts events and opens and closes incidents.
//!
//! | count | incident | becomes |
//! |---|---|---|
//! | beyond critical | none, or a warning | critical; the critical actions are done |
//! | beyond warning | none | a warning; its actions are done |
//! | back within the resolve threshold | any | closed; the actions of what it was are done as `resolved` |
//!
//! Without a resolve threshold the mildest threshold is it. A threshold counts as crossed when it was in each of the last
//! so many windows, which are counted anew each time, so that nothing has to be remembered between looks. While a rule is
//! mute for everybody its incidents come and go and nobody is told.

use jiff::SignedDuration;
use mortise_domain::{MetricRuleId, OrgId, ProjectId, Time};
use mortise_store::{
    Conn, Tx,
    error_event::{self, EventFilter, EventTest, Scope},
    metric_rule::{self as store, Action, Incident, MetricRule, Trigger},
    organization,
    rule::snooze::{self, Muted},
};
use serde_json::{Value, json};

use super::{
    CLOSED, CRITICAL, WARNING, action,
    json::{self, Reader},
};
use crate::{
    Ctx, Error, Result,
    events::{self, MetricFacts, Whom},
    issues::search,
};

/// Rules that are read at once.
const BATCH: i64 = 100;

/// Looks at every rule once. How many incidents were opened, changed or closed.
pub async fn evaluate(ctx: &Ctx) -> Result<u64> {
    let mut changed = 0;
    let mut last = MetricRuleId::new(0);
    loop {
        let rules = store::behind(&mut *ctx.store.read().await?, last, BATCH).await?;
        let Some(end) = rules.last() else { return Ok(changed) };
        last = end.id;
        for rule in rules {
            match look(ctx, &rule).await {
                Ok(true) => changed += 1,
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(%error, rule = %rule.id, "a metric alert rule could not be evaluated");
                }
            }
        }
    }
}

/// What a rule counts.
struct Counted {
    /// Users instead of events.
    of_users: bool,
    /// Which events count.
    tests: Vec<EventTest>,
}

impl Counted {
    /// `None` for a rule that is kept and never evaluated.
    fn of(aggregate: &Value, dataset: &Value, query: &Value, comparison: &Value) -> Option<Self> {
        let of_users = match aggregate.as_str()? {
            "count()" => false,
            "count_unique(user)" | "count_unique(tags[sentry:user])" => true,
            _ => return None,
        };
        if dataset != "events" || !comparison.is_null() {
            return None;
        }
        let words = query.as_str().unwrap_or_default().split_whitespace();
        let words = words.filter(|word| !matches!(*word, "event.type:error" | "event.type:default"));
        let tests = search::event_tests(&words.collect::<Vec<_>>().join(" ")).ok()?;
        Some(Self { of_users, tests })
    }
}

/// Whether a rule, as clients see it, is evaluated here at all.
pub fn is_evaluated(rule: &Value) -> bool {
    Counted::of(&rule["aggregate"], &rule["dataset"], &rule["query"], &rule["comparisonDelta"]).is_some()
}

/// A rule that can be evaluated.
struct Plan {
    counts_users: bool,
    is_above: bool,
    window: SignedDuration,
    period: i64,
    resolve: f64,
    triggers: Vec<(i64, f64, Trigger)>,
    projects: Vec<ProjectId>,
    filter: EventFilter,
}

impl Plan {
    async fn of(conn: &mut Conn, rule: &MetricRule) -> Result<Option<Self>> {
        let data = &rule.data;
        let counted =
            Counted::of(&data["aggregate"], &data["dataset"], &data["query"], &data["comparison_delta"]);
        let Some(Counted { of_users, tests }) = counted else { return Ok(None) };
        let is_above = data["threshold_type"] == 0;
        let status = |label: &str| if label == "critical" { CRITICAL } else { WARNING };
        let triggers: Vec<_> = store::triggers(conn, &[rule.id])
            .await?
            .into_iter()
            .filter_map(|it| Some((status(&it.label), it.threshold.as_f64()?, it)))
            .collect();
        let thresholds = triggers.iter().map(|(_, threshold, _)| *threshold);
        let mildest = if is_above { thresholds.reduce(f64::min) } else { thresholds.reduce(f64::max) };
        let Some(mildest) = mildest else { return Ok(None) };
        let projects = store::projects(conn, &[rule.id]).await?;
        if projects.is_empty() {
            return Ok(None);
        }
        let environments = rule.environment.iter().cloned().collect();
        Ok(Some(Self {
            counts_users: of_users,
            is_above,
            window: SignedDuration::from_mins(data["time_window"].as_i64().unwrap_or(1)),
            period: data["threshold_period"].as_i64().unwrap_or(1),
            resolve: data["resolve_threshold"].as_f64().unwrap_or(mildest),
            triggers,
            projects: projects.into_iter().map(|(_, project, _)| project).collect(),
            filter: EventFilter { environments, tests, ..EventFilter::default() },
        }))
    }

    /// The counts of the last windows, the newest first, a minute apart.
    async fn counts(&self, conn: &mut Conn, now: Time) -> Result<Vec<i64>> {
        let mut counts = Vec::new();
        for back in 0..self.period {
            let until = now.saturating_sub(SignedDuration::from_mins(back)).unwrap_or(Time::MIN);
            let since = until.saturating_sub(self.window).unwrap_or(Time::MIN);
            let filter = EventFilter { since: Some(since), until: Some(until), ..self.filter.clone() };
            let (events, users) = error_event::count(conn, Scope::Projects(&self.projects), &filter).await?;
            counts.push(if self.counts_users { users } else { events });
        }
        Ok(counts)
    }

    fn is_beyond(&self, count: i64, threshold: f64) -> bool {
        let count = count as f64;
        if self.is_above { count > threshold } else { count < threshold }
    }

    /// What the incident becomes; `None` where it stays.
    fn next(&self, counts: &[i64], status: Option<i64>) -> Option<i64> {
        let crossed = self
            .triggers
            .iter()
            .filter(|(_, threshold, _)| counts.iter().all(|count| self.is_beyond(*count, *threshold)));
        let worst = crossed.map(|(status, ..)| *status).max();
        let is_back = counts.iter().all(|count| !self.is_beyond(*count, self.resolve));
        match (worst, status) {
            (Some(worst), None) => Some(worst),
            (Some(worst), Some(now)) if worst > now => Some(worst),
            (None, Some(_)) if is_back => Some(CLOSED),
            _ => None,
        }
    }
}

async fn look(ctx: &Ctx, rule: &MetricRule) -> Result<bool> {
    let now = ctx.now();
    let mut conn = ctx.store.read().await?;
    let Some(plan) = Plan::of(&mut conn, rule).await? else { return Ok(false) };
    let counts = plan.counts(&mut conn, now).await?;
    let open = store::open_incident(&mut conn, rule.id).await?;
    let Some(next) = plan.next(&counts, open.as_ref().map(|it| it.status)) else { return Ok(false) };
    let ids: Vec<_> = plan.triggers.iter().map(|(_, _, trigger)| trigger.id).collect();
    let actions = store::actions(&mut conn, &ids).await?;
    let org = rule.organization_id;
    let shown = json::rules(&mut conn, org, std::slice::from_ref(rule), Reader::default(), now).await?.pop();
    let is_mute = !snooze::of_rules(&mut conn, &[Muted::Metric(rule.id)], None, now).await?.is_empty();
    let org = organization::by_id(&mut conn, org).await?;
    drop(conn);
    let (Some(shown), Some(org)) = (shown, org) else { return Ok(false) };
    let concerned = if is_mute { Vec::new() } else { concerned(&plan, &actions, open.as_ref(), next) };
    let change = Change {
        rule: rule.clone(),
        shown,
        org_slug: org.slug,
        apps: apps(&concerned),
        whom: concerned.iter().filter_map(|it| action::reader(&it.data)).collect(),
        next,
        started: now.saturating_sub(plan.window).unwrap_or(Time::MIN),
        text: text(&plan, counts.first().copied().unwrap_or(0)),
    };
    let inner = ctx.clone();
    ctx.store.write(move |tx| Box::pin(async move { change.run(tx, &inner, open, now).await })).await?;
    Ok(true)
}

/// The actions of the thresholds that a change concerns.
fn concerned<'a>(plan: &Plan, actions: &'a [Action], open: Option<&Incident>, next: i64) -> Vec<&'a Action> {
    let concerns = |status: i64| match next {
        CLOSED => open.is_some_and(|open| status <= open.status),
        next => status == next,
    };
    let triggers: Vec<_> =
        plan.triggers.iter().filter(|(status, ..)| concerns(*status)).map(|(_, _, it)| it.id).collect();
    actions.iter().filter(|action| triggers.contains(&action.trigger_id)).collect()
}

/// The apps that actions tell, each once.
fn apps(actions: &[&Action]) -> Vec<i64> {
    let mut apps: Vec<i64> =
        actions.iter().filter_map(|action| action.data["sentry_app_id"].as_i64()).collect();
    apps.sort_unstable();
    apps.dedup();
    apps
}

/// `42 events in the last 10 minutes`.
fn text(plan: &Plan, count: i64) -> String {
    let what = if plan.counts_users { "users affected" } else { "events" };
    let minutes = plan.window.as_mins();
    let length = match (minutes, minutes % 60) {
        (1, _) => "minute".to_owned(),
        (60, _) => "hour".to_owned(),
        (1440, _) => "day".to_owned(),
        (_, 0) => format!("{} hours", minutes / 60),
        _ => format!("{minutes} minutes"),
    };
    format!("{count} {what} in the last {length}")
}

/// What becomes of an incident.
struct Change {
    rule: MetricRule,
    shown: Value,
    org_slug: String,
    apps: Vec<i64>,
    whom: Vec<Whom>,
    next: i64,
    started: Time,
    text: String,
}

impl Change {
    async fn run(self, tx: &mut Tx, ctx: &Ctx, open: Option<Incident>, now: Time) -> Result<()> {
        let closed = (self.next == CLOSED).then_some(now);
        let incident = match open {
            Some(open) => {
                store::set_status(tx, open.id, self.next, closed).await?;
                Incident { status: self.next, date_closed: closed, ..open }
            }
            None => store::open(tx, &self.rule, self.next, self.started, now).await?,
        };
        if self.apps.is_empty() && self.whom.is_empty() {
            return Ok(());
        }
        let (kind, word) = match self.next {
            CLOSED => ("metric_alert.resolved", "Resolved"),
            WARNING => ("metric_alert.warning", "Warning"),
            _ => ("metric_alert.critical", "Critical"),
        };
        let page = ctx.link(&format!(
            "/organizations/{}/alerts/rules/details/{}/?alert={}&referrer=metric_alert&notification_uuid={}",
            self.org_slug,
            self.rule.id,
            incident.identifier,
            ctx.ids.uuid()
        ));
        let data = json!({
            "metric_alert": json::hook_incident(&incident, self.shown),
            "description_text": self.text,
            "description_title": format!("{word}: {}", self.rule.name),
            "web_url": page,
        });
        let org: OrgId = self.rule.organization_id;
        let facts = MetricFacts { rule: Some(self.rule.id.get()), apps: self.apps, whom: self.whom, data };
        events::metric_alert(tx, kind, org, incident.id, facts, now).await?;
        Ok::<_, Error>(())
    }
}
